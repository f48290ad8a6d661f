"""
A provider of remote components, as people write them with the SDK: `kit:index:Storage` makes two buckets in the provider's process.

The bucket `checked` has a policy that denies what it must, `bare` has none.
"""

import json
import sys
from collections.abc import Sequence
from typing import NoReturn

import pulumi
import pulumi_aws as aws
from pulumi.provider import ConstructResult, Provider
from pulumi.provider import main as run_provider

TYPE = "kit:index:Storage"
VERSION = "1.0.0"


class Storage(pulumi.ComponentResource):
    """Two buckets, whose names begin with the component's."""

    def __init__(self, name: str, options: pulumi.ResourceOptions | None) -> None:
        """Make them."""
        super().__init__(TYPE, name, {}, options)
        inside = pulumi.ResourceOptions(parent=self)
        aws.s3.Bucket(f"{name}-bare", bucket=f"{name}-bare", opts=inside)
        checked = aws.s3.Bucket(f"{name}-checked", bucket=f"{name}-checked", opts=inside)
        aws.s3.BucketPolicy(f"{name}-checked", bucket=checked.bucket, policy=write_document(f"arn:aws:s3:::{name}-checked"), opts=inside)
        self.register_outputs({})


def write_document(arn: str) -> str:
    """A policy that denies what it must."""
    deny = {"Effect": "Deny", "Principal": "*"}
    header, plain = {"Null": {"s3:x-amz-server-side-encryption": "true"}}, {"Bool": {"aws:SecureTransport": "false"}}
    statements = [
        {**deny, "Action": "s3:PutObject", "Resource": f"{arn}/*", "Condition": header},
        {**deny, "Action": "s3:*", "Resource": [arn, f"{arn}/*"], "Condition": plain},
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


class Kit(Provider):
    """The provider."""

    def __init__(self) -> None:
        """It has a version and no schema."""
        super().__init__(VERSION)

    def construct(
        self, name: str, resource_type: str, inputs: pulumi.Inputs, options: pulumi.ResourceOptions | None = None
    ) -> ConstructResult:
        """Make the component here."""
        assert resource_type == TYPE, inputs
        return ConstructResult(urn=Storage(name, options).urn, state={})


def main(arguments: Sequence[str] = ()) -> NoReturn:
    """Serve until the engine ends it."""
    run_provider(Kit(), list(arguments or sys.argv[1:]))
    sys.exit(0)
