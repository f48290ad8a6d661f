"""
Which bucket policy hangs on which bucket of a stack, and what `aws-s3-bucket-has-policy` finds at each bucket.

A known bucket name wins, whoever wrote it. Else the one bucket that the dependencies of the policy's `bucket` lead to, also through the
`bucket` of other resources. Else the policy is unresolved: it may hang on any bucket, so none can be said to lack one.

A policy that is only read counts for nothing. An update does not show it at all; a state shows it without inputs, which nobody can judge.
Nor does a sham: a component, which creates nothing, or a resource whose provider has endpoints of its own, which are not AWS.

A stack's author chooses names and dependencies, so all of this is linear: policies of one name are counted once for all buckets of it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import NamedTuple, Protocol

from crossguard.judging.exemptions import Applies, MightApply, find_exemption
from crossguard.judging.finding import (
    Compliant,
    Exempted,
    Finding,
    Lapsed,
    Misdirected,
    NotKnown,
    SeveralPolicies,
    Sham,
    Subject,
    Unattached,
)
from crossguard.judging.senders import Sender
from crossguard.pack.kinds import BUCKET_NAME, POLICY_DOCUMENT
from crossguard.pack.partitions import find_partition
from crossguard.pack.settings import Settings
from crossguard.resources.documents import find, is_directory_bucket, read, read_bucket_name, read_region, reveal
from crossguard.resources.links import Linked, find_targets
from crossguard.resources.naming import identify, is_about_another
from crossguard.resources.seen_inputs import SeenUrns
from crossguard.resources.source import Found

NOBODY: Mapping[str, tuple[Sender, ...]] = {}
#: As many policies of one bucket are remembered by name.
_MOST_NAMED = 50


class Provider(Protocol):
    """The provider of a resource, as the SDK shows it to a policy."""

    @property
    def props(self) -> Mapping[str, object]:
        """Its inputs."""


class Resource(Linked, Protocol):
    """A resource as the SDK shows it to a stack policy; `props` are its outputs."""

    @property
    def name(self) -> str:
        """The Pulumi name."""

    @property
    def props(self) -> Mapping[str, object]:
        """The outputs."""

    @property
    def provider(self) -> Provider | None:
        """The provider; a component has none."""


class Hanging(NamedTuple):
    """
    BucketPolicies of one bucket: how many there are, the first ones in URN order, and the hashes of their documents.

    `hashes` has two members where there are two or more different ones, and "" for what is not known or no document. A single policy's is
    only found out where it is needed.
    """

    number: int = 0
    first: tuple[Resource, ...] = ()
    hashes: frozenset[str] = frozenset()


_NONE = Hanging()


class Attachment(NamedTuple):
    """
    A bucket, and what hangs on it.

    `inline`: the hash of the policy in its inputs ("" where that is not known or no document), None where there is none. `last_read`: its
    `policy` output is not empty, which is no evidence of either. `only_read`: another BucketPolicy is for it, which the stack only reads.
    `sham`: the first one that only calls itself a policy of it.
    """

    subject: Subject
    attached: Hanging
    inline: str | None
    last_read: bool
    only_read: bool
    sham: Sham | None


class Attachments(NamedTuple):
    """Every bucket of the stack once, in URN order, their names, and whether some BucketPolicy is unresolved."""

    buckets: tuple[Attachment, ...]
    names: frozenset[str]
    unresolved: bool


class _Policies(NamedTuple):
    """The BucketPolicies of a stack by what they are, each in URN order."""

    real: tuple[Resource, ...]
    only_read: tuple[Resource, ...]
    sham: tuple[Resource, ...]


def attach(resources: Iterable[Resource], seen_urns: SeenUrns) -> Attachments:
    """The attachments of a stack, by its outputs and by what was seen of its inputs."""
    relevant = [resource for resource in resources if resource.resource_type in BUCKET_NAME or resource.resource_type in POLICY_DOCUMENT]
    relevant.sort(key=lambda resource: resource.urn)
    buckets = {resource.urn: resource for resource in relevant if resource.resource_type in BUCKET_NAME and resource.props}
    policies = _sort([resource for resource in relevant if resource.resource_type in POLICY_DOCUMENT], buckets, seen_urns)
    shown = {urn: _describe(bucket) for urn, bucket in buckets.items()}
    ours = {urn: subject for urn, subject in shown.items() if not is_directory_bucket(subject.bucket or "")}
    real, only_read, sham = (_attach_policies(each, ours) for each in policies)
    return Attachments(
        tuple(
            Attachment(
                subject,
                real.by_urn.get(urn, _NONE),
                seen_urns.inline.get(urn),
                _was_read_with_policy(buckets[urn]),
                urn in only_read.by_urn,
                _describe_sham(sham.by_urn.get(urn, _NONE)),
            )
            for urn, subject in ours.items()
        ),
        frozenset(subject.bucket for subject in ours.values() if subject.bucket is not None),
        real.unresolved,
    )


def _sort(policies: Iterable[Resource], buckets: Mapping[str, Resource], seen_urns: SeenUrns) -> _Policies:
    # Where nothing is created at all, a component is as good as its bucket.
    created = any(bucket.provider is not None for bucket in buckets.values())
    real: list[Resource] = []
    only_read: list[Resource] = []
    sham: list[Resource] = []
    for policy in policies:
        # What is not part of an operation has neither inputs nor outputs.
        if policy.urn in seen_urns.blank and policy.props and (policy.provider is not None or not created):
            only_read.append(policy)
        elif (policy.provider is None and created) or _has_endpoints(policy):
            sham.append(policy)
        else:
            real.append(policy)
    return _Policies(tuple(real), tuple(only_read), tuple(sham))


def _has_endpoints(policy: Resource) -> bool:
    """Whether the policy's provider has endpoints of its own; the engine shows a provider's nested inputs as JSON."""
    value = read(reveal(policy.provider.props), "endpoints") if policy.provider is not None else None
    if not isinstance(value, str):
        return value is not None and not (isinstance(value, Sequence | Mapping) and len(value) == 0)
    try:
        return _has_content(json.loads(value or "null"))
    except (ValueError, RecursionError):
        return True


def _has_content(value: object) -> bool:
    if isinstance(value, dict | list):
        return any(map(_has_content, value.values() if isinstance(value, dict) else value))
    return value not in (None, "")


def _describe_sham(attached: Hanging) -> Sham | None:
    if not attached.first:
        return None
    first = attached.first[0]
    return Sham(first.name, "component" if first.provider is None else "endpoints")


def assess_attachments(
    settings: Settings, attachments: Attachments, today: date, senders: Mapping[str, tuple[Sender, ...]] = NOBODY
) -> Iterator[tuple[Subject, Finding]]:
    """What the stack policy finds at each bucket, in URN order; `today` is in UTC, `senders` deliver into the bucket of a name."""
    for attachment in attachments.buckets:
        finding = _assess(settings, attachment, attachments, today)
        if isinstance(finding, Unattached):
            finding = finding._replace(senders=senders.get(attachment.subject.bucket or "", ()))
        yield attachment.subject, finding


def _assess(settings: Settings, attachment: Attachment, attachments: Attachments, today: date) -> Finding:
    document = read_only_document(attachment) if settings.exemptions else None
    standing = find_exemption(settings.exemptions, attachment.subject, today, document)
    if isinstance(standing, Applies):
        return Exempted(standing.exemption)
    finding = _judge_document(attachment, attachments)
    if isinstance(standing, MightApply) and not isinstance(finding, Compliant):
        return NotKnown("bucket", "exemption")
    if isinstance(standing, Lapsed) and isinstance(finding, Unattached | SeveralPolicies | Misdirected):
        return finding._replace(lapsed=standing)
    return finding


def _judge_document(attachment: Attachment, attachments: Attachments) -> Finding:
    subject, attached, inline, last_read, only_read, sham = attachment
    count = attached.number + (inline is not None)
    if count == 1:
        about = _find_other(attached, subject, attachments.names)
        return Compliant(None) if about is None else Misdirected(attached.first[0].name, about)
    if count > 1:
        hashes = _list_hashes(attached) | ({inline} if inline is not None else set())
        if len(hashes) == 1 and "" not in hashes:
            return Compliant(None, twice=True)
        names = tuple(policy.name for policy in attached.first)
        return SeveralPolicies(names, inline is not None, others=attached.number - len(names))
    if attachments.unresolved:
        return NotKnown("bucket", "attachment")
    return Unattached(last_read, None, only_read, sham)


def _find_other(attached: Hanging, subject: Subject, names: frozenset[str]) -> str | None:
    """The bucket that the one policy's document is about instead of its own; where the policy names its bucket, the others have asked."""
    policy = attached.first[0] if attached.first else None
    if policy is None or read_bucket_name(policy.resource_type, reveal(policy.props)) is not None:
        return None
    text = _read_text(policy)
    return None if text is None else is_about_another(text, subject.bucket, names.intersection)


