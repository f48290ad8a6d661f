"""Every way in which programs write a bucket and its policy, each under a name of its own."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws


def write(arn: str) -> dict[str, Any]:
    """A document that denies everything over plain HTTP."""
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [deny]}


def dump(arn: str) -> str:
    """The same as text."""
    return json.dumps(write(arn))


def dump_name(bucket: str) -> str:
    """The same for a bucket's name."""
    return dump(f"arn:aws:s3:::{bucket}")


def state(resource: Any) -> Any:
    """The same as a data source's statement."""
    return {
        "effect": "Deny",
        "principals": [{"type": "*", "identifiers": ["*"]}],
        "actions": ["s3:*"],
        "resources": [resource],
        "conditions": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]}],
    }


class Store(pulumi.ComponentResource):
    """A component with a bucket and its policy inside."""

    def __init__(self, name: str) -> None:
        """A bucket that goes by the component's name."""
        super().__init__("tests:index:Store", name)
        child = pulumi.ResourceOptions(parent=self)
        self.bucket = aws.s3.Bucket(f"{name}-inner", opts=child)
        aws.s3.BucketPolicy(f"{name}-inner", bucket=self.bucket.id, policy=self.bucket.arn.apply(dump), opts=child)
        self.register_outputs({"bucket": self.bucket.bucket})


def make(name: str, **arguments: Any) -> aws.s3.Bucket:
    """A bucket."""
    return aws.s3.Bucket(name, **arguments)


def attach(name: str, bucket: Any, policy: Any, **options: Any) -> None:
    """A bucket policy."""
    aws.s3.BucketPolicy(name, bucket=bucket, policy=policy, opts=pulumi.ResourceOptions(**options))


b = make("f01")
attach("f01", b.id, b.arn.apply(dump))
b = make("f02")
attach("f02", b.bucket, b.bucket.apply(dump_name))
b = make("f03")
attach("f03", b.bucket, pulumi.Output.format(dump_name("{0}").replace("{", "{{").replace("}", "}}").replace("{{0}}", "{0}"), b.bucket))
b = make("f04")
attach("f04", b.bucket, pulumi.Output.concat('{"Version":"2012-10-17","Statement":[{"Resource":"', b.arn, '/*"}]}'))
b = make("f05")
attach("f05", b.bucket, pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [{"Resource": b.arn}]}))
attach("f06", "literal-name", dump_name("literal-name"))
attach("f07", "literal-name-2", aws.iam.get_policy_document(statements=[state("arn:aws:s3:::literal-name-2/*")]).json)
b = make("f08")
attach("f08", b.id, aws.iam.get_policy_document_output(statements=[state(b.arn)]).json)
b = make("f09")
attach("f09", b.bucket, aws.iam.get_policy_document_output(statements=[state(b.arn)]).json)
b = make("f10")
named = b.bucket.apply(lambda bucket: f"arn:aws:s3:::{bucket}/*")
attach("f10", b.bucket, aws.iam.get_policy_document_output(statements=[state(named)]).json)
b = make("f11")
attach("f11", b.bucket, b.bucket.apply(lambda bucket: write(f"arn:aws:s3:::{bucket}")))
b = make("f12")
attach("f12", b.bucket, {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Resource": b.arn}]})
b = make("f13")
block = aws.s3.BucketPublicAccessBlock("f13", bucket=b.id, block_public_acls=True)
attach("f13", block.bucket, b.arn.apply(dump))
b = aws.s3.Bucket.get("f14", "somebody-elses")
attach("f14", b.id, b.arn.apply(dump))
attach("f15", "literal-name-3", pulumi.Output.secret(dump_name("literal-name-3")))
Store("f16")
b = make("f17", bucket_prefix="f17-")
attach("f17", b.bucket, b.bucket.apply(dump_name))
v2 = aws.s3.BucketV2("f18")
attach("f18", v2.bucket, v2.bucket.apply(dump_name))
b = make("f19", bucket="f19-literal")
attach("f19", b.id, dump_name("f19-literal"))
b = make("f20", bucket="f20-literal")
attach("f20", b.id, f'{{"Version":"2012-10-17","Statement":[{{"Resource":"{b.arn}"}}]}}')
b = make("f21", bucket="f21-literal")
attach("f21", "f21-literal", dump_name("f21-literal"), depends_on=[b])
b = make("f22", bucket="f22-literal")
attach(
    "f22",
    b.bucket,
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Condition": {"StringEquals": {"aws:Referer": pulumi.Output.secret("hush")}}}],
    },
)
other = aws.Provider("elsewhere", region="eu-west-3")
options = pulumi.ResourceOptions(
    provider=other,
    protect=True,
    ignore_changes=["tags"],
    additional_secret_outputs=["arn"],
    custom_timeouts=pulumi.CustomTimeouts(create="1h30m", delete="45s"),
)
elsewhere = aws.s3.Bucket("f23", opts=options)
attach("f23", elsewhere.bucket, elsewhere.bucket.apply(dump_name), parent=elsewhere)
inline = aws.s3.Bucket("f24", bucket="f24-literal", policy=dump_name("f24-literal"), tags={"team": "data"})

pulumi.export("bucket", elsewhere.bucket)
pulumi.export("hidden", pulumi.Output.secret("hush"))
