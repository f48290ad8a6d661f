"""
The decision: does a document deny every request of a goal?

It is made twice over. Where the lower reading of the document covers the goal, everything in it is denied. Where the upper reading leaves a
request out, that request gets through. Between the two lies what AWS leaves open, and the verdict says what that is.
"""

from typing import NamedTuple

from bucketpolicy.document import Document, Problem
from bucketpolicy.goal import Goal, Target
from bucketpolicy.proof.budget import TICKS, Budget, TooComplexError
from bucketpolicy.proof.certificate import Proof, Step
from bucketpolicy.proof.compile import Compiled, Readings, compile_document, compile_target, without
from bucketpolicy.proof.conditions import Texts
from bucketpolicy.proof.counterexample import Point, build, pick, sendable
from bucketpolicy.proof.cover import Covered, Escape, search
from bucketpolicy.proof.domains import ABSENT, Domain, holds
from bucketpolicy.proof.encoding import SENDABLE, Arena, arrange, fill
from bucketpolicy.proof.rows import Named, Row, key_variable
from bucketpolicy.verdict import Counterexample, Denied, Undecided, Verdict

_MAX_REASONS = 20
_OPEN = Problem("$", "only requests that S3 is not known to send get through")


class _Cover(NamedTuple):
    """A target proved in the lower reading: the steps, and the rows they use."""

    steps: tuple[Step, ...]
    rows: tuple[Row, ...]


def decide(document: Document, goal: Goal) -> Verdict:
    """Whether every request of the goal is denied, some request is not, or neither can be told; total, and bounded in time."""
    budget = Budget(TICKS)
    try:
        return _decide(document, goal, budget)
    except TooComplexError:
        return Undecided((_blame(document, budget),))


def _blame(document: Document, budget: Budget) -> Problem:
    spent = {statement.number: budget.spent.get(statement.number, 0) for statement in document.statements}
    number = max(spent, key=lambda number: spent[number], default=0)
    path = next((statement.path for statement in document.statements if statement.number == number), "$")
    return Problem(path, "the document is too complex: the search was given up, and this statement costs it most")


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
        reasons += refuted
    if reasons:
        return Undecided(tuple(dict.fromkeys(reasons))[:_MAX_REASONS])
    return _conclude(document, goal, proved, budget)


class _Hole(NamedTuple):
    """A part of a target that no row meets, and the run it was found in."""

    arena: Arena
    box: tuple[Domain, ...]


def _prove(document: Document, setting: Goal, target: Target, budget: Budget) -> _Cover | _Hole:
    """The proof that the lower reading covers the target, or the hole it leaves."""
    readings = compile_target(document, setting, target)
    found = _search(readings.box, readings.lower, budget, upper=False)
    return found if isinstance(found, _Hole) else _Cover(found.steps, _used(found, readings.lower))


def _search(box: Named, rows: tuple[Row, ...], budget: Budget, *, upper: bool) -> Covered | _Hole:
    arena = arrange(box, tuple(row.literals for row in rows), budget, upper=upper)
    if arena is None:
        return Covered(())
    found = search(arena.box, arena.rows, tuple(row.statement for row in rows), budget)
    return _Hole(arena, found.box) if isinstance(found, Escape) else found


def _used(covered: Covered, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    return tuple(rows[number] for number in sorted({step.row for step in covered.steps}))


def _conclude(document: Document, goal: Goal, proved: list[_Cover], budget: Budget) -> Denied:
    """The verdict of these proofs, with as few assumptions as dropping them one by one leaves."""
    needed = _assumed(proved)
    for name in needed:
        fewer = goal._replace(assumptions=without(goal.assumptions, name))
        again = _prove_all(document, fewer, budget)
        if again is not None:
            return _conclude(document, fewer, again, budget)
    rows = [row for cover in proved for row in cover.rows]
    statements = tuple(sorted({row.statement for row in rows} - {0}))
    return Denied(statements, needed, Proof(goal.assumptions, tuple(cover.steps for cover in proved)))


def _assumed(proved: list[_Cover]) -> tuple[str, ...]:
    names = {name for cover in proved for row in cover.rows for name in (row.assumption, *row.readings)}
    return tuple(sorted(names - {""}))


def _prove_all(document: Document, goal: Goal, budget: Budget) -> list[_Cover] | None:
    setting = goal._replace(targets=())
    proved = []
    for target in goal.targets:
        found = _prove(document, setting, target, budget)
        if isinstance(found, _Hole):
            return None
        proved.append(found)
    return proved


def _refute(compiled: Compiled, target: Target, readings: Readings, hole: _Hole, budget: Budget) -> Counterexample | list[Problem]:
    """A request of the target that even the upper reading does not deny, or what stands in the way of one."""
    filled = fill(hole.arena, hole.box) if readings.same else None
    found = _search(readings.box, readings.upper, budget, upper=True) if filled is None else _Hole(*filled)
    if isinstance(found, Covered):
        reasons = [problem for row in _used(found, readings.upper) for problem in row.problems]
        return reasons or [_OPEN]
    arena, point = found.arena, pick(compiled, found.arena, found.box)
    if not sendable(arena, point):
        narrower = _search((*readings.box, *_only_sendable(arena)), readings.upper, budget, upper=True)
        if isinstance(narrower, _Hole):
            arena, point = narrower.arena, pick(compiled, narrower.arena, narrower.box)
    request = build(compiled, target, arena, point)
    return [_OPEN] if request is None else Counterexample(request, _rest_on(compiled, readings.upper, arena, point))


def _only_sendable(arena: Arena) -> Named:
    names = [variable.name for variable in arena.variables]
    return tuple((name, Texts(ABSENT, texts, inside=True)) for name, texts in SENDABLE.items() if name in names)


def _rest_on(compiled: Compiled, rows: tuple[Row, ...], arena: Arena, point: Point) -> tuple[str, ...]:
    """The switches without which a statement might deny this point."""
    cautious = {
        (clause.statement.number, key_variable(key), meaning.maybe): meaning
        for clause in compiled.clauses
        for key, meaning in clause.conditions
        if meaning.without is not None
    }
    names = set()
    for row, converted in zip(rows, arena.rows, strict=True) if cautious else ():
        doubts = [cautious.get((row.statement, name, raw)) for name, raw in row.literals]
        if any(doubts) and all(
            holds(literal if doubt is None or doubt.without is None else doubt.without, point[place])
            for (place, literal), doubt in zip(converted, doubts, strict=True)
        ):
            names |= {doubt.reading for doubt in doubts if doubt is not None}
    return tuple(sorted(names))
