"""
What `decide` means, in the fewest words: the readable specification of the cover search.

Every variable of a request becomes finite. Strings are put together into *atoms*: two strings that no glob of the document tells apart are
in one atom, and every non-empty atom is one value. Numbers, dates and addresses are the cells between all bounds; a set of strings is a set
of atoms. Then a domain is a set of numbered values, written as the bits of an `int`, a cube has such a set for some of the variables, and
whether cubes cover a space is asked of them one after the other.

It shares with `decide` what a statement means (`compile`) and whether globs have a common string (`Language`), and nothing of the search:
one representation for all values, no propagation, no pure literals, no proof. A variable of a real document has one atom in the median, and
ten in one document of a hundred; documents that are made to be hard have thousands, so this is for the tests.
"""

from itertools import combinations
from typing import Literal, NamedTuple

from bucketpolicy.document import Document
from bucketpolicy.goal import Goal, Target
from bucketpolicy.proof.budget import Budget
from bucketpolicy.proof.compile import compile_target
from bucketpolicy.proof.conditions import Constraint, Ranges, Sets, Texts
from bucketpolicy.proof.cubes import OBJECT, Constraints
from bucketpolicy.proof.domains import ABSENT, EMPTY
from bucketpolicy.proof.encoding import KEY_BYTES, may_be_empty
from bucketpolicy.proof.globs import SOMETHING, Glob
from bucketpolicy.proof.instances import instantiate
from bucketpolicy.proof.intervals import ADDRESSES, LINE, cells, mask
from bucketpolicy.proof.textsets import Language
from bucketpolicy.proof.written import write_cell

Answer = Literal["denied", "gets through", "undecided"]
Values = dict[str, int]
"""For each variable a set of its values, as bits."""

Atom = frozenset[Glob]
"""The strings that these globs match, and no other glob of the variable."""

_FLAGS = 2
"""The first two values of a variable of strings are `ABSENT` and `EMPTY`."""


class TooManyError(Exception):
    """More values than it makes sense to number."""


def decide_by_atoms(document: Document, goal: Goal) -> Answer:
    """
    Denied iff the lower cubes cover every target; getting through iff the upper ones leave a gap in one.

    In the upper reading only requests count that can be sent, and policy variables may have values of our choice (`instances`).
    """
    answers = {_decide(document, goal._replace(targets=()), target) for target in goal.targets}
    return next((answer for answer in ("gets through", "undecided") if answer in answers), "denied")


def _decide(document: Document, setting: Goal, target: Target) -> Answer:
    readings = compile_target(document, setting, target)
    if is_covered(*number(readings.space, [cube.literals for cube in readings.lower], upper=False)):
        return "denied"
    instances = [(document, target), *instantiate(document, target, setting.partition)]
    return "gets through" if any(_has_gap(one, setting, restricted) for one, restricted in instances) else "undecided"


def _has_gap(document: Document, setting: Goal, target: Target) -> bool:
    """True iff a request of the target that can be sent is outside all upper cubes."""
    readings = compile_target(document, setting, target)
    return not is_covered(*number((*readings.space, *readings.sent), [cube.literals for cube in readings.upper], upper=True))


def is_covered(space: Values, cubes: list[Values]) -> bool:
    """True iff every point of the space lies in some cube: no domain is empty, and the first cube leaves only what the others cover."""
    if not all(space.values()):
        return True
    meeting = sorted((cube for cube in cubes if all(space[name] & values for name, values in cube.items())), key=len)
    if not meeting:
        return False
    first, *others = meeting
    for name, values in first.items():
        if not is_covered({**space, name: space[name] & ~values}, others):
            return False
        space = {**space, name: space[name] & values}
    return True


def number(space: Constraints, cubes: list[Constraints], *, upper: bool) -> tuple[Values, list[Values]]:
    """The same space and cubes with numbered values for every variable."""
    found: dict[str, list[Constraint]] = {}
    for name, constraint in (pair for literals in (space, *cubes) for pair in literals):
        found.setdefault(name, []).append(constraint)
    variables = {name: _Variable.of(name, constraints, upper=upper) for name, constraints in found.items()}
    full = {name: variable.full for name, variable in variables.items()}
    numbered = [_meet({}, literals, variables) for literals in cubes]
    return _meet(full, space, variables), numbered


def _meet(start: Values, literals: Constraints, variables: dict[str, "_Variable"]) -> Values:
    result = dict(start)
    for name, constraint in literals:
        values = variables[name].select(constraint)
        result[name] = result.get(name, values) & values
    return result


class _Variable(NamedTuple):
    """All values (`full`), and what they are: cells, or sets of atoms (of one atom where the variable has one string)."""

    full: int
    cells: tuple[tuple[int, int], ...] = ()
    sets: tuple[tuple[Atom, ...], ...] = ()

    @classmethod
    def of(cls, name: str, constraints: list[Constraint], *, upper: bool) -> "_Variable":
        """The variable that these constraints are about; an empty string is reckoned with where a client may send one."""
        first = constraints[0]
        if isinstance(first, int):
            return cls(0b111 if name.startswith("=") else first)
        if isinstance(first, Ranges):
            bounds = {bound for one in constraints if isinstance(one, Ranges) for bound in one.intervals}
            found = tuple(cells(bounds, ADDRESSES if first.kind == "address" else LINE))
            written = [not upper or write_cell(name, first.kind, cell) is not None for cell in found]
            return cls(ABSENT | sum(is_in << place for place, is_in in enumerate(written, 1)), cells=found)
        filled = upper or name == OBJECT or not may_be_empty(name)
        globs = dict.fromkeys(glob for one in constraints if isinstance(one, Texts | Sets) for glob in one.globs)
        atoms = find_atoms(tuple(globs), filled=filled, limit=KEY_BYTES if name == OBJECT else None)
        if isinstance(first, Sets) and len(atoms) > 12:
            raise TooManyError
        sizes = range(1, len(atoms) + 1) if isinstance(first, Sets) else (1,)
        sets = tuple(chosen for size in sizes for chosen in combinations(atoms, size))
        flags = 0 if name == OBJECT else ABSENT if filled else ABSENT | EMPTY
        return cls(((1 << len(sets)) - 1) << _FLAGS | flags, sets=sets)

    def select(self, constraint: Constraint) -> int:
        """The values that satisfy it."""
        if isinstance(constraint, int):
            return constraint
        if isinstance(constraint, Ranges):
            return constraint.absent | mask(constraint.intervals, list(self.cells)) << 1
        globs, join = set(constraint.globs), all if isinstance(constraint, Sets) and constraint.every else any
        chosen = (join(bool(globs & atom) == constraint.inside for atom in atoms) for atoms in self.sets)
        return constraint.flags | sum(is_in << place for place, is_in in enumerate(chosen, _FLAGS))


def find_atoms(globs: tuple[Glob, ...], *, filled: bool, limit: int | None) -> list[Atom]:
    """Every set of these globs that some string matches while it matches none of the others; `filled`: the empty string is left out."""
    language = Language(Budget(10**9), limit)
    known = language.add_union(language.add_globs((SOMETHING,))) if filled else 0
    atoms: list[tuple[Atom, int, int]] = [(frozenset(), known, 0)]
    for glob in globs:
        literal = language.add_globs((glob,))
        union = language.add_union(literal)
        halves = [
            half
            for atom, within, without in atoms
            for half in ((atom | {glob}, within | union, without), (atom, within, without | literal))
            if language.find(half[1], half[2]) is not None
        ]
        atoms = halves
        if len(atoms) > 200:
            raise TooManyError
    return [atom for atom, _, _ in atoms]
