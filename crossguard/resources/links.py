"""Where the `bucket` of a resource leads: through the `bucket` of other resources to the bucket that they were all made from."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from crossguard.pack.kinds import BUCKET_NAME
from crossguard.resources.documents import is_directory_bucket_type

#: One end is a target; two say already that there are several.
_ENOUGH = 2


class Linked(Protocol):
    """A resource as far as links are concerned."""

    @property
    def urn(self) -> str:
        """The URN."""

    @property
    def resource_type(self) -> str:
        """The type's token."""

    @property
    def property_dependencies(self) -> "Mapping[str, Sequence[Linked]]":
        """The resources that each property was made from, as far as they are in the stack."""


def find_targets(resources: Iterable[Linked]) -> dict[str, str]:
    """
    The URN of the one bucket that each resource's `bucket` depends on, by URN; resources with none, or with several, are left out.

    Every resource is looked at once going to the buckets, and at most twice coming back, however long the chains are.
    """
    origins, buckets = _follow(resources)
    ends: dict[str, list[str]] = {}
    for bucket in sorted(buckets):
        ahead = [bucket]
        while ahead:
            for urn in origins.get(ahead.pop(), ()):
                known = ends.setdefault(urn, [])
                if bucket not in known and len(known) < _ENOUGH:
                    known.append(bucket)
                    ahead.append(urn)
    return {urn: known[0] for urn, known in ends.items() if len(known) < _ENOUGH}


def _follow(resources: Iterable[Linked]) -> tuple[dict[str, list[str]], set[str]]:
    """By URN the resources whose `bucket` was made from it, and the URNs of the buckets that are reached."""
    origins: dict[str, list[str]] = {}
    buckets: set[str] = set()
    seen: set[str] = set()
    ahead = list(resources)
    while ahead:
        resource = ahead.pop()
        if resource.urn in seen:
            continue
        seen.add(resource.urn)
        for origin in resource.property_dependencies.get("bucket", ()):
            origins.setdefault(origin.urn, []).append(resource.urn)
            if origin.resource_type in BUCKET_NAME or is_directory_bucket_type(origin.resource_type):
                buckets.add(origin.urn)
            else:
                ahead.append(origin)
    return origins, buckets
