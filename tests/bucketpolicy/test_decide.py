"""What `decide` must say: the regression cases of the research behind it, then every corner of the language."""

import json
from typing import Any

import pytest

from bucketpolicy.decide import decide
from bucketpolicy.document import Document
from bucketpolicy.goal import SSE, TRANSPORT, Absent, Assumptions, Equal, Goal, Target
from bucketpolicy.parse import parse
from bucketpolicy.request import Request
from bucketpolicy.verdict import Counterexample, Denied, Undecided, Verdict

Json = Any
UPLOADS = Target(("s3:PutObject",), "object", (Absent(SSE),))
HTTP_UPLOADS = Target(("s3:PutObject",), "object", (Equal(TRANSPORT, "false"),))


def statement(condition: Json = None, **elements: Json) -> Json:
    """A Deny for everyone of uploads to all objects of the bucket `b`, but for what is given."""
    result = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*", **elements}
    if condition is not None:
        result["Condition"] = condition
    return {name: value for name, value in result.items() if value is not None}


def document(*statements: Json, version: str | None = "2012-10-17") -> Document:
    """The document of these statements."""
    whole: dict[str, Json] = {"Statement": list(statements)}
    if version:
        whole["Version"] = version
    parsed = parse(json.dumps(whole))
    assert isinstance(parsed, Document), parsed
    return parsed


def uploads(
    *statements: Json, version: str | None = "2012-10-17", bucket: str | None = "b", exempt: tuple[str, ...] = (), **switches: bool
) -> Verdict:
    """The verdict on uploads without the header."""
    goal = Goal(bucket, "aws", (UPLOADS,), exempt, Assumptions(**switches))
    return decide(document(*statements, version=version), goal)


def over_http(*statements: Json, **switches: bool) -> Verdict:
    """The verdict on uploads over plain HTTP."""
    return decide(document(*statements), Goal("b", "aws", (HTTP_UPLOADS,), (), Assumptions(**switches)))


def denied(verdict: Verdict) -> Denied:
    """The verdict, which must be that everything is denied."""
    assert isinstance(verdict, Denied), verdict
    return verdict


def witness(verdict: Verdict) -> Request:
    """The request of the verdict, which must be a counterexample."""
    assert isinstance(verdict, Counterexample), verdict
    return verdict.request


def reasons(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """The reasons of the verdict, which must be that nothing can be told."""
    assert isinstance(verdict, Undecided), verdict
    return tuple((problem.path, problem.reason) for problem in verdict.reasons)


NULL = {"Null": {SSE: "true"}}


@pytest.mark.parametrize(
    "condition",
    [
        NULL,
        {"StringNotEquals": {SSE: "aws:kms"}},
        {"StringNotEqualsIfExists": {SSE: "aws:kms"}},
        {"ForAllValues:StringNotEquals": {SSE: "aws:kms"}},
        {"Null": {"S3:X-AMZ-Server-Side-Encryption": True}},
    ],
)
def test_one_condition_denies_uploads_without_the_header(condition: Json) -> None:
    """Cases 1, 2, 3, 6 and 23: an absent key satisfies these."""
    assert denied(uploads(statement(condition))).statements == (1,)


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {SSE: "AES256"}},
        {"StringNotEqualsIfExists": {SSE: "aws:kms"}, "Null": {SSE: "false"}},
        {"ForAnyValue:StringNotEquals": {SSE: "aws:kms"}},
    ],
)
def test_one_condition_lets_uploads_without_the_header_through(condition: Json) -> None:
    """Cases 4, 5 and 7: an absent key does not satisfy these."""
    assert (SSE, ()) not in witness(uploads(statement(condition))).context


def test_object_creation_operation_leaves_multipart_uploads_open() -> None:
    """Case 8: creating a multipart upload is no object creation operation."""
    request = witness(uploads(statement({**NULL, "Bool": {"s3:ObjectCreationOperation": "true"}})))
    assert "true" not in dict(request.context).get("s3:objectcreationoperation", ())


def test_the_bucket_alone_is_none_of_its_objects() -> None:
    """Case 9."""
    assert witness(uploads(statement(NULL, Resource="arn:aws:s3:::b"))).resource == "arn:aws:s3:::b/example.txt"


@pytest.mark.parametrize("resource", ["arn:aws:s3:::b*", "arn:aws:s3:::b/?*", "arn:aws:s3:::*", "*", "arn:aws:s3:::?*"])
def test_a_resource_covers_all_objects(resource: str) -> None:
    """Cases 10 and 11: keys have one character or more."""
    denied(uploads(statement(NULL, Resource=resource)))


