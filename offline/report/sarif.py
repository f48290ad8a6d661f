"""
The report as SARIF 2.1.0, for code scanning.

What does not pass is a result. Exemptions are notifications of the invocation, since code hosts show a suppressed result as an alert, too.
Each stack is a run of its own, by whose id code hosts tell the alerts of stacks apart; they take 20 runs, so more stacks are one run.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

import policies
from crossguard.pack.frameworks import CONTROLS, Control, Framework, list_controls, list_tags, tell_how
from crossguard.pack.rule import REPOSITORY
from offline.files import STDIN, name_source
from offline.report.content import Bucket, Edit, Report, Result, SourceLocation, Stack, find_status, list_stack_results
from offline.report.prose import is_layered, say_exemption
from offline.report.visible import make_line, make_visible
from offline.run import PolicyInfo

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"violation": "error", "advisory": "warning", "unknown": "note"}
#: What code hosts sort alerts by (as CVSS scores).
_SEVERITIES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0"}
MOST_RUNS = 20
_FRAMEWORKS: tuple[Framework, ...] = tuple(dict.fromkeys(control.framework for control in CONTROLS))


def render(report: Report) -> str:
    """The report as a SARIF log in ASCII."""
    runs = [_write_run(report, name, stacks) for name, stacks in _group_stacks(report)]
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": runs}, indent=2) + "\n"


def _group_stacks(report: Report) -> Iterator[tuple[str, tuple[Stack, ...]]]:
    """The runs: what ends their ids, and the stacks in them."""
    groups: dict[str, tuple[Stack, ...]] = {}
    for stack in report.stacks:
        name = stack.name or report.command
        groups[name] = (*groups.get(name, ()), stack)
    if 0 < len(groups) <= MOST_RUNS:
        yield from groups.items()
    else:
        yield report.command, report.stacks


def _write_run(report: Report, name: str, stacks: tuple[Stack, ...]) -> dict[str, Any]:
    numbers = {policy.name: number for number, policy in enumerate(report.policies)}
    return {
        "automationDetails": {"id": make_line(f"{report.pack}/{name}/")},
        "tool": {
            "driver": {
                "name": report.pack,
                "version": report.version,
                "informationUri": REPOSITORY,
                "rules": [_write_rule(policy) for policy in report.policies],
                "supportedTaxonomies": [{"name": _name_taxonomy(each), "index": index} for index, each in enumerate(_FRAMEWORKS)],
            }
        },
        "taxonomies": list(map(_write_taxonomy, _FRAMEWORKS)),
        "invocations": [_write_invocation(report, stacks)],
        "columnKind": "unicodeCodePoints",
        "results": [written for stack in stacks for written in _list_results(stack, numbers)],
    }


def _write_invocation(report: Report, stacks: tuple[Stack, ...]) -> dict[str, Any]:
    unread = [("error", f"not read: {line}") for line in report.unread]
    blind = [("warning", f"not looked into: {spot.text}") for stack in stacks for spot in stack.blind_spots]
    notes = [("note", note) for stack in stacks for note in stack.notes] + [("note", note) for note in report.notes]
    return {
        "executionSuccessful": not unread,
        "exitCode": find_status(report._replace(stacks=stacks)),
        "endTimeUtc": report.date.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "toolExecutionNotifications": [{"level": level, "message": {"text": make_line(text)}} for level, text in (*unread, *blind, *notes)],
        "toolConfigurationNotifications": [each for stack in stacks for each in _list_remarkable(stack)],
    }


def _write_rule(policy: PolicyInfo) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": policy.name,
        "shortDescription": {"text": make_line(policy.description)},
        "help": _write_help(policy),
        "defaultConfiguration": {
            "enabled": policy.level != "disabled",
            "level": "warning" if policy.level == "advisory" else "error",
        },
        "properties": {"tags": ["security", "s3", "encryption", *list_tags(policy.name)]},
        "relationships": [_relate(control, policy.name) for control in list_controls(policy.name)],
    }
    if policy.severity in _SEVERITIES:
        rule["properties"]["security-severity"] = _SEVERITIES[policy.severity]
    if policy.url.startswith("https://"):
        rule["helpUri"] = policy.url
    return rule


def _write_help(policy: PolicyInfo) -> dict[str, str]:
    steps = next((rule.remediation_steps for rule in policies.ALL if rule.name == policy.name), "")
    lines = [make_line(line) for line in (policy.description, steps) if line]
    link = [make_line(policy.url)] if policy.url.startswith("https://") else []
    return {
        "text": "\n".join((*lines, *link)),
        "markdown": "\n\n".join((*lines, *(f"[The page of this policy](<{each}>)" for each in link))),
    }


def _relate(control: Control, policy: str) -> dict[str, Any]:
    target = {"id": control.id, "toolComponent": {"name": _name_taxonomy(control.framework), "index": _FRAMEWORKS.index(control.framework)}}
    return {"target": target, "kinds": ["relevant"], "description": {"text": tell_how(control, policy)}}


def _write_taxonomy(framework: Framework) -> dict[str, Any]:
    return {
        "name": _name_taxonomy(framework),
        "version": framework.version,
        "organization": framework.organization,
        "isComprehensive": False,
        "taxa": [{"id": control.id} for control in CONTROLS if control.framework == framework],
    }


def _name_taxonomy(framework: Framework) -> str:
    return f"{framework.name} {framework.version}"


def _list_results(stack: Stack, numbers: dict[str, int]) -> Iterator[dict[str, Any]]:
    owned: list[tuple[Bucket | None, Result]] = [(bucket, result) for bucket in stack.buckets for result in bucket.results]
    owned += ((None, result) for result in stack.others)
    for bucket, result in owned:
        if result.outcome in _LEVELS:
            written = _write_result(result, numbers, stack)
            if bucket is not None and bucket.edit is not None and result.outcome == "violation":
                written["fixes"] = [_write_fix(bucket.edit, result.place)]
            yield written


def _write_result(result: Result, numbers: dict[str, int], stack: Stack) -> dict[str, Any]:
    remark = f"\n{result.remark}" if result.remark else ""
    written: dict[str, Any] = {
        "ruleId": result.policy,
        "level": _LEVELS[result.outcome],
        "message": {"text": make_visible(result.message + remark) or "The policy says no more."},
        "locations": [_locate(result.place, stack)],
        "partialFingerprints": {"policyAndResource/v1": _fingerprint(result)},
    }
    if result.policy in numbers:
        written["ruleIndex"] = numbers[result.policy]
    return written


def _write_fix(edit: Edit, place: SourceLocation) -> dict[str, Any]:
    """The statements as an edit of the document's own file: nothing that is there is changed, or quoted."""
    replacement = {"deletedRegion": {"charOffset": edit.offset, "charLength": 0}, "insertedContent": {"text": edit.text}}
    return {
        "description": {"text": "Add the statements that the document lacks."},
        "artifactChanges": [{"artifactLocation": {"uri": write_uri(place.file)}, "replacements": [replacement]}],
    }


