"""The report for spreadsheets: a row for each result, and nothing that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterator

from offline.report.content import Report, Result, Stack
from offline.report.visible import make_visible

COLUMNS = ("stack", "bucket", "policy", "level", "verdict", "message", "urn")
_FORMULAS = ("=", "+", "-", "@")


def render(report: Report) -> str:
    """The table with its head; lines end with a line feed."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(tuple(map(_disarm, row)) for row in _list_rows(report))
    return written.getvalue()


def _list_rows(report: Report) -> Iterator[tuple[str, ...]]:
    for stack in report.stacks:
        yield from (_write_row(stack, bucket.label, result) for bucket in stack.buckets for result in bucket.results)
        yield from (_write_row(stack, "", result) for result in stack.others)
        yield from ((stack.name, "", "", "", "unknown", f"not looked into: {spot.text}", "") for spot in stack.blind_spots)
    yield from (("", "", "", "", "unknown", f"not read: {line}", "") for line in report.unread)


def _write_row(stack: Stack, bucket: str, result: Result) -> tuple[str, ...]:
    message = "\n".join(part for part in (result.message, result.remark) if part)
    return (stack.name, bucket, result.policy, result.level, result.verdict, message, result.place.urn)


def _disarm(cell: str) -> str:
    shown = make_visible(cell)
    return f"'{shown}" if shown.startswith(_FORMULAS) else shown
