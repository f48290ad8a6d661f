"""The report for programs, a line at a time: a header, a line for each bucket of a stack, a summary."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from offline.report.content import Bucket, Report, Stack, list_buckets
from offline.report.record import SCHEMA, write_bucket, write_header, write_stack, write_summary


def render(report: Report) -> str:
    """The lines, in ASCII: texts are as they were found, whatever characters they hold."""
    return "".join(_list_lines(report))


def _list_lines(report: Report) -> Iterator[str]:
    yield write_header_line(report)
    yield from (write_bucket_line(stack, bucket) for stack, bucket in list_buckets(report))
    yield write_summary_line(report, [write_stack(stack) for stack in report.stacks], sum(len(stack.buckets) for stack in report.stacks))


def write_header_line(report: Report) -> str:
    """The first line; all of it is known before anything is judged."""
    return _write_line({"$schema": f"{SCHEMA}#/$defs/line", "report": write_header(report)})


def write_bucket_line(stack: Stack, bucket: Bucket) -> str:
    """The line of a bucket."""
    return _write_line(write_bucket(stack, bucket))


def write_summary_line(report: Report, stacks: Sequence[Mapping[str, Any]], buckets: int) -> str:
    """The last line: the totals, and each stack, as `record.write_stack` gives it, with what is about none of its buckets."""
    return _write_line({"summary": write_summary(report, stacks, buckets), "stacks": stacks})


def _write_line(value: dict[str, object]) -> str:
    return json.dumps(value, separators=(",", ":")) + "\n"
