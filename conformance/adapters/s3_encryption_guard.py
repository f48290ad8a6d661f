"""
Answers of this project to the suite: `python conformance/run.py python conformance/adapters/s3_encryption_guard.py`.

With every policy as it is configured by default. It says nothing but what `python -m offline check` says of the document.
"""

import json
import sys
from datetime import datetime, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import policies
from crossguard.judging.assess import assess, locate
from crossguard.judging.finding import Compliant, NotDenied, Subject
from crossguard.pack.rule import Rule
from crossguard.pack.settings import DEFAULTS
from crossguard.resources.source import Found

ASKED = {
    "uploads-without-header": "aws-s3-bucket-policy-denies-unencrypted-uploads",
    "uploads-without-tls": "aws-s3-bucket-policy-denies-insecure-transport",
    "requests-without-tls": "aws-s3-bucket-policy-denies-all-insecure-requests",
}
RULES = {rule.name: rule for rule in policies.ALL if isinstance(rule, Rule)}


def answer(question: str, bucket: str, partition: str | None, policy: str) -> str:
    """What the policy of this question finds in the document."""
    settings = DEFAULTS._replace(partition=partition)
    source = Found(policy, "policy", bucket, raw=True)
    today = datetime.now(timezone.utc).date()
    found = assess(RULES[ASKED[question]], settings, locate(Subject("", "", "", bucket), settings, source), source, today)
    return "denied" if isinstance(found, Compliant) else "not-denied" if isinstance(found, NotDenied) else "undecided"


def main() -> None:
    """An answer for each line."""
    for line in sys.stdin:
        asked = json.loads(line)
        found = answer(asked["question"], asked["bucket"], asked["partition"], asked["policy"])
        print(json.dumps({"id": asked["id"], "answer": found}))


if __name__ == "__main__":
    main()
