"""Every fix that is printed, appended to its document, settles all three policies: of every case file, every snapshot and every goal."""

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import pytest

from bucketpolicy.document import Document
from bucketpolicy.parse import parse
from crossguard.judging.joint import lets_everyone_read
from crossguard.resources.source import Found
from offline.check import Attached, check
from offline.configuration import Configuration, interpret
from offline.report.content import Bucket
from tests.crossguard.kinds import KINDS
from tests.offline.cli import ALL_TRANSPORT, TRANSPORT, UPLOADS
from tests.offline.test_one_fix import CONFIGURATIONS, read_statements
from tests.policies.cases import read_cases

NOW = datetime(2026, 11, 24, tzinfo=timezone.utc)
#: What is said where there is nothing to paste that would be enough.
NOT_ENOUGH = (
    "correct what S3 refuses",
    "S3 refuses",
    "There is no ready-made fix",
    "S3 would refuse it",
    "S3 accepts at most",
    "prints for an Output",
)


def list_documents() -> dict[str, tuple[str, str, Mapping[str, Any]]]:
    """Text, bucket and configuration of what the tests have, by name."""
    found: dict[str, tuple[str, str, Mapping[str, Any]]] = {}
    for case in read_cases():
        found[f"{case.rule}/{case.name}"] = (case.text, case.bucket or "example-bucket", {case.rule: dict(case.configuration)})
    for name, kind in KINDS.items():
        if isinstance(kind.shown, Found) and kind.shown.bucket is not None:
            found[name] = (kind.shown.text, kind.shown.bucket, {kind.rule.name: dict(kind.config)})
    return {name: each for name, each in found.items() if isinstance(parse(each[0]), Document)}


DOCUMENTS = list_documents()


def judge(text: str, bucket: str, configuration: Configuration) -> Bucket:
    """The bucket in the report of `check`."""
    (stack,) = check((Attached(text, "policy.json", bucket, None),), configuration, "check", NOW).stacks
    return stack.buckets[0]


def assert_settled(text: str, bucket: str, written: Mapping[str, Any]) -> bool:
    """True where a fix is printed, which then settles everything."""
    configuration = interpret(json.loads(json.dumps(written), parse_int=float), "config.json")
    if not isinstance(configuration, Configuration):
        return False
    before = judge(text, bucket, configuration)
    messages = "\n".join(result.message for result in before.results)
    if not before.fix or any(words in messages for words in NOT_ENOUGH):
        return False
    printed = read_statements(messages)
    assert printed == [json.loads(statement) for statement in before.fix] or not printed
    document = json.loads(text)
    statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    after = judge(json.dumps({**document, "Statement": [*statements, *map(json.loads, before.fix)]}), bucket, configuration)
    left = {result.policy for result in after.results if result.outcome not in ("compliant", "exempt")}
    assert left <= ({ALL_TRANSPORT} if lets_everyone_read(text) else set())
    return True


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_printed_settles_everything(name: str) -> None:
    """Under the document's own configuration, and under one that asks for more."""
    text, bucket, written = DOCUMENTS[name]
    assert_settled(text, bucket, written)
    assert_settled(text, bucket, {UPLOADS: {"algorithms": ["aws:kms"]}, TRANSPORT: {"minimumTlsVersion": "1.2"}})


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_whatever_is_configured(configuration: str) -> None:
    """Every tenth document under every configuration."""
    for text, bucket, _ in list(DOCUMENTS.values())[::10]:
        assert_settled(text, bucket, CONFIGURATIONS[configuration])


def test_most_documents_have_a_fix() -> None:
    """So the tests above say something."""
    sample = list(DOCUMENTS.values())[::7]
    assert sum(assert_settled(*each) for each in sample) > len(sample) / 3
