"""Why a request gets through: the nearest statement, what keeps it from applying, and the mistakes people make."""

import json
from typing import Any

import pytest

from bucketpolicy.document import Document
from bucketpolicy.explain import Explanation, explain
from bucketpolicy.goal import SSE, SSE_CUSTOMER, SSE_KMS_KEY, TLS_VERSION, TRANSPORT, Absent, Assumptions, Below, Equal, Goal, Target
from bucketpolicy.mistakes import Mistake
from bucketpolicy.nearest import Obstacle
from bucketpolicy.parse import parse
from bucketpolicy.request import Anonymous, Context, Identity, Request
from bucketpolicy.semantics.evaluate import is_denied
from bucketpolicy.semantics.feasible import in_goal, keys_of
from bucketpolicy.tables.actions import BUCKET_ACTIONS, OBJECT_ACTIONS

Json = dict[str, object]

UPLOAD = ("s3:PutObject",)
DENY: Json = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"}
ALLOW: Json = {**DENY, "Effect": "Allow"}
NO_HEADER: Json = {"Null": {SSE: "true"}}
HTTP: Json = {"Bool": {"aws:SecureTransport": "false"}}
OLD_TLS: Json = {"NumericLessThan": {"s3:TlsVersion": "1.2"}}
ROLE = Identity("role", "111122223333", "arn:aws:iam::111122223333:role/app", "one")

HEADERLESS = Goal("b", "aws", (Target(UPLOAD, "object", (Absent(SSE),)),))
UNTOLD = HEADERLESS._replace(assumptions=Assumptions(secure_transport_present=False))
INSECURE = Goal("b", "aws", (Target(UPLOAD, "object", (Equal(TRANSPORT, "false"),)),))
NEITHER = Goal("b", "aws", (Target(UPLOAD, "object", (Absent(SSE), Absent(SSE_CUSTOMER))),))
OUTDATED = Goal("b", "aws", (*INSECURE.targets, Target(UPLOAD, "object", (Equal(TRANSPORT, "true"), Below(TLS_VERSION, "1.2")))))
BY_HTTP = (Equal(TRANSPORT, "false"),)
ALL_INSECURE = Goal("b", "aws", (Target(BUCKET_ACTIONS, "bucket", BY_HTTP), Target(OBJECT_ACTIONS, "object", BY_HTTP)))

OVER_TLS: Context = ((TRANSPORT, ("true",)),)
OVER_HTTP: Context = ((TRANSPORT, ("false",)), (SSE, ("AES256",)))
OVER_OLD_TLS: Context = ((TRANSPORT, ("true",)), (TLS_VERSION, ("1.1",)))
BY_HTTP_ITSELF: Context = ((TRANSPORT, ("false",)),)
KEY_OF_OWN: Context = ((TRANSPORT, ("true",)), (SSE_CUSTOMER, ("AES256",)))
KEY_ALONE: Context = ((TRANSPORT, ("true",)), (SSE_KMS_KEY, ("arn:aws:kms:::key/1",)))


def ask(context: Context, action: str = "s3:PutObject", resource: str = "arn:aws:s3:::b/k") -> Request:
    """A role's request, an upload where nothing else is said."""
    return Request(ROLE, action, resource, tuple(sorted(context)))


