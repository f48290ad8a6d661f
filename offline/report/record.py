"""The parts of a report as JSON values, the same in `json` and `ndjson`; `report-2.schema.json` describes them, docs/reports.md too."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from crossguard.pack.rule import REPOSITORY
from offline.report.content import (
    OUTCOMES,
    Bucket,
    Nearest,
    Report,
    ReportedExemption,
    Result,
    Sent,
    SourceLocation,
    Stack,
    UsedExemption,
    count,
    find_document,
    find_worst,
    list_stack_results,
    rank,
)
from offline.run import Drift

#: Raised when a member changes its meaning or goes; new members may come at any time.
VERSION = 2
SCHEMA = f"{REPOSITORY}/blob/main/offline/report/report-{VERSION}.schema.json"


def write_header(report: Report) -> dict[str, Any]:
    """What is known before anything is judged."""
    return {
        "version": VERSION,
        "tool": {"name": report.pack, "version": report.version},
        "versions": dict(report.versions),
        "origin": dict(report.origin),
        "date": report.date.isoformat(),
        "command": report.command,
        "subject": report.subject,
        "policies": [policy._asdict() for policy in report.policies],
    }


def write_summary(report: Report, stacks: Sequence[Mapping[str, Any]], buckets: int) -> dict[str, Any]:
    """The totals of these stacks, as `write_stack` gives them, with so many buckets, and what could not be looked at."""
    counts = {outcome: sum(stack["counts"][outcome] for stack in stacks) for outcome in OUTCOMES}
    blocked = counts["violation"] > 0
    return {
        "blocked": blocked,
        "status": rank(report, blocked=blocked),
        "stacks": len(stacks),
        "buckets": buckets,
        "resources": sum(stack["resources"] for stack in stacks),
        "counts": counts,
        "notes": list(report.notes),
        "unread": list(report.unread),
        "exemptions": [_write_exemption(exemption) for exemption in report.exemptions],
    }


def write_stack(stack: Stack) -> dict[str, Any]:
    """A stack without its buckets."""
    return {
        "stack": stack.name or None,
        "source": stack.source,
        "time": stack.time or None,
        "sha256": stack.digest or None,
        "resources": stack.resources,
        "resolved": stack.resolved,
        "counts": dict(count(list_stack_results(stack))),
        "notes": list(stack.notes),
        "blind_spots": [spot._asdict() for spot in stack.blind_spots],
        "others": [_write_result(result) for result in stack.others],
    }


def write_bucket(stack: Stack, bucket: Bucket) -> dict[str, Any]:
    """A bucket of a stack."""
    return {
        "stack": stack.name or None,
        "source": stack.source,
        "bucket": bucket.name or None,
        "label": bucket.label,
        "urn": bucket.urn or None,
        "outcome": find_worst(bucket.results),
        "document_sha256": find_document(bucket) or None,
        "fix": [json.loads(statement) for statement in bucket.fix],
        "results": [_write_result(result) for result in bucket.results],
    }


def _write_result(result: Result) -> dict[str, Any]:
    return {
        "policy": result.policy,
        "level": result.level,
        "verdict": result.verdict,
        "outcome": result.outcome,
        "message": result.message,
        "request": _write_request(result.request),
        "nearest": _write_members(result.nearest),
        "statements": list(result.statements),
        "sids": [sid or None for sid in result.sids],
        "assumptions": list(result.assumptions),
        "layer": result.layer,
        "exemption": _write_exemption(result.exemption) if result.exemption is not None else None,
        "drift": _write_members(result.drift),
        "document_sha256": result.document or None,
        "certificate": result.certificate or None,
        "remark": result.remark,
        "place": _write_place(result.place),
    }


def _write_request(request: Sent | None) -> dict[str, Any] | None:
    if request is None:
        return None
    return {
        "principal": request.principal._asdict(),
        "action": request.action,
        "resource": request.resource,
        "context": {key: list(values) for key, values in request.context},
    }


def _write_members(one: Nearest | Drift | None) -> dict[str, Any] | None:
    return one._asdict() if one is not None else None


def _write_exemption(exemption: ReportedExemption | UsedExemption) -> dict[str, Any]:
    return {**exemption._asdict(), "expires": exemption.expires.isoformat() if exemption.expires else None}


def _write_place(place: SourceLocation) -> dict[str, Any]:
    return {
        "urn": place.urn or None,
        "type": place.type or None,
        "name": place.name or None,
        "file": place.file or None,
        "line": place.line or None,
    }
