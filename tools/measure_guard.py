"""
How many wrong denials are stopped at run time: mutants of the modules that say what a document means, against `check_proof` and the probe.

    python tools/measure_guard.py 700 --seed 1          # so many random mutants

Every document of the case files through which a request gets is asked about again under each mutant. A verdict of `Denied` is then
false. It is stopped where the proof is not accepted, or where one of the probe's requests gets through; both count as they do in `judge`.
Exit status 1 where fewer of the mutants with a false denial are stopped at every document than the limit says.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import sys
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from bucketpolicy.document import Document
from bucketpolicy.goal import SSE, TRANSPORT, Absent, Equal, Goal, Target
from bucketpolicy.judge import judge
from bucketpolicy.parse import parse
from bucketpolicy.proof.budget import Budget, TooComplexError
from bucketpolicy.proof.check import check_proof
from bucketpolicy.proof.decide import decide
from bucketpolicy.semantics.probe import FEW, MANY, find_gap
from bucketpolicy.verdict import Counterexample, Denied
from tests.policies.cases import read_cases
from tools.mutate import PACKAGE, Mutant, _clear_caches, _mutate, _put

ROOT = Path(__file__).parents[1]
LIMIT = 95.0
#: All of `proof/` but what is only asked after a proof has failed, or looks for one.
COMPILING = (
    "globs",
    "intervals",
    "conditions",
    "elements",
    "principals",
    "classes",
    "axioms",
    "compile",
    "textsets",
    "domains",
    "encoding",
    "cover",
)
_SECONDS = 20
_HTTP = (Equal(TRANSPORT, "false"),)
_TARGETS = (
    (Target(("s3:PutObject",), "object", (Absent(SSE),)),),
    (Target(("s3:PutObject",), "object", _HTTP),),
    (Target(("s3:GetObject", "s3:PutObject"), "object", _HTTP), Target(("s3:ListBucket", "s3:PutBucketPolicy"), "bucket", _HTTP)),
)
_Question = tuple[Document, Goal]


class Outcome(NamedTuple):
    """What came of one mutant: false denials, and those of them stopped by the check, by it and few requests, by it and many."""

    false: int = 0
    checked: int = 0
    few: int = 0
    many: int = 0


def main() -> int:
    """Draw, try, count."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("mutants", type=int)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    os.chdir(ROOT)
    questions = _list_questions()
    everything = [mutant for name in COMPILING for mutant in _mutate(f"proof.{name}")]
    drawn = random.Random(options.seed).sample(everything, min(options.mutants, len(everything)))  # noqa: S311 - no secret
    found = [outcome for outcome in (_try(mutant, questions) for mutant in drawn) if outcome.false]
    print(f"{len(drawn)} of {len(everything)} mutants of {PACKAGE}.proof, {len(questions)} questions; {len(found)} give a false denial")
    for name in ("checked", "few", "many"):
        whole = sum(getattr(outcome, name) == outcome.false for outcome in found)
        verdicts = sum(getattr(outcome, name) for outcome in found)
        print(f"  {name:8} stops {whole} of these mutants everywhere, and {verdicts} of {sum(one.false for one in found)} false denials")
    stopped = sum(outcome.many == outcome.false for outcome in found)
    return 0 if not found or 100 * stopped / len(found) >= LIMIT else 1


def _list_questions() -> list[_Question]:
    """Documents of the case files through which a request of the goal gets."""
    texts = dict.fromkeys((case.text, case.bucket) for case in read_cases() if case.bucket is not None)
    parsed = [(parse(text), bucket) for text, bucket in texts]
    asked = [(found, Goal(bucket, "aws", targets)) for found, bucket in parsed if isinstance(found, Document) for targets in _TARGETS]
    return [(document, goal) for document, goal in asked if isinstance(judge(document, goal), Counterexample)]


def _try(mutant: Mutant, questions: list[_Question]) -> Outcome:
    """The outcome in a process of its own; none where it does not end."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        with contextlib.suppress(BaseException):
            signal.alarm(_SECONDS)
            _put(mutant)
            _clear_caches()
            os.write(writer, json.dumps(_count(questions)).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return Outcome(*json.loads(text)) if text else Outcome()


def _count(questions: list[_Question]) -> Outcome:
    total = [0, 0, 0, 0]
    for document, goal in questions:
        with contextlib.suppress(Exception):
            verdict = decide(document, goal, Budget())
            if isinstance(verdict, Denied):
                checked = not _is_accepted(document, goal, verdict)
                few = checked or find_gap(document, goal, FEW) is not None
                total = [a + b for a, b in zip(total, (1, checked, few, few or find_gap(document, goal, MANY) is not None), strict=True)]
    return Outcome(*total)


def _is_accepted(document: Document, goal: Goal, verdict: Denied) -> bool:
    try:
        return check_proof(document, goal, verdict.proof, Budget())
    except TooComplexError:
        return False


if __name__ == "__main__":
    sys.exit(main())
