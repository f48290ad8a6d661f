"""
Every bucket of the stack has exactly one bucket policy attached.

## Why

The other policies judge documents; a bucket without a document would pass them unseen.
And S3 keeps one policy for a bucket: where two resources attach one each, the last write wins, and nobody is told.

## Violating

```python
import pulumi_aws as aws

aws.s3.Bucket("scratch")
```

## Compliant

```python
import json

import pulumi_aws as aws


def render_policy(name: str) -> str:
    uploads = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{name}/*"}
    header = uploads | {"Condition": {"Null": {"s3:x-amz-server-side-encryption": "true"}}}
    transport = uploads | {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    return json.dumps({"Version": "2012-10-17", "Statement": [header, transport]})


reports = aws.s3.Bucket("reports")
aws.s3.BucketPolicy("reports", bucket=reports.bucket, policy=reports.bucket.apply(render_policy))
```

## Limits

* A policy belongs to a bucket by the bucket's name where that is known, else by the resource that its `bucket` property comes from.
  Where both fail, or several buckets come into question, the answer is *not known* in a preview and a violation in an update.
* Buckets and policies of other stacks are not seen: exempt a bucket whose policy is attached elsewhere, and say where in the reason.
* A `policy` that the provider has read from the bucket counts for nothing:
  that is also what a BucketPolicy leaves behind that was taken out of the program.
* Nor does a BucketPolicy count that is only read (`BucketPolicy.get`): its document is not among the inputs that the other policies judge.
* What creates nothing in AWS attaches nothing: a component that calls itself a BucketPolicy, or a BucketPolicy whose provider has
  `endpoints` of its own. A stack that runs against a stand-in for AWS as a whole is told so at each of its buckets.
* The same document twice (an inline `policy` and a BucketPolicy, or two of them) is not a violation: either write leaves the same.
* A BucketPolicy made inside an `apply` does not exist in a first preview: `inPreview: advisory` makes a note of that.
* Audits of discovered resources ask no stack policy: there the other policies judge a bucket by the `policy` that was read.
  That was tried with exports, and not on a live account.
* In an update it runs after everything has been created, since the engine asks stack policies last. It prevents in a preview.
"""

from crossguard.pack.rule import StackRule

RULE = StackRule(
    name="aws-s3-bucket-has-policy",
    description="Every S3 bucket must have exactly one bucket policy attached.",
    level="mandatory",
    severity="high",
    keys=("exemptions", "whenUnknown", "inPreview"),
    remediation_steps=(
        "Attach one BucketPolicy to the bucket, with a Deny for uploads without the encryption header and a Deny for requests without TLS. "
        "Where several are attached, merge them into one."
    ),
    reference="1.16",
)
