"""The report for programs, as one JSON value."""

import json

from offline.report.content import Report
from offline.report.record import SCHEMA, write_bucket, write_header, write_stack, write_summary


def render(report: Report) -> str:
    """The report as JSON in ASCII: texts are as they were found, whatever characters they hold."""
    stacks = [{**write_stack(stack), "buckets": [write_bucket(stack, bucket) for bucket in stack.buckets]} for stack in report.stacks]
    summary = write_summary(report, stacks, sum(len(stack.buckets) for stack in report.stacks))
    written = {"$schema": SCHEMA, "report": write_header(report), "stacks": stacks, "summary": summary}
    return json.dumps(written, indent=2) + "\n"
