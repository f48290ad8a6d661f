"""
Sets of values of one variable of a request, and how a literal of a statement cuts such a set in two.

Finite variables are bits of an `int`: principals, actions, truth values, the cells between the bounds of numbers, dates and addresses,
and texts that only very texts are compared with. All other texts are `TextDomain`, sets of texts `SetDomain`.
"""

from collections.abc import Sequence
from typing import NamedTuple

from bucketpolicy.proof.textsets import Language

ABSENT, EMPTY = 1, 2
"""Flags beside the ordinary values: the key is absent; it is there with the empty text, which AWS treats as null in some places."""


class TextDomain(NamedTuple):
    """Some flags, and the texts in all unions of `within` and in no glob of `without` (sets of a `Language`)."""

    flags: int
    within: int = 0
    without: int = 0


class SetDomain(NamedTuple):
    """Some flags, and the non-empty sets whose every element is in `TextDomain(0, within, without)` and that have one in each of `some`."""

    flags: int
    within: int = 0
    without: int = 0
    some: frozenset[tuple[int, int]] = frozenset()


Domain = int | TextDomain | SetDomain
Parts = tuple[Domain | None, Domain | None]


class TextLiteral:
    """True on some flags, and on the texts that some glob matches (`inside`), or on all others."""

    __slots__ = ("flags", "globs", "inside", "language", "union")

    def __init__(self, language: Language, flags: int, globs: int, *, inside: bool) -> None:
        """Take the globs as a set of `language`."""
        self.language = language
        self.flags = flags
        self.globs = globs
        self.union = language.add_union(globs)
        self.inside = inside

    def difference(self, domain: TextDomain) -> TextDomain:
        """The part of the domain outside, perhaps empty."""
        flags, within, without = domain
        if self.inside:
            return TextDomain(flags & ~self.flags, within, without | self.globs)
        return TextDomain(flags & ~self.flags, within | self.union, without)

    def intersection(self, domain: TextDomain) -> TextDomain:
        """The part of the domain inside, perhaps empty."""
        flags, within, without = domain
        if self.inside:
            return TextDomain(flags & self.flags, within | self.union, without)
        return TextDomain(flags & self.flags, within, without | self.globs)


class SetLiteral:
    """
    True on some flags, and on the sets of which every element (`every`), or some element, is as the globs say.

    An element is so if some glob matches it (`inside`), or if none does.
    """

    __slots__ = ("every", "flags", "globs", "inside", "language", "union")

    def __init__(self, language: Language, flags: int, globs: int, *, every: bool, inside: bool) -> None:
        """Take the globs as a set of `language`."""
        self.language = language
        self.flags = flags
        self.globs = globs
        self.union = language.add_union(globs)
        self.every = every
        self.inside = inside

    def difference(self, domain: SetDomain) -> SetDomain:
        """The part of the domain outside, perhaps empty."""
        flags = domain.flags & ~self.flags
        return self._some(domain, flags, inside=not self.inside) if self.every else self._all(domain, flags, inside=not self.inside)

    def intersection(self, domain: SetDomain) -> SetDomain:
        """The part of the domain inside, perhaps empty."""
        flags = domain.flags & self.flags
        return self._all(domain, flags, inside=self.inside) if self.every else self._some(domain, flags, inside=self.inside)

    def _all(self, domain: SetDomain, flags: int, *, inside: bool) -> SetDomain:
        within = domain.within | self.union if inside else domain.within
        without = domain.without if inside else domain.without | self.globs
        return SetDomain(flags, within, without, domain.some)

    def _some(self, domain: SetDomain, flags: int, *, inside: bool) -> SetDomain:
        added = (self.union, 0) if inside else (0, self.globs)
        return SetDomain(flags, domain.within, domain.without, domain.some | {added})


Literal = int | TextLiteral | SetLiteral
Literals = tuple[tuple[int, Literal], ...]
"""Literals on variables by number, all of which must be true."""


def find_set(language: Language, domain: SetDomain) -> tuple[str, ...] | None:
    """The elements of a set in the domain, sorted and without repetition; None where there is none but for the flags."""
    elements: list[str] = []
    for within, without in sorted(domain.some, reverse=True) or [(0, 0)]:
        parts = domain.within | within, domain.without | without
        if not any(language.contains(element, *parts) for element in elements):
            element = language.find(*parts)
            if element is None:
                return None
            elements.append(element)
    return tuple(sorted(elements))


def find_any(language: Language, domain: TextDomain | SetDomain) -> str | tuple[str, ...] | None:
    """A text, or the elements of a set, in the domain; None where there is none but for the flags."""
    return find_set(language, domain) if isinstance(domain, SetDomain) else language.find(domain.within, domain.without)


def split(domain: Domain, literal: Literal) -> Parts:
    """The part of the domain outside the literal, and the part inside; None (or 0) for nothing."""
    return difference(domain, (literal,)), intersection(domain, literal)


def intersection(domain: Domain, literal: Literal) -> Domain | None:
    """The part of the domain inside the literal; None (or 0) for nothing."""
    if isinstance(literal, int):
        assert isinstance(domain, int)  # noqa: S101 - a variable has one representation
        return domain & literal
    if isinstance(literal, TextLiteral):
        assert isinstance(domain, TextDomain)  # noqa: S101 - as above
        return _keep(literal.intersection(domain), literal.language)
    assert isinstance(domain, SetDomain)  # noqa: S101 - as above
    return _keep(literal.intersection(domain), literal.language)


def difference(domain: Domain, literals: Sequence[Literal]) -> Domain | None:
    """The part of the domain outside all of these literals, one at least; None (or 0) for nothing."""
    for literal in literals:
        if isinstance(literal, int):
            assert isinstance(domain, int)  # noqa: S101 - a variable has one representation
            domain &= ~literal
        elif isinstance(literal, TextLiteral):
            assert isinstance(domain, TextDomain)  # noqa: S101 - as above
            domain = literal.difference(domain)
        else:
            assert isinstance(domain, SetDomain)  # noqa: S101 - as above
            domain = literal.difference(domain)
    return domain if isinstance(domain, int) or isinstance(literal, int) else _keep(domain, literal.language)


def _keep(domain: TextDomain | SetDomain, language: Language) -> Domain | None:
    return domain if domain.flags or find_any(language, domain) is not None else None


Value = int | str | tuple[str, ...]
"""One value of a variable: a bit of a finite one (or a flag), a text, or the elements of a set."""


def holds(literal: Literal, value: Value) -> bool:
    """Whether the literal is true of this value."""
    if isinstance(literal, int):
        return bool(isinstance(value, int) and literal & value)
    if isinstance(value, int):
        return bool(literal.flags & value)
    elements = (value,) if isinstance(value, str) else value
    found = [literal.language.contains(element, literal.union, 0) == literal.inside for element in elements]
    return any(found) if isinstance(literal, SetLiteral) and not literal.every else all(found)
