"""Which exemption applies to a resource on a given day."""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from crossguard.finding import Subject
from crossguard.settings import Exemption

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
    return (entry for entry in exemptions if _matches(entry.bucket, subject))


def _matches(target: str, subject: Subject) -> bool:
    if target.startswith(_BY_URN):
        return target == subject.urn
    if target.startswith(_BY_NAME):
        return _glob(target[len(_BY_NAME) :]).fullmatch(subject.name) is not None
    if subject.bucket is None:
        return set(target) == {"*"}
    return _glob(target).fullmatch(subject.bucket) is not None


def _is_over_bucket_names(entry: Exemption) -> bool:
    return not entry.bucket.startswith((_BY_URN, _BY_NAME))


@lru_cache(maxsize=1024)
def _glob(pattern: str) -> re.Pattern[str]:
    """`*` is any text, `?` any one character; everything else, brackets included, is itself."""
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(char) or re.escape(char) for char in re.sub(r"\*+", "*", pattern)), re.DOTALL)
