"""Sets of values and how literals cut them, against enumeration."""

from itertools import combinations, product
from random import Random

from bucketpolicy.proof.budget import Budget
from bucketpolicy.proof.domains import (
    ABSENT,
    EMPTY,
    Domain,
    Literal,
    SetDomain,
    SetLiteral,
    TextDomain,
    TextLiteral,
    Value,
    difference,
    find_set,
    holds,
    split,
)
from bucketpolicy.proof.globs import Glob, read_text
from bucketpolicy.proof.textsets import Language

WORDS = ["".join(chars) for size in range(3) for chars in product("abx", repeat=size)]
SETS = [tuple(items) for size in (1, 2, 3) for items in combinations(("a", "b", "ab", "x", ""), size)]


def globs(rng: Random) -> tuple[Glob, ...]:
    """Up to three globs of one or two characters."""
    texts = ["".join(rng.choice("ab*?") for _ in range(rng.randrange(1, 3))) for _ in range(rng.randrange(3))]
    return tuple(read_text(text, wildcards=True, variables=False).sure[0] for text in texts)


def inside(domain: Domain | None, value: Value, literals: list[tuple[Literal, bool]]) -> bool:
    """Whether a value is in what is left after these literals were entered (True) or left (False)."""
    return domain is not None and all(holds(literal, value) == entered for literal, entered in literals)


def test_texts_are_cut_in_two() -> None:
    """Every value is in one of the two parts, and a part without any is None."""
    rng = Random(6)
    for _ in range(60):
        language = Language(Budget())
        literals = [
            TextLiteral(language, rng.randrange(4), language.add_globs(globs(rng)), inside=rng.random() < 0.5)
            for _ in range(rng.randrange(1, 4))
        ]
        domain: Domain | None = TextDomain(ABSENT | EMPTY)
        taken: list[tuple[Literal, bool]] = []
        for literal in literals:
            entered = rng.random() < 0.5
            taken.append((literal, entered))
            domain = split(domain, literal)[entered] if domain is not None else None
        values: list[Value] = [ABSENT, EMPTY, *WORDS]
        expected = [value for value in values if all(holds(literal, value) == entered for literal, entered in taken)]
        assert (domain is not None) == bool(expected), taken


def test_sets_are_cut_in_two() -> None:
    """Of every element, or of some: a set is in one of the two parts."""
    rng = Random(7)
    for _ in range(60):
        language = Language(Budget())
        literals = [
            SetLiteral(language, rng.randrange(4), language.add_globs(globs(rng)), every=rng.random() < 0.5, inside=rng.random() < 0.5)
            for _ in range(rng.randrange(1, 4))
        ]
        domain: Domain | None = SetDomain(0)
        taken = [(literal, rng.random() < 0.5) for literal in literals]
        for literal, entered in taken:
            domain = split(domain, literal)[entered] if domain is not None else None
        if isinstance(domain, SetDomain):
            found = find_set(language, domain)
            assert found is not None
            assert all(holds(literal, found) == entered for literal, entered in taken)
        else:
            assert not [value for value in SETS if all(holds(literal, value) == entered for literal, entered in taken)]


def test_leaving_several_literals_is_leaving_one_after_the_other() -> None:
    """For bits, texts and sets alike."""
    assert difference(7, [1, 2]) == 4
    assert not difference(7, [1, 2, 4])
    language = Language(Budget())
    words = [language.add_globs((text,)) for text in ("a", "b")]
    texts: list[Literal] = [TextLiteral(language, ABSENT, word, inside=True) for word in words]
    one = difference(TextDomain(ABSENT), texts)
    assert one == difference(difference(TextDomain(ABSENT), texts[:1]) or 0, texts[1:])
    sets: list[Literal] = [SetLiteral(language, ABSENT, word, every=False, inside=True) for word in words]
    other = difference(SetDomain(ABSENT), sets)
    assert isinstance(other, SetDomain)
    assert not set(find_set(language, other) or ()) & {"a", "b"}


def test_a_literal_holds_of_a_value() -> None:
    """Of every element of a set, or of some; and of flags by themselves."""
    language = Language(Budget())
    word = language.add_globs(("a",))
    every, some = (SetLiteral(language, EMPTY, word, every=each, inside=True) for each in (True, False))
    values: tuple[Value, ...] = (("a",), ("a", "b"), ("b",), EMPTY, ABSENT)
    assert [value for value in values if holds(every, value)] == [("a",), EMPTY]
    assert [value for value in values if holds(some, value)] == [("a",), ("a", "b"), EMPTY]
    text = TextLiteral(language, ABSENT, word, inside=False)
    assert [value for value in ("a", "b", ABSENT, EMPTY) if holds(text, value)] == ["b", ABSENT]
    assert [value for value in (1, 2, 4, "a") if holds(0b110, value)] == [2, 4]
