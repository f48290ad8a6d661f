"""
The choice of a representation for every variable of one run, and the way back from a value to what is sent.

Texts that are only ever compared with very texts become a finite choice: one bit for each, one for all others. Numbers, instants and
addresses become the cells between all bounds in play.
"""

from functools import lru_cache
from typing import NamedTuple

from bucketpolicy.proof.budget import Budget
from bucketpolicy.proof.conditions import Constraint, Kind, Ranges, Sets, Texts
from bucketpolicy.proof.cubes import OBJECT, Constraints
from bucketpolicy.proof.domains import (
    ABSENT,
    EMPTY,
    Domain,
    Literal,
    Literals,
    SetDomain,
    SetLiteral,
    TextDomain,
    TextLiteral,
    difference,
    intersection,
)
from bucketpolicy.proof.globs import SOMETHING
from bucketpolicy.proof.intervals import ADDRESSES, LINE, cells, mask
from bucketpolicy.proof.textsets import Language
from bucketpolicy.proof.written import CLOSED, write_cell
from bucketpolicy.tables.keys import find_key

_EVER_EMPTY = ("=s3:", "=aws:referer", "=aws:useragent", "=aws:tagkeys", "=aws:principaltag/", "=aws:requesttag/", "=aws:resourcetag/")
_NEVER_EMPTY = ("=s3:authtype", "=s3:signatureversion")
KEY_BYTES = 1024


@lru_cache(maxsize=256)
def may_be_empty(name: str) -> bool:
    """Whether the empty text must be reckoned with: a client may send a header without a value, which S3 is not documented to refuse."""
    return (name.startswith(_EVER_EMPTY) and name not in _NEVER_EMPTY) or find_key(name[1:]) is None


class Variable(NamedTuple):
    """
    A variable and its representation.

    `kind` "finite": plain bits. "choice": bits for `texts` (the first absent, the second the empty text as null, the last any other).
    "cells": the first bit absent, the others `parts`. "text", "set": lazily, with `language`. `empty`: the domain has empty texts.
    """

    name: str
    kind: str
    full: Domain
    texts: tuple[str, ...] = ()
    parts: tuple[tuple[int, int], ...] = ()
    sort: Kind = "text"
    language: Language | None = None
    empty: bool = False


class Encoding(NamedTuple):
    """One run, ready for the search."""

    variables: tuple[Variable, ...]
    space: tuple[Domain, ...]
    cubes: tuple[Literals, ...]


def narrow(encoding: Encoding, space: tuple[Domain, ...], sent: Constraints) -> tuple[Encoding, tuple[Domain, ...]] | None:
    """
    The encoding and this part of its space without what the upper run leaves out; None where nothing is left.

    That is empty texts, cells of which no value can be written, and what is outside of `sent`.
    """
    limits = dict(sent)
    parts, wholes = list(space), list(encoding.space)
    for place, variable in enumerate(encoding.variables):
        limit = limits.get(variable.name)
        if variable.empty or variable.kind == "cells" or limit is not None:
            part, whole = (_narrow(domain, variable, limit) for domain in (parts[place], wholes[place]))
            if not part or not whole:
                return None
            parts[place], wholes[place] = part, whole
    return encoding._replace(space=tuple(wholes)), tuple(parts)


def _narrow(domain: Domain, variable: Variable, limit: Constraint | None) -> Domain | None:
    part: Domain | None = domain
    if variable.empty:
        texts: Constraint = (
            Sets(EMPTY, every=False, globs=("",), inside=True) if variable.kind == "set" else Texts(EMPTY, ("",), inside=True)
        )
        part = difference(domain, (_convert(texts, variable),))
    if variable.kind == "cells" and isinstance(part, int):
        part &= _find_written(variable.name, variable.sort, variable.parts)
    return intersection(part, _convert(limit, variable)) if part and limit is not None else part


@lru_cache(maxsize=256)
def _find_written(name: str, sort: Kind, parts: tuple[tuple[int, int], ...]) -> int:
    """The cells of which some value can be written, and the absent key, as bits."""
    return ABSENT | sum((write_cell(name, sort, cell) is not None) << place + 1 for place, cell in enumerate(parts))