def read_only_document(attachment: Attachment) -> str | None:
    """The text of the one policy that hangs on the bucket; None where there is none, or more."""
    return _read_text(attachment.attached.first[0]) if attachment.attached.number == 1 and attachment.inline is None else None


def _read_text(policy: Resource) -> str | None:
    source = find(policy.resource_type, reveal(policy.props))
    return source.text if isinstance(source, Found) else None


def _describe(bucket: Resource) -> Subject:
    name = read_bucket_name(bucket.resource_type, reveal(bucket.props))
    return Subject(bucket.urn, bucket.resource_type, bucket.name, name, _find_partition(bucket))


def _find_partition(resource: Resource) -> str:
    """The partition of a bucket or a policy; "" where no region is seen."""
    region = read_region(reveal(resource.props), reveal(resource.provider.props) if resource.provider is not None else None)
    return find_partition(region) if region is not None else ""


class _Hung(NamedTuple):
    """What hangs on each bucket that has anything, by the bucket's URN; and whether a policy hangs on none that is known."""

    by_urn: Mapping[str, Hanging]
    unresolved: bool


def _attach_policies(policies: tuple[Resource, ...], buckets: Mapping[str, Subject]) -> _Hung:
    """They are given in URN order."""
    named: dict[str, dict[str, list[Resource]]] = {}
    nameless: list[Resource] = []
    for policy in policies:
        name = read_bucket_name(policy.resource_type, reveal(policy.props))
        if name is None:
            nameless.append(policy)
        else:
            named.setdefault(name, {}).setdefault(_find_partition(policy), []).append(policy)
    targets = find_targets(nameless)
    led: dict[str, list[Resource]] = {}
    for policy in nameless:
        if policy.urn in targets:
            led.setdefault(targets[policy.urn], []).append(policy)
    shared = _share(named, buckets.values())
    attached = {urn: shared[key] for urn, subject in buckets.items() if (key := (subject.bucket, subject.partition)) in shared}
    for urn, hung in led.items():
        if urn in buckets:
            attached[urn] = _join(attached.get(urn, _NONE), _count(hung))
    return _Hung(attached, any(policy.urn not in targets for policy in nameless))


