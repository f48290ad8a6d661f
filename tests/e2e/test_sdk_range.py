"""`python -m offline` under both ends of the range of SDKs that requirements.txt accepts, and under one between them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
OLDEST = re.search(r"^pulumi>=([\d.]+)", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE)
PROGRAM = """
import json
import pulumi
import pulumi_aws as aws

network = pulumi.StackReference("acme/network/prod")
bucket = aws.s3.Bucket("data", tags={"network": network.get_output("id")})
partition = aws.get_partition_output().partition
text = pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [bucket.arn, pulumi.Output.concat(bucket.arn, "/*")],
     "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
    {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": pulumi.Output.concat(bucket.arn, "/*"),
     "Condition": {"Null": {"s3:x-amz-server-side-encryption": "true"}}},
]})
aws.s3.BucketPolicy("data", bucket=bucket.id, policy=text)
aws.s3.Bucket.get("other", "other")
pulumi.export("partition", partition)
"""


@pytest.mark.parametrize("version", [f"{OLDEST[1]}.0" if OLDEST else "", "3.259.0", ""], ids=["oldest", "3.259", "installed"])
def test_a_program_under_each_sdk(version: str, tmp_path: Path) -> None:
    """A stack reference, a resource that is read and a data source: whatever the protocol has, the verdict is the same."""
    (tmp_path / "Pulumi.yaml").write_text("name: ranged\nruntime: python\n", "utf-8")
    (tmp_path / "__main__.py").write_text(PROGRAM, "utf-8")
    path = [str(ROOT)]
    if version:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(tmp_path / "sdk"), f"pulumi=={version}"]
        subprocess.run(install, check=True)
        path.insert(0, str(tmp_path / "sdk"))
    ended = subprocess.run(
        [sys.executable, "-m", "offline", "preview", str(tmp_path)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "nobody answered stack reference acme/network/prod" in ended.stdout
