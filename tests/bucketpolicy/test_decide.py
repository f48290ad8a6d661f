"""What `decide` must say: the regression cases of the research behind it, then every corner of the language."""

import json
from random import Random
from typing import Any

import pytest

from bucketpolicy.check_proof import check_proof
from bucketpolicy.decide import decide
from bucketpolicy.document import Document
from bucketpolicy.goal import SSE, TRANSPORT, Absent, AbsentOrOther, Assumptions, Below, Equal, Goal, Target
from bucketpolicy.parse import parse
from bucketpolicy.request import Anonymous, Identity, Request, Service
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


SIX = "s3:x-amz-storage-class"
ROLE = "arn:aws:iam::111122223333:role/deploy"


@pytest.mark.parametrize(
    ("conditions", "exempt", "assumptions"),
    [
        ({"StringNotEquals": {"aws:PrincipalArn": ROLE}}, (ROLE,), ("anonymous-has-no-identity", "principal-keys-agree")),
        ({"ArnNotEquals": {"aws:PrincipalArn": [ROLE]}}, ("111122223333",), ("anonymous-has-no-identity", "principal-keys-agree")),
        ({"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:*"}}, ("111122223333",), None),
        ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/admin-*"}}, ("111122223333",), None),
        ({"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}, ("111122223333",), ("principal-keys-agree",)),
        (
            {"StringNotEquals": {"aws:PrincipalServiceName": "logging.s3.amazonaws.com"}},
            ("logging.s3.amazonaws.com",),
            ("service-principal-keys",),
        ),
    ],
)
def test_who_is_exempt_need_not_be_denied(conditions: Json, exempt: tuple[str, ...], assumptions: tuple[str, ...] | None) -> None:
    """A Deny for everybody but exactly the exempt, or fewer, denies the goal; the assumptions that tie keys to callers are named."""
    verdict = denied(uploads(statement({**NULL, **conditions}), exempt=exempt))
    assert assumptions is None or verdict.assumptions == assumptions


@pytest.mark.parametrize(
    ("conditions", "exempt"),
    [
        ({"ArnNotLike": {"aws:PrincipalArn": ROLE + "*"}}, (ROLE,)),
        ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/admin-*"}}, ("arn:aws:iam::111122223333:role/admin-1",)),
        ({"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}, ("444455556666",)),
        ({"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}, ("logging.s3.amazonaws.com",)),
        ({"StringNotEquals": {"aws:PrincipalArn": ROLE}}, ()),
        ({"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:*"}}, ("arn:aws:iam::111122223333:root",)),
    ],
)
def test_who_else_is_let_through_is_a_counterexample(conditions: Json, exempt: tuple[str, ...]) -> None:
    """The caller of the counterexample is not among the exempt, and its keys say who it is."""
    request = witness(uploads(statement({**NULL, **conditions}), exempt=exempt))
    context = dict(request.context)
    caller = request.principal
    if isinstance(caller, Identity):
        assert not {caller.arn, caller.account} & set(exempt)
        assert context.get("aws:principalarn", (caller.arn,)) == (caller.arn,)
        assert context.get("aws:principalaccount", (caller.account,)) == (caller.account,)
        assert caller.arn.split(":")[4] == caller.account
    else:
        assert isinstance(caller, Service)
        assert caller.name not in exempt
        assert context["aws:principalisawsservice"] == ("true",)


def test_an_account_and_an_arn_of_a_caller_agree() -> None:
    """Also in an account that nobody names."""
    request = witness(
        uploads(
            statement(
                {**NULL, "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}, "StringNotEquals": {"aws:PrincipalAccount": "x"}}
            )
        )
    )
    context, caller = dict(request.context), request.principal
    assert isinstance(caller, Identity)
    assert (context["aws:principalarn"], context["aws:principalaccount"]) == ((caller.arn,), (caller.account,))


def test_a_named_role_is_exempt_with_all_its_sessions() -> None:
    """And a session with nobody else; the role's path does not matter to the session's ARN."""
    session = "arn:aws:sts::111122223333:assumed-role/deploy/one"
    named = ["arn:aws:iam::111122223333:role/team/deploy", "arn:aws:iam::111122223333:user/a"]
    rest = statement({**NULL, "StringNotEquals": {"aws:PrincipalArn": ROLE}})
    denied(uploads(statement(NULL, Principal={"AWS": named}), rest, exempt=(ROLE,)))
    denied(uploads(statement(NULL, Principal={"AWS": [ROLE, *named, session]}), rest))
    request = witness(uploads(statement(NULL, Principal={"AWS": [session, *named]}), rest))
    assert request.principal == Identity("role", "111122223333", ROLE, "session")
    request = witness(uploads(rest, exempt=(session,)))
    assert request.principal == Identity("role", "111122223333", ROLE, "session")


def test_a_session_is_one_session() -> None:
    """A Deny of one session leaves the role's other sessions open."""
    session = "arn:aws:sts::111122223333:assumed-role/deploy/session"
    rest = statement({**NULL, "ArnNotEquals": {"aws:PrincipalArn": [ROLE, "arn:aws:iam::111122223333:role/*/deploy"]}})
    request = witness(uploads(statement(NULL, Principal={"AWS": session}), rest))
    assert isinstance(request.principal, Identity)
    assert request.principal.session != "session"
    denied(uploads(statement(NULL, Principal={"AWS": session}), rest, statement(NULL, Principal={"AWS": ROLE}), exempt=("111122223333",)))


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:iam::111122223333:role/*",
        "arn:aws:iam::111122223333:group/a",
        "arn:aws:iam::111122223333:user/",
        "arn:aws-cn:iam::111122223333:root",
        "arn:aws:sts::111122223333:assumed-role/a",
        "arn:aws:sts::111122223333:federated-user/a",
        "AIDAEXAMPLEID",
        "12345",
    ],
)
def test_other_texts_name_nobody(text: str) -> None:
    """A wildcard inside, another partition, a deleted identity: such a Deny is for no one, and a NotPrincipal proves nothing."""
    witness(uploads(statement(NULL, Principal={"AWS": text})))
    verdict = uploads(statement(NULL, Principal=None, NotPrincipal={"AWS": text}))
    assert [path for path, _ in reasons(verdict)] == ["$.Statement[0].NotPrincipal"]


def test_services_are_named_exactly() -> None:
    """A Deny of one service, with all identities and anonymous callers, leaves other services open."""
    everybody = statement({**NULL, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}})
    one = statement(NULL, Principal={"Service": ["logging.s3.amazonaws.com", "*"]})
    assert witness(uploads(everybody, one)).principal == Service("cloudtrail.amazonaws.com")
    rest = statement(NULL, Principal=None, NotPrincipal={"Service": "logging.s3.amazonaws.com"})
    assert denied(uploads(everybody, one, rest)).statements == (2, 3)
    assert reasons(uploads(statement(NULL, Principal=None, NotPrincipal={"Service": "*"})))


def test_the_aws_star_covers_services_unless_switched_off() -> None:
    """Named wherever a proof needs it."""
    everybody = statement(NULL, Principal={"AWS": "*"})
    assert denied(uploads(everybody)).assumptions == ("aws-star-covers-services",)
    assert reasons(uploads(everybody, aws_star_covers_services=False)) == (
        ("$.Statement[0].Principal", 'whether `{"AWS": "*"}` covers AWS services is open'),
    )
    twice = statement({**NULL, "Bool": {"aws:PrincipalIsAWSService": "true"}})
    assert denied(uploads(everybody, twice)).assumptions == ("service-principal-keys",)


@pytest.mark.parametrize("principal", [{"CanonicalUser": "0" * 64}, {"Federated": "cognito-identity.amazonaws.com"}])
def test_principals_of_unknown_identities(principal: Json) -> None:
    """Whose they are is open for identities, and an anonymous caller is none of them."""
    assert witness(uploads(statement(NULL, Principal=principal))).principal == Anonymous()
    spared = uploads(statement(NULL, Principal=None, NotPrincipal=principal))
    assert [path for path, _ in reasons(spared)] == ["$.Statement[0].NotPrincipal"]


@pytest.mark.parametrize("principal", [{"Principal": {}}, {"Principal": {"AWS": []}}])
def test_a_deny_for_nobody_denies_nothing(principal: Json) -> None:
    """An empty principal does not affect the policy."""
    witness(uploads(statement(NULL, **principal)))


@pytest.mark.parametrize("principal", ["*", {}, {"AWS": "*"}, {"AWS": ROLE}])
def test_not_principal_may_deny_those_it_lists(principal: Json) -> None:
    """So it is no ground for a counterexample; what it lists is not surely denied either."""
    assert reasons(uploads(statement(NULL, Principal=None, NotPrincipal=principal)))


@pytest.mark.parametrize(("elements", "open_"), [({"Action": []}, False), ({"Resource": []}, False)])
def test_an_empty_list_denies_nothing(elements: Json, open_: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """An empty Action or Resource does not affect the policy."""
    assert isinstance(uploads(statement(NULL, **elements)), Undecided) == open_


def test_an_empty_negated_list_is_open() -> None:
    """AWS does not say what an empty NotAction or NotResource does."""
    assert reasons(uploads(statement(NULL, Action=None, NotAction=[]))) == (("$.Statement[0].NotAction", "the list of actions is empty"),)
    assert reasons(uploads(statement(NULL, Resource=None, NotResource=[]))) == (
        ("$.Statement[0].NotResource", "the list of resources is empty"),
    )


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        ("arn:*:s3:::b/*", "AWS does not say what a wildcard in the first five segments of an ARN matches"),
        ("arn:aws:s3*", "AWS does not say what an ARN with fewer than six segments matches"),
        ("**", "AWS does not say what an ARN with fewer than six segments matches"),
        ("arn:aws:s3:::b/${aws:SecureTransport, 'x'}", "the value of a policy variable is not known"),
        ("arn:aws:s3:::b/${aws:SecureTransport", "a policy variable is not well-formed"),
    ],
)
def test_a_resource_that_aws_leaves_open(resource: str, reason: str) -> None:
    """It may match, so that nothing is a counterexample, and need not, so that nothing is proved."""
    assert reasons(uploads(statement(NULL, Resource=resource))) == (("$.Statement[0].Resource", reason),)
    spared = uploads(statement(NULL, Resource=None, NotResource=[resource]))
    assert reasons(spared) == (("$.Statement[0].NotResource", reason),)


@pytest.mark.parametrize("resource", ["b/*", "arn:aws:s3:::c/${aws:username}", "arn:aws:sns:::b/*", "arn:aws:s3:eu-west-1::b/*"])
def test_a_resource_that_is_not_of_this_bucket(resource: str) -> None:
    """Whatever AWS leaves open, it cannot match."""
    witness(uploads(statement(NULL, Resource=resource)))
    denied(uploads(statement(NULL, Resource=None, NotResource=resource)))


def test_a_variable_counts_where_its_key_is_present() -> None:
    """`${aws:username}` in every resource: who has no user name gets through."""
    request = witness(uploads(statement(NULL, Resource=["arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/${aws:username}${aws:userid}"])))
    assert "aws:username" not in dict(request.context)
    assert reasons(uploads(statement(NULL, Resource=["arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/${aws:userid}"])))
    assert reasons(uploads(statement(NULL, Resource=["arn:aws:s3:::b/${aws:TagKeys}"])))


def test_escapes_count_in_resources() -> None:
    """`${*}` is the character."""
    request = witness(uploads(statement(NULL, Resource=None, NotResource="arn:aws:s3:::b/${*}")))
    assert request.resource == "arn:aws:s3:::b/*"
    assert reasons(uploads(statement(NULL, Resource=None, NotResource="arn:aws:s3:::b/${*}"), version="2008-10-17"))


def test_keys_have_1024_bytes_at_most() -> None:
    """What only longer keys escape is covered, whatever the characters weigh."""
    short = [statement(NULL, Resource=None, NotResource="arn:aws:s3:::b/" + "?" * 60 + "é" * 482 + "*")]
    request = witness(uploads(*short))
    assert len(request.resource.removeprefix("arn:aws:s3:::b/").encode()) <= 1024
    denied(uploads(statement(NULL, Resource=None, NotResource="arn:aws:s3:::b/" + "?" * 61 + "é" * 482 + "*")))
    denied(uploads(statement(NULL, Resource=None, NotResource="arn:aws:s3:::b/" + "?" * 1025)))


@pytest.mark.parametrize(
    ("statements", "kind"),
    [
        ([statement(NULL, Resource="*")], Denied),
        ([statement(NULL, Resource="arn:aws:s3:::*")], Denied),
        ([statement(NULL, Resource="arn:aws:s3:::*/*")], Denied),
        ([statement(NULL, Resource="arn:aws:s3:::???*/*")], Denied),
        ([statement(NULL, Resource="arn:aws:s3:::????*/*")], Undecided),
        ([statement(NULL, Resource="arn:aws:s3:::*/a*"), statement(NULL, Resource=None, NotResource="arn:aws:s3:::*/a*")], Undecided),
        ([statement(NULL)], Undecided),
        ([statement(NULL, Resource="arn:aws:s3:::b?*")], Undecided),
        ([statement(NULL, Resource="arn:aws:s3:::b")], Counterexample),
        ([statement(NULL, Resource="arn:aws-cn:s3:::b/*")], Counterexample),
        ([statement(NULL, Action="s3:GetObject")], Counterexample),
        ([statement({**NULL, "Bool": {TRANSPORT: "false"}}, Resource="*")], Counterexample),
        ([statement(NULL, Resource="arn:*:s3:::*")], Undecided),
        ([statement(NULL, Resource="arn:aws:s3")], Counterexample),
    ],
)
def test_what_holds_whatever_the_bucket_is_called(statements: list[Json], kind: type) -> None:
    """Denied for every name, or a counterexample for every name; else the name is what is missing."""
    verdict = uploads(*statements, bucket=None)
    assert isinstance(verdict, kind), verdict
    if isinstance(verdict, Counterexample):
        assert verdict.request.resource == "arn:aws:s3:::example-bucket/example.txt"


def test_the_bucket_itself_whatever_it_is_called() -> None:
    """`*` alone takes a whole name; a name in the document may be this bucket's."""
    goal = Goal(None, "aws", (Target(("s3:ListBucket",), "bucket", ()),))
    assert isinstance(decide(document(statement(Action="s3:*", Resource="arn:aws:s3:::*")), goal), Denied)
    assert isinstance(decide(document(statement(Action="s3:*", Resource="arn:aws:s3:::b")), goal), Undecided)
    assert isinstance(decide(document(statement(Action="s3:*", Resource="arn:aws:s3:::*a")), goal), Undecided)
    assert isinstance(decide(document(statement(Action="s3:*", Resource="arn:aws:s3:::b/*")), goal), Undecided)


@pytest.mark.parametrize(
    ("condition", "path"),
    [
        ({"Bool": {TRANSPORT: "0"}}, "Bool"),
        ({"Null": {TRANSPORT: "no"}}, "Null"),
        ({"Null": {TRANSPORT: []}}, "Null"),
        ({"NumericEquals": {TRANSPORT: "1"}}, "NumericEquals"),
        ({"ArnNotEquals": {TRANSPORT: "arn:aws:s3:::b"}}, "ArnNotEquals"),
        ({"IpAddress": {"aws:SourceIp": "300.0.0.1"}}, "IpAddress"),
        ({"NumericLessThan": {"s3:max-keys": "many"}}, "NumericLessThan"),
        ({"NumericEquals": {"s3:max-keys": ["1", "many"]}}, "NumericEquals"),
        ({"DateLessThan": {"aws:CurrentTime": "2026"}}, "DateLessThan"),
        ({"StringEquals": {"s3:max-keys": "1"}}, "StringEquals"),
        ({"StringEquals": {"aws:TagKeys": "a"}}, "StringEquals"),
        ({"NumericEquals": {"aws:TagKeys": "1"}}, "NumericEquals"),
        ({"BinaryEquals": {"aws:UserAgent": "YQ=="}}, "BinaryEquals"),
        ({"ArnLike": {"aws:SourceVpce": "arn:aws:s3:::b"}}, "ArnLike"),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3"}}, "ArnLike"),
        ({"StringEqualsIgnoreCase": {"aws:UserAgent": "é"}}, "StringEqualsIgnoreCase"),
    ],
)
def test_a_condition_that_aws_leaves_open(condition: Json, path: str) -> None:
    """Of requests that satisfy every other condition nothing can be told, and the reason points at this one."""
    verdict = uploads(statement({**NULL, **condition} if "Null" not in condition else {"Null": {SSE: "true", **condition["Null"]}}))
    if isinstance(verdict, Counterexample):
        # An absent key is no match for a positive operator, whatever its value would be.
        rest = statement({"Null": {key: "true" for keys in condition.values() for key in keys} | {SSE: "true"}})
        verdict = uploads(statement({**NULL, **condition}), rest)
    assert f"$.Statement[0].Condition.{path}" in [where for where, _ in reasons(verdict)]


@pytest.mark.parametrize(
    "condition",
    [
        {"NumericNotEquals": {SSE: "AES256"}},
        {"DateNotEquals": {SSE: "AES256"}},
        {"NotIpAddress": {SSE: ["198.51.100.0/24", "AES256"]}},
        {"BoolIfExists": {SSE: "AES256"}},
        {"BinaryEqualsIfExists": {SSE: "no base 64"}},
        {"ArnNotEquals": {SSE: "AES256"}},
        {"StringNotEquals": {SSE: "${aws:username"}},
        {"ForAllValues:StringEquals": {SSE: "${}"}},
    ],
)
def test_a_value_that_its_operator_cannot_take_proves_nothing(condition: Json) -> None:
    """Not even of an absent key: S3 may refuse the statement."""
    (name,) = condition
    assert reasons(uploads(statement(condition))) == ((f"$.Statement[0].Condition.{name}", f"a value of `{name}` is not one"),)


@pytest.mark.parametrize(
    "condition",
    [
        {"NumericNotEquals": {SSE: "1"}},
        {"DateNotEquals": {SSE: "2026-01-01"}},
        {"NotIpAddress": {SSE: "198.51.100.0/24"}},
        {"BoolIfExists": {SSE: "TRUE"}},
        {"BinaryEqualsIfExists": {SSE: "YQ=="}},
        {"ArnNotEquals": {SSE: ["*", "arn:aws:s3:::b", "${aws:SourceArn}"]}},
        {"StringNotEquals": {SSE: "${aws:username}"}},
    ],
)
def test_an_absent_key_is_decided_by_the_operator_alone(condition: Json) -> None:
    """Whatever its type, where the values are such as the operator takes."""
    assert isinstance(uploads(statement(condition)), Denied)


@pytest.mark.parametrize(
    "condition",
    [
        {"ForAnyValue:StringEqualsIfExists": {"s3:x-amz-acl": "private"}},
        {"ForAnyValue:StringEqualsIfExists": {"s3:x-amz-acl": []}},
        {"ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": "a"}},
        {"ForAnyValue:BoolIfExists": {"s3:ObjectCreationOperation": "true"}},
        {"ForAnyValue:NumericEqualsIfExists": {"s3:max-keys": "1"}},
        {"ForAnyValue:StringEqualsIfExists": {"s3:ObjectCreationOperation": "true"}},
    ],
)
def test_for_any_value_with_if_exists_is_open_about_an_absent_key(condition: Json) -> None:
    """All that is left is the absent key, and what happens then is not documented."""
    ((name, keys),) = condition.items()
    (key,) = keys
    present = statement({"Null": {SSE: "true", key: "false"}})
    verdict = uploads(statement({**NULL, **condition}), present)
    assert f"$.Statement[0].Condition.{name}" in [path for path, _ in reasons(verdict)]


BOTH = ("s3:PutObject", "s3:GetObject")
KMS = "s3:x-amz-server-side-encryption-aws-kms-key-id"
OTHER_HEADER = AbsentOrOther(SSE, ("aws:kms",))


def decide_on(*statements: Json, target: Target, exempt: tuple[str, ...] = (), **switches: bool) -> Verdict:
    """The verdict on one target."""
    allow = {**statement(), "Effect": "Allow"}
    return decide(document(allow, *statements), Goal("b", "aws", (target,), exempt, Assumptions(**switches)))


def test_a_text_operator_on_a_bool_key_compares_texts_unless_switched_off() -> None:
    """The assumption is named wherever a verdict rests on it, and without it the value is open."""
    texts = statement({"StringEquals": {TRANSPORT: "false"}})
    assert denied(over_http(texts)).assumptions == ("string-op-on-bool-key",)
    assert reasons(over_http(texts, string_op_on_bool_key=False)) == (
        ("$.Statement[0].Condition.StringEquals", "the operator does not fit the type of its key"),
    )
    assert denied(over_http(statement({"StringNotEquals": {TRANSPORT: "true"}}))).assumptions == ("string-op-on-bool-key",)
    assert denied(over_http(statement({"StringLike": {TRANSPORT: "f*"}}))).assumptions == ("string-op-on-bool-key",)
    verdict = over_http(statement({"StringEquals": {TRANSPORT: "true"}}))
    assert isinstance(verdict, Counterexample)
    assert verdict.assumptions == ("string-op-on-bool-key",)
    unaffected = over_http(statement({"StringEquals": {TRANSPORT: "true", SSE: "AES256"}}))
    assert isinstance(unaffected, Counterexample)
    assert unaffected.assumptions == ()


def test_accepted_values_of_the_header() -> None:
    """Absent or another value must be denied; a value that S3 takes is shown before one that it does not."""
    target = Target(("s3:PutObject",), "object", (OTHER_HEADER,))
    denied(decide_on(statement({"StringNotEquals": {SSE: "aws:kms"}}), target=target))
    assert SSE not in dict(witness(decide_on(target=target)).context)
    request = witness(decide_on(statement(NULL), target=target))
    assert dict(request.context)[SSE] == ("AES256",)
    listed = statement({"StringEquals": {SSE: ["AES256", "aws:kms:dsse", "aws:fsx", "aws:backup"]}})
    assert dict(witness(decide_on(statement(NULL), listed, target=target)).context)[SSE] == ("other",)
    globbed = statement({"StringLike": {SSE: ["A*", "aws:*"]}})
    (value,) = dict(witness(decide_on(statement(NULL), globbed, target=target)).context)[SSE]
    assert not value.startswith(("A", "aws:"))
    assert dict(witness(decide_on(statement(NULL), statement({"StringLike": {SSE: "A*"}}), target=target)).context)[SSE] == (
        "aws:kms:dsse",
    )


def test_the_key_id_is_not_the_header() -> None:
    """S3 fills in the key id from the bucket's default: a condition on it alone says nothing about the header."""
    request = witness(uploads(statement({"Null": {KMS: "true"}})))
    assert dict(request.context)[KMS][0].startswith("arn:aws:kms:")
    key = "arn:aws:kms:eu-west-1:111122223333:key/one"
    target = Target(("s3:PutObject",), "object", (AbsentOrOther(KMS, (key,)),))
    denied(decide_on(statement({"ArnNotEquals": {KMS: key}}), target=target))
    denied(decide_on(statement({"StringNotEquals": {KMS: key}}), target=target))
    witness(decide_on(statement({"StringNotLike": {KMS: "*key/one"}}), target=target))


def test_versions_of_tls_below_a_bound() -> None:
    """Exact numbers; the versions that exist are shown first."""
    target = Target(("s3:PutObject",), "object", (Equal(TRANSPORT, "true"), Below("s3:tlsversion", "1.3")))
    denied(decide_on(statement({"NumericLessThan": {"s3:TlsVersion": "1.30"}}), target=target))
    assert dict(witness(decide_on(target=target)).context)["s3:tlsversion"] == ("1.2",)
    request = witness(decide_on(statement({"NumericLessThan": {"s3:TlsVersion": 1.2}}), target=target))
    assert dict(request.context)["s3:tlsversion"] == ("1.2",)
    gap = statement({"NumericNotEquals": {"s3:TlsVersion": ["1.25", "1.26"]}})
    assert dict(witness(decide_on(gap, target=target)).context)["s3:tlsversion"] == ("1.25",)
    finer = [
        statement({"NumericLessThanEquals": {"s3:TlsVersion": "1.21"}}),
        statement({"NumericGreaterThanEquals": {"s3:TlsVersion": "1.23"}}),
    ]
    assert dict(witness(decide_on(*finer, target=target)).context)["s3:tlsversion"] == ("1.22",)
    finest = [
        statement({"NumericLessThanEquals": {"s3:TlsVersion": "1.200000000000001"}}),
        statement({"NumericGreaterThanEquals": {"s3:TlsVersion": "1.200000000000002"}}),
    ]
    assert reasons(decide_on(*finest, target=target)) == (("$", "only requests that S3 is not known to send get through"),)
    negative = [statement({"NumericGreaterThanEquals": {"s3:TlsVersion": "0"}})]
    assert reasons(decide_on(*negative, target=target))


def test_a_value_of_a_bool_key_is_true_or_false() -> None:
    """So both together cover every request that has the key."""
    denied(decide_on(statement({"Bool": {TRANSPORT: ["true", "False"]}}), target=Target(("s3:PutObject",), "object", ())))
    verdict = decide_on(statement({"Bool": {TRANSPORT: [True, False]}}), target=Target(("s3:PutObject",), "object", ()))
    assert denied(verdict).assumptions == ("secure-transport-present",)
    alone = decide_on(
        statement({"Bool": {TRANSPORT: [True, False]}}), target=Target(("s3:PutObject",), "object", ()), secure_transport_present=False
    )
    assert TRANSPORT not in dict(witness(alone).context)


def test_the_root_may_always_manage_the_policy() -> None:
    """The root's Get/Put/DeleteBucketPolicy are in no goal: a Deny of all others is enough, and the rest of the root's calls count."""
    policy = Target(("s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:ListBucket"), "bucket", ())
    whole = {"Resource": "arn:aws:s3:::b", "Action": "s3:*"}
    not_root = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}
    few = [statement(not_root, **whole), statement(Action="s3:ListBucket", Resource="*")]
    denied(decide_on(*few, target=policy))
    request = witness(decide_on(few[0], target=policy))
    assert isinstance(request.principal, Identity)
    assert (request.principal.kind, request.action, request.resource) == ("root", "s3:ListBucket", "arn:aws:s3:::b")


def test_every_action_and_both_shapes_of_resource_count() -> None:
    """One action left out is a counterexample, on the bucket or on an object."""
    targets = (Target(BOTH, "object", ()), Target(("s3:ListBucket",), "bucket", ()))
    goal = Goal("b", "aws", targets)
    everything = statement(Action=["s3:*Object", "s3:List*"], Resource=["arn:aws:s3:::b", "arn:aws:s3:::b/*"])
    assert isinstance(decide(document(everything), goal), Denied)
    assert witness(decide(document(statement(Action="s3:P*", Resource="*")), goal)).action == "s3:GetObject"
    assert witness(decide(document(statement(Action="s3:*Object", Resource="*")), goal)).action == "s3:ListBucket"


@pytest.mark.parametrize(
    ("condition", "context"),
    [
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, {"aws:principalorgid": ("o-1",)}),
        ({"Bool": {"aws:ViaAWSService": "false"}}, {"aws:viaawsservice": ("true",)}),
        ({"DateLessThan": {"aws:CurrentTime": "2029-01-01T00:00:00Z"}}, {"aws:currenttime": ("2030-01-01T00:00:00Z",)}),
        ({"DateLessThan": {"aws:CurrentTime": "2031-01-01T00:00:00Z"}}, {"aws:currenttime": ("2031-01-01T00:00:00Z",)}),
        ({"DateGreaterThan": {"aws:CurrentTime": "2026-01-01"}}, {"aws:currenttime": ("2026-01-01T00:00:00Z",)}),
        ({"NumericGreaterThan": {"aws:EpochTime": "1767225600"}}, {"aws:epochtime": ("1767225600",)}),
        ({"NumericGreaterThan": {"s3:max-keys": "10"}, "Null": {"s3:max-keys": "false", SSE: "true"}}, {}),
        ({"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}, {"aws:sourceip": ("198.51.100.0",)}),
        ({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, {"aws:sourceip": ("203.0.113.10",)}),
        ({"NotIpAddress": {"aws:SourceIp": "2001:db8::/32"}}, {"aws:sourceip": ("2001:db8::10",)}),
        ({"NotIpAddress": {"aws:SourceIp": "fe80::/64"}}, {"aws:sourceip": ("fe80::",)}),
        ({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, {"aws:sourcevpce": ("vpce-1",)}),
        ({"StringNotEquals": {"aws:username": "alice"}}, {"aws:username": ("alice",)}),
        ({"StringNotEqualsIgnoreCase": {"aws:username": "ab"}}, {"aws:username": ("AB",)}),
        ({"ForAllValues:StringEquals": {"s3:RequestObjectTagKeys": "a"}}, {"s3:requestobjecttagkeys": ("x",)}),
        (
            {"ForAllValues:StringEquals": {"s3:RequestObjectTagKeys": ["a", "b"]}, "StringNotEquals": {"aws:SourceAccount": "1"}},
            {"s3:requestobjecttagkeys": ("x",)},
        ),
        ({"ForAllValues:StringNotEquals": {"aws:TagKeys": "a"}}, {"aws:tagkeys": ("a",)}),
        ({"StringNotEquals": {"aws:PrincipalType": "Account"}}, {"aws:principaltype": ("Account",)}),
        ({"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}, {"aws:sourcevpc": ("vpc-1",)}),
        ({"Null": {"aws:TypoKey": "true", SSE: "true"}}, {"undecided": ()}),
        ({"ArnNotEquals": {"aws:SourceArn": "arn:aws:s3:::c"}}, {"aws:sourcearn": ("arn:aws:s3:::c",)}),
        ({"ForAllValues:StringNotEquals": {"aws:PrincipalServiceNamesList": "s3.amazonaws.com"}}, {}),
        ({"StringNotEquals": {"aws:PrincipalTag/team": "a"}}, {"aws:principaltag/team": ("a",)}),
        ({"StringNotLike": {"aws:UserId": ["AROA*:*"]}}, {"aws:userid": ("AROA:",)}),
        ({"NumericLessThan": {"s3:TlsVersion": "1.2"}}, {}),
    ],
)
def test_what_a_counterexample_shows(condition: Json, context: dict[str, tuple[str, ...]]) -> None:
    """Only what the document asks for, with values that occur; the caller is one that can send them."""
    verdict = uploads(statement({**NULL, **condition}))
    if "undecided" in context:
        assert reasons(verdict)
        return
    shown = dict(witness(verdict).context)
    assert shown.pop(TRANSPORT) == ("true",)
    if context:
        assert shown == context


def test_several_elements_of_a_set() -> None:
    """Two `ForAnyValue` at once need a value each; `ForAllValues` rules elements out."""
    key = "s3:RequestObjectTagKeys"
    both = [
        statement({"Null": {SSE: "true", key: "true"}}),
        statement({**NULL, "ForAllValues:StringNotEquals": {key: "a"}}),
        statement({**NULL, "ForAllValues:StringNotLike": {key: "b*"}}),
    ]
    assert set(dict(witness(uploads(*both)).context)[key.lower()]) == {"a", "b"}
    rest = statement({**NULL, "ForAnyValue:StringLike": {key: "b*"}})
    denied(uploads(*both, rest))
    assert dict(witness(uploads(both[0], both[1], rest)).context)[key.lower()] == ("a",)
    always = statement({**NULL, "ForAllValues:Null": {key: "true"}})
    denied(uploads(always))
    witness(uploads(statement({**NULL, "ForAnyValue:Null": {key: "true"}})))
    denied(uploads(statement({**NULL, "ForAllValues:StringEquals": {key: []}}), statement({"Null": {SSE: "true", key: "false"}})))
    storage = {"s3:x-amz-storage-class": "STANDARD"}
    several = [
        statement({**NULL, "ForAnyValue:StringLike": {key: glob}, "StringEquals": storage, "StringNotEquals": {"s3:x-amz-acl": acl}})
        for glob in ("a*", "b*", "?*")
        for acl in ("private", "public-read")
    ]
    assert witness(uploads(*several))
    covering = statement({"Null": {SSE: "true", key: "true"}, "StringEquals": storage})
    rest = [statement({**NULL, "StringNotEquals": storage}), statement({**NULL, "StringEquals": {"s3:x-amz-acl": "x"}})]
    denied(uploads(*several, covering, *rest, statement({"Null": {SSE: "true", "s3:x-amz-acl": "true"}}), statement(NULL)))


def test_an_empty_value_may_count_as_null() -> None:
    """Where a client may send one, the two readings of `Null` must both be covered."""
    key = "aws:UserAgent"
    parts = [
        statement({"StringNotEquals": {key: "a"}, "Null": {SSE: "true", key: "false"}}),
        statement({**NULL, "StringEqualsIfExists": {key: "a"}}),
    ]
    assert reasons(uploads(*parts)) == (("$", "only requests that S3 is not known to send get through"),)
    denied(uploads(*parts, statement({"StringEquals": {key: ""}, "Null": {SSE: "true"}}), statement({"Null": {SSE: "true", key: "true"}})))
    other = "aws:username"
    denied(
        uploads(
            statement({"StringNotEquals": {other: "a"}, "Null": {SSE: "true", other: "false"}}),
            statement({**NULL, "StringEqualsIfExists": {other: "a"}}),
        )
    )


def test_network_keys_of_a_vpc_endpoint() -> None:
    """An address or an endpoint, never both, never neither; and a VPC comes with an endpoint only."""
    parts = [statement({"Null": {SSE: "true", "aws:SourceVpce": "false"}}), statement({"Null": {SSE: "true", "aws:SourceIp": "false"}})]
    assert denied(uploads(*parts)).assumptions == ("source-ip-or-vpc-endpoint",)
    witness(uploads(*parts, source_ip_or_vpc_endpoint=False))
    vpc = statement({"Null": {SSE: "true", "aws:SourceVpc": "false"}})
    assert dict(witness(uploads(vpc, parts[0])).context).keys() == {TRANSPORT}
    assert reasons(uploads(vpc, parts[1], statement({"Null": {SSE: "true", "aws:SourceVpce": "true"}})))
    both = statement({**NULL, "StringEquals": {"aws:SourceVpc": "a", "aws:SourceVpce": "b"}})
    witness(uploads(both))
    nowhere = [statement({"Null": {SSE: "true", "aws:SourceVpc": "false"}}), parts[1]]
    assert reasons(uploads(*nowhere))


def test_keys_that_an_action_does_not_know() -> None:
    """They may be there for all a proof knows, unless the switch says that they are not."""
    target = Target(("s3:GetObject",), "object", ())
    header = statement({"Null": {SSE: "true"}}, Action="s3:GetObject")
    assert reasons(decide_on(header, target=target)) == (
        ("$.Statement[1].Condition.Null", "whether a request carries a key that its action is not documented to know is open"),
    )
    assert denied(decide_on(header, target=target, inapplicable_keys_absent=True)).assumptions == ("inapplicable-keys-absent",)


def test_assumptions_about_callers_can_be_switched_off() -> None:
    """Then the keys may say anything of anybody."""
    arn = statement({**NULL, "StringNotEquals": {"aws:PrincipalArn": ROLE}})
    assert isinstance(uploads(arn, exempt=(ROLE,), principal_keys_agree=False), Counterexample)
    assert isinstance(uploads(arn, exempt=(ROLE,), anonymous_has_no_identity=False), Counterexample)
    service = statement({**NULL, "StringNotEquals": {"aws:PrincipalServiceName": "logging.s3.amazonaws.com"}})
    assert isinstance(uploads(service, exempt=("logging.s3.amazonaws.com",), service_principal_keys=False), Counterexample)


def test_what_the_target_leaves_open_but_the_document_mentions_is_shown_as_it_is() -> None:
    """An Allow may mention keys that every such request has."""
    allow = {
        **statement({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "StringEquals": {"aws:PrincipalArn": "a", "aws:PrincipalAccount": "1"}}),
        "Effect": "Allow",
    }
    context = dict(witness(uploads(allow)).context)
    assert context == {
        TRANSPORT: ("true",),
        "aws:sourceip": ("203.0.113.10",),
        "aws:principalarn": ("arn:aws:iam::111122223333:user/example",),
        "aws:principalaccount": ("111122223333",),
    }
    services = {**allow, "Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}, "StringEquals": {"aws:PrincipalServiceName": "a"}}}
    everybody_else = statement({**NULL, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}})
    request = witness(uploads(services, everybody_else))
    assert isinstance(request.principal, Service)
    assert dict(request.context)["aws:principalservicename"] == (request.principal.name,)


def test_a_document_beyond_the_budget_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the statement that costs most, and nothing of what the statement says."""
    monkeypatch.setattr("bucketpolicy.decide.TICKS", 3000)
    patterns = [[f"arn:aws:s3:::b/{'?' * place}{digit}{'?' * (23 - place)}" for digit in "01"] for place in range(24)]
    rng = Random(5)
    clauses = [
        "arn:aws:s3:::b/" + "".join(rng.choice("01") if place in places else "?" for place in range(24))
        for places in (rng.sample(range(24), 3) for _ in range(85))
    ]
    parts = [statement(NULL, Resource=None, NotResource=pair) for pair in patterns]
    ((path, reason),) = reasons(uploads(statement(NULL, Resource=clauses), *parts))
    assert path.startswith("$.Statement[")
    assert reason == "the document is too complex: the search was given up, and this statement costs it most"


def test_a_goal_without_requests_is_denied() -> None:
    """Everybody is exempt, or no value is left."""
    assert denied(decide(document(statement(NULL)), Goal("b", "aws", ()))).statements == ()
    nobody = Target(("s3:PutObject",), "object", (Equal(TRANSPORT, "true"), Equal(TRANSPORT, "false")))
    assert denied(decide_on(target=nobody)).proof.covers == ((),)


def test_a_document_without_denies_has_none() -> None:
    """Allow statements deny nothing."""
    witness(uploads({**statement(NULL), "Effect": "Allow"}))
    assert denied(uploads(statement())).statements == (1,)


def test_a_restriction_that_does_not_fit_its_key_is_a_mistake_of_the_program() -> None:
    """Goals are ours, not the user's."""
    with pytest.raises(AssertionError):
        decide_on(target=Target(("s3:PutObject",), "object", (Below(TRANSPORT, "1"),)))
    with pytest.raises(AssertionError):
        decide_on(target=Target(("s3:PutObject",), "object", (Below("s3:tlsversion", "new"),)))


def test_federated_users_are_identities_too() -> None:
    """Their ARN is of STS: a Deny of IAM ARNs and of anonymous callers is no proof, and no witness is one."""
    anonymous = statement({"Null": {SSE: "true", "aws:PrincipalArn": "true"}})
    iam = statement({**NULL, "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:*"}})
    assert "whether a federated user calls is not known" in [reason for _, reason in reasons(uploads(anonymous, iam))]
    sts = statement({**NULL, "ArnLike": {"aws:PrincipalArn": "arn:aws:sts::*:*"}})
    denied(uploads(anonymous, iam, sts))


def test_the_account_of_a_service_is_open() -> None:
    """It is none of the accounts that are named, and nothing more is known."""
    key = "aws:PrincipalAccount"
    parts = [
        statement({**NULL, "StringLike": {key: ["????????????", "anonymous"]}}),
        statement({"Null": {SSE: "true", key: "true"}}),
    ]
    assert reasons(uploads(*parts))
    denied(uploads(*parts, statement({**NULL, "Bool": {"aws:PrincipalIsAWSService": "true"}})))


def test_accounts_are_found_however_many_are_named() -> None:
    """The example accounts of AWS's documentation may all be taken."""
    taken = ["111122223333", "444455556666", "777788889999", "123456789012"]
    caller = witness(
        uploads(statement(NULL, Principal={"AWS": taken}), statement({**NULL, "Null": {SSE: "true", "aws:PrincipalArn": "true"}}))
    ).principal
    assert isinstance(caller, Identity)
    assert caller.account == "100000000000"


def test_callers_of_a_named_account_are_shown_with_that_account() -> None:
    """Many accounts may be treated alike; the ARN, the account and the session still belong together."""
    accounts = ["111122223333", "444455556666"]
    session = "arn:aws:sts::444455556666:assumed-role/app/session"
    others = statement({**NULL, "StringNotEquals": {"aws:PrincipalAccount": accounts}})
    first = statement({**NULL, "StringEquals": {"aws:PrincipalAccount": "111122223333"}})
    caller = witness(uploads(statement(NULL, Principal={"AWS": session}), others, first, exempt=())).principal
    assert isinstance(caller, Identity)
    assert (caller.account, caller.arn.split(":")[4]) == ("444455556666", "444455556666")
    assert caller.session != "session"


def test_other_keys_of_an_endpoint_come_with_it() -> None:
    """They need not come with every one."""
    key = "aws:VpceAccount"
    without = statement({"Null": {SSE: "true", key: "true"}})
    assert key.lower() in dict(witness(uploads(without)).context)
    gone = statement({"Null": {SSE: "true", "aws:SourceVpce": "false"}})
    assert reasons(uploads(without, gone))
    request = witness(
        uploads(statement({"Null": {SSE: "true", key: "false"}}), statement({"Null": {SSE: "true", "aws:SourceVpce": "true"}}))
    )
    assert dict(request.context).keys() == {TRANSPORT, "aws:sourcevpce"}


def test_values_that_cannot_be_written_are_no_witness() -> None:
    """Numbers of parts between whole ones, below zero, and instants beyond the years of a calendar."""
    key = "s3:max-keys"
    for bounds in (
        ({"NumericLessThanEquals": {key: "1"}}, {"NumericGreaterThanEquals": {key: "2"}}),
        ({"NumericGreaterThanEquals": {key: "0"}}, {"Null": {SSE: "true", key: "true"}}),
    ):
        parts = [statement({**NULL, **bound}) for bound in bounds]
        parts.append(statement({"Null": {SSE: "true", key: "true"}}))
        goal = Goal("b", "aws", (Target(("s3:ListBucket",), "bucket", (Absent(SSE),)),))
        everywhere = document(*({**part, "Resource": "*", "Action": "*"} for part in parts))
        assert isinstance(decide(everywhere, goal), Undecided)
    late = statement({**NULL, "DateLessThan": {"aws:CurrentTime": "9999-12-31T23:59:59Z"}})
    later = statement({**NULL, "DateEquals": {"aws:CurrentTime": "9999-12-31T23:59:59Z"}})
    assert isinstance(uploads(late, later), Undecided)
    whole = statement({**NULL, "NumericLessThanEquals": {key: "7.5"}}, Action="*", Resource="*")
    rest = statement({"Null": {SSE: "true", key: "true"}}, Action="*", Resource="*")
    goal = Goal("b", "aws", (Target(("s3:ListBucket",), "bucket", (Absent(SSE),)),))
    assert dict(witness(decide(document(whole, rest), goal)).context)[key] == ("8",)


def test_a_goal_may_ask_for_a_text() -> None:
    """A restriction to one very value of a key."""
    target = Target(("s3:PutObject",), "object", (Equal(SSE, "aws:kms"),))
    denied(decide_on(statement({"StringLike": {SSE: "aws:*"}}), target=target))
    assert dict(witness(decide_on(statement({"StringEquals": {SSE: "AES256"}}), target=target)).context)[SSE] == ("aws:kms",)


def test_a_resource_may_match_in_several_ways() -> None:
    """A wildcard may take the bucket's name and the slash, or the name alone."""
    goal = Goal(None, "aws", (UPLOADS,))
    verdict = decide(document(statement(NULL, Resource=["arn:aws:s3:::*/*", "arn:*:s3:::*/x"])), goal)
    assert isinstance(verdict, Denied)


@pytest.mark.parametrize("long", [10, 100_000])
def test_a_long_proof_is_kept_as_it_was_found(long: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parity around a graph: every case must be tried, and the steps hold with and without those that could be left out."""
    monkeypatch.setattr("bucketpolicy.cover._LONG", long)
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
