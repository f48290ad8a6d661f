"""
AWS CloudFormation Guard's answers, by S3_BUCKET_SSL_REQUESTS_ONLY of its rules registry: policies require TLS of all requests.

    cargo install cfn-guard
    git clone https://github.com/aws-cloudformation/aws-guard-rules-registry
    python conformance/run.py --only requests-without-tls python conformance/adapters/guard_registry.py cfn-guard RULE

RULE is rules/aws/amazon_s3/s3_bucket_ssl_requests_only.guard of the registry. It compares the condition's value with a Boolean;
with `--booleans` the strings "true" and "false" are written as Booleans, as an author of YAML would.
"""

import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from conformance.adapters.templates import ALL_REQUESTS, answer, as_cloudformation, lay_out, read_asked

VERDICTS = {"PASS": True, "FAIL": False}


def main(command: str, rule: str, *, booleans: bool) -> None:
    """An answer for each question that the rule is about."""
    every = read_asked(ALL_REQUESTS)
    templates = {f"{asked.name}.json": as_cloudformation(asked) for asked in every}
    if booleans:
        templates = {name: content.replace('"false"', "false").replace('"true"', "true") for name, content in templates.items()}
    with lay_out(templates) as files:
        options = ["--structured", "--output-format", "json", "--show-summary", "none"]
        ended = subprocess.run(
            [command, "validate", "--rules", rule, "--data", str(files), *options], stdout=subprocess.PIPE, text=True, check=False
        )
    found = {Path(report["name"]).name: report["status"] for report in json.loads(ended.stdout)}
    for asked in every:
        answer(asked, VERDICTS.get(found.get(f"{asked.name}.json", "")))


if __name__ == "__main__":
    arguments = [one for one in sys.argv[1:] if one != "--booleans"]
    main(*arguments, booleans=len(arguments) + 1 < len(sys.argv))
