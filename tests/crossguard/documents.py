"""Bucket policies that the tests attach, as texts."""

import json
from typing import Any

HEADER_ABSENT = {"Null": {"s3:x-amz-server-side-encryption": "true"}}
OVER_HTTP = {"Bool": {"aws:SecureTransport": "false"}}
#: What Pulumi puts into a text in the place of an Output.
FORMATTED = "Calling __str__ on an Output[T] is not supported.\n\nTo get the value of an Output[T] as an Output[str] consider:"


def deny(bucket: str, condition: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A Deny for everyone of uploads to any object of the bucket, under this condition."""
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
        "Condition": condition,
        **changes,
    }


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    """A bucket policy of these statements, as an object."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def compliant(bucket: str, partition: str = "aws") -> str:
    """Denies uploads without the header, and every request over HTTP."""
    arn = f"arn:{partition}:s3:::{bucket}"
    return json.dumps(
        document(
            deny(bucket, HEADER_ABSENT, Resource=f"{arn}/*"),
            deny(bucket, OVER_HTTP, Action="s3:*", Resource=[arn, f"{arn}/*"]),
        )
    )


def transport_only(bucket: str) -> str:
    """Denies uploads over HTTP, and forgets the header."""
    return json.dumps(document(deny(bucket, OVER_HTTP)))


def snippet(bucket: str) -> str:
    """The benchmark's two conditions in one statement."""
    return json.dumps(document(deny(bucket, {**HEADER_ABSENT, **OVER_HTTP})))


def write(*statements: dict[str, Any]) -> str:
    """A document as text."""
    return json.dumps(document(*statements))
