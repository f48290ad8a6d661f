"""Every form of docs/forms.md, in its order; the resources of a form carry its name."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws

HEADER = "s3:x-amz-server-side-encryption"
TLS = "aws:SecureTransport"


def write(*arns: str, **more: Any) -> dict[str, Any]:
    """A compliant document for the buckets with these ARNs, with `more` in its first statement."""
    objects = [f"{arn}/*" for arn in arns]
    everyone = {"Effect": "Deny", "Principal": "*"}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {**everyone, "Action": "s3:PutObject", "Resource": objects, "Condition": {"Null": {HEADER: "true"}}, **more},
            {**everyone, "Action": "s3:*", "Resource": [*arns, *objects], "Condition": {"Bool": {TLS: "false"}}},
        ],
    }


def dump(*arns: str) -> str:
    """The same as text."""
    return json.dumps(write(*arns))


def dump_name(name: str) -> str:
    """The same for a bucket's name."""
    return dump(f"arn:aws:s3:::{name}")


#: The same with `@` in the place of the ARN; and with `{0}` for the name, for `Output.format`.
AROUND_ARN = dump("@").split("@")
FORMAT = dump_name("@").replace("{", "{{").replace("}", "}}").replace("@", "{0}")
EVERYWHERE = dump("@").replace("@/*", "*").replace("@", "*")
ALLOW = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}
        ],
    }
)


def state(arn: Any) -> Any:
    """The same as the statements of a data source."""
    everyone = {"effect": "Deny", "principals": [{"type": "*", "identifiers": ["*"]}]}
    objects = pulumi.Output.concat(arn, "/*") if isinstance(arn, pulumi.Output) else f"{arn}/*"
    header = [{"test": "Null", "variable": HEADER, "values": ["true"]}]
    tls = [{"test": "Bool", "variable": TLS, "values": ["false"]}]
    return [
        {**everyone, "actions": ["s3:PutObject"], "resources": [objects], "conditions": header},
        {**everyone, "actions": ["s3:*"], "resources": [arn, objects], "conditions": tls},
    ]


class Store(pulumi.ComponentResource):
    """A component with a bucket and its policy inside."""

    def __init__(self, name: str) -> None:
        """Both go by the component's name."""
        super().__init__("tests:index:Store", name)
        child = pulumi.ResourceOptions(parent=self)
        bucket = aws.s3.Bucket(name, opts=child)
        aws.s3.BucketPolicy(name, bucket=bucket.id, policy=bucket.arn.apply(dump), opts=child)
        self.register_outputs({"bucket": bucket.bucket})


def make(name: str, **arguments: Any) -> aws.s3.Bucket:
    """A bucket."""
    return aws.s3.Bucket(name, **arguments)


def attach(name: str, bucket: Any, policy: Any, **options: Any) -> None:
    """A bucket policy."""
    aws.s3.BucketPolicy(name, bucket=bucket, policy=policy, opts=pulumi.ResourceOptions(**options))


b = make("id-arn")
attach("id-arn", b.id, b.arn.apply(dump))

b = make("name-name")
attach("name-name", b.bucket, b.bucket.apply(dump_name))

b = make("name-format")
attach("name-format", b.bucket, pulumi.Output.format(FORMAT, b.bucket))

b = make("name-concat-arn")
pieces: list[Any] = [piece for text in AROUND_ARN for piece in (b.arn, text)]
attach("name-concat-arn", b.bucket, pulumi.Output.concat(*pieces[1:]))

b = make("name-dumps-arn")
attach("name-dumps-arn", b.bucket, pulumi.Output.json_dumps(b.arn.apply(write)))

make("literal-literal", bucket="forms-literal-literal")
attach("literal-literal", "forms-literal-literal", dump_name("forms-literal-literal"))

make("literal-data-source", bucket="forms-literal-data-source")
document = aws.iam.get_policy_document(statements=state("arn:aws:s3:::forms-literal-data-source"))
attach("literal-data-source", "forms-literal-data-source", document.json)

b = make("id-data-source-arn")
attach("id-data-source-arn", b.id, aws.iam.get_policy_document_output(statements=state(b.arn)).json)

b = make("name-data-source-arn")
attach("name-data-source-arn", b.bucket, aws.iam.get_policy_document_output(statements=state(b.arn)).json)

b = make("name-data-source-name")
arn = b.bucket.apply(lambda name: f"arn:aws:s3:::{name}")
attach("name-data-source-name", b.bucket, aws.iam.get_policy_document_output(statements=state(arn)).json)

b = make("name-dict")
attach("name-dict", b.bucket, b.bucket.apply(lambda name: write(f"arn:aws:s3:::{name}")))

