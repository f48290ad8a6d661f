"""
Every `s3:PutObject` on every object of the bucket made without TLS is explicitly denied.

## Why

S3's endpoints also speak plain HTTP.
Over HTTP the object and, where the request is signed in its URL, the signature can be read and replayed by whoever is on the way.
`aws:SecureTransport` is in every request and says whether it came over TLS, so one Deny statement settles it for all senders.

## Violating

The TLS version is absent over plain HTTP, and a comparison with an absent key does not hold.
This denies old TLS and leaves HTTP open.

```json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Deny",
      "Principal": "*",
      "Action": "s3:*",
      "Resource": ["arn:aws:s3:::example-bucket", "arn:aws:s3:::example-bucket/*"],
      "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}
    }
  ]
}
```

An Allow forbids nothing: a user of the account whose own policy allows uploads gets through.

```json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": "*",
      "Action": "s3:PutObject",
      "Resource": "arn:aws:s3:::example-bucket/*",
      "Condition": {"Bool": {"aws:SecureTransport": "true"}}
    }
  ]
}
```

The bucket's ARN alone does not cover its objects.

```json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Deny",
      "Principal": "*",
      "Action": "s3:*",
      "Resource": "arn:aws:s3:::example-bucket",
      "Condition": {"Bool": {"aws:SecureTransport": "false"}}
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
      "Sid": "DenyInsecureUploads",
      "Effect": "Deny",
      "Principal": "*",
      "Action": "s3:PutObject",
      "Resource": "arn:aws:s3:::example-bucket/*",
      "Condition": {"Bool": {"aws:SecureTransport": "false"}}
    }
  ]
}
```

Wider is fine; this one satisfies [the stricter sibling](aws-s3-bucket-policy-denies-all-insecure-requests.md) as well.

```json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Deny",
      "Principal": {"AWS": "*"},
      "Action": "s3:*",
      "Resource": ["arn:aws:s3:::example-bucket", "arn:aws:s3:::example-bucket/*"],
      "Condition": {"Bool": {"aws:SecureTransport": false}}
    }
  ]
}
```

## Limits

* Only uploads are asked for, as in the benchmark; downloads over HTTP are the advisory sibling's concern.
* That the TLS version is absent over plain HTTP is implied by AWS and stated nowhere; where a proof needs it, it says so.
* The repair denies `s3:PutObject` only: a Deny of `s3:*` would take a website endpoint off the air, since those speak HTTP.
"""

from bucketpolicy.goal import TLS_VERSION, TRANSPORT, Below, Equal, Goal, Target
from crossguard.pack.rule import Rule
from crossguard.pack.settings import Settings


def _insecure_uploads(bucket: str | None, partition: str, settings: Settings) -> Goal:
    """The uploads that must be denied: over plain HTTP, and over TLS below the version that is set."""
    targets = [Target(("s3:PutObject",), "object", (Equal(TRANSPORT, "false"),), "DenyInsecureUploads")]
    if version := settings.minimum_tls_version:
        old = (Equal(TRANSPORT, "true"), Below(TLS_VERSION, version))
        targets.append(Target(("s3:PutObject",), "object", old, f"DenyUploadsBelowTls{version.replace('.', '')}"))
    return Goal(bucket, partition, tuple(targets), settings.exempt_principals, settings.assumptions)


RULE = Rule(
    name="aws-s3-bucket-policy-denies-insecure-transport",
    description="The bucket policy of an S3 bucket must deny every upload that is not made over TLS.",
    level="mandatory",
    severity="high",
    keys=(
        "exemptions",
        "whenUnknown",
        "partition",
        "acceptBenchmarkSnippet",
        "exemptPrincipals",
        "minimumTlsVersion",
        "assumptions",
        "resourceControlPolicies",
    ),
    goal=_insecure_uploads,
    remediation_steps=(
        "Add a Deny statement for everyone to the bucket policy: s3:PutObject (or s3:*) on all objects of the bucket, "
        'with the condition {"Bool": {"aws:SecureTransport": "false"}} and nothing else in it.'
    ),
    reference="1.16",
    remediates=True,
)
