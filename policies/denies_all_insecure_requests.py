"""
Every S3 request to the bucket and its objects made without TLS is explicitly denied, but for the owner's root user reading, writing or
deleting the policy itself, which S3 never lets a policy deny.

## Why

Security Hub (S3.5), AWS Config (`s3-bucket-ssl-requests-only`) and the CIS AWS Foundations Benchmark (2.1.1 in its versions 2 to 5, 3.1.1
in 6 and 7) ask for more than uploads:
reads, listings and changes to the bucket must not travel in the clear either.
The benchmark behind this pack speaks of uploads only, so this one advises and does not block.

The audit that versions 6 and 7 of the CIS AWS Foundations Benchmark print is satisfied by documents that leave plain HTTP open:
by a Deny on `bucket/*` alone, which lets `s3:ListBucket` pass, and by a Deny where `s3:TlsVersion` is below 1.2, which lets every request
over HTTP pass, since that key is absent there.
This policy asks for what the recommendation says, and not for what its audit looks for.

## Violating

The most frequent slip: the objects are covered, and the bucket itself is not.
`s3:ListBucket` over plain HTTP gets through.

```json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Deny",
      "Principal": "*",
      "Action": "s3:*",
      "Resource": "arn:aws:s3:::example-bucket/*",
      "Condition": {"Bool": {"aws:SecureTransport": "false"}}
    }
  ]
}
```

Enough for uploads, and too little here: downloads are left open.

```json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Deny",
      "Principal": "*",
      "Action": "s3:PutObject",
      "Resource": "arn:aws:s3:::example-bucket/*",
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
      "Sid": "DenyInsecureRequests",
      "Effect": "Deny",
      "Principal": "*",
      "Action": "s3:*",
      "Resource": ["arn:aws:s3:::example-bucket", "arn:aws:s3:::example-bucket/*"],
      "Condition": {"Bool": {"aws:SecureTransport": "false"}}
    }
  ]
}
```

Two statements that share the work are as good as one.

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
    },
    {
      "Effect": "Deny",
      "Principal": "*",
      "Action": "s3:*",
      "Resource": "arn:aws:s3:::example-bucket/*",
      "Condition": {"Bool": {"aws:SecureTransport": "false"}}
    }
  ]
}
```

## Limits

* A bucket that serves a website from its website endpoint cannot comply, since that endpoint speaks HTTP only:
  exempt it, or put CloudFront before it.
* It says nothing of documents that are not known in a preview: its two stricter siblings do.
* It repairs nothing: a Deny of `s3:*` would take a website endpoint off the air.
"""

from bucketpolicy.goal import TLS_VERSION, TRANSPORT, Below, Equal, Goal, Restriction, Target
from bucketpolicy.tables.actions import BUCKET_ACTIONS, OBJECT_ACTIONS
from crossguard.pack.rule import Rule
from crossguard.pack.settings import Settings

# A counterexample takes the first action that gets through: one that people know, rather than the first of the alphabet.
_ON_BUCKET = ("s3:ListBucket", *(action for action in BUCKET_ACTIONS if action != "s3:ListBucket"))
_ON_OBJECT = ("s3:GetObject", *(action for action in OBJECT_ACTIONS if action != "s3:GetObject"))


def _insecure_requests(bucket: str | None, partition: str, settings: Settings) -> Goal:
    """All requests over plain HTTP, and over TLS below the version that is set."""
    targets = _on_everything((Equal(TRANSPORT, "false"),), "DenyInsecureRequests")
    if version := settings.minimum_tls_version:
        old = (Equal(TRANSPORT, "true"), Below(TLS_VERSION, version))
        targets += _on_everything(old, f"DenyRequestsBelowTls{version.replace('.', '')}")
    return Goal(bucket, partition, targets, settings.exempt_principals, settings.assumptions)


def _on_everything(restrictions: tuple[Restriction, ...], sid: str) -> tuple[Target, ...]:
    return Target(_ON_BUCKET, "bucket", restrictions, sid), Target(_ON_OBJECT, "object", restrictions, sid)


RULE = Rule(
    name="aws-s3-bucket-policy-denies-all-insecure-requests",
    description="The bucket policy of an S3 bucket should deny every request that is not made over TLS.",
    level="advisory",
    severity="medium",
    keys=("exemptions", "partition", "exemptPrincipals", "minimumTlsVersion", "assumptions", "resourceControlPolicies"),
    goal=_insecure_requests,
    remediation_steps=(
        "Add a Deny statement for everyone to the bucket policy: s3:* on the bucket and on all its objects (both ARNs), "
        'with the condition {"Bool": {"aws:SecureTransport": "false"}} and nothing else in it.'
    ),
    reference="1.16",
    remediates=False,
)
