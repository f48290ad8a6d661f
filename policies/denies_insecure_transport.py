"""Every `s3:PutObject` on every object of the bucket made without TLS is explicitly denied."""

from bucketpolicy.goal import TLS_VERSION, TRANSPORT, Below, Equal, Goal, Restriction, Target
from crossguard.rule import Rule
from crossguard.settings import Settings


def _insecure_uploads(bucket: str | None, partition: str, settings: Settings) -> Goal:
    """The uploads that must be denied: over plain HTTP, and over TLS below the version that is set."""
    insecure: list[tuple[Restriction, ...]] = [(Equal(TRANSPORT, "false"),)]
    if settings.minimum_tls_version:
        insecure.append((Equal(TRANSPORT, "true"), Below(TLS_VERSION, settings.minimum_tls_version)))
    targets = tuple(Target(("s3:PutObject",), "object", restrictions) for restrictions in insecure)
    return Goal(bucket, partition, targets, settings.exempt_principals, settings.assumptions)


RULE = Rule(
    name="aws-s3-bucket-policy-denies-insecure-transport",
    description="The bucket policy of an S3 bucket must deny every upload that is not made over TLS.",
    level="mandatory",
    severity="high",
    half="transport",
    keys=("exemptions", "whenUnknown", "partition", "acceptBenchmarkSnippet", "exemptPrincipals", "minimumTlsVersion", "assumptions"),
    goal=_insecure_uploads,
    remediation_steps=(
        "Add a Deny statement for everyone to the bucket policy: s3:PutObject (or s3:*) on all objects of the bucket, "
        'with the condition {"Bool": {"aws:SecureTransport": "false"}} and nothing else in it.'
    ),
    reference="1.16",
)
