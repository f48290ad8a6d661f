"""
From the parts of a report in JSON back to values: what `record` writes, read again for `merge`, a cache, and the other formats.

A member that is missing or of another type raises KeyError, TypeError or ValueError: whoever reads says which line it was.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from offline.report.content import (
    Bucket,
    Caller,
    Nearest,
    Report,
    ReportedExemption,
    Result,
    Sent,
    SourceLocation,
    Stack,
    UsedExemption,
)
from offline.run import BlindSpot, Drift, PolicyInfo


def read_header(record: Mapping[str, Any]) -> Report:
    """The report without stacks that begins with this header."""
    return Report(
        command=record["command"],
        subject=record["subject"],
        pack=record["tool"]["name"],
        version=record["tool"]["version"],
        policies=tuple(PolicyInfo(**policy) for policy in record["policies"]),
        stacks=(),
        date=datetime.fromisoformat(record["date"]),
        versions=dict(record["versions"]),
        origin=dict(record["origin"]),
    )


def read_stack(record: Mapping[str, Any], buckets: tuple[Bucket, ...] = ()) -> Stack:
    """A stack with these buckets."""
    return Stack(
        name=record["stack"] or "",
        source=record["source"],
        buckets=buckets,
        others=tuple(_read_result(result) for result in record["others"]),
        resources=int(record["resources"]),
        resolved=bool(record["resolved"]),
        notes=tuple(record["notes"]),
        blind_spots=tuple(BlindSpot(**spot) for spot in record["blind_spots"]),
        time=record["time"] or "",
        digest=record["sha256"] or "",
    )


def read_bucket(record: Mapping[str, Any]) -> Bucket:
    """A bucket of a stack."""
    return Bucket(
        name=record["bucket"] or "",
        label=record["label"],
        results=tuple(_read_result(result) for result in record["results"]),
        urn=record["urn"] or "",
        fix=tuple(json.dumps(statement, separators=(",", ":")) for statement in record["fix"]),
    )


def read_exemption(record: Mapping[str, Any]) -> UsedExemption:
    """An exemption of the configuration, and whether it matched anything."""
    expires = record["expires"]
    return UsedExemption(**{**record, "expires": date.fromisoformat(expires) if expires else None})


def _read_result(record: Mapping[str, Any]) -> Result:
    return Result(
        policy=record["policy"],
        level=record["level"],
        verdict=record["verdict"],
        outcome=record["outcome"],
        place=_read_place(record["place"]),
        message=record["message"],
        statements=tuple(record["statements"]),
        assumptions=tuple(record["assumptions"]),
        remark=record["remark"],
        exemption=_read_reported(record["exemption"]),
        request=_read_request(record["request"]),
        nearest=Nearest(**record["nearest"]) if record["nearest"] else None,
        document=record["document_sha256"] or "",
        layer=record["layer"],
        drift=Drift(**record["drift"]) if record["drift"] else None,
        sids=tuple(sid or "" for sid in record["sids"]),
        certificate=record["certificate"] or "",
    )


def _read_place(record: Mapping[str, Any]) -> SourceLocation:
    return SourceLocation(record["urn"] or "", record["type"] or "", record["name"] or "", record["file"] or "", record["line"] or 0)


def _read_reported(record: Mapping[str, Any] | None) -> ReportedExemption | None:
    if record is None:
        return None
    expires = record["expires"]
    return ReportedExemption(**{**record, "expires": date.fromisoformat(expires) if expires else None})


def _read_request(record: Mapping[str, Any] | None) -> Sent | None:
    if record is None:
        return None
    context = tuple((key, tuple(values)) for key, values in record["context"].items())
    return Sent(Caller(**record["principal"]), record["action"], record["resource"], context)
