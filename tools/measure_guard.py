"""
How many wrong denials are stopped at run time: mutants of the core against `check_proof` and the probe.

    python tools/measure_guard.py                        # every mutant of `proof/`, an hour on two cores
    python tools/measure_guard.py 300 --seed 1           # so many random ones
    python tools/measure_guard.py --of shared            # mutants of what both readings are given: no guard sees those

The questions are the documents of the case files under the goals of the pack, a quarter of them under each of four other goals, and random
ones, as far as a request gets through. Each is asked again under every mutant of a function that it enters, and `Denied` is then false.
It is stopped where `check_proof` does not accept the proof, or the probe finds a gap, as in `judge`; a mutant counts as stopped where all
of its false denials are.
The mutants are those of `proof/`, but for what runs only after a proof has failed, and for `check` itself, which is one of the guards.
Exit status 1 where the guard of a pack stops fewer of the mutants that give a false denial than the limit says.
"""

import argparse
import contextlib
import json
import os
import random
import resource
import select
import signal
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from bucketpolicy.document import Document, Malformed
from bucketpolicy.goal import FEW, MANY, SSE, SSE_KMS_KEY, TLS_VERSION, TRANSPORT, Absent, AbsentOrOther, Below, Equal, Goal, Target
from bucketpolicy.parse import parse
from bucketpolicy.proof.budget import Budget, TooComplexError
from bucketpolicy.proof.check import check_proof
from bucketpolicy.proof.decide import decide
from bucketpolicy.rename import share_name
from bucketpolicy.semantics.probe import find_gap
from bucketpolicy.tables.actions import BUCKET_ACTIONS, OBJECT_ACTIONS
from bucketpolicy.verdict import Counterexample, Denied, Verdict
from tests.differential.documents import generate
from tests.policies.cases import read_cases
from tools.mutate import Mutant, _clear_caches, _mutate, _put, _stem

LIMIT = 95.0
#: The modules whose mutants are tried, by the name that the command line gives them.
MODULES = {
    "proof": "globs intervals conditions elements principals classes axioms compile textsets domains encoding cover written decide",
    "shared": "parse operators rename",
}
_RANDOM = 400
_FIRST_SEED = 20_000_000
_UPLOADS = ("s3:PutObject",)
_HTTP = (Equal(TRANSPORT, "false"),)
_KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd"
_PACK = (
    (Target(_UPLOADS, "object", (Absent(SSE),)),),
    (Target(_UPLOADS, "object", _HTTP),),
    (Target(OBJECT_ACTIONS, "object", _HTTP), Target(BUCKET_ACTIONS, "bucket", _HTTP)),
)
_OTHERS = (
    (Target(_UPLOADS, "object", (AbsentOrOther(SSE, ("aws:kms",)),)),),
    (Target(_UPLOADS, "object", (AbsentOrOther(SSE_KMS_KEY, (_KEY,)),)),),
    (Target(_UPLOADS, "object", (Equal(TRANSPORT, "true"), Below(TLS_VERSION, "1.2"))),),
)
_EXEMPT = ("111122223333", "logging.s3.amazonaws.com")
#: Seconds of processor time for a question, and how many may need more before a mutant is given up.
_SECONDS, _PATIENCE = 1.0, 2
_MEMORY = 2 << 30
#: Documents that need more are not asked about: a few hard ones would take as long as all others.
_TICKS = 50_000


class Question(NamedTuple):
    """A document that a request of the goal gets through; `entered`: the functions of the core that it needs, by module and first line."""

    name: str
    text: str
    goal: Goal
    entered: frozenset[tuple[str, int]]


class Outcome(NamedTuple):
    """What came of one mutant: the questions falsely denied, and those that get past the check, then past few requests, or past many."""

    false: tuple[str, ...] = ()
    checked: tuple[str, ...] = ()
    few: tuple[str, ...] = ()
    many: tuple[str, ...] = ()
    ended: bool = True


