"""
A proof as a tree of questions about a request, in the document's own words: what is left of it where nobody knows the compiler.

A question stands only where it has one answer for every request. What the proof asks besides (about assumptions, about classes of callers,
about what AWS leaves open) is left out: a leaf then names the statements of all its cases.
"""

from typing import Literal, NamedTuple

from bucketpolicy.document import Document, Statement
from bucketpolicy.goal import Goal
from bucketpolicy.proof.certificate import Inside, Proof, Split, Step
from bucketpolicy.proof.compile import Readings, compile_target
from bucketpolicy.proof.conditions import Constraint, Texts
from bucketpolicy.proof.cubes import ACTION, OBJECT, PRINCIPAL, Cube
from bucketpolicy.proof.domains import EMPTY
from bucketpolicy.proof.globs import matches

Element = Literal["Principal", "Action", "Resource"]


class Matches(NamedTuple):
    """Whether this element of a statement, or its `Not` form, matches."""

    statement: int
    element: Element


class Holds(NamedTuple):
    """Whether a condition of a statement holds; `operator` and `key` as they are written."""

    statement: int
    operator: str
    key: str


Question = Matches | Holds


class Leaf(NamedTuple):
    """Every request that comes here is denied by one of these statements, or is none that occurs."""

    statements: tuple[int, ...]


class Branch(NamedTuple):
    """A question, and what is so where it is answered with yes and with no."""

    question: Question
    yes: "Tree"
    no: "Tree"


Tree = Leaf | Branch

_ELEMENTS: dict[str, Element] = {PRINCIPAL: "Principal", ACTION: "Action", OBJECT: "Resource"}
#: A part that is deeper, or has more leaves, becomes one leaf: whoever follows a tree goes through every case at each of them.
_DEEPEST, _MOST_LEAVES = 100, 200


def draw_trees(document: Document, goal: Goal, proof: Proof) -> tuple[Tree, ...]:
    """The tree of each target, of a proof that `check_proof` follows."""
    setting = goal._replace(targets=(), assumptions=proof.assumptions)
    statements = {statement.number: statement for statement in document.statements}
    return tuple(
        _draw(steps, compile_target(document, setting, target), statements)
        for target, steps in zip(goal.targets, proof.covers, strict=True)
    )


class _Drawn(NamedTuple):
    """A tree, with its depth, its leaves, and the statements that they name."""

    tree: Tree
    depth: int
    leaves: int
    statements: frozenset[int]


def _draw(steps: tuple[Step, ...], readings: Readings, statements: dict[int, Statement]) -> Tree:
    """From the last step to the first: each leads to later ones only."""
    open_paths = {(cube.statement, problem.path) for cube in readings.upper for problem in cube.problems}
    drawn: dict[int, _Drawn] = {}
    for number in range(len(steps) - 1, -1, -1):
        step = steps[number]
        cube = readings.lower[step.cube]
        own = _name(frozenset({cube.statement} - {0}))
        if isinstance(step, Inside) or step.outside < 0:
            drawn[number] = own if isinstance(step, Inside) or step.inside < 0 else drawn[step.inside]
        else:
            inside = drawn[step.inside] if step.inside >= 0 else own
            asked = _ask(cube, step, statements, open_paths)
            drawn[number] = _join(asked, inside, drawn[step.outside])
    return drawn[0].tree if drawn else Leaf(())


def _name(statements: frozenset[int]) -> _Drawn:
    return _Drawn(Leaf(tuple(sorted(statements))), 0, 1, statements)


def _join(asked: Question | None, inside: _Drawn, outside: _Drawn) -> _Drawn:
    """Both cases below the question, where it can be asked and is worth it."""
    if not inside.statements or not outside.statements:
        # Nothing occurs in one of the two.
        return inside if inside.statements else outside
    statements, leaves = inside.statements | outside.statements, inside.leaves + outside.leaves
    depth = 1 + max(inside.depth, outside.depth)
    if asked is None or inside.tree == outside.tree or depth > _DEEPEST or leaves > _MOST_LEAVES:
        return _name(statements)
    return _Drawn(Branch(asked, inside.tree, outside.tree), depth, leaves, statements)


def _ask(cube: Cube, step: Split, statements: dict[int, Statement], open_paths: set[tuple[int, str]]) -> Question | None:
    """The literal that a step splits along as a question; None where there is no such question."""
    statement = statements.get(cube.statement)
    if statement is None:
        return None
    name, constraint = cube.literals[step.literal]
    if name == PRINCIPAL and statement.principals.negated:
        # Whom `NotPrincipal` denies besides those whom it lists is read with more care by some than by others (S-15).
        return None
    if name in _ELEMENTS:
        path = {PRINCIPAL: statement.principals.path, ACTION: statement.actions.path, OBJECT: statement.resources.path}[name]
        return None if (statement.number, path) in open_paths else Matches(statement.number, _ELEMENTS[name])
    # The literals of elements come first, then one for each condition. A cube that is surely denied needs no policy variable.
    condition = statement.conditions[step.literal - sum(other in _ELEMENTS for other, _ in cube.literals)]
    if (statement.number, condition.path) in open_paths or _is_open_when_empty(constraint):
        return None
    return Holds(statement.number, condition.operator.name, condition.written)


def _is_open_when_empty(constraint: Constraint) -> bool:
    """True iff it matters whether a value that is the empty text counts as none."""
    if not isinstance(constraint, Texts):
        return False
    return bool(constraint.flags & EMPTY) != (any(matches(glob, "") for glob in constraint.globs) == constraint.inside)
