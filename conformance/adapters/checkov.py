"""
checkov's answers, by CKV_AWS_379, which asks that a bucket be configured with a secure data transport policy.

    pip install checkov                             # into an environment of its own
    python conformance/run.py --only requests-without-tls python conformance/adapters/checkov.py ENVIRONMENT/bin/checkov

The rule looks at the policy of a bucket whose ACL is public, and passes any other bucket; so the bucket is given the ACL `public-read`.
UNKNOWN is no answer.
"""

import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from conformance.adapters.templates import ALL_REQUESTS, Asked, answer, as_terraform, lay_out, read_asked


def main(command: str) -> None:
    """An answer for each question that the rule is about."""
    every = {f"/{asked.name}/main.tf": asked for asked in read_asked(ALL_REQUESTS)}
    with lay_out({path[1:]: as_public(asked) for path, asked in every.items()}) as files:
        options = ["--framework", "terraform", "--check", "CKV_AWS_379", "--output", "json", "--compact", "--skip-download"]
        ended = subprocess.run([command, "--directory", str(files), *options], stdout=subprocess.PIPE, text=True, check=False)
    results = json.loads(ended.stdout)["results"]
    for passes, found in ((True, results["passed_checks"]), (False, results["failed_checks"])):
        for one in found:
            answer(every[one["file_path"]], passes)


def as_public(asked: Asked) -> str:
    """The module, with an ACL that lets everyone read the bucket."""
    acl = f'resource "aws_s3_bucket_acl" "{asked.name}" {{\n  bucket = aws_s3_bucket.{asked.name}.id\n  acl    = "public-read"\n}}\n'
    return f"{as_terraform(asked)}\n{acl}"


if __name__ == "__main__":
    main(sys.argv[1])