def main() -> int:
    """Draw, try, count."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("mutants", type=int, nargs="?", help="how many, all where it is left out")
    parser.add_argument("--of", choices=tuple(MODULES), default="proof", help="the modules that are changed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    questions = list(list_questions(_RANDOM))
    everything = [mutant for name in MODULES[options.of].split() for mutant in _mutate(f"proof.{name}" if options.of == "proof" else name)]
    count = len(everything) if options.mutants is None else min(options.mutants, len(everything))
    drawn = random.Random(options.seed).sample(everything, count)  # noqa: S311 - no secret
    print(f"{count} of {len(everything)} mutants of {options.of}, seed {options.seed}; {len(questions)} questions", flush=True)
    return report(list(zip(drawn, try_all(drawn, questions, options.processes), strict=True)))


# Questions ------------------------------------------------------------------------------------------------------------------------------


def list_questions(count: int) -> Iterator[Question]:
    """All documents of the case files under each goal, and so many random ones under their own, if a request gets through."""
    for name, text, goal in _list_asked(count):
        entered: set[CodeType] = set()

        def note(frame: FrameType, event: str, _: object, entered: set[CodeType] = entered) -> None:
            if event == "call":
                entered.add(frame.f_code)

        _clear_caches()
        _read.cache_clear()
        sys.setprofile(note)
        answer = ask(text, goal)
        sys.setprofile(None)
        if answer and isinstance(answer[2], Counterexample):
            yield Question(name, text, goal, frozenset((Path(code.co_filename).stem, code.co_firstlineno) for code in entered))


def _list_asked(count: int) -> Iterator[tuple[str, str, Goal]]:
    texts = {(case.text, case.bucket): case.name for case in read_cases() if case.bucket is not None}
    for place, ((text, bucket), name) in enumerate(texts.items()):
        usual = [Goal(bucket, "aws", targets) for targets in _PACK]
        others = [*(Goal(bucket, "aws", targets) for targets in _OTHERS), usual[0]._replace(exempt=_EXEMPT)]
        for number, goal in enumerate((*usual, others[place % len(others)]), 1):
            yield f"{name}, goal {number}", text, goal
    for seed in range(_FIRST_SEED, _FIRST_SEED + count):
        plain, goal = generate(random.Random(seed))  # noqa: S311 - no secret
        yield f"random {seed}", json.dumps(plain), goal


# Asked under each of thousands of mutants, few of which are the parser's.
@cache
def _read(text: str) -> Document | Malformed:
    return parse(text)


def ask(text: str, goal: Goal) -> tuple[Document, Goal, Verdict] | None:
    """What is decided of the text, by the name that `judge` gives its bucket; None where it is malformed."""
    document = _read(text)
    if not isinstance(document, Document):
        return None
    shared = share_name(document, goal) or (document, goal)
    return (*shared, decide(*shared, Budget(_TICKS)))


# Trying them ----------------------------------------------------------------------------------------------------------------------------


def try_all(mutants: list[Mutant], questions: list[Question], processes: int) -> list[Outcome]:
    """The outcome of each mutant, in a process of its own."""
    outcomes = [Outcome()] * len(mutants)
    running: dict[int, tuple[int, int]] = {}
    for number, mutant in enumerate(mutants):
        asked = [question for question in questions if (_stem(mutant.module), mutant.first) in question.entered]
        if len(running) >= processes:
            _reap(running, outcomes)
        child, reader = _start(mutant, asked)
        running[child] = number, reader
        if number % 100 == 0:
            print(f"{number} of {len(mutants)}", file=sys.stderr, flush=True)
    while running:
        _reap(running, outcomes)
    return outcomes


def _start(mutant: Mutant, questions: list[Question]) -> tuple[int, int]:
    reader, writer = os.pipe()
    child = os.fork()
    if child:
        os.close(writer)
        return child, reader
    with contextlib.suppress(BaseException):
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        signal.signal(signal.SIGVTALRM, _stop)
        _put(mutant)
        _clear_caches()
        if not mutant.module.startswith("proof."):
            _read.cache_clear()
        answer = json.dumps(_count(questions)).encode()
        with os.fdopen(writer, "wb") as stream:
            stream.write(answer)
    os._exit(0)


def _stop(*_: object) -> None:
    raise TimeoutError


def _reap(running: dict[int, tuple[int, int]], outcomes: list[Outcome]) -> None:
    """Take the outcome of a process that has one, or has ended."""
    ready, _, _ = select.select([reader for _, reader in running.values()], [], [])
    child = next(child for child, (_, reader) in running.items() if reader in ready)
    number, reader = running.pop(child)
    with os.fdopen(reader, "rb") as stream:
        text = stream.read()
    os.waitpid(child, 0)
    if not text:
        outcomes[number] = Outcome(ended=False)
        return
    false, checked, few, many, ended = json.loads(text)
    outcomes[number] = Outcome(tuple(false), tuple(checked), tuple(few), tuple(many), ended)


def _count(questions: Iterable[Question]) -> Outcome:
    total, slow = Outcome(), 0
    for question in questions:
        signal.setitimer(signal.ITIMER_VIRTUAL, _SECONDS)
        try:
            found = _guard(question)
        except TimeoutError:
            slow += 1
            if slow == _PATIENCE:
                return total._replace(ended=False)
        except Exception:  # noqa: BLE001, S112 - a mutant that raises denies nothing
            continue
        else:
            total = Outcome(total.false + found.false, total.checked + found.checked, total.few + found.few, total.many + found.many)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return total


def _guard(question: Question) -> Outcome:
    """What becomes of one question under the mutant in force."""
    answer, name = ask(question.text, question.goal), (question.name,)
    if answer is None:
        return Outcome()
    document, goal, verdict = answer
    if not isinstance(verdict, Denied):
        return Outcome()
    try:
        accepted = check_proof(document, goal, verdict.proof, Budget())
    except TooComplexError:
        accepted = False
    if not accepted:
        return Outcome(name)
    few, many = (() if find_gap(document, goal, most) else name for most in (FEW, MANY))
    return Outcome(name, name, few, many)


# Telling --------------------------------------------------------------------------------------------------------------------------------


def report(found: list[tuple[Mutant, Outcome]]) -> int:
    """Print what was stopped by what, and each mutant that was not; the exit status."""
    false = [(mutant, outcome) for mutant, outcome in found if outcome.false]
    given_up = sum(not outcome.ended for _, outcome in found)
    print(f"{len(false)} mutants give a false denial, {sum(len(outcome.false) for _, outcome in false)} in all; {given_up} were given up")
    if not false:
        return 0
    guards = {"check_proof alone": "checked", f"and {FEW} requests": "few", f"and {MANY} requests": "many"}
    for name, field in guards.items():
        stopped = sum(not getattr(outcome, field) for _, outcome in false)
        print(f"  {name:18} stops {stopped} of them at every document: {100 * stopped / len(false):.1f} %")
    for mutant, outcome in false:
        if outcome.few:
            missed = f"{len(outcome.few)} and {len(outcome.many)} of {len(outcome.false)} get past few and many requests"
            print(f"  not stopped: {mutant.module}.py:{mutant.line} {mutant.function}: {mutant.change}; {missed}: {outcome.few[0]}")
    share = 100 * sum(not outcome.few for _, outcome in false) / len(false)
    print(f"{share:.1f} % in a pack (limit {LIMIT:.0f} %)")
    return int(share < LIMIT)


if __name__ == "__main__":
    sys.exit(main())
