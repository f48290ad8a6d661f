"""A document that S3 refuses is not compliant, and S3's own error is in every message."""

import json
from typing import Any

import pytest

from bucketpolicy.acceptance import SOURCES
from tests.crossguard.documents import HEADER_ABSENT, OVER_HTTP, compliant, deny, snippet, write
from tests.crossguard.pack import ALL_REQUESTS, TRANSPORT, UNKNOWN, UPLOADS, Double, Resource, attach

RESOURCE, ACTION, PRINCIPAL, FIRST_BYTE = SOURCES
ALLOW: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"AWS": "111122223333"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::data/*",
}
REFUSED = [
    ({**ALLOW, "Resource": "*"}, RESOURCE),
    ({**ALLOW, "Resource": ["arn:aws:s3:::data/*", "arn:aws:s3:::elsewhere/*"]}, RESOURCE),
    ({**ALLOW, "Action": "s3:GetBucketAcl"}, ACTION),
    ({**ALLOW, "Principal": {"AWS": "arn:aws:iam::111122223333:role/app-*"}}, PRINCIPAL),
]


BLOCKED = {UPLOADS: "mandatory", TRANSPORT: "mandatory", ALL_REQUESTS: "advisory"}


def native(value: object) -> Resource:
    """A BucketPolicy of aws-native with this document."""
    return Resource("aws-native:s3:BucketPolicy", "data-policy", {"bucket": "data", "policyDocument": value})


def add(statement: dict[str, Any]) -> str:
    """A document that denies all that is asked, and holds this statement besides."""
    statements = json.loads(compliant("data"))["Statement"]
    return write(*statements, statement)


@pytest.mark.parametrize(("statement", "error"), REFUSED)
def test_a_refused_document_is_never_compliant(statement: dict[str, Any], error: str, preview: Double) -> None:
    """One statement that S3 refuses takes all others with it."""
    assert preview.analyze(attach(add(ALLOW))).levels() == {}
    answer = preview.analyze(attach(add(statement)))
    assert answer.levels() == BLOCKED
    for policy in (UPLOADS, TRANSPORT, ALL_REQUESTS):
        assert "cannot be decided" in answer.of(policy)
        assert error in answer.of(policy)
        assert "Statement 3, `" in answer.of(policy)


@pytest.mark.parametrize(("statement", "error"), REFUSED)
def test_the_error_is_said_where_a_request_gets_through_besides(statement: dict[str, Any], error: str, preview: Double) -> None:
    """In the messages of all three policies."""
    answer = preview.analyze(attach(write(statement)))
    assert answer.levels() == BLOCKED
    for policy in (UPLOADS, TRANSPORT, ALL_REQUESTS):
        assert "is not denied" in answer.of(policy)
        assert error in answer.of(policy)


def test_the_error_comes_before_what_else_is_undecided(preview: Double) -> None:
    """What AWS leaves open does not matter where nothing is in force."""
    odd = deny("data", {"StringEquals": {"aws:PrincipalTag/x": []}}, Action="s3:*", Resource=["arn:aws:s3:::data", "arn:aws:s3:::data/*"])
    text = preview.analyze(attach(write(odd, {**ALLOW, "Resource": "*"}))).of(UPLOADS)
    assert text.index(RESOURCE) < text.index("the list of values is empty")


def test_the_switch_judges_a_refused_document_by_its_meaning(preview: Double) -> None:
    """Off: as if S3 took it."""
    everywhere = write(deny("", HEADER_ABSENT, Resource="*"), deny("", OVER_HTTP, Resource="*", Action="s3:*"))
    off = {"assumptions": {"refused-by-s3": False}}
    assert preview.analyze(attach(everywhere)).levels() == BLOCKED
    preview.configure(uploads=off, transport=off, all_requests=off)
    assert preview.analyze(attach(everywhere)).levels() == {}


@pytest.mark.parametrize(("target", "levels"), [("data", {}), ("other", BLOCKED)])
def test_the_bucket_decides_what_is_another_one(target: str, levels: dict[str, str], preview: Double) -> None:
    """The same document on another bucket is refused."""
    answer = preview.analyze(attach(compliant("data"), target))
    assert answer.levels() == levels


def test_an_accepted_snippet_is_not_accepted_in_a_refused_document(preview: Double) -> None:
    """The setting is about the snippet's meaning."""
    preview.configure(uploads={"acceptBenchmarkSnippet": True})
    statement = json.loads(snippet("data"))["Statement"][0]
    assert UPLOADS not in preview.analyze(attach(write(statement))).levels()
    assert RESOURCE in preview.analyze(attach(write(statement, {**ALLOW, "Resource": "*"}))).of(UPLOADS)


def test_an_unknown_bucket_is_told_what_holds_for_every_name(preview: Double) -> None:
    """A violation, although the name is not known."""
    everywhere = write(deny("", HEADER_ABSENT, Resource="*"), deny("", OVER_HTTP, Resource="*", Action="s3:*"))
    answer = preview.analyze(attach(everywhere, UNKNOWN))
    assert answer.levels() == BLOCKED
    assert RESOURCE in answer.of(UPLOADS)


def test_an_aws_native_string_is_sent_as_it_is(preview: Double) -> None:
    """The aws provider normalises JSON; aws-native does not, and an object is written by the pack."""
    text = f"\n{compliant('data')}"
    assert preview.analyze(attach(text)).levels() == {}
    answer = preview.analyze(native(text))
    assert answer.levels() == BLOCKED
    assert FIRST_BYTE in answer.of(ALL_REQUESTS)
    assert preview.analyze(native(json.loads(text))).levels() == {}