def test_a_prefix_and_its_complement_cover_all_objects() -> None:
    """Case 12."""
    prefix = "arn:aws:s3:::b/logs/*"
    verdict = denied(uploads(statement(NULL, Resource=prefix), statement(NULL, Resource=None, NotResource=prefix)))
    assert verdict.statements == (1, 2)


def test_not_principal_denies_everybody_outside_the_account() -> None:
    """Case 13: with a Deny for the account itself, nobody is left."""
    account = {"AWS": "111111111111"}
    denied(uploads(statement(NULL, Principal=account), statement(NULL, Principal=None, NotPrincipal=account)))


def test_addresses_of_both_families_and_none_cover_everything() -> None:
    """Case 14: without the clause about an absent address, calls through a VPC endpoint get through."""
    blocks = {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1", "::/0"]}
    first = statement({**NULL, "IpAddress": blocks})
    denied(uploads(first, statement({"Null": {SSE: "true", "aws:SourceIp": "true"}})))
    context = dict(witness(uploads(first)).context)
    assert "aws:sourceip" not in context
    assert "aws:sourcevpce" in context


@pytest.mark.parametrize("action", ["s3:putobject", "S3:P*t?bject", "s3:*", "*", "s3:Put*"])
def test_actions_match_by_glob_and_without_regard_to_case(action: str) -> None:
    """Case 15."""
    denied(uploads(statement(NULL, Action=action)))


def test_not_action_denies_all_other_actions() -> None:
    """Case 16."""
    denied(uploads(statement(NULL, Action=None, NotAction="s3:GetObject")))
    witness(uploads(statement(NULL, Action=None, NotAction="s3:PutObject")))


def test_a_variable_in_a_resource_leaves_objects_open() -> None:
    """Case 17: who has no user name is not matched, and no name matches every key."""
    witness(uploads(statement(NULL, Resource="arn:aws:s3:::b/${aws:username}/*")))
    witness(uploads(statement(NULL, Resource="arn:aws:s3:::b/${aws:username}")))


def test_a_variable_is_literal_text_in_the_older_version() -> None:
    """Case 18."""
    resource = "arn:aws:s3:::b/${aws:username}"
    parts = (statement(NULL, Resource=resource), statement(NULL, Resource=None, NotResource=resource))
    denied(uploads(*parts, version="2008-10-17"))
    denied(uploads(*parts, version=None))


def test_the_published_statement_on_the_bucket_alone_leaves_objects_open() -> None:
    """Case 19."""
    http = {"Bool": {TRANSPORT: "false"}}
    request = witness(over_http(statement(http, Action="s3:*", Resource="arn:aws:s3:::b")))
    assert (request.resource, dict(request.context)) == ("arn:aws:s3:::b/example.txt", {TRANSPORT: ("false",)})


def test_a_bound_on_the_tls_version_does_not_deny_plain_http() -> None:
    """Case 20: there is no TLS version then."""
    witness(over_http(statement({"NumericLessThan": {"s3:TlsVersion": 1.2}})))


def test_a_bound_with_if_exists_denies_plain_http_given_that_it_has_no_version() -> None:
    """Case 21."""
    bound = statement({"NumericLessThanIfExists": {"s3:TlsVersion": "1.2"}})
    assert denied(over_http(bound)).assumptions == ("tls-version-absent-on-http",)
    context = dict(witness(over_http(bound, tls_version_absent_on_http=False)).context)
    assert context == {TRANSPORT: ("false",), "s3:tlsversion": ("1.2",)}


def test_keys_may_hold_any_character() -> None:
    """Case 24: line breaks and colons are ordinary characters of an object's key."""
    resources = ["arn:aws:s3:::b/a:b/*", "arn:aws:s3:::b/\n*"]
    denied(uploads(statement(NULL, Resource=resources), statement(NULL, Resource=None, NotResource=resources)))
    assert witness(uploads(statement(NULL, Resource=None, NotResource="arn:aws:s3:::b/a:*"))).resource.startswith("arn:aws:s3:::b/a:")


def test_an_empty_list_of_values_is_undecided() -> None:
    """Case 25."""
    verdict = uploads(statement({"StringEquals": {SSE: []}}))
    assert reasons(verdict) == (("$.Statement[0].Condition.StringEquals", "the list of values is empty"),)


def test_an_arn_of_another_partition_is_another_bucket() -> None:
    """Case 26."""
    witness(uploads(statement(NULL, Resource="arn:aws-cn:s3:::b/*")))
