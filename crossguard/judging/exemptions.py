"""Which exemption applies to a resource on a given day."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from crossguard.judging.finding import Subject
from crossguard.pack.settings import Exemption

_BY_NAME = "name:"
_BY_URN = "urn:"


class Applies(NamedTuple):
    """The resource is exempted."""

    exemption: Exemption


class MightApply(NamedTuple):
    """The bucket's name is not known, and a glob over names could match it."""


class Expired(NamedTuple):
    """The resource was exempted until a day that has passed."""

    exemption: Exemption


class NoExemption(NamedTuple):
    """Nothing exempts the resource."""


Standing = Applies | MightApply | Expired | NoExemption


def find_exemption(exemptions: tuple[Exemption, ...], subject: Subject, today: date) -> Standing:
    """The first exemption in force that applies; else whether one might; else the first that has expired. `today` is in UTC."""
    in_force = tuple(entry for entry in exemptions if entry.expires is None or today <= entry.expires)
    for entry in _select(in_force, subject):
        return Applies(entry)
    if subject.bucket is None and any(_is_over_bucket_names(entry) for entry in in_force):
        return MightApply()
    for entry in _select(exemptions, subject):
        return Expired(entry)
    return NoExemption()


def _select(exemptions: tuple[Exemption, ...], subject: Subject) -> Iterator[Exemption]:
    return (entry for entry in exemptions if _selects(entry.bucket, subject))


def _selects(target: str, subject: Subject) -> bool:
    if target.startswith(_BY_URN):
        return target == subject.urn
    if target.startswith(_BY_NAME):
        return matches(target[len(_BY_NAME) :], subject.name)
    if subject.bucket is None:
        return set(target) == {"*"}
    return matches(target, subject.bucket)


def _is_over_bucket_names(entry: Exemption) -> bool:
    return not entry.bucket.startswith((_BY_URN, _BY_NAME))


def matches(pattern: str, text: str) -> bool:
    """Whether the glob is the whole text: `*` is any text, `?` any one character, everything else, brackets included, itself."""
    first, *others = pattern.split("*")
    if not _begins(text, first, 0):
        return False
    if not others:
        return len(text) == len(first)
    start, end = len(first), len(text) - len(others[-1])
    for piece in others[:-1]:
        found = next((at for at in range(start, end - len(piece) + 1) if _begins(text, piece, at)), None)
        if found is None:
            return False
        start = found + len(piece)
    return start <= end and _begins(text, others[-1], end)


def _begins(text: str, piece: str, at: int) -> bool:
    """Whether the piece, in which `?` is any one character, stands at this place of the text."""
    return len(piece) <= len(text) - at and all(wanted in ("?", char) for wanted, char in zip(piece, text[at:], strict=False))
