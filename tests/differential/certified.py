"""
Certificates of whatever is denied, put to the verifier in this process: what `--certificates` writes, a hundred thousand times.

The verifier is loaded from its file, as a program would be: nothing of it is imported by name, and it sees only the text of a certificate.
"""

import io
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import date
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from random import Random
from types import ModuleType
from typing import NamedTuple

import policies
from bucketpolicy.acceptance import find_refusals
from bucketpolicy.document import Document
from bucketpolicy.goal import Goal
from bucketpolicy.judge import judge
from bucketpolicy.parse import parse
from bucketpolicy.verdict import Denied
from crossguard.judging.assess import assess, locate
from crossguard.judging.finding import Compliant, Subject
from crossguard.pack.rule import Rule
from crossguard.pack.settings import DEFAULTS, Settings, read_settings
from crossguard.resources.source import Found
from offline.certificates import certify
from offline.results import Examined
from offline.verification import VERIFIER
from tests.differential.documents import generate
from tests.policies.cases import read_cases

RULES = {rule.name: rule for rule in policies.ALL if isinstance(rule, Rule)}
TODAY = date(2026, 11, 24)
CRASHED = -1


class Answer(NamedTuple):
    """The exit status of the verifier, and the last line that it printed."""

    status: int
    said: str


@cache
def load_verifier() -> ModuleType:
    """The verifier's file as a module."""
    spec = spec_from_file_location("verifier_of_the_tests", VERIFIER)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def _open_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="certificates-")


def verify(certificate: str, policy: str | None = None) -> Answer:
    """What the verifier says of a certificate, beside a policy where one is given."""
    # Processes that are forked share the folder.
    paths = [Path(_open_folder().name, f"{os.getpid()}-{name}.json") for name in ("certificate", "policy")]
    texts = [certificate] if policy is None else [certificate, policy]
    for path, text in zip(paths, texts, strict=False):
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            status = int(load_verifier().main([str(path) for path in paths[: len(texts)]]))
    except Exception as error:  # noqa: BLE001  what it does not catch is what is looked for
        return Answer(CRASHED, repr(error))
    return Answer(status, printed.getvalue().rstrip("\n").rpartition("\n")[2])


def certify_text(text: str, goal: Goal) -> str | None:
    """The certificate that a policy with this goal would have of a document; None where it is not denied."""
    document = parse(text)
    verdict = judge(document, goal) if isinstance(document, Document) else None
    if not isinstance(document, Document) or not isinstance(verdict, Denied):
        return None
    settings = DEFAULTS._replace(assumptions=goal.assumptions._replace(refused_by_s3=not find_refusals(document, goal.bucket)))
    subject = Subject("", "", "", goal.bucket, goal.partition)
    rule = next(iter(RULES.values()))._replace(goal=lambda *_: goal)
    made = certify(rule, settings, Examined(subject, Found(text, "policy", goal.bucket, raw=True), Compliant(verdict)), "")
    return None if made is None else made.text


def certify_random(seed: int) -> str | None:
    """The certificate of a random document under its goal."""
    case = generate(Random(seed))
    return certify_text(json.dumps(case.document), case.goal)


def certify_cases() -> Iterator[tuple[str, str]]:
    """Name and certificate of every case file that has one, judged with its own configuration."""
    for case in read_cases():
        rule = RULES[case.rule]
        settings = read_settings(case.configuration, rule.keys)
        assert isinstance(settings, Settings)
        made = _certify(rule, settings, Found(case.text, "policy", case.bucket, case.region))
        if made is not None:
            yield f"{case.rule}/{case.expected}/{case.name}", made


def certify_peers(path: Path) -> Iterator[tuple[str, str]]:
    """Name and certificate of every document in a file `[{"id", "bucket", "policy"}, …]` that a policy with its defaults finds denied."""
    for case in json.loads(path.read_text(encoding="utf-8")):
        for rule in RULES.values():
            made = _certify(rule, DEFAULTS, Found(json.dumps(case["policy"]), "policy", case["bucket"], raw=True))
            if made is not None:
                yield f"{case['id']} {rule.name}", made


def _certify(rule: Rule, settings: Settings, source: Found) -> str | None:
    subject = locate(Subject("", "", "", source.bucket), settings, source)
    made = certify(rule, settings, Examined(subject, source, assess(rule, settings, subject, source, TODAY)), "")
    return None if made is None else made.text


def describe(answer: Answer) -> str:
    """How it ended: the form that is not modelled, else the answer alone."""
    said = answer.said.removeprefix("not modelled: ")
    return f"not modelled: {re.sub(' *[({].*', '', said)}" if answer.status == NOT_MODELLED else _ENDED.get(answer.status, "crashed")


NOT_MODELLED = 3
_ENDED = {0: "accepted", 1: "rejected", 2: "not a certificate"}
