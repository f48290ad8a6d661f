"""
`evaluate` against @cloud-copilot/iam-simulate, an implementation by people who compare theirs with AWS.

It is AGPL-3: installed by npm into a cache folder outside the tree, run as a process of its own, never bundled.
Its known mistakes are left out, each in `_is_known`, and so is what AWS's texts leave open.
"""

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from bucketpolicy.document import Document
from bucketpolicy.parse import parse
from bucketpolicy.request import Identity, OriginAccessIdentity, Principal, Request, Service
from bucketpolicy.semantics import evaluate
from tests.differential.attack import attack
from tests.differential.documents import Case, generate
from tests.differential.naive import KIND, Json, is_denied

pytestmark = pytest.mark.e2e

_SOURCE = Path(__file__).with_name("iam_simulate")
_CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "s3-encryption-guard" / "iam-simulate"
_DOCUMENTS = 1200


class Question(NamedTuple):
    """A document, a request, and what we say."""

    document: Json
    request: Request
    denied: bool


@pytest.fixture(scope="module")
def installed() -> Path:
    """The folder that npm has installed iam-simulate into."""
    _CACHE.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "ask.mjs"):
        shutil.copyfile(_SOURCE / name, _CACHE / name)
    if not (_CACHE / "node_modules" / "@cloud-copilot" / "iam-simulate").is_dir():
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=_CACHE, check=True)
    return _CACHE


def test_evaluate_agrees_with_iam_simulate(installed: Path) -> None:
    """Both deny and both spare the same requests, on some thousands of random ones."""
    questions = [question for seed in range(_DOCUMENTS) for question in _ask_ourselves(generate(Random(seed)), Random(seed))]
    answers = _ask(installed, questions)
    counts = Counter[str]()
    wrong = []
    for question, answer in zip(questions, answers, strict=True):
        if "error" in answer or answer["ignored"]:
            counts["refused, or with keys that the action is said not to know"] += 1
        else:
            counts[str(answer["denied"])] += 1
            wrong += [] if answer["denied"] == question.denied else [(question, answer)]
    assert wrong == []
    assert counts["True"] > 500
    assert counts["False"] > 500


def _ask_ourselves(case: Case, rng: Random) -> list[Question]:
    document = parse(json.dumps(case.document))
    assert isinstance(document, Document)
    found = []
    for request in attack(case.document, case.goal, rng, 8):
        ours = evaluate.is_denied(document, request, case.goal.assumptions)
        if (
            ours is not None
            and is_denied(case.document, request, case.goal.assumptions) is not None
            and not _is_known(case.document, request)
        ):
            found.append(Question(case.document, request, ours))
    return found


def _is_known(document: Json, request: Request) -> bool:
    """Where iam-simulate is known to be wrong, or cannot be asked."""
    text, keys = json.dumps(document).lower(), dict(request.context)
    caller_has_path = isinstance(request.principal, Identity) and request.principal.arn.count("/") > 1
    by_epoch = any(values[0].isdigit() for key, values in keys.items() if KIND.get(key) == "Date")
    return bool(
        caller_has_path  # a session's ARN has no path, and nothing else is asked for
        or {"*", "?"} & set(request.resource)  # a request for several resources, it thinks
        or re.search(r'/0"', text)  # `-1 << 32` in JavaScript: 0.0.0.0/0 is read as /32
        or ("sourceip" in text and "::" in text + str(keys.get("aws:sourceip")))  # of two address families it takes one only
        or re.search("values?:null", text)  # AWS's validator says always true, or always false
        or set(re.findall(r"\$\{([\w:/.-]+)", text)) - keys.keys()  # a variable without value matches, it says, under any operator
        or by_epoch  # seconds since 1970 are read as something else
        or "federated" in text  # a service of that name counts as the identity provider
        or ("${" in text and document.get("Version") != "2012-10-17")  # variables are substituted in any version
        or "[]" in text  # empty lists match nothing
        or "\n" in request.resource  # `*` stops at a newline
    )


def _ask(folder: Path, questions: list[Question]) -> list[dict[str, Any]]:
    lines = "\n".join(
        json.dumps(
            {
                "policy": {"Version": "2008-10-17"} | question.document,
                "principal": _name(question.request.principal),
                "action": question.request.action,
                "resource": question.request.resource,
                "context": {key: values[0] if len(values) == 1 else list(values) for key, values in question.request.context},
            }
        )
        for question in questions
    )
    run = subprocess.run(["node", "ask.mjs"], cwd=folder, input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def _name(principal: Principal) -> Json:
    match principal:
        case Identity("role", account, arn, session):
            return f"arn:aws:sts::{account}:assumed-role/{arn.rsplit('/', 1)[1]}/{session}"
        case Identity(_, _, arn) | OriginAccessIdentity(arn):
            return arn
        case Service(name):
            return name
        case _:
            return {"type": "Anonymous"}
