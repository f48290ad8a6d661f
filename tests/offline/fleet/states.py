"""States of many stacks, as a back end keeps them."""

import json
from typing import Any

UPLOADS = "aws-s3-bucket-policy-denies-unencrypted-uploads"
TRANSPORT = "aws-s3-bucket-policy-denies-insecure-transport"
HAS_POLICY = "aws-s3-bucket-has-policy"


def deny(bucket: str, condition: dict[str, Any]) -> dict[str, Any]:
    """A Deny of uploads to the bucket."""
    return {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/*", "Condition": condition}


def header(bucket: str) -> dict[str, Any]:
    """The Deny of uploads without the header."""
    return deny(bucket, {"Null": {"s3:x-amz-server-side-encryption": "true"}})


def tls(bucket: str) -> dict[str, Any]:
    """The Deny of uploads over plain HTTP."""
    return deny(bucket, {"Bool": {"aws:SecureTransport": "false"}})


def resource(prefix: str, inputs: dict[str, Any], **outputs: str) -> dict[str, Any]:
    """A resource whose URN begins so and ends with the bucket's name."""
    kind = prefix.rpartition("::")[2]
    urn, provider = f"{prefix}::{inputs['bucket']}", "urn:pulumi:x::y::pulumi:providers:aws::default::id"
    return {"urn": urn, "type": kind, "inputs": inputs, "outputs": {**inputs, **outputs}, "provider": provider}


def state(project: str, stack: str, *policies: tuple[str, list[dict[str, Any]] | None], time: str = "2026-11-01T00:00:00Z") -> str:
    """A checkpoint of a back end, with a bucket for each pair of name and statements; None: without a policy."""
    base = f"urn:pulumi:{stack}::{project}::"
    resources: list[dict[str, Any]] = [{"urn": f"{base}pulumi:pulumi:Stack::{project}-{stack}", "type": "pulumi:pulumi:Stack"}]
    for name, statements in policies:
        resources.append(resource(f"{base}aws:s3/bucket:Bucket", {"bucket": name}, arn=f"arn:aws:s3:::{name}"))
        if statements is not None:
            document = json.dumps({"Version": "2012-10-17", "Statement": statements})
            resources.append(resource(f"{base}aws:s3/bucketPolicy:BucketPolicy", {"bucket": name, "policy": document}))
    latest = {"manifest": {"time": time}, "resources": resources}
    return json.dumps({"version": 3, "checkpoint": {"stack": f"organization/{project}/{stack}", "latest": latest}})


def good(name: str) -> tuple[str, list[dict[str, Any]]]:
    """A bucket whose uploads are denied as they must be."""
    return name, [header(name), tls(name)]
