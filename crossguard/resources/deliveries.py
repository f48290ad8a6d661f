"""
Resources of a stack that have AWS deliver into its buckets, by services that may not send the encryption header.

A document policy knows those that were registered before; the stack policy tells of whoever an attached document denies, in any order.
"""

from collections.abc import Iterable, Iterator, Mapping

from bucketpolicy.document import Document
from bucketpolicy.goal import TRANSPORT, Assumptions
from bucketpolicy.parse import MAX_BYTES, parse
from bucketpolicy.request import Request, Service
from bucketpolicy.semantics.evaluate import is_denied
from bucketpolicy.semantics.feasible import complete, keys_of
from crossguard.judging.senders import UPLOAD, Delivery, Silenced, find_deliveries
from crossguard.pack.kinds import DELIVERING
from crossguard.resources.attachments import Attachments, Resource, read_only_document
from crossguard.resources.documents import Props, copy_known


def read_deliveries(resource_type: str, name: str, props: Props) -> tuple[Delivery, ...]:
    """The buckets that a resource has AWS deliver to, as far as they are known."""
    return find_deliveries(resource_type, name, copy_known(props)) if resource_type in DELIVERING else ()


def find_denied(resources: Iterable[Resource], attachments: Attachments) -> Iterator[Silenced]:
    """The deliveries that the one document attached to their bucket surely denies, in URN order."""
    sending = [resource for resource in resources if resource.resource_type in DELIVERING]
    documents = _read_documents(attachments) if sending else {}
    for resource in sorted(sending, key=lambda resource: resource.urn):
        for bucket, sender in read_deliveries(resource.resource_type, resource.name, resource.props):
            if bucket in documents and _denies(documents[bucket], bucket, sender.principal):
                yield Silenced(sender.resource, bucket, sender.principal)


def _read_documents(attachments: Attachments) -> Mapping[str, Document]:
    found: dict[str, Document] = {}
    for attachment in attachments.buckets:
        text = read_only_document(attachment)
        document = parse(text) if text is not None and len(text) <= MAX_BYTES else None
        if attachment.subject.bucket is not None and isinstance(document, Document):
            found[attachment.subject.bucket] = document
    return found


def _denies(document: Document, bucket: str, principal: str) -> bool:
    """True iff an upload by the service over TLS, without the header, is surely denied."""
    arns = {pattern.split(":")[1] for statement in document.statements for pattern in statement.resources.patterns if ":" in pattern}
    partition = arns.pop() if len(arns) == 1 else "aws"
    request = Request(Service(principal), UPLOAD, f"arn:{partition}:s3:::{bucket}/object", ((TRANSPORT, ("true",)),))
    return is_denied(document, complete(request, Assumptions(), keys_of(document)), Assumptions()) is True
