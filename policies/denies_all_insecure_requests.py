"""Every S3 request to the bucket and its objects made without TLS is explicitly denied."""

from bucketpolicy.actions import BUCKET_ACTIONS, OBJECT_ACTIONS
from bucketpolicy.goal import TLS_VERSION, TRANSPORT, Below, Equal, Goal, Restriction, Target
from crossguard.rule import Rule
from crossguard.settings import Settings


def _insecure_requests(bucket: str | None, partition: str, settings: Settings) -> Goal:
    """All requests over plain HTTP, and over TLS below the version that is set."""
    insecure: list[tuple[Restriction, ...]] = [(Equal(TRANSPORT, "false"),)]
    if settings.minimum_tls_version:
        insecure.append((Equal(TRANSPORT, "true"), Below(TLS_VERSION, settings.minimum_tls_version)))
    targets = tuple(
        target
        for restrictions in insecure
        for target in (Target(BUCKET_ACTIONS, "bucket", restrictions), Target(OBJECT_ACTIONS, "object", restrictions))
    )
    return Goal(bucket, partition, targets, settings.exempt_principals, settings.assumptions)


RULE = Rule(
    name="aws-s3-bucket-policy-denies-all-insecure-requests",
    description="The bucket policy of an S3 bucket should deny every request that is not made over TLS.",
    level="advisory",
    severity="medium",
    half="all-transport",
    keys=("exemptions", "partition", "exemptPrincipals", "minimumTlsVersion", "assumptions"),
    goal=_insecure_requests,
    remediation_steps=(
        "Add a Deny statement for everyone to the bucket policy: s3:* on the bucket and on all its objects (both ARNs), "
        'with the condition {"Bool": {"aws:SecureTransport": "false"}} and nothing else in it.'
    ),
    reference="1.16",
)
