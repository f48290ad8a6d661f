"""A bucket whose policy denies plain HTTP, and forgets the encryption header."""

import pulumi_aws as aws

uploads = aws.s3.Bucket("uploads")

aws.s3.BucketPolicy(
    "uploads",
    bucket=uploads.bucket,
    policy={
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "DenyInsecureTransport",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "s3:*",
                "Resource": [
                    uploads.bucket.apply(lambda name: f"arn:aws:s3:::{name}"),
                    uploads.bucket.apply(lambda name: f"arn:aws:s3:::{name}/*"),
                ],
                "Condition": {"Bool": {"aws:SecureTransport": False}},
            }
        ],
    },
)
