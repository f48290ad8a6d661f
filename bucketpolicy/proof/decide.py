"""
The decision: does a document deny every request of a goal?

It is made twice over. Where the lower reading of the document covers the goal, everything in it is denied. Where the upper reading leaves a
request out, that request gets through. Between the two lies what AWS leaves open, and the verdict says what that is.
"""

from collections.abc import Iterator
from typing import NamedTuple

from bucketpolicy.document import Document, Problem, Statement
from bucketpolicy.goal import Goal, Target
from bucketpolicy.proof.budget import Budget, TooComplexError
from bucketpolicy.proof.certificate import Proof, Step
from bucketpolicy.proof.compile import CompiledDocument, Readings, compile_document, compile_target, without
from bucketpolicy.proof.counterexample import Point, build, pick
from bucketpolicy.proof.cover import Covered, Uncovered, search
from bucketpolicy.proof.cubes import Constraints, Cube, key_variable
from bucketpolicy.proof.domains import Domain, holds
from bucketpolicy.proof.encoding import Encoding, encode, narrow
from bucketpolicy.proof.globs import WIDE_LETTERS, is_beyond_16_bits
from bucketpolicy.proof.instances import instantiate
from bucketpolicy.verdict import Counterexample, Denied, Undecided, Verdict

_MAX_REASONS = 20
_OPEN = Problem("$", "only requests that nobody is known to send get through")


class _Cover(NamedTuple):
    """A target proved in the lower reading: the steps, and the cubes they use."""

    steps: tuple[Step, ...]
    cubes: tuple[Cube, ...]


def decide(document: Document, goal: Goal, budget: Budget | None = None) -> Verdict:
    """
    Denied iff what the document surely denies covers every target of the goal.

    Counterexample only if even what it possibly denies leaves a request of the goal that S3 takes; Undecided otherwise. Raises nothing, and
    is bounded in time.
    """
    budget = Budget() if budget is None else budget
    try:
        return _decide(document, goal, budget)
    except TooComplexError:
        return give_up(document, budget)


def give_up(document: Document, budget: Budget) -> Undecided:
    """That the budget is used up, said of the statement that cost it most."""
    spent = {statement.number: budget.spent.get(statement.number, 0) for statement in document.statements}
    number = max(spent, key=lambda number: spent[number], default=0)
    path = next((statement.path for statement in document.statements if statement.number == number), "$")
    return Undecided((Problem(path, "the document is too complex: the search gave up, and this statement cost it most"),))


def _decide(document: Document, goal: Goal, budget: Budget) -> Verdict:
    setting = goal._replace(targets=())
    proved: list[_Cover] = []
    reasons: list[Problem] = []
    for target in goal.targets:
        found = _prove(document, setting, target, budget)
        if isinstance(found, _Cover):
            proved.append(found)
            continue
        readings = compile_target(document, setting, target)
        refuted = _refute(compile_document(document, setting), target, readings, found, budget)
        if isinstance(refuted, Counterexample):
            return refuted
        instance = _refute_instance(document, setting, target, budget)
        if instance is not None:
            return instance
        reasons += refuted
    if reasons:
        return Undecided(tuple(dict.fromkeys(reasons))[:_MAX_REASONS])
    verdict = _conclude(document, goal, proved, budget)
    used = [statement for statement in document.statements if statement.number in verdict.statements]
    if any(map(_has_question_mark, used)) and any(is_beyond_16_bits(text) for statement in used for text in _list_texts(statement)):
        return Undecided((Problem(next(statement.path for statement in used if _has_question_mark(statement)), WIDE_LETTERS),))
    return verdict


def _refute_instance(document: Document, setting: Goal, target: Target, budget: Budget) -> Counterexample | None:
    """A request in which policy variables, and keys of the bucket, have values of our choice, so that other keys can have equal ones."""
    for found in instantiate(document, target, setting.partition):
        readings = compile_target(found.document, setting, found.target)
        refuted = _search_upper(compile_document(found.document, setting), found.target, readings, budget)
        if isinstance(refuted, Counterexample):
            return refuted
    return None


class _Gap(NamedTuple):
    """A part of a target that no cube meets, and the run it was found in."""

    encoding: Encoding
    space: tuple[Domain, ...]


def _prove(document: Document, setting: Goal, target: Target, budget: Budget) -> _Cover | _Gap:
    """The proof that the lower reading covers the target, or the gap it leaves."""
    readings = compile_target(document, setting, target)
    found = _search(readings.space, readings.lower, budget, upper=False)
    return found if isinstance(found, _Gap) else _Cover(found.steps, _used(found, readings.lower))


