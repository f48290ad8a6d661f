"""The report for programs; `report-1.schema.json` beside this file describes it, docs/reports.md explains it."""

import json
from typing import Any

from crossguard.pack.rule import REPOSITORY
from offline.report.content import Bucket, Report, ReportedExemption, Result, SourceLocation, count, find_status, find_worst, is_blocked

#: Raised when a member changes its meaning or goes; new members may come at any time.
VERSION = 1
SCHEMA = f"{REPOSITORY}/blob/main/offline/report/report-{VERSION}.schema.json"


def render(report: Report) -> str:
    """The report as JSON in ASCII: texts are as they were found, whatever characters they hold."""
    written: dict[str, Any] = {
        "$schema": SCHEMA,
        "version": VERSION,
        "tool": {"name": report.pack, "version": report.version},
        "versions": dict(report.versions),
        "date": report.date.isoformat(),
        "command": report.command,
        "subject": report.subject,
        "resolved": report.resolved,
        "blocked": is_blocked(report),
        "status": find_status(report),
        "resources": report.resources,
        "counts": dict(count(report)),
        "policies": [policy._asdict() for policy in report.policies],
        "buckets": [_write_bucket(bucket) for bucket in report.buckets],
        "notes": list(report.notes),
        "blind_spots": [spot.text for spot in report.blind_spots],
        "others": [_write_result(result) for result in report.others],
    }
    return json.dumps(written, indent=2) + "\n"


def _write_bucket(bucket: Bucket) -> dict[str, Any]:
    return {
        "name": bucket.name or None,
        "label": bucket.label,
        "outcome": find_worst(bucket.results),
        "results": [_write_result(result) for result in bucket.results],
    }


def _write_result(result: Result) -> dict[str, Any]:
    return {
        "policy": result.policy,
        "outcome": result.outcome,
        "place": _write_place(result.place),
        "message": result.message,
        "statements": list(result.statements),
        "assumptions": list(result.assumptions),
        "remark": result.remark,
        "exemption": _write_exemption(result.exemption),
    }


def _write_place(place: SourceLocation) -> dict[str, Any]:
    return {
        "urn": place.urn or None,
        "type": place.type or None,
        "name": place.name or None,
        "file": place.file or None,
        "line": place.line or None,
    }


def _write_exemption(exemption: ReportedExemption | None) -> dict[str, Any] | None:
    if exemption is None:
        return None
    return {
        "reason": exemption.reason,
        "owner": exemption.owner,
        "expires": exemption.expires.isoformat() if exemption.expires else None,
    }
