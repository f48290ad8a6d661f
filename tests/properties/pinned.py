"""
What is said of some hundred documents today, to the letter: verdict, request, effort, proof, explanation.

A change of any of it is allowed and must be seen.
`python tests/properties/pinned.py` writes `verdicts.txt` anew, and the difference is read.
"""

import hashlib
import json
import sys
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[2]))

from bucketpolicy.document import Document, Malformed
from bucketpolicy.explain import explain
from bucketpolicy.goal import SSE, TRANSPORT, Absent, AbsentOrOther, Equal, Goal, Target
from bucketpolicy.judge import judge
from bucketpolicy.parse import parse
from bucketpolicy.proof import decide as core
from bucketpolicy.proof.budget import TICKS, Budget
from bucketpolicy.repair import Repaired, repair
from bucketpolicy.verdict import Counterexample, Denied, Undecided, Verdict
from tests.bucketpolicy.verdicts import name_principal
from tests.differential.documents import generate
from tests.policies.cases import read_cases

PINNED = Path(__file__).with_name("verdicts.txt")
RANDOM = 500
_HTTP = (Equal(TRANSPORT, "false"),)


def questions() -> dict[str, tuple[str, Goal]]:
    """A name for each question: every case file's document under a goal of each kind, and random documents under theirs."""
    found: dict[str, tuple[str, Goal]] = {}
    for case in read_cases():
        if case.name == "deeply-nested":  # how deep the JSON reader goes depends on the version of Python
            continue
        uploads = (
            Target(("s3:PutObject",), "object", (Absent(SSE),)),
            Target(("s3:PutObject",), "object", (AbsentOrOther(SSE, ("aws:kms",)),)),
        )
        everything = (
            Target(("s3:GetObject", "s3:PutObject"), "object", _HTTP),
            Target(("s3:ListBucket", "s3:PutBucketPolicy"), "bucket", _HTTP),
        )
        targets = {"unencrypted-uploads": uploads[:1], "insecure-transport": uploads[1:], "all-insecure-requests": everything}
        goal = Goal(case.bucket, "aws", targets[case.rule.rpartition("denies-")[2]])
        found[f"{case.rule.rpartition('denies-')[2]}/{case.name}"] = (case.text, goal)
    for seed in range(RANDOM):
        document, goal = generate(Random(seed))
        found[f"random/{seed}"] = (json.dumps(document), goal if seed % 7 else goal._replace(bucket=None))
    return found


def render(text: str, goal: Goal) -> str:
    """One line."""
    document = parse(text)
    if isinstance(document, Malformed):
        return "malformed " + "; ".join(f"{path} {reason}" for path, reason in document.problems)
    budget = Budget(TICKS)
    verdict = core._decide(document, goal, budget)
    effort = f"{TICKS - budget.left} ticks"
    judged = judge(document, goal)
    changed = "" if type(judged) is type(verdict) else f" | judged {_render(judged)}"
    return f"{_render(verdict)} | {effort}{_explain(document, goal, verdict)}{changed} | {_repair(text, goal)}"


def _render(verdict: Verdict) -> str:
    match verdict:
        case Denied(statements, assumptions, proof):
            return f"denied by {_join(statements)} assuming {_join(assumptions)} proof {_digest(repr(proof))}"
        case Counterexample(request, assumptions):
            keys = ", ".join(f"{key}={'+'.join(values)}" for key, values in request.context)
            return (
                f"open to {name_principal(request.principal)} {request.action} {request.resource!r} [{keys}] assuming {_join(assumptions)}"
            )
        case Undecided(reasons):
            return "undecided " + "; ".join(f"{path} {reason}" for path, reason in reasons)


def _join(values: tuple[object, ...]) -> str:
    return ",".join(map(str, values)) or "nothing"


def _explain(document: Document, goal: Goal, verdict: Verdict) -> str:
    if not isinstance(verdict, Counterexample):
        return ""
    found = explain(document, goal, verdict.request)
    return f" | explained {_digest(repr(found))}"


def _repair(text: str, goal: Goal) -> str:
    repaired = repair(text, goal)
    return f"repaired {_digest(repaired.text)}" if isinstance(repaired, Repaired) else f"no repair {_digest(repr(repaired))}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def write() -> str:
    """The whole file."""
    return "".join(f"{name}: {render(text, goal)}\n" for name, (text, goal) in questions().items())


if __name__ == "__main__":
    PINNED.write_text(write(), encoding="utf-8")
