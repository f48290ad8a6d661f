"""What `decide` must say: the regression cases of the research behind it, and where it gives up."""

from random import Random

import pytest

from bucketpolicy.goal import SSE, TRANSPORT, Goal
from bucketpolicy.proof.budget import Budget
from bucketpolicy.proof.check import check_proof
from bucketpolicy.proof.decide import decide
from tests.bucketpolicy.verdicts import (
    NULL,
    UPLOADS,
    Json,
    denied,
    document,
    over_http,
    reasons,
    statement,
    uploads,
    witness,
)


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


def test_a_document_beyond_the_budget_is_given_up() -> None:
    """It names the statement that costs most, and nothing of what the statement says."""
    patterns = [[f"arn:aws:s3:::b/{'?' * place}{digit}{'?' * (23 - place)}" for digit in "01"] for place in range(24)]
    rng = Random(5)
    clauses = [
        "arn:aws:s3:::b/" + "".join(rng.choice("01") if place in places else "?" for place in range(24))
        for places in (rng.sample(range(24), 3) for _ in range(85))
    ]
    parts = [statement(NULL, Resource=None, NotResource=pair) for pair in patterns]
    ((path, reason),) = reasons(decide(document(statement(NULL, Resource=clauses), *parts), Goal("b", "aws", (UPLOADS,)), Budget(20_000)))
    assert path.startswith("$.Statement[")
    assert reason == "the document is too complex: the search gave up, and this statement cost it most"


def test_a_document_without_denies_has_none() -> None:
    """Allow statements deny nothing."""
    witness(uploads({**statement(NULL), "Effect": "Allow"}))
    assert denied(uploads(statement())).statements == (1,)


@pytest.mark.parametrize("long", [10, 100_000])
def test_a_long_proof_is_kept_as_it_was_found(long: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parity around a graph: every case must be tried, and the steps hold with and without those that could be left out."""
    monkeypatch.setattr("bucketpolicy.proof.cover._LONG", long)
    rng = Random(1)
    size = 12
    edges: list[tuple[int, int]] = []
    while not edges:
        ends = [vertex for vertex in range(size) for _ in range(3)]
        rng.shuffle(ends)
        pairs = [tuple(sorted(ends[place : place + 2])) for place in range(0, len(ends), 2)]
        if len(set(pairs)) == len(pairs) and all(one != other for one, other in pairs):
            edges = [(one, other) for one, other in pairs]
    parts = []
    for vertex in range(size):
        mine = [number for number, ends_of in enumerate(edges) if vertex in ends_of]
        for bits in range(8):
            chosen = [bits >> place & 1 for place in range(3)]
            if sum(chosen) % 2 != (vertex == 0):
                nulls = {f"s3:ExistingObjectTag/{number}": str(not bit).lower() for number, bit in zip(mine, chosen, strict=True)}
                parts.append(statement({"Null": nulls}, Resource="*", Action="*"))
    whole = document(*parts)
    goal = Goal("b", "aws", (UPLOADS,))
    verdict = denied(decide(whole, goal))
    assert check_proof(whole, goal, verdict.proof)
