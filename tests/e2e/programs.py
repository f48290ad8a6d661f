"""The programs of these tests, and the names of the policies they meet."""

UPLOADS = "aws-s3-bucket-policy-denies-unencrypted-uploads"
TRANSPORT = "aws-s3-bucket-policy-denies-insecure-transport"
ALL_REQUESTS = "aws-s3-bucket-policy-denies-all-insecure-requests"
HAS_POLICY = "aws-s3-bucket-has-policy"

_START = """
import json

import pulumi
import pulumi_aws as aws


def write(arn, *statements):
    return json.dumps({"Version": "2012-10-17", "Statement": [write_statement(arn, *each) for each in statements]})


def write_statement(arn, action, resources, condition):
    resource = [arn + each for each in resources]
    return {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": resource, "Condition": condition}


HEADER = ("s3:PutObject", ["/*"], {"Null": {"s3:x-amz-server-side-encryption": "true"}})
TLS = ("s3:*", ["", "/*"], {"Bool": {"aws:SecureTransport": "false"}})


def with_name(bucket, *statements):
    return bucket.bucket.apply(lambda name: write(f"arn:aws:s3:::{name}", *statements))


def with_arn(bucket, *statements):
    return bucket.arn.apply(lambda arn: write(arn, *statements))
"""

#: A bucket with both Deny statements, known in a preview.
GOOD = f"""{_START}
data = aws.s3.Bucket("data")
aws.s3.BucketPolicy("data-policy", bucket=data.bucket, policy=with_name(data, HEADER, TLS))
"""

#: The header is not asked for; known in a preview.
BAD = f"""{_START}
data = aws.s3.Bucket("data")
aws.s3.BucketPolicy("data-policy", bucket=data.bucket, policy=with_name(data, TLS))
"""

#: As `GOOD`, from the ARN: not known in a first preview.
LATE_GOOD = f"""{_START}
data = aws.s3.Bucket("data")
aws.s3.BucketPolicy("data-policy", bucket=data.id, policy=with_arn(data, HEADER, TLS))
"""

#: As `BAD`, from the ARN.
LATE_BAD = f"""{_START}
data = aws.s3.Bucket("data")
aws.s3.BucketPolicy("data-policy", bucket=data.id, policy=with_arn(data, TLS))
"""

#: As `BAD`, and the document is a secret.
SECRET_BAD = f"""{_START}
data = aws.s3.Bucket("data")
aws.s3.BucketPolicy("data-policy", bucket=data.bucket, policy=pulumi.Output.secret(with_name(data, TLS)))
"""

#: A bucket without a policy.
BARE = f"""{_START}
data = aws.s3.Bucket("data")
"""

#: A bucket of somebody else's with its policy, which the program looks up.
READ = f"""{_START}
aws.s3.Bucket.get("elsewhere", "somebody-elses")
aws.s3.BucketPolicy.get("elsewhere", "somebody-elses")
"""

#: A good stack with a bad neighbour.
GOOD_AND_BAD = f"""{GOOD}
other = aws.s3.Bucket("other")
aws.s3.BucketPolicy("other-policy", bucket=other.bucket, policy=with_name(other, TLS))
"""

#: The same through aws-native, whose documents are objects; written without its SDK, which is large.
NATIVE = f"""{_START}
class Resource(pulumi.CustomResource):
    def __init__(self, kind, name, **properties):
        super().__init__(f"aws-native:s3:{{kind}}", name, {{"arn": None, **properties}})


def attach(name, *statements):
    bucket = Resource("Bucket", name, bucketName=f"native-{{name}}")
    document = json.loads(write(f"arn:aws:s3:::native-{{name}}", *statements))
    Resource("BucketPolicy", f"{{name}}-policy", bucket=f"native-{{name}}", policyDocument=document)


attach("good", HEADER, TLS)
attach("bad", TLS)
"""

#: Documents that no one should write, each on a bucket of its own; the name says what is wrong.
HOSTILE = f"""{_START}
BAD = {{
    "no-json": "once upon a time",
    "duplicate-keys": write("arn:aws:s3:::hostile", HEADER, TLS).replace('"Effect": "Deny"', '"Effect": "Deny", "Effect": "Allow"'),
    "nested": '{{"Statement":' * 1_300,
    "large": write("arn:aws:s3:::hostile", *[HEADER] * 30_000),
    "number": 7,
    "nothing": None,
    "odd-text": "\\u0000" + chr(0x202E) + "{{",
}}
for name, document in BAD.items():
    properties = {{"bucket": f"hostile-{{name}}", "policy": document}}
    pulumi.CustomResource("aws:s3/bucketPolicy:BucketPolicy", name, {{key: each for key, each in properties.items() if each is not None}})
"""