def encode(space: Constraints, cubes: tuple[Constraints, ...], budget: Budget, *, upper: bool) -> Encoding | None:
    """The run that asks whether these cubes cover this space; None where the space is empty."""
    constraints: dict[str, list[Constraint]] = {}
    for literals in (space, *cubes):
        for name, constraint in literals:
            constraints.setdefault(name, []).append(constraint)
    variables = tuple(_represent(name, found, budget, upper=upper) for name, found in constraints.items())
    places = {variable.name: place for place, variable in enumerate(variables)}
    domains = [variable.full for variable in variables]
    for name, constraint in space:
        place = places[name]
        inside = intersection(domains[place], _convert(constraint, variables[place]))
        if not inside:
            return None
        domains[place] = inside
    return Encoding(variables, tuple(domains), tuple(_convert_cube(cube, places, variables) for cube in cubes))


def _convert_cube(literals: Constraints, places: dict[str, int], variables: tuple[Variable, ...]) -> Literals:
    return tuple((places[name], _convert(constraint, variables[places[name]])) for name, constraint in literals)


def _represent(name: str, constraints: list[Constraint], budget: Budget, *, upper: bool) -> Variable:
    first = constraints[0]
    if isinstance(first, int):
        return Variable(name, "finite", 7 if name.startswith("=") else first)
    if isinstance(first, Ranges):
        return _represent_ranges(name, first.kind, constraints, upper=upper)
    if isinstance(first, Sets):
        language = Language(budget)
        filled = upper or not may_be_empty(name)
        within = language.add_union(language.add_globs((SOMETHING,))) if filled else 0
        return Variable(name, "set", SetDomain(ABSENT if filled else ABSENT | EMPTY, within), language=language, empty=not filled)
    return _represent_texts(name, constraints, budget, upper=upper)


def _represent_ranges(name: str, kind: Kind, constraints: list[Constraint], *, upper: bool) -> Variable:
    universe = ADDRESSES if kind == "address" else LINE
    bounds = {bound for constraint in constraints if isinstance(constraint, Ranges) for bound in constraint.intervals}
    parts = tuple(cells(bounds, universe))
    full = _find_written(name, kind, parts) if upper else (2 << len(parts)) - 1
    return Variable(name, "cells", full, parts=parts, sort=kind)


def _represent_texts(name: str, constraints: list[Constraint], budget: Budget, *, upper: bool) -> Variable:
    """A choice where only exact strings are compared; an object's key is as long as S3 takes it (S-22), and may not be empty (S-34)."""
    globs = dict.fromkeys(glob for constraint in constraints if isinstance(constraint, Texts) for glob in constraint.globs)
    strings = [glob for glob in globs if isinstance(glob, str)]
    filled = upper or name == OBJECT or not may_be_empty(name)
    if name != OBJECT and len(strings) == len(globs):
        texts = tuple(text for text in dict.fromkeys((*CLOSED.get(name, ()), *strings)) if text or not filled)
        full = (4 << len(CLOSED[name])) - 1 if upper and name in CLOSED else (8 << len(texts)) - 1
        return Variable(name, "choice", full & ~EMPTY if filled else full, texts=texts, empty=not filled)
    language = Language(budget, KEY_BYTES if name == OBJECT else None)
    listed = CLOSED.get(name, (SOMETHING,)) if upper else (SOMETHING,)
    within = language.add_union(language.add_globs(listed)) if filled else 0
    flags = 0 if name == OBJECT else ABSENT if filled else ABSENT | EMPTY
    return Variable(name, "text", TextDomain(flags, within), language=language, empty=not filled)


def _convert(constraint: Constraint, variable: Variable) -> Literal:
    if isinstance(constraint, int):
        return constraint
    if isinstance(constraint, Ranges):
        return constraint.absent | mask(constraint.intervals, list(variable.parts)) << 1
    if variable.kind == "choice" and isinstance(constraint, Texts):
        named = frozenset(constraint.globs)
        inside = sum(4 << place for place, text in enumerate(variable.texts) if text in named) if constraint.globs else 0
        others = ((8 << len(variable.texts)) - 4) & ~inside
        return constraint.flags | (inside if constraint.inside else others)
    assert variable.language is not None  # noqa: S101 - only finite variables have none
    globs = variable.language.add_globs(constraint.globs)
    if isinstance(constraint, Sets):
        return SetLiteral(variable.language, constraint.flags, globs, every=constraint.every, inside=constraint.inside)
    return TextLiteral(variable.language, constraint.flags, globs, inside=constraint.inside)
