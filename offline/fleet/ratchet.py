"""
The ratchet: every present violation becomes an exemption, so that what is there passes and nothing new does.

An exemption carries the hash of the document: a changed one is judged anew. A bucket without a policy has none to be recognised by.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from bucketpolicy.repair import is_bucket_name
from offline.report.content import Bucket, Result


class Terms(NamedTuple):
    """What is written into every exemption."""

    reason: str
    owner: str | None
    expires: date | None


class Ratcheted(NamedTuple):
    """A policy configuration, and how many exemptions were added to it."""

    configuration: dict[str, Any]
    added: int


def add_exemptions(written: Mapping[str, Any], buckets: Iterable[Bucket], terms: Terms, today: date) -> Ratcheted:
    """The configuration with an exemption for each mandatory violation; those that are in force stay as they are."""
    found: dict[str, list[dict[str, Any]]] = {}
    for bucket in buckets:
        for policy, entry in _list_entries(bucket, terms):
            entries = found.setdefault(policy, [])
            if entry not in entries:
                entries.append(entry)
    configuration = dict(written)
    added = 0
    for policy, entries in found.items():
        own = _read_own(configuration.get(policy))
        known = list(own.get("exemptions", []))
        in_force = {_identify(entry) for entry in known if entry.get("expires", "9999-12-31") >= today.isoformat()}
        new = [entry for entry in sorted(entries, key=_identify) if _identify(entry) not in in_force]
        configuration[policy] = {**own, "exemptions": known + new}
        added += len(new)
    return Ratcheted(configuration, added)


def _list_entries(bucket: Bucket, terms: Terms) -> Iterator[tuple[str, dict[str, Any]]]:
    for result in bucket.results:
        if result.outcome == "violation":
            yield result.policy, _write(bucket, result, terms)


def _write(bucket: Bucket, result: Result, terms: Terms) -> dict[str, Any]:
    return {
        # What stands in a state as a name need not be one: `*` would exempt every bucket.
        "bucket": bucket.name if is_bucket_name(bucket.name) else result.place.urn,
        "reason": terms.reason,
        **({"owner": terms.owner} if terms.owner else {}),
        **({"expires": terms.expires.isoformat()} if terms.expires else {}),
        **({"document": result.document} if result.document else {}),
    }


def _read_own(own: object) -> dict[str, Any]:
    """A policy's entry, which may be a level by itself, or not be there."""
    if isinstance(own, dict):
        return own
    return {} if own is None else {"enforcementLevel": own}


def _identify(entry: Mapping[str, Any]) -> tuple[str, str]:
    return entry["bucket"], entry.get("document", "")
