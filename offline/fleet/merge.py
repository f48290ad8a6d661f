"""`merge`: one report from the NDJSON of several runs or machines, a line at a time: a million buckets are never in memory at once."""

import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, BinaryIO, NamedTuple

from offline.files import STDIN, explain_error, name_source
from offline.fleet.collect import Collected, Kept, choose
from offline.fleet.survey import Survey, list_exemption_notes, name_stacks
from offline.fleet.work import Part
from offline.report.content import Report, UsedExemption
from offline.report.parse import read_exemption, read_header, read_stack
from offline.report.record import VERSION
from offline.run import Failure

_EXPECTED = f"the NDJSON of a whole run of `analyze`, version {VERSION}"


class _WrongReportError(Exception):
    """What is wrong with a line; half a sentence."""


class _Lines(NamedTuple):
    """Where the lines of one stack's buckets are in the run's file; `digest` is of them."""

    start: int
    size: int
    buckets: int
    digest: str


class _Read(NamedTuple):
    """One file: its header, its stacks with their lines, and its summary."""

    header: Report
    stacks: tuple[tuple[Mapping[str, Any], _Lines], ...]
    summary: Mapping[str, Any]


@contextmanager
def merge(names: tuple[str, ...], now: datetime) -> Iterator[Survey | Failure]:
    """The report on all stacks of these reports; a failure where none of them can be read."""
    with tempfile.TemporaryFile() as file:
        read = [_read_file(name, file) for name in names]
        reports = [each for each in read if isinstance(each, _Read)]
        failures = [each for each in read if isinstance(each, Failure)]
        if reports:
            yield _join(reports, failures, file, now)
        else:
            yield failures[0]


def _read_file(name: str, file: IO[bytes]) -> _Read | Failure:
    where = name_source(name)
    try:
        with _open(name) as lines:
            return _read_lines(lines, file)
    except (OSError, ValueError) as error:
        return Failure(f"{where}: {explain_error(error)}; expected: {_EXPECTED}")
    except _WrongReportError as error:
        return Failure(f"{where}: {error}; expected: {_EXPECTED}")


def _open(name: str) -> AbstractContextManager[BinaryIO]:
    return nullcontext(sys.stdin.buffer) if name == STDIN else Path(name).open("rb")


def _read_lines(lines: Iterable[bytes], file: IO[bytes]) -> _Read:
    """Header, buckets and summary, in this order; anything else raises `_WrongReportError`."""
    header: Report | None = None
    found: dict[tuple[str | None, str], _Lines] = {}
    file.seek(0, 2)
    number = 0
    try:
        for number, line in enumerate(lines, start=1):  # noqa: B007  where it stopped
            record = json.loads(line)
            if header is None:
                header = _check_header(record["report"])
            elif "summary" in record:
                return _conclude(header, record, found)
            else:
                key = record["stack"], record["source"]
                found[key] = _append(found.get(key), line, file)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        wrong = f"line {number} is not a line of a report"
        raise _WrongReportError(wrong) from error
    missing = "is cut short" if header is not None else "is empty"
    raise _WrongReportError(missing)


def _check_header(record: Mapping[str, Any]) -> Report:
    if record["version"] != VERSION:
        wrong = "is of another version"
        raise _WrongReportError(wrong)
    return read_header(record)


def _append(known: _Lines | None, line: bytes, file: IO[bytes]) -> _Lines:
    """The lines of a stack with one more. They stand together in a report."""
    start, size, buckets, digest = known or _Lines(file.tell(), 0, 0, "")
    if start + size != file.tell():
        wrong = "has the buckets of one stack in several places"
        raise _WrongReportError(wrong)
    file.write(line)
    return _Lines(start, size + len(line), buckets + 1, sha256(digest.encode() + line).hexdigest())


def _conclude(header: Report, record: Mapping[str, Any], found: Mapping[tuple[str | None, str], _Lines]) -> _Read:
    nothing = _Lines(0, 0, 0, "")
    stacks = tuple((stack, found.get((stack["stack"], stack["source"]), nothing)) for stack in record["stacks"])
    if len(stacks) < len(found) or record["summary"]["buckets"] != sum(lines.buckets for _, lines in stacks):
        wrong = "has other buckets than its summary says"
        raise _WrongReportError(wrong)
    return _Read(header, stacks, record["summary"])


def _join(reports: list[_Read], failures: list[Failure], file: IO[bytes], now: datetime) -> Survey:
    kept = [_keep(number, *pair) for number, pair in enumerate(pair for report in reports for pair in report.stacks)]
    chosen, notes = choose(kept)
    stacks = tuple(each.part.stack for each in chosen)
    exemptions = _join_exemptions(reports)
    unread = [*(line for report in reports for line in report.summary["unread"]), *(failure.message for failure in failures)]
    first = reports[0].header
    joined = first._replace(
        command="merge",
        subject=name_stacks(stacks),
        stacks=stacks,
        date=now,
        notes=tuple(dict.fromkeys([*_compare(reports), *notes, *_list_notes(reports), *list_exemption_notes(exemptions, now.date())])),
        unread=tuple(dict.fromkeys(unread)),
        exemptions=exemptions,
        origin=_join_origins(reports),
    )
    records = tuple(each.part.totals for each in chosen)
    return Survey(joined, records, sum(each.buckets for each in chosen), Collected(chosen, (), (), file))


def _keep(number: int, record: Mapping[str, Any], lines: _Lines) -> Kept:
    digest = sha256(f"{json.dumps(record, sort_keys=True)}{lines.digest}".encode()).hexdigest()
    return Kept(number, Part(read_stack(record), record, "", digest), lines.start, lines.size, lines.buckets)


def _join_exemptions(reports: list[_Read]) -> tuple[UsedExemption, ...]:
    """Every exemption once; it matches something where it does so in one of the reports."""
    found: dict[UsedExemption, bool] = {}
    for report in reports:
        for record in report.summary["exemptions"]:
            exemption = read_exemption(record)
            key = exemption._replace(matched=False)
            found[key] = found.get(key, False) or exemption.matched
    return tuple(key._replace(matched=matched) for key, matched in found.items())


def _join_origins(reports: list[_Read]) -> Mapping[str, str]:
    """What is true of all reports."""
    first, *others = (report.header.origin for report in reports)
    return {what: value for what, value in first.items() if all(other.get(what) == value for other in others)}


def _compare(reports: list[_Read]) -> Iterator[str]:
    """What keeps the reports from being one run's."""
    first = reports[0].header
    if any(report.header.version != first.version for report in reports):
        yield "The reports were made by different versions of the pack."
    if any(report.header.policies != first.policies for report in reports):
        yield "The reports were made with different levels of the policies."
    if any(report.header.origin.get("configuration") != first.origin.get("configuration") for report in reports):
        yield "The reports were made with different configurations."


def _list_notes(reports: list[_Read]) -> Iterator[str]:
    """Notes that are still true; those about exemptions are made anew."""
    for report in reports:
        yield from (note for note in report.summary["notes"] if not note.startswith("The exemption of "))
