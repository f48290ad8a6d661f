"""The condition fragment as the benchmark prints it, pasted into one statement: both conditions must hold before it denies anything."""

import pulumi
import pulumi_aws as aws

audit = aws.s3.Bucket("audit", bucket="example-audit-trail")

aws.s3.BucketPolicy(
    "audit",
    bucket=audit.bucket,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "RequireEncryption",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:PutObject",
                    "Resource": pulumi.Output.concat("arn:aws:s3:::", audit.bucket, "/*"),
                    "Condition": {
                        "Null": {"s3:x-amz-server-side-encryption": "true"},
                        "Bool": {"aws:SecureTransport": "false"},
                    },
                }
            ],
        }
    ),
)
