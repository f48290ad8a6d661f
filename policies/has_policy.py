"""Every bucket of the stack has exactly one bucket policy attached."""

from crossguard.rule import StackRule

RULE = StackRule(
    name="aws-s3-bucket-has-policy",
    description="Every S3 bucket must have exactly one bucket policy attached.",
    level="mandatory",
    severity="high",
    keys=("exemptions", "whenUnknown"),
    remediation_steps=(
        "Attach one BucketPolicy to the bucket, with a Deny for uploads without the encryption header and a Deny for requests without TLS. "
        "Where several are attached, merge them into one."
    ),
    reference="1.16",
)