def why(goal: Goal, request: Request, *statements: Json) -> Explanation:
    """The explanation, after making sure that there is something to explain."""
    document = parse(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
    assert isinstance(document, Document)
    assert in_goal(request, goal, keys_of(document))
    assert is_denied(document, request, goal.assumptions) is False
    return explain(document, goal, request)


def deny(condition: Json, **elements: object) -> Json:
    """A Deny of uploads with this condition."""
    return {**DENY, "Condition": condition, **elements}


@pytest.mark.parametrize(
    ("goal", "context", "statement", "mistake"),
    [
        (HEADERLESS, OVER_TLS, deny({**NO_HEADER, **HTTP}), "anded-halves"),
        (INSECURE, OVER_HTTP, deny({**NO_HEADER, **HTTP}), "anded-halves"),
        (INSECURE, OVER_HTTP, deny({**HTTP, **OLD_TLS}), "tls-version-only"),
        (OUTDATED, OVER_OLD_TLS, deny({**HTTP, **OLD_TLS}), None),
        (UNTOLD, (), deny({"Null": {SSE: "true", "aws:SecureTransport": "false"}}), "anded-conditions"),
        (HEADERLESS, KEY_ALONE, deny({"Null": {SSE: "true", SSE_KMS_KEY: "true"}}), "anded-conditions"),
        (HEADERLESS, OVER_TLS, deny({**NO_HEADER, "StringEquals": {"aws:PrincipalOrgID": "o-1"}}), None),
        (INSECURE, OVER_HTTP, deny({"Bool": {"aws:SecureTransport": "true"}}), "inverted-value"),
        (INSECURE, OVER_HTTP, deny({"StringEquals": {"aws:SecureTransport": "true"}}), "inverted-value"),
        (HEADERLESS, OVER_TLS, deny({"Null": {SSE: "false"}}), "inverted-value"),
        (HEADERLESS, OVER_TLS, deny({"StringEquals": {SSE: "AES256"}}), "inverted-value"),
        (HEADERLESS, OVER_TLS, deny({"ForAnyValue:StringNotEquals": {SSE: "AES256"}}), None),
        (HEADERLESS, OVER_TLS, deny({"StringNotEqualsIfExists": {SSE: "AES256"}, "Null": {SSE: "false"}}), "not-equals-but-present"),
        (HEADERLESS, OVER_TLS, deny({"StringNotEquals": {SSE: "AES256"}, "Null": {SSE: "false"}}), "not-equals-but-present"),
        (HEADERLESS, OVER_TLS, deny({"Bool": {SSE: "false"}}), "bool-on-header"),
        (HEADERLESS, KEY_ALONE, deny({"Null": {SSE_KMS_KEY: "true"}}), "key-id-instead-of-header"),
        (INSECURE, OVER_HTTP, deny(OLD_TLS), "tls-version-only"),
        (INSECURE, OVER_HTTP, deny({**OLD_TLS, "Bool": {"aws:SecureTransport": "true"}}), "tls-version-only"),
        (OUTDATED, OVER_OLD_TLS, deny(HTTP), None),
        (HEADERLESS, OVER_TLS, deny(NO_HEADER, Resource="arn:aws:s3:::b"), "objects-left-out"),
        (HEADERLESS, OVER_TLS, deny(NO_HEADER, Resource="arn:aws:s3:::b/logs/*"), None),
        (HEADERLESS, OVER_TLS, deny(NO_HEADER, Resource="b/*"), None),
        (HEADERLESS, OVER_TLS, deny(NO_HEADER, Principal={"AWS": "444455556666"}), "one-principal"),
        (HEADERLESS, OVER_TLS, deny(HTTP, Principal={"AWS": "444455556666"}), None),
        (HEADERLESS, OVER_TLS, deny(NO_HEADER, Action="s3:GetObject"), None),
        (HEADERLESS, OVER_TLS, deny(HTTP, Resource="arn:aws:s3:::other/*"), None),
        (HEADERLESS, OVER_TLS, {**DENY, "Resource": "arn:aws:s3:::b"}, "objects-left-out"),
        (HEADERLESS, OVER_TLS, deny({**NO_HEADER, "StringEquals": {"s3:x-amz-acl": "x"}}, Resource="arn:aws:s3:::b"), None),
        (HEADERLESS, OVER_TLS, deny({"Bool": {"aws:SecureTransport": "true"}}, Resource="arn:aws:s3:::b"), None),
        (HEADERLESS, OVER_TLS, deny({**NO_HEADER, "StringNotEquals": {"aws:SecureTransport": "true"}}), "anded-halves"),
        (HEADERLESS, OVER_TLS, deny({"StringEquals": {SSE: "aws:kms"}}), "inverted-value"),
        (HEADERLESS, OVER_TLS, deny({"StringEquals": {SSE: ["aws:kms", "AES256"]}}), "inverted-value"),
        (INSECURE, ((TRANSPORT, ("false",)),), deny({"Bool": {"aws:SecureTransport": "false", SSE: "false"}}), None),
        (
            HEADERLESS,
            OVER_TLS,
            deny({"StringNotEquals": {SSE: "x"}, "Null": {SSE: "false"}, "StringEquals": {SSE_KMS_KEY: "k"}}),
            None,
        ),
        (HEADERLESS, KEY_OF_OWN, deny({"Null": {SSE: "true", SSE_CUSTOMER: "true"}}), "customer-key-left-out"),
        (INSECURE, (*BY_HTTP_ITSELF, (SSE_CUSTOMER, ("AES256",))), deny({"Null": {SSE: "true", SSE_CUSTOMER: "true"}}), None),
        (HEADERLESS, KEY_OF_OWN, deny({"Null": {SSE: "true", SSE_CUSTOMER: "true"}, **HTTP}), "anded-conditions"),
        (NEITHER, OVER_TLS, deny({"Null": {SSE: "false"}, "ForAnyValue:StringNotEquals": {SSE_CUSTOMER: "AES256"}}), None),
        (NEITHER, OVER_TLS, deny({"Null": {SSE: "false", SSE_CUSTOMER: "false"}}), "inverted-value"),
    ],
)
def test_a_known_mistake_is_recognised(goal: Goal, context: Context, statement: Json, mistake: Mistake | None) -> None:
    """In the statement that has it, and nothing is made up where none fits."""
    explanation = why(goal, ask(context), {**ALLOW, "Sid": "first"}, statement)
    assert (explanation.mistake, explanation.statement, explanation.detail) == (mistake, None if mistake is None else 2, "")


@pytest.mark.parametrize(
    ("resource", "mistake", "detail"),
    [
        ("arn:aws:s3:::b-logs/*", "other-bucket", "b-logs"),
        ("arn:aws:s3:::logs-b/*", "other-bucket", "logs-b"),
        ("arn:aws:s3:::c*", "other-bucket", "c*"),
        ("arn:aws-cn:s3:::b/*", "other-partition", "aws-cn"),
        (["x", "arn:aws:s3:::c/*"], "other-bucket", "c"),
    ],
)
def test_a_resource_that_is_not_this_buckets(resource: object, mistake: Mistake, detail: str) -> None:
    """A neighbour's name, another partition, or the text of an Output: with what is written there."""
    explanation = why(INSECURE, ask(OVER_HTTP), deny(HTTP, Resource=resource))
    assert (explanation.mistake, explanation.statement, explanation.detail) == (mistake, 1, detail)


def test_where_the_name_is_not_known_any_name_is_right() -> None:
    """Then only the partition can be another's."""
    explanation = why(INSECURE._replace(bucket=None), ask(OVER_HTTP), deny(HTTP, Resource="arn:aws-cn:s3:::c/*"))
    assert (explanation.mistake, explanation.detail) == ("other-partition", "aws-cn")


def test_not_resource_is_not_mistaken_for_a_wrong_name() -> None:
    """What it leaves out is left out by intention."""
    statement = {**{name: value for name, value in deny(HTTP).items() if name != "Resource"}, "NotResource": "arn:aws:s3:::b"}
    request = ask(((TRANSPORT, ("false",)),), "s3:ListBucket", "arn:aws:s3:::b")
    explanation = why(ALL_INSECURE, request, {**statement, "Action": "s3:*"})
    assert explanation.mistake is None
    assert explanation.nearest == Obstacle(1, None, "resource", "$.Statement[0].NotResource", ("arn:aws:s3:::b",), negated=True)


def test_the_bucket_itself_left_out() -> None:
    """For the goal of all requests the objects alone are not enough."""
    request = ask(((TRANSPORT, ("false",)),), "s3:ListBucket", "arn:aws:s3:::b")
    assert why(ALL_INSECURE, request, deny(HTTP, Action="s3:*")).mistake == "bucket-left-out"


def test_not_principal_spares_its_own() -> None:
    """The whole chain of the role is listed, so its request gets through."""
    chain = [ROLE.arn, "111122223333", "arn:aws:sts::111122223333:assumed-role/app/one"]
    statement = {**{name: value for name, value in deny(HTTP).items() if name != "Principal"}, "NotPrincipal": {"AWS": chain}}
    explanation = why(INSECURE, ask(OVER_HTTP), statement)
    assert explanation.mistake == "not-principal"
    assert explanation.nearest == Obstacle(1, None, "principal", "$.Statement[0].NotPrincipal", tuple(chain), negated=True)


@pytest.mark.parametrize(
    ("statements", "mistake", "statement"),
    [
        ([ALLOW], "no-deny", None),
        ([{**ALLOW, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}], "allow-instead-of-deny", 1),
        ([deny(NO_HEADER), {**ALLOW, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}], "allow-instead-of-deny", 2),
        ([deny(HTTP, Action="s3:Get*"), {**ALLOW, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}], None, None),
        ([deny(NO_HEADER), {**ALLOW, "Condition": NO_HEADER}], None, None),
    ],
)
def test_an_allow_forbids_nothing(statements: list[Json], mistake: Mistake | None, statement: int | None) -> None:
    """An Allow for what is right is named where no Deny speaks of it; a document without any Deny is said to have none."""
    explanation = why(INSECURE, ask(OVER_HTTP), *statements)
    assert (explanation.mistake, explanation.statement) == (mistake, statement)
    assert (explanation.nearest is None) == all(item["Effect"] == "Allow" for item in statements)


def test_the_nearest_statement_speaks_of_the_same_keys() -> None:
    """A Deny about something else is farther away, even where it misses by less."""
    other = {**DENY, "Sid": "other", "Condition": {"StringEquals": {"s3:x-amz-acl": "public-read"}}}
    near = deny(HTTP, Sid="near", Resource="arn:aws:s3:::b/logs/*")
    nearest = why(INSECURE, ask(OVER_HTTP), other, near, deny(HTTP, Sid="far", Resource="arn:aws:s3:::c/*", Action="s3:GetObject")).nearest
    assert nearest == Obstacle(2, "near", "resource", "$.Statement[1].Resource", ("arn:aws:s3:::b/logs/*",))


def missing(conditions: int, *, speaks: bool = True, **elements: object) -> Json:
    """A Deny of which this many conditions do not hold, that speaks of the header or does not."""
    keys = ("s3:x-amz-acl", "s3:x-amz-storage-class", "s3:x-amz-grant-read", "s3:x-amz-grant-write", "aws:Referer")
    failing: Json = {"StringEquals": dict.fromkeys(keys[:conditions], "x")}
    return deny({**(NO_HEADER if speaks else {"Bool": {"aws:SecureTransport": "true"}}), **failing}, **elements)


ACTION: dict[str, Any] = {"Action": "s3:GetObject"}
RESOURCE: dict[str, Any] = {"Resource": "arn:aws:s3:::b/logs/*"}
PRINCIPAL: dict[str, Any] = {"Principal": {"AWS": "444455556666"}}
OPEN: dict[str, Any] = {"Resource": "arn:*:s3:::b/*"}


@pytest.mark.parametrize(
    ("first", "second", "nearest"),
    [
        (missing(2), missing(1), 2),
        (missing(1), missing(1), 1),
        (missing(0, **RESOURCE), missing(2), 1),
        (missing(2), missing(0, **RESOURCE), 1),
        (missing(0, **RESOURCE), missing(1), 2),
        (missing(3), missing(0, **RESOURCE), 2),
        (missing(0, **PRINCIPAL), missing(2), 1),
        (missing(2), missing(0, **PRINCIPAL), 1),
        (missing(0, **PRINCIPAL), missing(1), 2),
        (missing(3), missing(0, **PRINCIPAL), 2),
        (missing(0, **ACTION), missing(4), 1),
        (missing(4), missing(0, **ACTION), 1),
        (missing(0, **ACTION), missing(3), 2),
        (missing(5), missing(0, **ACTION), 2),
        (missing(0, **ACTION), missing(0, **RESOURCE, **PRINCIPAL), 1),
        (missing(0, **RESOURCE, **PRINCIPAL), missing(0, **ACTION), 1),
        (missing(1, **RESOURCE, **PRINCIPAL), missing(0, **ACTION), 2),
        (missing(2), missing(1, **OPEN), 1),
        (missing(4), missing(1, **OPEN), 2),
        (missing(1, speaks=False), missing(4), 1),
        (missing(4), missing(1, speaks=False), 1),
        (missing(1, speaks=False), missing(3), 2),
        (missing(5), missing(1, speaks=False), 2),
        ({**DENY, **RESOURCE}, missing(2), 1),
        (missing(3), {**DENY, **RESOURCE}, 2),
    ],
)
def test_what_a_statement_misses_by(first: Json, second: Json, nearest: int) -> None:
    """
    An action is as far as four conditions, a resource or a principal as two, another topic as three.

    What may match does not count as a match, a statement without conditions is about every topic, and the first of two is the nearer one.
    """
    found = why(HEADERLESS, ask(OVER_TLS), first, second).nearest
    assert found is not None
    assert found.statement == nearest


def test_the_first_obstacle_is_named() -> None:
    """Action before resource before principal before conditions, with the statement's own texts."""
    wrong: Json = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::c/*", "Principal": {"AWS": "444455556666"}}
    kinds = []
    for fixed in ({}, {"Action": "*"}, {"Action": "*", "Resource": "*"}, {"Action": "*", "Resource": "*", "Principal": "*"}):
        nearest = why(HEADERLESS, ask(OVER_TLS), deny({**HTTP, "StringEquals": {"s3:x-amz-acl": "private"}}, **{**wrong, **fixed})).nearest
        assert nearest is not None
        kinds.append((nearest.kind, nearest.patterns, nearest.path))
    assert kinds == [
        ("action", ("s3:GetObject",), "$.Statement[0].Action"),
        ("resource", ("arn:aws:s3:::c/*",), "$.Statement[0].Resource"),
        ("principal", ("444455556666",), "$.Statement[0].Principal"),
        ("condition", (), "$.Statement[0].Condition.Bool"),
    ]


def test_a_condition_comes_with_what_the_request_carries() -> None:
    """The values of its key, or None where the key is absent, and how many more conditions do not hold."""
    nearest = why(HEADERLESS, ask(OVER_TLS), deny({**HTTP, "StringEquals": {"s3:x-amz-acl": "private"}})).nearest
    assert nearest is not None
    assert nearest.condition is not None
    assert (nearest.condition.key, nearest.actual, nearest.others) == (TRANSPORT, ("true",), 1)
    nearest = why(HEADERLESS, ask(OVER_TLS), deny({"StringEquals": {"s3:x-amz-acl": "private"}})).nearest
    assert nearest is not None
    assert (nearest.actual, nearest.others) == (None, 0)


def test_a_statement_that_does_apply_is_no_obstacle() -> None:
    """Asked about a request that is denied after all, nothing is made up, and nothing raises."""
    document = parse(json.dumps({"Statement": DENY}))
    assert isinstance(document, Document)
    found = explain(document, INSECURE, Request(Anonymous(), "s3:PutObject", "arn:aws:s3:::b/k", ()))
    assert (found.nearest, found.mistake) == (None, None)
