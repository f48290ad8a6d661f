"""
Which exemption applies to a resource on a given day.

An organization's list may have an entry for every old violation of hundreds of stacks, and is asked about every resource: what has no
wildcard is looked up.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from operator import itemgetter
from typing import Literal, NamedTuple

from bucketpolicy.canonical import hash_document
from crossguard.judging.finding import Lapsed, Subject
from crossguard.pack.memory import remember
from crossguard.pack.settings import Exemption

_BY_NAME = "name:"


class Applies(NamedTuple):
    """The resource is exempted."""

    exemption: Exemption


class MightApply(NamedTuple):
    """The bucket's name is not known, and a glob over names could match it."""


class NoExemption(NamedTuple):
    """Nothing exempts the resource."""


Standing = Applies | MightApply | Lapsed | NoExemption


def find_exemption(exemptions: tuple[Exemption, ...], subject: Subject, today: date, document: str | None = None) -> Standing:
    """
    The first exemption in force that applies; else whether one might; else the first that does no longer. `today` is in UTC.

    `document` is the text of the bucket's policy, None where there is none or it is not known: an exemption that names a document is then
    for none.
    """
    if not exemptions:
        return NoExemption()
    named = [(entry, _find_lapse(entry, today, document)) for entry in _select(exemptions, subject)]
    for entry, lapse in named:
        if lapse is None:
            return Applies(entry)
    if subject.bucket is None and any(_find_lapse(entry, today, document) is None for entry in _index(exemptions).over_buckets):
        return MightApply()
    lapsed = [lapse for _, lapse in named if lapse is not None]
    return next((lapse for lapse in lapsed if lapse.why == "changed"), lapsed[0]) if lapsed else NoExemption()


def _find_lapse(entry: Exemption, today: date, document: str | None) -> Lapsed | None:
    """Why an exemption that names the resource does not apply."""
    if entry.expires is not None and today > entry.expires:
        return Lapsed(entry, "expired")
    if entry.document is not None and (document is None or hash_document(document) != entry.document):
        return Lapsed(entry, "changed")
    return None


_Kind = Literal["urn", "name", "bucket"]


class _Index(NamedTuple):
    """
    Entries by what they name, each with its place in the list.

    `plain`: those without a wildcard, by kind and target. `globs` are over names of buckets or resources; `over_buckets` are all that
    a bucket's name decides.
    """

    plain: Mapping[tuple[_Kind, str], list[tuple[int, Exemption]]]
    globs: tuple[tuple[int, Exemption], ...]
    over_buckets: tuple[Exemption, ...]


def _build_index(exemptions: tuple[Exemption, ...]) -> _Index:
    plain: dict[tuple[_Kind, str], list[tuple[int, Exemption]]] = {}
    globs: list[tuple[int, Exemption]] = []
    for place, entry in enumerate(exemptions):
        kind, target = _split(entry.bucket)
        if kind == "urn" or not {"*", "?"} & set(target):
            plain.setdefault((kind, target), []).append((place, entry))
        else:
            globs.append((place, entry))
    return _Index(plain, tuple(globs), tuple(entry for entry in exemptions if _split(entry.bucket)[0] == "bucket"))


_index = remember(_build_index, 8)


def _split(target: str) -> tuple[_Kind, str]:
    if target.startswith("urn:"):
        return "urn", target
    return ("name", target[len(_BY_NAME) :]) if target.startswith(_BY_NAME) else ("bucket", target)


def _select(exemptions: tuple[Exemption, ...], subject: Subject) -> Iterator[Exemption]:
    """The entries that name the resource, in the order of the list."""
    index = _index(exemptions)
    texts: dict[_Kind, str | None] = {"urn": subject.urn, "name": subject.name, "bucket": subject.bucket}
    found = [one for kind, text in texts.items() if text is not None for one in index.plain.get((kind, text), ())]
    found += [(place, entry) for place, entry in index.globs if _selects(*_split(entry.bucket), texts)]
    return (entry for _, entry in sorted(found, key=itemgetter(0)))


def _selects(kind: _Kind, glob: str, texts: Mapping[_Kind, str | None]) -> bool:
    text = texts[kind]
    return set(glob) == {"*"} if text is None else matches(glob, text)


def matches(pattern: str, text: str) -> bool:
    """Whether the glob is the whole text: `*` is any text, `?` any one character, everything else, brackets included, itself."""
    first, *others = pattern.split("*")
    if not others:
        return len(text) == len(first) and _find(first, text, 0, len(text)) == 0
    start, end = len(first), len(text) - len(others[-1])
    if start > end or _find(first, text, 0, start) != 0 or _find(others[-1], text, end, len(text)) != end:
        return False
    for piece in others[:-1]:
        found = _find(piece, text, start, end)
        if found < 0:
            return False
        start = found + len(piece)
    return True


def _find(piece: str, text: str, start: int, end: int) -> int:
    """Where the piece, in which `?` is any one character, first stands in this part of the text; -1 where it does not."""
    if "?" not in piece:
        return text.find(piece, start, end)
    found = _compile(piece).search(text, start, end)
    return -1 if found is None else found.start()


def _compile(piece: str) -> re.Pattern[str]:
    return re.compile("".join("." if char == "?" else re.escape(char) for char in piece), re.DOTALL)
