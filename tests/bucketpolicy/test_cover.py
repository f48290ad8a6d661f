"""The cover search against enumeration: a gap exactly where there is one, and a proof that holds where there is none."""

from itertools import product
from random import Random

import pytest

from bucketpolicy.proof.budget import Budget, TooComplexError
from bucketpolicy.proof.check import check_cover
from bucketpolicy.proof.cover import Covered, Uncovered, search
from bucketpolicy.proof.domains import ABSENT, Domain, Literal, Literals, TextDomain, TextLiteral, Value, holds
from bucketpolicy.proof.globs import read_text
from bucketpolicy.proof.textsets import Language

WORDS = ["".join(chars) for size in range(4) for chars in product("abx", repeat=size)]


def run(space: tuple[Domain, ...], cubes: list[Literals], ticks: int = 10_000) -> Uncovered | Covered:
    """The search, with every cube's cost under its number."""
    return search(space, tuple(cubes), tuple(range(len(cubes))), Budget(ticks))


def random_cubes(rng: Random, variables: int, language: Language) -> list[Literals]:
    """Rows over finite variables of three values, and one variable of texts."""
    cubes: list[Literals] = []
    for _ in range(rng.randrange(1, 14)):
        literals: list[tuple[int, Literal]] = [(rng.randrange(variables), rng.randrange(1, 7)) for _ in range(rng.randrange(1, 3))]
        if rng.random() < 0.4:
            text = "".join(rng.choice("ab*?") for _ in range(rng.randrange(3)))
            found = language.add_globs(read_text(text, wildcards=True, variables=False).sure)
            literals.append((variables, TextLiteral(language, rng.randrange(2), found, inside=rng.random() < 0.5)))
        rng.shuffle(literals)
        cubes.append(tuple(literals))
    return cubes


def _is_in(domain: Domain, value: Value) -> bool:
    """Whether a value of a finite variable is in the domain; texts are left to the search for texts."""
    return not isinstance(domain, int) or not isinstance(value, int) or bool(domain & value)


def test_a_hole_is_found_exactly_where_there_is_one() -> None:
    """And no cube meets it; what is covered is proved."""
    rng = Random(8)
    seen = {Uncovered: 0, Covered: 0}
    for _ in range(250):
        language = Language(Budget())
        variables = rng.randrange(1, 4)
        cubes = random_cubes(rng, variables, language)
        space: tuple[Domain, ...] = (*[7] * variables, TextDomain(ABSENT))
        found = run(space, cubes)
        seen[type(found)] += 1
        bits: list[Value] = [1, 2, 4]
        values: list[list[Value]] = [*[bits] * variables, [ABSENT, *WORDS]]
        points = [point for point in product(*values) if not any(all(holds(literal, point[at]) for at, literal in cube) for cube in cubes)]
        assert isinstance(found, Uncovered) == bool(points), cubes
        if isinstance(found, Covered):
            assert check_cover(space, dict(enumerate(cubes)), found.steps, Budget())
        else:
            gaps = [point for point in points if all(map(_is_in, found.space, point))]
            assert gaps
    assert min(seen.values()) > 30


def test_a_row_without_literals_covers_everything() -> None:
    """It denies whatever comes."""
    found = run((1,), [((0, 2),), ()])
    assert isinstance(found, Covered)
    assert check_cover((1,), {0: ((0, 2),), 1: ()}, found.steps, Budget())


def test_the_cost_is_booked_under_the_row_that_caused_it() -> None:
    """And the search ends when nothing is left of the allowance."""
    budget = Budget(150)
    pairs = [(one, other) for one in range(4) for other in range(one)]
    # Three values for each of four variables, and no two alike: a pigeonhole, whatever is tried.
    cubes: list[Literals] = [((one, bit), (other, bit)) for one, other in pairs for bit in (1, 2, 4)]
    with pytest.raises(TooComplexError):
        search((7,) * 4, tuple(cubes), tuple(range(100, 100 + len(cubes))), budget)
    assert sum(budget.spent.values()) > 150
    assert max(budget.spent) >= 100
    assert isinstance(run((7,) * 4, cubes), Covered)
