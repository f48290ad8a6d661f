"""
The decision: does a document deny every request of a goal?

It is made twice over. Where the lower reading of the document covers the goal, everything in it is denied. Where the upper reading leaves a
request out, that request gets through. Between the two lies what AWS leaves open, and the verdict says what that is.
"""

from typing import NamedTuple

from bucketpolicy.arena import SENDABLE, Arena, arrange
from bucketpolicy.budget import Budget, TooComplexError
from bucketpolicy.compile import Compiled, Problems, compile_document, compile_target, without
from bucketpolicy.cover import Covered, Escape, search
from bucketpolicy.document import Document, Problem
from bucketpolicy.domains import ABSENT
from bucketpolicy.goal import Goal, Target
from bucketpolicy.literals import Raw, Texts
from bucketpolicy.proof import Proof, Step
from bucketpolicy.rows import Row
from bucketpolicy.verdict import Counterexample, Denied, Undecided, Verdict
from bucketpolicy.witness import Point, build, covers, pick, sendable

_MAX_REASONS = 20
_OPEN = Problem("$", "only requests that S3 is not known to send get through")


class _Cover(NamedTuple):
    """A target proved in the lower reading: the steps, and the rows they use."""

    steps: tuple[Step, ...]
    rows: tuple[Row, ...]


def decide(document: Document, goal: Goal) -> Verdict:
    """Whether every request of the goal is denied, some request is not, or neither can be told; total, and bounded in time."""
    budget = Budget()
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
    compiled = compile_document(document, goal)
    covers_: list[_Cover] = []
    reasons: list[Problem] = []
    for target in goal.targets:
        proved = _prove(compiled, target, budget)
        if proved is not None:
            covers_.append(proved)
            continue
        refuted = _refute(compiled, target, budget)
        if isinstance(refuted, Counterexample):
            return refuted
        reasons += refuted
    if reasons:
        return Undecided(tuple(dict.fromkeys(reasons))[:_MAX_REASONS])
    return _conclude(document, goal, covers_, budget)


def _prove(compiled: Compiled, target: Target, budget: Budget) -> _Cover | None:
    """The proof that the lower reading covers the target, or None."""
    problems = compile_target(compiled, target, upper=False)
    arranged = arrange(problems, (), budget, upper=False)
    if arranged is None:
        return _Cover((), ())
    arena, _ = arranged
    found = search(arena.box, arena.rows, _owners(problems), budget)
    if isinstance(found, Escape):
        return None
    return _Cover(found.steps, _used(found, problems))


def _owners(problems: Problems) -> tuple[int, ...]:
    return tuple(row.statement for row in problems.rows)


def _used(covered: Covered, problems: Problems) -> tuple[Row, ...]:
    return tuple(problems.rows[number] for number in sorted({step.row for step in covered.steps}))


def _conclude(document: Document, goal: Goal, proved: list[_Cover], budget: Budget) -> Denied:
    """The verdict of these proofs, with as few assumptions as dropping them one by one leaves."""
    needed = _assumed(proved)
    for name in needed:
        fewer = goal._replace(assumptions=without(goal.assumptions, frozenset({name})))
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
    compiled = compile_document(document, goal)
    proved = []
    for target in goal.targets:
        cover = _prove(compiled, target, budget)
        if cover is None:
            return None
        proved.append(cover)
    return proved


def _refute(compiled: Compiled, target: Target, budget: Budget) -> Counterexample | list[Problem]:
    """A request of the target that even the upper reading does not deny, or what stands in the way of one."""
    problems = compile_target(compiled, target, upper=True)
    found = _find_point(problems, compiled, budget)
    if isinstance(found, Covered):
        reasons = [problem for row in _used(found, problems) for problem in row.problems]
        return reasons or [_OPEN]
    arena, point, doubted = found
    if not sendable(arena, point):
        narrower = _find_point(problems._replace(box=(*problems.box, *_only_sendable(arena))), compiled, budget)
        if not isinstance(narrower, Covered):
            arena, point, doubted = narrower
    request = build(compiled, target, arena, point)
    return [_OPEN] if request is None else Counterexample(request, doubted)


def _only_sendable(arena: Arena) -> list[tuple[str, Raw]]:
    names = [variable.name for variable in arena.variables]
    return [(name, Texts(ABSENT, texts, inside=True)) for name, texts in SENDABLE.items() if name in names]


def _find_point(problems: Problems, compiled: Compiled, budget: Budget) -> tuple[Arena, Point, tuple[str, ...]] | Covered:
    """A point that escapes all rows, and the switches it rests on: those without which a statement might deny it."""
    cautious = _cautious(problems, compiled)
    arranged = arrange(problems, [literals for literals, _ in cautious], budget, upper=True)
    if arranged is None:
        return Covered(())
    arena, extra = arranged
    found = search(arena.box, arena.rows, _owners(problems), budget)
    if isinstance(found, Covered):
        return found
    point = pick(compiled, arena, found.box)
    names = {name for row, (_, names) in zip(extra, cautious, strict=True) if covers(row, point) for name in names}
    return arena, point, tuple(sorted(names))


def _cautious(problems: Problems, compiled: Compiled) -> list[tuple[tuple[tuple[str, Raw], ...], tuple[str, ...]]]:
    """The rows whose meaning rests on a switch, as they may be without it."""
    readings = {
        (clause.statement.number, "=" + key, meaning.maybe): meaning
        for clause in compiled.clauses
        for key, meaning in clause.conditions
        if meaning.reading
    }
    result = []
    for row in problems.rows:
        changed = [readings.get((row.statement, name, raw)) for name, raw in row.literals]
        if any(changed):
            literals = tuple(
                (name, raw if meaning is None or meaning.without is None else meaning.without)
                for (name, raw), meaning in zip(row.literals, changed, strict=True)
            )
            result.append((literals, tuple(meaning.reading for meaning in changed if meaning is not None)))
    return result
