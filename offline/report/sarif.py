"""
The report as SARIF 2.1.0, for code scanning.

What does not pass is a result. Exemptions are notifications of the invocation, since code hosts show a suppressed result as an alert, too.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from crossguard.pack.rule import REPOSITORY
from offline.report.content import Report, Result, SourceLocation, find_status, list_blind_spots, list_results
from offline.report.prose import say_exemption
from offline.report.visible import make_line, make_visible
from offline.run import PolicyInfo

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"violation": "error", "advisory": "warning", "unknown": "note"}
#: What code hosts sort alerts by (as CVSS scores).
_SEVERITIES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0"}


def render(report: Report) -> str:
    """The report as a SARIF log in ASCII."""
    rules = [_write_rule(policy) for policy in report.policies]
    numbers = {policy.name: number for number, policy in enumerate(report.policies)}
    results = tuple(list_results(report))
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": report.pack,
                "version": report.version,
                "informationUri": REPOSITORY,
                "rules": rules,
            }
        },
        "invocations": [
            {
                "executionSuccessful": True,
                "exitCode": find_status(report),
                "endTimeUtc": report.date.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "toolExecutionNotifications": [
                    {"level": "warning", "message": {"text": make_line(f"not looked into: {spot}")}} for spot in list_blind_spots(report)
                ],
                "toolConfigurationNotifications": list(_list_exemptions(results)),
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": [_write_result(result, numbers) for result in results if result.outcome in _LEVELS],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _write_rule(policy: PolicyInfo) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": policy.name,
        "shortDescription": {"text": make_line(policy.description)},
        "defaultConfiguration": {
            "enabled": policy.level != "disabled",
            "level": "warning" if policy.level == "advisory" else "error",
        },
        "properties": {"tags": ["security", "s3", "encryption"]},
    }
    if policy.severity in _SEVERITIES:
        rule["properties"]["security-severity"] = _SEVERITIES[policy.severity]
    if policy.url.startswith("https://"):
        rule["helpUri"] = policy.url
    return rule


def _write_result(result: Result, numbers: dict[str, int]) -> dict[str, Any]:
    remark = f"\n{result.remark}" if result.remark else ""
    written: dict[str, Any] = {
        "ruleId": result.policy,
        "level": _LEVELS[result.outcome],
        "message": {"text": make_visible(result.message + remark) or "The policy says no more."},
        "locations": [_locate(result.place)],
        "partialFingerprints": {"policyAndResource/v1": _fingerprint(result)},
    }
    if result.policy in numbers:
        written["ruleIndex"] = numbers[result.policy]
    return written


def _locate(place: SourceLocation) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if place.file and place.file != "standard input":
        location["physicalLocation"] = {
            "artifactLocation": {"uri": write_uri(place.file)},
            "region": {"startLine": max(1, place.line)},
        }
    if place.urn:
        location["logicalLocations"] = [
            {"name": make_line(place.name), "fullyQualifiedName": make_line(place.urn), "kind": "resource"},
        ]
    return location


def write_uri(file: str) -> str:
    """A path as a URI: relative to where the command ran, as code hosts want it, or absolute."""
    path = PurePath(file)
    encoded = quote(path.as_posix().encode("utf-8", "replace"))
    return f"file://{encoded}" if path.is_absolute() else encoded


def _fingerprint(result: Result) -> str:
    """The same for the same policy and resource in every run, so that code hosts recognise an alert."""
    subject = result.place.urn or result.place.file
    return hashlib.sha256(f"{result.policy}\n{subject}".encode("utf-8", "replace")).hexdigest()


def _list_exemptions(results: tuple[Result, ...]) -> Iterator[dict[str, Any]]:
    for result in results:
        if result.exemption is not None:
            yield {
                "level": "note",
                "message": {"text": make_line(f"{result.place.name or result.place.file} is exempt: {say_exemption(result.exemption)}")},
                "associatedRule": {"id": result.policy},
            }
