"""A bucket whose policy denies uploads without the encryption header, and everything over plain HTTP."""

import json

import pulumi_aws as aws


def render_policy(bucket_name: str) -> str:
    """The two statements that CIS 1.16 asks for."""
    arn = f"arn:aws:s3:::{bucket_name}"
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "DenyUploadsWithoutEncryptionHeader",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:PutObject",
                    "Resource": f"{arn}/*",
                    "Condition": {"Null": {"s3:x-amz-server-side-encryption": "true"}},
                },
                {
                    "Sid": "DenyInsecureTransport",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [arn, f"{arn}/*"],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
            ],
        }
    )


reports = aws.s3.Bucket("reports")

# `reports.bucket`, the name, is known in a preview; `reports.arn` and `reports.id` are not until the bucket exists.
aws.s3.BucketPolicy("reports", bucket=reports.bucket, policy=reports.bucket.apply(render_policy))
