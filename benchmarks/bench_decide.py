"""
What deciding costs, alone and parse included.

The documentation corpus under the three goals, then each hard family against its limit, and what cvc5 and z3 take for it in the same run.
Of each family it is shown as well what all policies together take, messages and fixes included, against the two seconds of a document.
Exit status 1 where a limit of the project is missed.
"""

import statistics
import sys
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.apart import Ask, ask_apart
from benchmarks.families import BUCKET, GOAL, Family, families
from bucketpolicy.document import Document
from bucketpolicy.goal import SSE, TRANSPORT, Absent, Equal, Goal, Target
from bucketpolicy.parse import parse
from bucketpolicy.proof.decide import decide
from bucketpolicy.tables.actions import BUCKET_ACTIONS, OBJECT_ACTIONS
from crossguard.judging.assess import assess
from crossguard.judging.finding import Subject
from crossguard.messages.render import render
from crossguard.pack.rule import Rule
from crossguard.pack.settings import DEFAULTS
from crossguard.resources.source import Found
from policies import ALL
from tests.differential.smt import encode
from tests.differential.solvers import ask_cvc5, ask_z3
from tests.policies.cases import read_cases

MEDIAN, PERCENTILE_95, FACTOR = 0.150, 0.5, 2.0
#: Of one document, for all policies together, in milliseconds.
TOGETHER = 2_000
_ROUNDS = 5
_SECONDS = 20
_GIGABYTES = 2
#: What stands behind a figure, by how the solver ended.
_MARKS = {"answered": "", "gave up": "", "out of memory": "*", "failed": "!"}


def main() -> int:
    """Measure, print, compare with the limits."""
    missed = _measure_corpus() + sum(_measure_family(family) for family in families())
    print(f"\ntogether: all policies about one document, with messages and fixes (limit {TOGETHER} ms)")
    print(f"cvc5, z3: times our time; > no answer within {_SECONDS} s; * out of memory ({_GIGABYTES} GB); ! failed")
    print("\nwithin every limit" if not missed else f"\n{missed} limits missed")
    return 1 if missed else 0


def _goals(bucket: str) -> tuple[Goal, ...]:
    http = (Equal(TRANSPORT, "false"),)
    return (
        Goal(bucket, "aws", (Target(("s3:PutObject",), "object", (Absent(SSE),)),)),
        Goal(bucket, "aws", (Target(("s3:PutObject",), "object", http),)),
        Goal(bucket, "aws", (Target(OBJECT_ACTIONS, "object", http), Target(BUCKET_ACTIONS, "bucket", http))),
    )


def _answer(text: str, goal: Goal) -> str:
    document = parse(text)
    return type(decide(document, goal)).__name__ if isinstance(document, Document) else "Malformed"


def _time(text: str, goal: Goal) -> float:
    """One decision, parse included, in milliseconds of processor time."""
    started = time.process_time()
    _answer(text, goal)
    return (time.process_time() - started) * 1000


def _best_cold(text: str, goal: Goal, rounds: int = _ROUNDS) -> float:
    """The fastest of some rounds, each with empty caches."""
    times = []
    for _ in range(rounds):
        _forget()
        times.append(_time(text, goal))
    return min(times)


def _best_in_turn(questions: list[tuple[str, Goal]]) -> list[float]:
    """The fastest of some rounds through all questions in turn, as a run of the pack asks them; each round begins with empty caches."""
    rounds = []
    for _ in range(_ROUNDS):
        _forget()
        rounds.append([_time(text, goal) for text, goal in questions])
    return [min(times) for times in zip(*rounds, strict=True)]


def _forget() -> None:
    modules = [module for name, module in sys.modules.items() if name.startswith(("bucketpolicy.", "crossguard."))]
    for value in (value for module in modules for value in vars(module).values()):
        if hasattr(value, "cache_clear"):
            value.cache_clear()


def _measure_corpus() -> int:
    """Each distinct document of AWS's and the generators' documentation, under each goal."""
    named = [case for case in read_cases() if case.name.startswith(_DOCUMENTATION)]
    texts = {case.text: case.bucket or "" for case in named}
    questions = [(text, goal) for text, bucket in texts.items() for goal in _goals(bucket)]
    print(f"documentation corpus: {len(texts)} documents, {len(questions)} questions, parse included")
    median, high = _print_spread("in turn", _best_in_turn(questions), f" (limits {MEDIAN * 1000:.0f} us and {PERCENTILE_95} ms)")
    _print_spread("each with empty caches", [_best_cold(text, goal) for text, goal in questions], "")
    print(f"\n{'family':34} {'bytes':>6} {'verdict':15} {'ms':>8} {'limit':>7} {'together':>8} {'cvc5':>9} {'z3':>9}")
    return (median > MEDIAN) + (high > PERCENTILE_95)


def _print_spread(name: str, times: list[float], limits: str) -> tuple[float, float]:
    median, high = statistics.median(times), sorted(times)[int(len(times) * 0.95)]
    print(f"  {name}: median {median * 1000:.0f} us, 95th percentile {high:.2f} ms, most {max(times):.2f} ms{limits}")
    return median, high


_DOCUMENTATION = ("docs-", "cis-", "security-hub", "terraform-", "cloudposse-", "cdk-", "copilot-")


def _measure_family(family: Family) -> int:
    text = family.text()
    found = _answer(text, GOAL)
    spent = _best_cold(text, GOAL, 3)
    question = encode(family.document, GOAL)
    others = [_race(ask, question.lower, spent) if question else "" for ask in (ask_cvc5, ask_z3)]
    limit = family.within * FACTOR
    together = _time_together(text)
    late = spent > limit or together > TOGETHER
    note = " <- unexpected verdict" if found not in family.verdicts else " <- over the limit" if late else ""
    ours = f"{family.name:34} {len(text):>6} {found:15} {spent:>8.1f} {limit:>7.0f} {together:>8.0f}"
    print(f"{ours} {others[0]:>9} {others[1]:>9}{note}", flush=True)
    return bool(note)


def _time_together(text: str) -> float:
    """What every policy about documents finds at a bucket, and says of it, from empty caches: milliseconds of processor time."""
    subject = Subject("urn:pulumi:dev::shop::aws:s3/bucketPolicy:BucketPolicy::p", "aws:s3/bucketPolicy:BucketPolicy", "p", BUCKET, "aws")
    _forget()
    started = time.process_time()
    for rule in ALL:
        if isinstance(rule, Rule):
            render(rule, assess(rule, DEFAULTS, subject, Found(text, "policy", BUCKET), date(2026, 11, 24)), subject)
    return (time.process_time() - started) * 1000


def _race(ask: Ask, script: str, ours: float) -> str:
    """How many times our time a solver takes, with `>` where it came to no answer."""
    ended, spent = ask_apart(ask, script, _SECONDS, _GIGABYTES)
    return f"{'' if ended == 'answered' else '>'}{spent * 1000 / ours:.1f}x{_MARKS[ended]}"


if __name__ == "__main__":
    sys.exit(main())
