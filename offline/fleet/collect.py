"""
The parts of a run, put together: which stacks count, in which order, and their buckets' lines on disk, so that a million of them fit.

A stack that was given twice counts once. Where its states differ the newer one counts, by the time of its manifest.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, NamedTuple

from offline.fleet.sources import Item
from offline.fleet.work import Part
from offline.report.content import Certificate, Stack
from offline.report.parse import read_bucket, read_stack

_GIVEN_UP = "the process that judged it was killed, again and again; is there enough memory?"


class Kept(NamedTuple):
    """
    A part without its lines, one for each of its `buckets`: they are `size` bytes from `start` of the run's file.

    Those of its certificates are the `certified` bytes that follow.
    """

    number: int
    part: Part
    start: int
    size: int
    buckets: int
    certified: int = 0


class Collected(NamedTuple):
    """A run: the stacks that count, in the order of their names, a line for each state that cannot be read, and notes."""

    kept: tuple[Kept, ...]
    unread: tuple[str, ...]
    notes: tuple[str, ...]
    file: IO[bytes]


@contextmanager
def collect(parts: Iterable[tuple[int, str | None]], items: tuple[Item, ...]) -> Iterator[Collected]:
    """All parts, each with its number; the lines of buckets are on disk until the block ends."""
    with tempfile.TemporaryFile() as file:
        kept = [_keep(number, text, items[number], file) for number, text in parts]
        kept.sort(key=lambda each: each.number)
        unread = tuple(each.part.unread for each in kept if each.part.unread)
        chosen, notes = choose([each for each in kept if not each.part.unread])
        yield Collected(chosen, unread, notes, file)


def _keep(number: int, text: str | None, item: Item, file: IO[bytes]) -> Kept:
    if text is None:
        return Kept(number, read_part(json.dumps({"unread": f"{item.where}: {_GIVEN_UP}"})), 0, 0, 0)
    part = read_part(text)
    lines, certificates = part.lines.encode(), part.certificates.encode()
    start = file.tell()
    file.write(lines)
    file.write(certificates)
    return Kept(number, part._replace(lines="", certificates=""), start, len(lines), lines.count(b"\n"), len(certificates))


def read_part(text: str) -> Part:
    """The part that `judge_task` has written."""
    first, _, rest = text.partition("\n")
    about = json.loads(first)
    if "unread" in about:
        return Part(Stack("", "", ()), {}, "", unread=about["unread"])
    matched = tuple((policy, number) for policy, number in about["matched"])
    lines = len(rest) - about["certificates"]
    return Part(read_stack(about["stack"]), about["stack"], rest[:lines], about["digest"], matched, certificates=rest[lines:])


def choose(kept: list[Kept]) -> tuple[tuple[Kept, ...], tuple[str, ...]]:
    """One state for each stack that has a name, and a note for each that had to be chosen from states that differ."""
    chosen: dict[str, Kept] = {}
    notes: list[str] = []
    for each in kept:
        stack = each.part.stack
        known = chosen.get(stack.name) if stack.name else None
        if known is None:
            chosen[stack.name or f"\0{each.number}"] = each
        elif known.part.digest != each.part.digest:
            newer, older = (each, known) if _read_time(stack.time) > _read_time(known.part.stack.time) else (known, each)
            chosen[stack.name] = newer
            notes.append(f"{stack.name}: given twice; {newer.part.stack.source} counts, which is not older than {older.part.stack.source}")
    ordered = sorted(chosen.values(), key=lambda each: (each.part.stack.name, each.part.stack.source))
    return tuple(ordered), tuple(notes)


def _read_time(text: str) -> float:
    """Seconds since 1970 of an RFC 3339 time; none is older than any. Python before 3.11 knows neither `Z` nor nanoseconds."""
    seconds, _, rest = text.partition(".")
    zone = rest.lstrip("0123456789") if rest else seconds[19:]
    digits = rest[: len(rest) - len(zone)] if rest else ""
    try:
        whole = datetime.fromisoformat(seconds[:19] + ("+00:00" if zone in ("Z", "") else zone))
    except ValueError:
        return float("-inf")
    return whole.timestamp() + float(f"0.{digits or 0}")


def list_lines(collected: Collected) -> Iterator[bytes]:
    """The lines of the buckets of every stack that counts, a stack's at a time."""
    for each in collected.kept:
        collected.file.seek(each.start)
        yield collected.file.read(each.size)


def list_certificates(collected: Collected) -> Iterator[Certificate]:
    """The certificates of every stack that counts, a stack's at a time."""
    for each in collected.kept:
        collected.file.seek(each.start + each.size)
        yield from (Certificate(*json.loads(line)) for line in collected.file.read(each.certified).splitlines())


def list_stacks(collected: Collected) -> Iterator[Stack]:
    """Every stack that counts, whole."""
    for each, lines in zip(collected.kept, list_lines(collected), strict=True):
        buckets = tuple(read_bucket(json.loads(line)) for line in lines.splitlines())
        yield each.part.stack._replace(buckets=buckets)
