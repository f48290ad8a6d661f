"""
Which bucket policy hangs on which bucket of a stack, and what `aws-s3-bucket-has-policy` finds at each bucket.

A known bucket name wins, whoever wrote it. Else the one bucket that the dependencies of the policy's `bucket` lead to, also through the
`bucket` of other resources. Else the policy is unresolved: it may hang on any bucket, so none can be said to lack one.

A policy that is only read counts for nothing. An update does not show it at all; a state shows it without inputs, which nobody can judge.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from crossguard.judging.exemptions import Applies, Expired, MightApply, find_exemption
from crossguard.judging.finding import Compliant, Exempted, Finding, NotKnown, SeveralPolicies, Subject, Unattached
from crossguard.pack.kinds import BUCKET_NAME, POLICY_DOCUMENT
from crossguard.pack.partitions import find_partition
from crossguard.pack.settings import Settings
from crossguard.resources.documents import (
    is_directory_bucket,
    is_directory_bucket_type,
    read,
    read_bucket_name,
    read_region,
)
from crossguard.resources.seen_inputs import SeenUrns


class Provider(Protocol):
    """The provider of a resource, as the SDK shows it to a policy."""

    @property
    def props(self) -> Mapping[str, object]:
        """Its inputs."""


class Resource(Protocol):
    """A resource as the SDK shows it to a stack policy; `props` are its outputs."""

    @property
    def resource_type(self) -> str:
        """The type's token."""

    @property
    def urn(self) -> str:
        """The URN."""

    @property
    def name(self) -> str:
        """The Pulumi name."""

    @property
    def props(self) -> Mapping[str, object]:
        """The outputs."""

    @property
    def provider(self) -> Provider | None:
        """The provider, where it has one."""

    @property
    def property_dependencies(self) -> Mapping[str, "Sequence[Resource]"]:
        """The resources that each property was made from, as far as they are in the stack."""


class Attachment(NamedTuple):
    """
    A bucket, and the names of the BucketPolicies that hang on it.

    `inline`: its inputs hold a policy. `last_read`: its `policy` output is not empty, which is no evidence of either. `only_read`: some
    other BucketPolicy is for it, which the stack only reads.
    """

    subject: Subject
    policies: tuple[str, ...]
    inline: bool
    last_read: bool
    only_read: bool


class Attachments(NamedTuple):
    """Every bucket of the stack once, in URN order; and whether some BucketPolicy is unresolved."""

    buckets: tuple[Attachment, ...]
    unresolved: bool


def attach(resources: Iterable[Resource], seen_urns: SeenUrns) -> Attachments:
    """The attachments of a stack, by its outputs and by what was seen of its inputs."""
    buckets: dict[str, Resource] = {}
    policies: dict[str, Resource] = {}
    only_read: dict[str, Resource] = {}
    for resource in resources:
        if resource.resource_type in BUCKET_NAME:
            buckets[resource.urn] = resource
        elif resource.resource_type in POLICY_DOCUMENT:
            # What is not part of an operation has neither inputs nor outputs.
            (only_read if resource.urn in seen_urns.blank and resource.props else policies)[resource.urn] = resource
    shown = {urn: _describe(bucket) for urn, bucket in sorted(buckets.items()) if bucket.props}
    ours = {urn: subject for urn, subject in shown.items() if not is_directory_bucket(subject.bucket or "")}
    attached, unresolved = _attach_policies(policies, ours)
    read_ones, _ = _attach_policies(only_read, ours)
    return Attachments(
        tuple(
            Attachment(
                subject, tuple(attached.get(urn, ())), urn in seen_urns.inline, _was_read_with_policy(buckets[urn]), urn in read_ones
            )
            for urn, subject in ours.items()
        ),
        unresolved,
    )


def assess_attachments(settings: Settings, attachments: Attachments, today: date) -> Iterator[tuple[Subject, Finding]]:
    """What the stack policy finds at each bucket, in URN order; `today` is in UTC."""
    for attachment in attachments.buckets:
        yield attachment.subject, _assess(settings, attachment, today, unresolved=attachments.unresolved)


def _assess(settings: Settings, attachment: Attachment, today: date, *, unresolved: bool) -> Finding:
    standing = find_exemption(settings.exemptions, attachment.subject, today)
    expired = standing.exemption if isinstance(standing, Expired) else None
    count = len(attachment.policies) + attachment.inline
    if isinstance(standing, Applies):
        return Exempted(standing.exemption)
    if count == 1:
        return Compliant(None)
    if isinstance(standing, MightApply):
        return NotKnown("bucket", "exemption")
    if count > 1:
        return SeveralPolicies(attachment.policies, attachment.inline, expired)
    return NotKnown("bucket", "attachment") if unresolved else Unattached(attachment.last_read, expired, attachment.only_read)


def _describe(bucket: Resource) -> Subject:
    name = read_bucket_name(bucket.resource_type, bucket.props)
    return Subject(bucket.urn, bucket.resource_type, bucket.name, name, _find_partition(bucket))


def _find_partition(resource: Resource) -> str:
    """The partition of a bucket or a policy; "" where no region is seen."""
    region = read_region(resource.props, resource.provider.props if resource.provider is not None else None)
    return find_partition(region) if region is not None else ""


def _attach_policies(policies: Mapping[str, Resource], buckets: Mapping[str, Subject]) -> tuple[dict[str, list[str]], bool]:
    """The names of the policies by the URN of their bucket, in URN order; and whether one is unresolved."""
    by_name: dict[str, list[str]] = {}
    for urn, subject in buckets.items():
        if subject.bucket is not None:
            by_name.setdefault(subject.bucket, []).append(urn)
    attached: dict[str, list[str]] = {}
    unresolved = False
    for _, policy in sorted(policies.items()):
        name = read_bucket_name(policy.resource_type, policy.props)
        if name is not None:
            targets = [urn for urn in by_name.get(name, ()) if _may_share(buckets[urn].partition, _find_partition(policy))]
        elif (target := find_target(policy)) is not None:
            targets = [target]
        else:
            targets, unresolved = [], True
        for urn in targets:
            attached.setdefault(urn, []).append(policy.name)
    return attached, unresolved


def _may_share(partition: str, other: str) -> bool:
    """Whether two resources may be in one partition; each partition can have a bucket of the same name."""
    return partition == other or "" in (partition, other)


def find_target(policy: Resource) -> str | None:
    """The URN of the one bucket that the policy's `bucket` depends on; None where there is none, or several."""
    ends: set[str] = set()
    seen: set[str] = set()
    ahead = [policy]
    while ahead:
        for resource in ahead.pop().property_dependencies.get("bucket", ()):
            if resource.resource_type in BUCKET_NAME or is_directory_bucket_type(resource.resource_type):
                ends.add(resource.urn)
            elif resource.urn not in seen:
                seen.add(resource.urn)
                ahead.append(resource)
    return ends.pop() if len(ends) == 1 else None


def _was_read_with_policy(bucket: Resource) -> bool:
    policy = read(bucket.props, "policy")
    return isinstance(policy, str) and policy != ""