def _locate(place: SourceLocation, stack: Stack) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if place.file and place.file != name_source(STDIN):
        location["physicalLocation"] = {
            "artifactLocation": {"uri": write_uri(place.file)},
            "region": {"startLine": max(1, place.line)},
        }
    logical = []
    if place.urn:
        logical.append({"name": make_line(place.name), "fullyQualifiedName": make_line(place.urn), "kind": "resource"})
    if stack.name:
        logical.append({"name": make_line(stack.name), "fullyQualifiedName": make_line(stack.name), "kind": "module"})
    return {**location, "logicalLocations": logical} if logical else location


def write_uri(file: str) -> str:
    """A path as a URI: relative to where the command ran, as code hosts want it, or absolute."""
    if "://" in file:
        return quote(file.encode("utf-8", "replace"), safe="/:")
    path = PurePath(file)
    encoded = quote(path.as_posix().encode("utf-8", "replace"))
    return f"file://{encoded}" if path.is_absolute() else encoded


def _fingerprint(result: Result) -> str:
    """The same for the same policy and resource in every run, so that code hosts recognise an alert."""
    subject = result.place.urn or result.place.file
    return hashlib.sha256(f"{result.policy}\n{subject}".encode("utf-8", "replace")).hexdigest()


def _list_remarkable(stack: Stack) -> Iterator[dict[str, Any]]:
    """What passes by an exemption, or by a layer above the bucket."""
    for result in list_stack_results(stack):
        name = result.place.name or result.place.file
        if result.exemption is not None:
            yield _write_note(f"{name} is exempt: {say_exemption(result.exemption)}", result)
        elif is_layered(result):
            yield _write_note(f"{name}: {result.message}", result)


def _write_note(text: str, result: Result) -> dict[str, Any]:
    return {"level": "note", "message": {"text": make_line(text)}, "associatedRule": {"id": result.policy}}
