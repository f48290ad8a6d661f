"""Small programs as people write them, one for each value of the configuration `program`."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws


def write_document(arn: str) -> dict[str, Any]:
    """Uploads without the header, and all that is not encrypted on its way, are denied."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Header",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:PutObject",
                "Resource": f"{arn}/*",
                "Condition": {"Null": {"s3:x-amz-server-side-encryption": "true"}},
            },
            {
                "Sid": "Transport",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [arn, f"{arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ],
    }


def attach_by_id_with_the_name() -> None:
    """The bucket by its id, and a document that is made of its name."""
    orders = aws.s3.Bucket("orders")
    policy = orders.bucket.apply(lambda name: json.dumps(write_document(f"arn:aws:s3:::{name}")))
    aws.s3.BucketPolicy("orders", bucket=orders.id, policy=policy)


def attach_by_id_with_the_arn() -> None:
    """The guide's own way, with `apply`."""
    orders = aws.s3.Bucket("orders")
    aws.s3.BucketPolicy("orders", bucket=orders.id, policy=orders.arn.apply(lambda arn: json.dumps(write_document(arn))))


def dump_the_name() -> None:
    """`Output.json_dumps` of a document with outputs in it, all of them known."""
    orders = aws.s3.Bucket("orders")
    arn = pulumi.Output.concat("arn:aws:s3:::", orders.bucket)
    aws.s3.BucketPolicy("orders", bucket=orders.bucket, policy=pulumi.Output.json_dumps(arn.apply(write_document)))


def ask_the_data_source(arn: pulumi.Input[str]) -> pulumi.Output[str]:
    """The document of `get_policy_document_output`."""
    everyone = [{"type": "*", "identifiers": ["*"]}]
    statements: Any = [
        {
            "effect": "Deny",
            "principals": everyone,
            "actions": ["s3:PutObject"],
            "resources": [pulumi.Output.concat(arn, "/*")],
            "conditions": [{"test": "Null", "variable": "s3:x-amz-server-side-encryption", "values": ["true"]}],
        },
        {
            "effect": "Deny",
            "principals": everyone,
            "actions": ["s3:*"],
            "resources": [arn, pulumi.Output.concat(arn, "/*")],
            "conditions": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]}],
        },
    ]
    return aws.iam.get_policy_document_output(statements=statements).json


def ask_the_data_source_by_name() -> None:
    """Of a bucket whose name the program gives."""
    orders = aws.s3.Bucket("orders", bucket="shop-orders")
    aws.s3.BucketPolicy("orders", bucket=orders.id, policy=ask_the_data_source("arn:aws:s3:::shop-orders"))


def ask_the_data_source_by_arn() -> None:
    """Of a bucket that does not exist yet."""
    orders = aws.s3.Bucket("orders")
    aws.s3.BucketPolicy("orders", bucket=orders.id, policy=ask_the_data_source(orders.arn))


class Store(pulumi.ComponentResource):
    """A bucket and its policy, as a team shares them."""

    def __init__(self, name: str) -> None:
        """Make both."""
        super().__init__("shop:index:Store", name)
        inside = pulumi.ResourceOptions(parent=self)
        self.bucket = aws.s3.Bucket(name, opts=inside)
        policy = self.bucket.bucket.apply(lambda name: json.dumps(write_document(f"arn:aws:s3:::{name}")))
        aws.s3.BucketPolicy(name, bucket=self.bucket.id, policy=policy, opts=pulumi.ResourceOptions(parent=self.bucket))
        self.register_outputs({"name": self.bucket.bucket})


def make_components() -> None:
    """Two of them."""
    Store("orders")
    Store("invoices")


globals()[pulumi.Config().require("program")]()
