"""
Every `s3:PutObject` on every object of the bucket whose request lacks `s3:x-amz-server-side-encryption` is explicitly denied.

## Why

The benchmark asks for a bucket policy that refuses whoever does not ask for server-side encryption.
PUT Object, PUT Object - Copy, POST Object and multipart uploads all are the action `s3:PutObject`, and all of them can carry the header
`x-amz-server-side-encryption` with `AES256` (SSE-S3), `aws:kms` or `aws:kms:dsse` (SSE-KMS).
A request without the header has no such condition key; default encryption on the bucket encrypts its object, and does not add the key.
So this is a promise about requests: nobody stores an object without having said how it is to be encrypted.

## Violating

The condition as the benchmark prints it, in one statement.
All conditions of a statement must hold before it denies: this one lets an upload without the header pass over HTTPS.

```json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Deny",
      "Principal": "*",
      "Action": "s3:PutObject",
      "Resource": "arn:aws:s3:::example-bucket/*",
      "Condition": {
        "Null": {"s3:x-amz-server-side-encryption": "true"},
        "Bool": {"aws:SecureTransport": "false"}
      }
    }
  ]
}
```

The wrong way round: this denies the uploads that ask for encryption.
An absent header equals nothing, so uploads without it pass.

```json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Deny",
      "Principal": "*",
      "Action": "s3:PutObject",
      "Resource": "arn:aws:s3:::example-bucket/*",
      "Condition": {"StringEquals": {"s3:x-amz-server-side-encryption": "AES256"}}
    }
  ]
}
```

A negated operator holds for an absent header, but not beside a `Null` that wants the header present.

```json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Deny",
      "Principal": "*",
      "Action": "s3:PutObject",
      "Resource": "arn:aws:s3:::example-bucket/*",
      "Condition": {
        "StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption": "aws:kms"},
        "Null": {"s3:x-amz-server-side-encryption": "false"}
      }
    }
  ]
}
```

## Compliant

```json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "DenyUploadsWithoutEncryptionHeader",
      "Effect": "Deny",
      "Principal": "*",
      "Action": "s3:PutObject",
      "Resource": "arn:aws:s3:::example-bucket/*",
      "Condition": {"Null": {"s3:x-amz-server-side-encryption": "true"}}
    }
  ]
}
```

Just as good, and it wants one algorithm: a negated operator holds where the header is absent.

```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Principal": {"AWS": "*"},
    "Action": "s3:Put*",
    "Resource": "arn:aws:s3:::example-bucket/*",
    "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": ["aws:kms", "aws:kms:dsse"]}}
  }
}
```

## Limits

* It is about the header, and says nothing of how objects are encrypted at rest: since January 2023 S3 encrypts every new object anyway.
* Uploads with customer-provided keys (SSE-C) carry other headers, and a compliant document denies them;
  `acceptCustomerProvidedKeys` changes that.
* Some senders never send the header. Before you make this mandatory, read [how to adopt it](../adopting-the-header-deny.md).
* `s3:ReplicateObject`, which the replication role calls, is another action and not asked for.
* What a statement tests by the id of the KMS key is not taken for the header: S3 fills that id in from default encryption, too.
"""

from bucketpolicy.goal import SSE, SSE_CUSTOMER, SSE_KMS_KEY, Absent, AbsentOrOther, Goal, Restriction, Target
from crossguard.pack.rule import Rule
from crossguard.pack.settings import Settings


def _uploads_without_header(bucket: str | None, partition: str, settings: Settings) -> Goal:
    """The uploads that must be denied: no header, or one that the settings do not accept; and where keys are set, no key or another."""
    customer: tuple[Restriction, ...] = (Absent(SSE_CUSTOMER),) if settings.accept_customer_provided_keys else ()
    wanted: dict[str, Restriction] = (
        {"DenyUploadsWithOtherEncryption": AbsentOrOther(SSE, settings.algorithms)}
        if settings.algorithms
        else {"DenyUploadsWithoutEncryptionHeader": Absent(SSE)}
    )
    if settings.kms_key_arns:
        wanted["DenyUploadsWithOtherKmsKey"] = AbsentOrOther(SSE_KMS_KEY, settings.kms_key_arns)
    targets = tuple(Target(("s3:PutObject",), "object", (restriction, *customer), sid) for sid, restriction in wanted.items())
    return Goal(bucket, partition, targets, settings.exempt_principals, settings.assumptions)


RULE = Rule(
    name="aws-s3-bucket-policy-denies-unencrypted-uploads",
    description="The bucket policy of an S3 bucket must deny every upload that does not ask for server-side encryption.",
    level="mandatory",
    severity="high",
    keys=(
        "exemptions",
        "whenUnknown",
        "partition",
        "algorithms",
        "kmsKeyArns",
        "acceptCustomerProvidedKeys",
        "acceptBenchmarkSnippet",
        "exemptPrincipals",
        "assumptions",
        "resourceControlPolicies",
    ),
    goal=_uploads_without_header,
    remediation_steps=(
        "Add a Deny statement for everyone to the bucket policy: s3:PutObject on all objects of the bucket, "
        'with the condition {"Null": {"s3:x-amz-server-side-encryption": "true"}} and nothing else in it.'
    ),
    reference="1.16",
    remediates=True,
)
