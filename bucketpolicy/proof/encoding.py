"""
The choice of a representation for every variable of one run, and the way back from a value to what is sent.

Texts that are only ever compared with very texts become a finite choice: one bit for each, one for all others. Numbers, instants and
addresses become the cells between all bounds in play.
"""

from functools import lru_cache
from typing import NamedTuple

from bucketpolicy.proof.budget import Budget
from bucketpolicy.proof.conditions import Kind, Ranges, Raw, Sets, Texts
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
    enter,
    leave,
)
from bucketpolicy.proof.globs import SOMETHING
from bucketpolicy.proof.intervals import ADDRESSES, LINE, cells, mask
from bucketpolicy.proof.rows import OBJECT, Named
from bucketpolicy.proof.textsets import Language
from bucketpolicy.tables.keys import find_key

SENDABLE: dict[str, tuple[str, ...]] = {
    "=s3:x-amz-server-side-encryption": ("AES256", "aws:kms", "aws:kms:dsse", "aws:fsx", "aws:backup"),
    "=s3:x-amz-server-side-encryption-customer-algorithm": ("AES256",),
    "=s3:x-amz-acl": (
        "private",
        "public-read",
        "public-read-write",
        "authenticated-read",
        "aws-exec-read",
        "bucket-owner-read",
        "bucket-owner-full-control",
        "log-delivery-write",
    ),
    "=s3:x-amz-storage-class": (
        "STANDARD",
        "REDUCED_REDUNDANCY",
        "STANDARD_IA",
        "ONEZONE_IA",
        "INTELLIGENT_TIERING",
        "GLACIER",
        "GLACIER_IR",
        "DEEP_ARCHIVE",
    ),
    "=s3:authtype": ("REST-HEADER", "REST-QUERY-STRING", "POST"),
    "=s3:signatureversion": ("AWS4-HMAC-SHA256", "AWS"),
}
"""The only values that S3 takes, for keys where that is known; a witness has others only where none of these will do."""

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


class Arena(NamedTuple):
    """One run, ready for the search."""

    variables: tuple[Variable, ...]
    box: tuple[Domain, ...]
    rows: tuple[Literals, ...]


def fill(arena: Arena, box: tuple[Domain, ...]) -> tuple[Arena, tuple[Domain, ...]] | None:
    """The arena and this part of its box without empty texts, so that the part counts in the upper run, too; None where none is left."""
    part, whole = _fill_all(box, arena.variables), _fill_all(arena.box, arena.variables)
    return None if part is None or whole is None else (arena._replace(box=whole), part)


def _fill_all(box: tuple[Domain, ...], variables: tuple[Variable, ...]) -> tuple[Domain, ...] | None:
    parts = tuple(part for part in map(_fill, box, variables) if part)
    return parts if len(parts) == len(box) else None


def _fill(domain: Domain, variable: Variable) -> Domain | None:
    if not variable.empty:
        return domain
    empty: Raw = Sets(EMPTY, every=False, globs=("",), inside=True) if variable.kind == "set" else Texts(EMPTY, ("",), inside=True)
    return leave(domain, (_convert(empty, variable),))


def arrange(box: Named, rows: tuple[Named, ...], budget: Budget, *, upper: bool) -> Arena | None:
    """The run that asks whether these rows cover this box; None where the box is empty."""
    raws: dict[str, list[Raw]] = {}
    for literals in (box, *rows):
        for name, raw in literals:
            raws.setdefault(name, []).append(raw)
    variables = tuple(_represent(name, found, budget, upper=upper) for name, found in raws.items())
    places = {variable.name: place for place, variable in enumerate(variables)}
    domains = [variable.full for variable in variables]
    for name, raw in box:
        place = places[name]
        inside = enter(domains[place], _convert(raw, variables[place]))
        if not inside:
            return None
        domains[place] = inside
    return Arena(variables, tuple(domains), tuple(_convert_row(row, places, variables) for row in rows))


def _convert_row(literals: Named, places: dict[str, int], variables: tuple[Variable, ...]) -> Literals:
    return tuple((places[name], _convert(raw, variables[places[name]])) for name, raw in literals)


def _represent(name: str, raws: list[Raw], budget: Budget, *, upper: bool) -> Variable:
    first = raws[0]
    if isinstance(first, int):
        return Variable(name, "finite", 7 if name.startswith("=") else first)
    if isinstance(first, Ranges):
        return _represent_ranges(name, first.kind, raws)
    if isinstance(first, Sets):
        language = Language(budget)
        filled = upper or not may_be_empty(name)
        within = language.add_union(language.add_globs((SOMETHING,))) if filled else 0
        return Variable(name, "set", SetDomain(ABSENT if filled else ABSENT | EMPTY, within), language=language, empty=not filled)
    return _represent_texts(name, raws, budget, upper=upper)


def _represent_ranges(name: str, kind: Kind, raws: list[Raw]) -> Variable:
    universe = ADDRESSES if kind == "address" else LINE
    bounds = {bound for raw in raws if isinstance(raw, Ranges) for bound in raw.spans}
    parts = tuple(cells(bounds, universe))
    return Variable(name, "cells", (2 << len(parts)) - 1, parts=parts, sort=kind)


def _represent_texts(name: str, raws: list[Raw], budget: Budget, *, upper: bool) -> Variable:
    globs = dict.fromkeys(glob for raw in raws if isinstance(raw, Texts) for glob in raw.globs)
    filled = upper or name == OBJECT or not may_be_empty(name)
    if name != OBJECT and all(isinstance(glob, str) for glob in globs):
        texts = tuple(dict.fromkeys((*SENDABLE.get(name, ()), *(glob for glob in globs if isinstance(glob, str)))))
        if filled:
            texts = tuple(text for text in texts if text)
        full = (8 << len(texts)) - 1
        return Variable(name, "choice", full & ~EMPTY if filled else full, texts=texts, empty=not filled)
    language = Language(budget, KEY_BYTES if name == OBJECT else None)
    within = language.add_union(language.add_globs((SOMETHING,))) if filled else 0
    flags = 0 if name == OBJECT else ABSENT if filled else ABSENT | EMPTY
    return Variable(name, "text", TextDomain(flags, within), language=language, empty=not filled)


def _convert(raw: Raw, variable: Variable) -> Literal:
    if isinstance(raw, int):
        return raw
    if isinstance(raw, Ranges):
        return raw.absent | mask(raw.spans, list(variable.parts)) << 1
    if variable.kind == "choice" and isinstance(raw, Texts):
        inside = sum(4 << place for place, text in enumerate(variable.texts) if text in raw.globs)
        others = ((8 << len(variable.texts)) - 4) & ~inside
        return raw.flags | (inside if raw.inside else others)
    assert variable.language is not None  # noqa: S101 - only finite variables have none
    globs = variable.language.add_globs(raw.globs)
    if isinstance(raw, Sets):
        return SetLiteral(variable.language, raw.flags, globs, every=raw.every, inside=raw.inside)
    return TextLiteral(variable.language, raw.flags, globs, inside=raw.inside)