b = make("name-dict-arn")
objects = pulumi.Output.concat(b.arn, "/*")
everyone = {"Effect": "Deny", "Principal": "*"}
attach(
    "name-dict-arn",
    b.bucket,
    {
        "Version": "2012-10-17",
        "Statement": [
            {**everyone, "Action": "s3:PutObject", "Resource": objects, "Condition": {"Null": {HEADER: "true"}}},
            {**everyone, "Action": "s3:*", "Resource": [b.arn, objects], "Condition": {"Bool": {TLS: "false"}}},
        ],
    },
)

b = make("through-block")
block = aws.s3.BucketPublicAccessBlock("through-block", bucket=b.id, block_public_acls=True)
attach("through-block", block.bucket, b.arn.apply(dump))

b = aws.s3.Bucket.get("read-bucket", "forms-somebody-elses")
attach("read-bucket", b.id, b.arn.apply(dump))

make("secret", bucket="forms-secret")
attach("secret", "forms-secret", pulumi.Output.secret(dump_name("forms-secret")))

Store("component")

b = make("prefix", bucket_prefix="forms-prefix-")
attach("prefix", b.bucket, b.bucket.apply(dump_name))

v2 = aws.s3.BucketV2("bucket-v2")
attach("bucket-v2", v2.bucket, v2.bucket.apply(dump_name))

b = make("id-literal", bucket="forms-id-literal")
attach("id-literal", b.id, dump_name("forms-id-literal"))

b = make("id-star")
attach("id-star", b.id, EVERYWHERE)

b = make("id-name")
attach("id-name", b.id, b.bucket.apply(dump_name))

b, c = make("elsewhere"), make("elsewhere-2")
attach("elsewhere", c.id, b.bucket.apply(dump_name))

b = make("in-apply")
b.arn.apply(lambda arn: attach("in-apply", arn.rpartition(":")[2], dump(arn)))

b = make("id-no-deny")
attach("id-no-deny", b.id, ALLOW)

b = make("f-string", bucket="forms-f-string")
attach("f-string", b.bucket, dump(f"{b.arn}"))

b = make("depends-on", bucket="forms-depends-on")
attach("depends-on", "forms-depends-on", dump_name("forms-depends-on"), depends_on=[b])

b = make("secret-part", bucket="forms-secret-part")
hushed = {"StringEquals": {"aws:Referer": pulumi.Output.secret("hush")}}
written = write("arn:aws:s3:::forms-secret-part")
written["Statement"].append({**written["Statement"][0], "Condition": hushed})
attach("secret-part", b.bucket, written)

b = make("other-bucket")
attach("other-bucket", b.bucket, dump_name("forms-some-other-bucket"))

WITHOUT_ACCOUNT: dict[str, Any] = {
    "access_key": "not-needed-for-a-preview",
    "secret_key": "not-needed-for-a-preview",
    "skip_credentials_validation": True,
    "skip_metadata_api_check": True,
    "skip_requesting_account_id": True,
}
china = aws.Provider("china", region="cn-north-1", **WITHOUT_ACCOUNT)

b = make("other-partition", opts=pulumi.ResourceOptions(provider=china))
attach("other-partition", b.bucket, b.bucket.apply(lambda name: dump(f"arn:aws-cn:s3:::{name}")), provider=china)

b = make("wrong-partition", opts=pulumi.ResourceOptions(provider=china))
attach("wrong-partition", b.bucket, b.bucket.apply(dump_name), provider=china)

b = make("shared", bucket="forms-shared")
c = make("shared-2", bucket="forms-shared-2")
both = pulumi.Output.all(b.bucket, c.bucket).apply(lambda names: dump(*(f"arn:aws:s3:::{name}" for name in names)))
attach("shared", b.bucket, both)
attach("shared-2", c.bucket, both)

options = pulumi.ResourceOptions(
    provider=aws.Provider("elsewhere", region="eu-west-3", **WITHOUT_ACCOUNT),
    protect=True,
    ignore_changes=["tags"],
    additional_secret_outputs=["arn"],
    custom_timeouts=pulumi.CustomTimeouts(create="1h30m", delete="45s"),
)
b = make("options", opts=options)
attach("options", b.bucket, b.bucket.apply(dump_name), parent=b)

aws.s3.Bucket("inline", bucket="forms-inline", policy=dump_name("forms-inline"), tags={"team": "data"})
aws.s3.BucketV2("inline-v2", bucket="forms-inline-v2", policy=dump_name("forms-inline-v2"))

b = make("inline-too", bucket="forms-inline-too", policy=dump_name("forms-inline-too"))
attach("inline-too", b.bucket, dump_name("forms-inline-too"))

b = make("two-different")
attach("two-different", b.bucket, b.bucket.apply(dump_name))
attach("two-different-2", b.bucket, b.bucket.apply(lambda name: json.dumps(write(f"arn:aws:s3:::{name}", Action="s3:*"))))

b = make("two-policies")
attach("two-policies", b.bucket, b.bucket.apply(dump_name))
attach("two-policies-2", b.bucket, b.bucket.apply(dump_name))

make("no-policy")

pulumi.export("name", b.bucket)
pulumi.export("hidden", pulumi.Output.secret("hush"))