def _search(space: Constraints, cubes: tuple[Cube, ...], budget: Budget, *, upper: bool) -> Covered | _Gap:
    encoding = encode(space, tuple(cube.literals for cube in cubes), budget, upper=upper)
    if encoding is None:
        return Covered(())
    found = search(encoding.space, encoding.cubes, tuple(cube.statement for cube in cubes), budget)
    return _Gap(encoding, found.space) if isinstance(found, Uncovered) else found


def _used(covered: Covered, cubes: tuple[Cube, ...]) -> tuple[Cube, ...]:
    return tuple(cubes[number] for number in sorted({step.cube for step in covered.steps}))


def _conclude(document: Document, goal: Goal, proved: list[_Cover], budget: Budget) -> Denied:
    """The verdict of these proofs, with as few assumptions as dropping them one by one leaves."""
    needed = _assumed(proved)
    for name in needed:
        fewer = goal._replace(assumptions=without(goal.assumptions, name))
        again = _prove_all(document, fewer, budget)
        if again is not None:
            return _conclude(document, fewer, again, budget)
    cubes = [cube for cover in proved for cube in cover.cubes]
    statements = tuple(sorted({cube.statement for cube in cubes} - {0}))
    return Denied(statements, needed, Proof(goal.assumptions, tuple(cover.steps for cover in proved)))


def _assumed(proved: list[_Cover]) -> tuple[str, ...]:
    names = {name for cover in proved for cube in cover.cubes for name in cube.assumptions}
    return tuple(sorted(names))


def _prove_all(document: Document, goal: Goal, budget: Budget) -> list[_Cover] | None:
    setting = goal._replace(targets=())
    proved = []
    for target in goal.targets:
        found = _prove(document, setting, target, budget)
        if isinstance(found, _Gap):
            return None
        proved.append(found)
    return proved


def _refute(compiled: CompiledDocument, target: Target, readings: Readings, gap: _Gap, budget: Budget) -> Counterexample | list[Problem]:
    """A request of the target that even the upper reading does not deny, or what stands in the way of one."""
    narrowed = narrow(gap.encoding, gap.space, readings.sent) if readings.same else None
    if narrowed is not None:
        return _show(compiled, target, readings, _Gap(*narrowed))
    return _search_upper(compiled, target, readings, budget)


def _search_upper(compiled: CompiledDocument, target: Target, readings: Readings, budget: Budget) -> Counterexample | list[Problem]:
    found = _search((*readings.space, *readings.sent), readings.upper, budget, upper=True)
    if isinstance(found, _Gap):
        return _show(compiled, target, readings, found)
    return [problem for cube in _used(found, readings.upper) for problem in cube.problems] or [_OPEN]


def _show(compiled: CompiledDocument, target: Target, readings: Readings, gap: _Gap) -> Counterexample | list[Problem]:
    point = pick(compiled, gap.encoding, gap.space)
    request = build(compiled, target, gap.encoding, point)
    texts = "".join((request.resource, *(text for _, values in request.context for text in values)))
    if is_beyond_16_bits(texts) and any(_has_question_mark(deny.statement) for deny in compiled.denies):
        return [Problem("$", WIDE_LETTERS)]
    return Counterexample(request, _rest_on(compiled, readings.upper, gap.encoding, point))


def _has_question_mark(statement: Statement) -> bool:
    return any("?" in text for text in _list_texts(statement))


def _list_texts(statement: Statement) -> Iterator[str]:
    """The texts that are compared with those of a request."""
    yield from statement.resources.patterns
    for condition in statement.conditions:
        yield from condition.values


def _rest_on(compiled: CompiledDocument, cubes: tuple[Cube, ...], encoding: Encoding, point: Point) -> tuple[str, ...]:
    """The switches without which a statement might deny this point."""
    cautious = {
        (deny.statement.number, key_variable(key), meaning.maybe): meaning
        for deny in compiled.denies
        for key, meaning in deny.conditions
        if meaning.without is not None
    }
    names = set()
    for cube, converted in zip(cubes, encoding.cubes, strict=True) if cautious else ():
        doubts = [cautious.get((cube.statement, name, constraint)) for name, constraint in cube.literals]
        if any(doubts) and all(
            holds(literal if doubt is None or doubt.without is None else doubt.without, point[place])
            for (place, literal), doubt in zip(converted, doubts, strict=True)
        ):
            names |= {doubt.assumption for doubt in doubts if doubt is not None}
    return tuple(sorted(names))
