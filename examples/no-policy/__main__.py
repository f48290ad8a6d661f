"""A bucket that nobody attached a policy to; default encryption is no substitute, since the control asks for a policy."""

import pulumi_aws as aws

scratch = aws.s3.Bucket("scratch")

aws.s3.BucketServerSideEncryptionConfiguration(
    "scratch",
    bucket=scratch.bucket,
    rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
)
