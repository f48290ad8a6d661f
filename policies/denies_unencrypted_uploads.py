"""Every `s3:PutObject` on every object of the bucket whose request lacks `s3:x-amz-server-side-encryption` is explicitly denied."""

from bucketpolicy.goal import SSE, SSE_CUSTOMER, SSE_KMS_KEY, Absent, AbsentOrOther, Goal, Restriction, Target
from crossguard.rule import Rule
from crossguard.settings import Settings


def _uploads_without_header(bucket: str | None, partition: str, settings: Settings) -> Goal:
    """The uploads that must be denied: no header, or one that the settings do not accept; and where keys are set, no key or another."""
    customer: tuple[Restriction, ...] = (Absent(SSE_CUSTOMER),) if settings.accept_customer_provided_keys else ()
    header = AbsentOrOther(SSE, settings.algorithms) if settings.algorithms else Absent(SSE)
    wanted: list[Restriction] = [header]
    if settings.kms_key_arns:
        wanted.append(AbsentOrOther(SSE_KMS_KEY, settings.kms_key_arns))
    targets = tuple(Target(("s3:PutObject",), "object", (restriction, *customer)) for restriction in wanted)
    return Goal(bucket, partition, targets, settings.exempt_principals, settings.assumptions)


RULE = Rule(
    name="aws-s3-bucket-policy-denies-unencrypted-uploads",
    description="The bucket policy of an S3 bucket must deny every upload that does not ask for server-side encryption.",
    level="mandatory",
    severity="high",
    half="header",
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
    ),
    goal=_uploads_without_header,
    remediation_steps=(
        "Add a Deny statement for everyone to the bucket policy: s3:PutObject on all objects of the bucket, "
        'with the condition {"Null": {"s3:x-amz-server-side-encryption": "true"}} and nothing else in it.'
    ),
    reference="1.16",
)
