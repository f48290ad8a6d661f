"""The report as GitLab's code quality: what does not pass is a finding at its line, in the merge request."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from offline.report.content import Outcome, Report, Result, Stack, name_stack
from offline.report.prose import has_stacks, is_layered
from offline.report.visible import make_line, make_visible

#: GitLab knows info, minor, major, critical and blocker.
_SEVERITIES: dict[Outcome, str] = {"violation": "critical", "advisory": "minor", "unknown": "info"}


def render(report: Report) -> str:
    """The findings in ASCII, each with a fingerprint of its own."""
    written = [*(finding for stack in report.stacks for finding in _list_findings(report, stack)), *_list_unread(report)]
    return json.dumps(written, indent=2) + "\n"


def _list_findings(report: Report, stack: Stack) -> Iterator[dict[str, Any]]:
    within = f"{name_stack(stack)}: " if has_stacks(report) else ""
    labelled = [(f"{within}{bucket.label}: ", result) for bucket in stack.buckets for result in bucket.results]
    for head, result in (*labelled, *((within, result) for result in stack.others)):
        if result.outcome in _SEVERITIES or is_layered(result):
            yield _write_result(head, result, stack)
    for spot in stack.blind_spots:
        severity = "major" if spot.weighs or report.strict else "info"
        yield _write(f"{within}not looked into: {spot.text}", "blind-spot", severity, (stack.source, 1), (stack.name, spot.text))


def _list_unread(report: Report) -> Iterator[dict[str, Any]]:
    return (_write(f"not read: {line}", "unread", "blocker", (line.partition(": ")[0], 1), (line,)) for line in report.unread)


def _write_result(head: str, result: Result, stack: Stack) -> dict[str, Any]:
    place = result.place
    message = "\n".join(part for part in (result.message, result.remark) if part)
    where = (place.file or stack.source, place.line or 1)
    severity = _SEVERITIES.get(result.outcome, "info")
    return _write(head + message, result.policy, severity, where, (stack.name, place.urn or place.file, place.type))


def _write(description: str, check: str, severity: str, where: tuple[str, int], identity: tuple[str, ...]) -> dict[str, Any]:
    """`identity` is the same in every run, so that GitLab recognises the finding when a line moves."""
    file, line = where
    fingerprint = hashlib.sha256("\n".join((check, *identity)).encode("utf-8", "replace")).hexdigest()
    return {
        "description": make_visible(description),
        "check_name": make_line(check),
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": make_line(PurePath(file).as_posix()), "lines": {"begin": line}},
    }
