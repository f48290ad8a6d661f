"""
What it costs to look at a denial a second time, beside the decision itself.

The documentation corpus under the three goals. Where the verdict is `Denied`, the proof is checked, and a request that gets through is
looked for, in the steps of a pack and of the offline commands; then all verdicts as a pack asks for them. Exit status 1 where a limit is
missed.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.bench_decide import _DOCUMENTATION, _forget, _goals
from bucketpolicy.document import Document
from bucketpolicy.goal import FEW, MANY, Goal
from bucketpolicy.judge import judge
from bucketpolicy.parse import parse
from bucketpolicy.proof.check import check_proof
from bucketpolicy.proof.decide import decide
from bucketpolicy.semantics.probe import find_gap
from bucketpolicy.verdict import Denied, Verdict
from tests.policies.cases import read_cases

#: Milliseconds: of the probe in a pack, and of a whole verdict there.
LIMIT = 0.3
_ROUNDS = 7
_Asked = tuple[Document, Goal, Verdict]
_Verdict = TypeVar("_Verdict", bound=Verdict)


def main() -> int:
    """Measure, print, compare with the limits."""
    asked = list_asked()
    denials = [(document, goal, verdict) for document, goal, verdict in asked if isinstance(verdict, Denied)]
    print(f"documentation corpus, asked in turn from empty caches, the fastest of {_ROUNDS} rounds; {len(denials)} denials:")
    _print_spread("decide", _measure(lambda document, goal, _: decide(document, goal), denials))
    _print_spread("check_proof", _measure(lambda document, goal, verdict: check_proof(document, goal, verdict.proof), denials))
    few = _print_spread(f"probe, {FEW} requests", _measure(lambda document, goal, _: find_gap(document, goal, FEW), denials))
    _print_spread(f"probe, {MANY} requests", _measure(lambda document, goal, _: find_gap(document, goal, MANY), denials))
    print(f"all {len(asked)} verdicts:")
    whole = _print_spread("judge in a pack", _measure(lambda document, goal, _: judge(document, goal), asked))
    missed = [name for name, median in (("the probe", few), ("judge", whole)) if median > LIMIT]
    print(f"{' and '.join(missed) or 'nothing'} above the limit of {LIMIT * 1000:.0f} us, medians of {FEW} requests and of all verdicts")
    return int(bool(missed))


def list_asked() -> list[_Asked]:
    """The documents, goals and verdicts of the corpus."""
    texts = {case.text: case.bucket or "" for case in read_cases() if case.name.startswith(_DOCUMENTATION)}
    parsed = [(document, bucket) for text, bucket in texts.items() if isinstance(document := parse(text), Document)]
    return [(document, goal, judge(document, goal)) for document, bucket in parsed for goal in _goals(bucket)]


def _measure(ask: Callable[[Document, Goal, _Verdict], object], questions: list[tuple[Document, Goal, _Verdict]]) -> list[float]:
    rounds = []
    for _ in range(_ROUNDS):
        _forget()
        rounds.append([_time(ask, question) for question in questions])
    return [min(times) for times in zip(*rounds, strict=True)]


def _time(ask: Callable[[Document, Goal, _Verdict], object], question: tuple[Document, Goal, _Verdict]) -> float:
    started = time.process_time()
    ask(*question)
    return (time.process_time() - started) * 1000


def _print_spread(name: str, times: list[float]) -> float:
    median, high = statistics.median(times), sorted(times)[int(len(times) * 0.95)]
    print(f"  {name:20} median {median * 1000:4.0f} us, 95th percentile {high * 1000:4.0f} us, most {max(times) * 1000:4.0f} us")
    return median


if __name__ == "__main__":
    sys.exit(main())
