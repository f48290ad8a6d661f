"""
The answers to a thousand questions: verdict, request, explanation and repair to the letter in `verdicts.txt`, effort in `effort.txt`.

An answer may change, and must be seen to: `python tests/properties/pinned.py` writes both files anew, and the difference is read.
Effort is a report with a limit. Proofs are not pinned: `check_proof` judges them, and one proof is as good as another.
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
from bucketpolicy.proof.budget import TICKS, Budget, TooComplexError
from bucketpolicy.proof.decide import decide
from bucketpolicy.repair import CannotRepair, repair
from bucketpolicy.verdict import Counterexample, Denied, Undecided, Verdict
from tests.bucketpolicy.verdicts import name_principal
from tests.differential.documents import generate
from tests.policies.cases import read_cases

PINNED = Path(__file__).with_name("verdicts.txt")
EFFORT = Path(__file__).with_name("effort.txt")
RANDOM = 500
_HTTP = (Equal(TRANSPORT, "false"),)
#: By the kind of the case: what is asked of its document.
_TARGETS = {
    "unencrypted-uploads": (Target(("s3:PutObject",), "object", (Absent(SSE),), "DenyUploadsWithoutEncryptionHeader"),),
    "insecure-transport": (Target(("s3:PutObject",), "object", (AbsentOrOther(SSE, ("aws:kms",)),), "DenyUploadsWithOtherEncryption"),),
    "all-insecure-requests": (
        Target(("s3:GetObject", "s3:PutObject"), "object", _HTTP, "DenyInsecureRequests"),
        Target(("s3:ListBucket", "s3:PutBucketPolicy"), "bucket", _HTTP, "DenyInsecureRequests"),
    ),
}


def questions() -> dict[str, tuple[str, Goal]]:
    """A name for each question: every case file's document under a goal of each kind, and random documents under theirs."""
    found: dict[str, tuple[str, Goal]] = {}
    for case in read_cases():
        kind = case.rule.rpartition("denies-")[2]
        if case.name == "deeply-nested" or kind not in _TARGETS:  # how deep the JSON reader goes depends on the version of Python
            continue
        found[f"{kind}/{case.name}"] = (case.text, Goal(case.bucket, "aws", _TARGETS[kind]))
    for seed in range(RANDOM):
        document, goal = generate(Random(seed))
        found[f"random/{seed}"] = (json.dumps(document), goal if seed % 7 else goal._replace(bucket=None))
    return found


def answer(text: str, goal: Goal) -> str:
    """One line."""
    document = parse(text)
    if isinstance(document, Malformed):
        return "malformed " + "; ".join(f"{path} {reason}" for path, reason in document.problems)
    verdict, judged = decide(document, goal), judge(document, goal)
    changed = "" if type(judged) is type(verdict) else f" | judged {_render(judged)}"
    return f"{_render(verdict)}{_explain(document, goal, verdict)}{changed} | {_repair(text, goal)}"


def measure(text: str, goal: Goal) -> int:
    """The ticks that the decision takes; of all that it may take, where it is given up."""
    document, budget = parse(text), Budget(TICKS)
    if isinstance(document, Malformed):
        return 0
    try:
        core._decide(document, goal, budget)
    except TooComplexError:
        return TICKS
    return TICKS - budget.left


def _render(verdict: Verdict) -> str:
    match verdict:
        case Denied(statements, assumptions, _):
            return f"denied by {_join(statements)} assuming {_join(assumptions)}"
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
    _, nearest, mistake, statement, detail, _ = explain(document, goal, verdict.request)
    near = f"nearest {nearest.statement} by {nearest.path}" if nearest is not None else "no nearest"
    return f" | {near}, " + (f"{mistake} in {statement} {detail}".rstrip() if mistake is not None else "no mistake")


def _repair(text: str, goal: Goal) -> str:
    repaired = repair(text, goal)
    if isinstance(repaired, CannotRepair):
        return f"no repair: {repaired.reason}"
    sids = [json.loads(statement)["Sid"] for statement in repaired.added]
    return f"repaired by {_join(tuple(sids))} {_digest(repaired.text)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def report(efforts: dict[str, int], pinned: dict[str, int]) -> str:
    """What the questions cost now and before, and the ten that changed most."""
    changed = sorted(efforts, key=lambda name: -abs(efforts[name] - pinned.get(name, 0)))[:10]
    lines = [f"{pinned.get(name, 0):>8} {efforts[name]:>8} {name}" for name in changed if efforts[name] != pinned.get(name, 0)]
    return "\n".join([f"{sum(pinned.values()):>8} {sum(efforts.values()):>8} ticks in all", *lines])


def read(path: Path) -> dict[str, str]:
    """The lines of a file by the names of their questions."""
    return dict(line.split(": ", 1) for line in path.read_text(encoding="utf-8").splitlines())


def read_efforts() -> dict[str, int]:
    """The ticks that each question cost when they were written down."""
    return {name: int(ticks) for name, ticks in read(EFFORT).items()}


def write() -> None:
    """Write both files anew, and print what has become of the effort."""
    asked = questions()
    PINNED.write_text("".join(f"{name}: {answer(*question)}\n" for name, question in asked.items()), encoding="utf-8")
    efforts = {name: measure(*question) for name, question in asked.items()}
    sys.stdout.write(report(efforts, read_efforts() if EFFORT.exists() else {}) + "\n")
    EFFORT.write_text("".join(f"{name}: {ticks}\n" for name, ticks in efforts.items()), encoding="utf-8")


if __name__ == "__main__":
    write()
