"""
Prowler's answers, by its check s3_bucket_secure_transport_policy, which asks that a policy deny requests without TLS.

    pip install prowler                             # into an environment of its own
    python conformance/run.py --only requests-without-tls python conformance/adapters/prowler.py ENVIRONMENT/bin/python

Prowler reads buckets from an account; here its check is given the buckets directly, as its own tests do. Where it ends with an error there
is no answer.
"""

import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from conformance.adapters.templates import ALL_REQUESTS, answer, lay_out, read_asked

#: Takes pairs of a bucket and a document as JSON on standard input, and prints for each whether the check is content, or null.
PROGRAM = """
import importlib, json, sys
from types import ModuleType, SimpleNamespace

service = ModuleType("prowler.providers.aws.services.s3.s3_client")
service.s3_client = SimpleNamespace(buckets={}, provider=None)
sys.modules[service.__name__] = service
name = "s3_bucket_secure_transport_policy"
check = getattr(importlib.import_module(f"prowler.providers.aws.services.s3.{name}.{name}"), name)
from prowler.providers.aws.services.s3.s3_service import Bucket

def judge(bucket, document):
    arn = f"arn:aws:s3:::{bucket}"
    service.s3_client.buckets = {arn: Bucket(arn=arn, name=bucket, region="us-east-1", policy=document)}
    try:
        return [finding.status for finding in check().execute()] == ["PASS"]
    except Exception:
        return None

print(json.dumps([judge(*one) for one in json.load(sys.stdin)]))
"""


def main(python: str) -> None:
    """An answer for each question that the check is about."""
    every = read_asked(ALL_REQUESTS)
    pairs = json.dumps([(asked.bucket, asked.document) for asked in every])
    with lay_out({}) as folder:
        ended = subprocess.run([python, "-c", PROGRAM], input=pairs, cwd=folder, stdout=subprocess.PIPE, text=True, check=True)
    for asked, passes in zip(every, json.loads(ended.stdout.splitlines()[-1]), strict=True):
        answer(asked, passes)


if __name__ == "__main__":
    main(sys.argv[1])
