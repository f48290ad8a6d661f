"""
Resources of a stack that have AWS deliver into its buckets, by services that may not send the encryption header.

A document policy knows those that were registered before; the stack policy tells of whoever an attached document denies, in any order.
"""

from collections.abc import Container, Iterable, Iterator, Mapping

from bucketpolicy.document import Document
from bucketpolicy.goal import TRANSPORT, Assumptions
from bucketpolicy.parse import parse
from bucketpolicy.request import Request, Service
from bucketpolicy.semantics.evaluate import is_denied
from bucketpolicy.semantics.feasible import complete, keys_of
from crossguard.judging.senders import UPLOAD, Delivery, Sender, Silenced, find_deliveries
from crossguard.pack.kinds import DELIVERING
from crossguard.resources.attachments import Attachments, Resource, read_only_document
from crossguard.resources.documents import Props, copy_known, read, reveal


def read_deliveries(resource_type: str, name: str, props: Props) -> tuple[Delivery, ...]:
    """The buckets that a resource has AWS deliver to, as far as they are known."""
    if resource_type not in DELIVERING:
        return ()
    return find_deliveries(resource_type, name, lambda key: copy_known(read(props, key)))


def list_deliveries(resources: Iterable[Resource]) -> tuple[Delivery, ...]:
    """What is delivered because of the resources of a stack, in URN order."""
    ordered = sorted((resource for resource in resources if resource.resource_type in DELIVERING), key=lambda resource: resource.urn)
    return tuple(delivery for each in ordered for delivery in read_deliveries(each.resource_type, each.name, reveal(each.props)))


def group_senders(deliveries: Iterable[Delivery]) -> Mapping[str, tuple[Sender, ...]]:
    """By the bucket's name: who delivers into it, each service once."""
    found: dict[str, dict[str, Sender]] = {}
    for bucket, sender in deliveries:
        found.setdefault(bucket, {}).setdefault(sender.principal, sender)
    return {bucket: tuple(senders.values()) for bucket, senders in found.items()}


def find_denied(deliveries: tuple[Delivery, ...], attachments: Attachments) -> Iterator[Silenced]:
    """The deliveries that the one document attached to their bucket surely denies."""
    documents = _read_documents(attachments, {delivery.bucket for delivery in deliveries}) if deliveries else {}
    for bucket, sender in deliveries:
        if bucket in documents and _denies(documents[bucket], bucket, sender.principal):
            yield Silenced(sender.resource, bucket, sender.principal)


def _read_documents(attachments: Attachments, buckets: Container[str]) -> Mapping[str, Document]:
    """The one document of each of these buckets that has one, by the bucket's name."""
    found: dict[str, Document] = {}
    for attachment in attachments.buckets:
        bucket = attachment.subject.bucket
        text = read_only_document(attachment) if bucket is not None and bucket in buckets else None
        document = parse(text) if text is not None else None
        if bucket is not None and isinstance(document, Document):
            found[bucket] = document
    return found


def _denies(document: Document, bucket: str, principal: str) -> bool:
    """True iff an upload by the service over TLS, without the header, is surely denied."""
    arns = {pattern.split(":")[1] for statement in document.statements for pattern in statement.resources.patterns if ":" in pattern}
    partition = arns.pop() if len(arns) == 1 else "aws"
    request = Request(Service(principal), UPLOAD, f"arn:{partition}:s3:::{bucket}/object", ((TRANSPORT, ("true",)),))
    return is_denied(document, complete(request, Assumptions(), keys_of(document)), Assumptions()) is True
