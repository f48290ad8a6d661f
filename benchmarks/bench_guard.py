"""
What it costs to look at a denial a second time, beside the decision itself.

The documentation corpus under the three goals, where the verdict is `Denied`: the proof is checked, and a request that gets through is
looked for in the steps of a pack and of the offline commands. Exit status 1 where the limit of the project is missed.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.bench_decide import _DOCUMENTATION, _forget, _goals
from bucketpolicy.document import Document
from bucketpolicy.goal import Goal
from bucketpolicy.parse import parse
from bucketpolicy.proof.check import check_proof
from bucketpolicy.proof.decide import decide
from bucketpolicy.semantics.probe import FEW, MANY, find_gap
from bucketpolicy.verdict import Denied
from tests.policies.cases import read_cases

#: Milliseconds of the search in a pack.
LIMIT = 0.3
_ROUNDS = 7
_Denial = tuple[Document, Goal, Denied]


def main() -> int:
    """Measure, print, compare with the limit."""
    denials = list_denials()
    print(f"documentation corpus: {len(denials)} denials, asked in turn from empty caches, the fastest of {_ROUNDS} rounds")
    _print_spread("decide", _measure(lambda denial: decide(denial[0], denial[1]), denials))
    _print_spread("check_proof", _measure(lambda denial: check_proof(denial[0], denial[1], denial[2].proof), denials))
    few = _print_spread(f"probe, {FEW} requests", _measure(lambda denial: find_gap(denial[0], denial[1], FEW), denials))
    _print_spread(f"probe, {MANY} requests", _measure(lambda denial: find_gap(denial[0], denial[1], MANY), denials))
    print(f"the median of {FEW} requests is {'above' if few > LIMIT else 'within'} its limit of {LIMIT * 1000:.0f} us")
    return int(few > LIMIT)


def list_denials() -> list[_Denial]:
    """The documents, goals and verdicts of the corpus that are `Denied`."""
    texts = {case.text: case.bucket or "" for case in read_cases() if case.name.startswith(_DOCUMENTATION)}
    parsed = [(document, bucket) for text, bucket in texts.items() if isinstance(document := parse(text), Document)]
    asked = [(document, goal, decide(document, goal)) for document, bucket in parsed for goal in _goals(bucket)]
    return [(document, goal, verdict) for document, goal, verdict in asked if isinstance(verdict, Denied)]


def _measure(ask: Callable[[_Denial], object], denials: list[_Denial]) -> list[float]:
    rounds = []
    for _ in range(_ROUNDS):
        _forget()
        rounds.append([_time(ask, denial) for denial in denials])
    return [min(times) for times in zip(*rounds, strict=True)]


def _time(ask: Callable[[_Denial], object], denial: _Denial) -> float:
    started = time.process_time()
    ask(denial)
    return (time.process_time() - started) * 1000


def _print_spread(name: str, times: list[float]) -> float:
    median, high = statistics.median(times), sorted(times)[int(len(times) * 0.95)]
    print(f"  {name:20} median {median * 1000:4.0f} us, 95th percentile {high * 1000:4.0f} us, most {max(times) * 1000:4.0f} us")
    return median


if __name__ == "__main__":
    sys.exit(main())