def _share(named: Mapping[str, Mapping[str, list[Resource]]], buckets: Iterable[Subject]) -> dict[tuple[str | None, str], Hanging]:
    """What hangs on the buckets of one name in one partition, once for all of them; each partition can have a bucket of the same name."""
    found: dict[tuple[str | None, str], Hanging] = {}
    for subject in buckets:
        bucket, partition = subject.bucket, subject.partition
        if bucket is not None and bucket in named and (bucket, partition) not in found:
            groups = [group for other, group in named[bucket].items() if partition == other or "" in (partition, other)]
            if groups:
                found[bucket, partition] = _count(_merge(groups))
    return found


def _merge(groups: list[list[Resource]]) -> list[Resource]:
    """In URN order, as each of them is."""
    return groups[0] if len(groups) == 1 else sorted((one for group in groups for one in group), key=lambda policy: policy.urn)


def _count(policies: list[Resource]) -> Hanging:
    """They are given in URN order."""
    # One has nothing to be compared with.
    return Hanging(len(policies), tuple(policies[:_MOST_NAMED]), _hash_all(policies) if policies[1:] else frozenset())


def _join(one: Hanging, other: Hanging) -> Hanging:
    if not one.number or not other.number:
        return one if one.number else other
    first = sorted(one.first + other.first, key=lambda policy: policy.urn)[:_MOST_NAMED]
    return Hanging(one.number + other.number, tuple(first), frozenset(islice(sorted(_list_hashes(one) | _list_hashes(other)), 2)))


def _list_hashes(attached: Hanging) -> frozenset[str]:
    return attached.hashes or _hash_all(attached.first)


def _hash_all(policies: Iterable[Resource]) -> frozenset[str]:
    """The first two different hashes of their documents."""
    found: set[str] = set()
    for policy in policies:
        found.add(identify(find(policy.resource_type, reveal(policy.props))))
        if len(found) > 1:
            break
    return frozenset(found)


def _was_read_with_policy(bucket: Resource) -> bool:
    policy = read(reveal(bucket.props), "policy")
    return isinstance(policy, str) and policy != ""
