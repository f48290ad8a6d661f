"""Which requests are a goal's: targets, exemptions, the root's own, and what nobody can send."""

import json

import pytest

from bucketpolicy.document import Document
from bucketpolicy.goal import SSE, TLS_VERSION, TRANSPORT, Absent, AbsentOrOther, Assumptions, Below, Equal, Goal, Restriction, Target
from bucketpolicy.parse import parse
from bucketpolicy.request import Anonymous, Context, Identity, OriginAccessIdentity, Principal, Request, Service, Unmodelled
from bucketpolicy.semantics.feasible import can_be_sent, complete, in_goal, keys_of
from bucketpolicy.tables.actions import BUCKET_ACTIONS, OBJECT_ACTIONS

ACCOUNT = "111122223333"
ROLE = Identity("role", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/team/app", "one")
USER = Identity("user", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/bob")
ROOT = Identity("root", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root")
SERVICE = Service("logging.s3.amazonaws.com")
ORIGIN = OriginAccessIdentity("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1")
ANYTHING = Goal("b", "aws", (Target(BUCKET_ACTIONS, "bucket", ()), Target(OBJECT_ACTIONS, "object", ())))


def ask(principal: Principal = ROLE, action: str = "s3:PutObject", resource: str = "arn:aws:s3:::b/k", context: Context = ()) -> Request:
    """A request, an upload by a role where nothing else is said."""
    return Request(principal, action, resource, context)


def restricted(*restrictions: Restriction) -> Goal:
    """The goal of all uploads with these restrictions."""
    return Goal("b", "aws", (Target(("s3:PutObject",), "object", restrictions),))


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("s3:PutObject", "arn:aws:s3:::b/k", True),
        ("s3:PutObject", "arn:aws:s3:::b/" + "k" * 1024, True),
        ("s3:PutObject", "arn:aws:s3:::b/" + "k" * 1025, False),
        ("s3:PutObject", "arn:aws:s3:::b/" + "é" * 513, False),
        ("s3:PutObject", "arn:aws:s3:::b/a/b:c\n", True),
        ("s3:PutObject", "arn:aws:s3:::b/\ud800", False),
        ("s3:PutObject", "arn:aws:s3:::b/", False),
        ("s3:PutObject", "arn:aws:s3:::b", False),
        ("s3:PutObject", "arn:aws:s3:::c/k", False),
        ("s3:PutObject", "arn:aws-cn:s3:::b/k", False),
        ("s3:PutObject", "b/k", False),
        ("s3:ListBucket", "arn:aws:s3:::b", True),
        ("s3:ListBucket", "arn:aws:s3:::b/k", False),
        ("s3:ListBucket", "arn:aws:s3:::b/", False),
        ("s3:putobject", "arn:aws:s3:::b/k", False),
        ("s3:ListAllMyBuckets", "arn:aws:s3:::b", False),
    ],
)
def test_actions_go_with_their_resource(action: str, resource: str, *, expected: bool) -> None:
    """Bucket actions are asked on the bucket, object actions on a key of 1 to 1024 bytes."""
    assert in_goal(ask(action=action, resource=resource), ANYTHING) == expected


def test_an_action_that_takes_no_such_resource_is_in_no_goal() -> None:
    """Even where the goal names it."""
    goal = Goal("b", "aws", (Target(("s3:ListBucket",), "object", ()), Target(("s3:PutObject",), "bucket", ())))
    assert not in_goal(ask(action="s3:ListBucket"), goal)
    assert not in_goal(ask(resource="arn:aws:s3:::b"), goal)


def test_without_a_name_any_bucket_is_the_goals() -> None:
    """But it must have one."""
    goal = ANYTHING._replace(bucket=None)
    assert [name for name in ("x/k", "y/k", "/k", "/") if in_goal(ask(resource=f"arn:aws:s3:::{name}"), goal)] == ["x/k", "y/k"]


@pytest.mark.parametrize(
    ("restriction", "key", "wanted"),
    [
        (Absent(SSE), SSE, [None]),
        (AbsentOrOther(SSE, ("aws:kms", "aws:kms:dsse")), SSE, [None, "AES256"]),
        (Equal(TRANSPORT, "true"), TRANSPORT, ["true"]),
        (Below(TLS_VERSION, "1.2"), TLS_VERSION, ["1.1"]),
        (Below(TLS_VERSION, "x"), TLS_VERSION, []),
    ],
)
def test_restrictions(restriction: Restriction, key: str, wanted: list[str | None]) -> None:
    """Each looks at one key: absent, one value, another value."""
    values = {SSE: ("AES256", "aws:kms"), TRANSPORT: ("false", "true"), TLS_VERSION: ("1.1", "1.2")}[key]
    contexts: dict[str | None, Context] = {None: (), **{value: ((key, (value,)),) for value in values}}
    assert [value for value, context in contexts.items() if in_goal(ask(context=context), restricted(restriction))] == wanted


@pytest.mark.parametrize(
    ("exempt", "left"),
    [
        ((), {ROLE, USER, ROOT, SERVICE, Anonymous()}),
        ((ACCOUNT,), {SERVICE, Anonymous()}),
        ((ROLE.arn,), {USER, ROOT, SERVICE, Anonymous()}),
        ((USER.arn, SERVICE.name), {ROLE, ROOT, Anonymous()}),
        (("*",), {ROLE, USER, ROOT, SERVICE, Anonymous()}),
    ],
)
def test_exempt_principals_need_not_be_denied(exempt: tuple[str, ...], left: set[Principal]) -> None:
    """An account stands for all its identities, a role for its sessions."""
    goal = ANYTHING._replace(exempt=exempt)
    assert {caller for caller in (ROLE, USER, ROOT, SERVICE, Anonymous()) if in_goal(ask(caller), goal)} == left


def test_an_origin_access_identity_is_exempt_by_its_arn_or_with_an_account() -> None:
    """Its account is known from its keys, if at all."""
    caller = ORIGIN
    account = (("aws:principalaccount", (ACCOUNT,)),)
    assert in_goal(ask(caller), ANYTHING)
    assert not in_goal(ask(caller), ANYTHING._replace(exempt=(caller.arn,)))
    assert in_goal(ask(caller), ANYTHING._replace(exempt=(ACCOUNT,)))
    assert not in_goal(ask(caller, context=account), ANYTHING._replace(exempt=(ACCOUNT,)))
    assert not in_goal(ask(caller, context=(("aws:principalarn", ("x",)),)), ANYTHING)


def test_an_account_is_no_services_name() -> None:
    """An exempt account stands for its identities only."""
    assert in_goal(ask(Service(ACCOUNT)), ANYTHING._replace(exempt=(ACCOUNT,)))


def test_a_principal_may_have_any_name() -> None:
    """Documents speak of names that IAM would not take; only white space and an empty name are none."""
    arns = {name: f"arn:aws:iam::{ACCOUNT}:user/{name}" for name in ("é", "a/b:c", "2020-01-01T00:00:00Z", "a/", "a\nb")}
    assert [name for name, arn in arns.items() if not in_goal(ask(USER._replace(arn=arn)), ANYTHING)] == ["a/", "a\nb"]


def test_the_root_keeps_the_policy() -> None:
    """The bucket owner's root can always read, write and delete the policy: these requests are in no goal."""
    actions = ("s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:GetBucketAcl")
    asked = {caller.kind: [in_goal(ask(caller, action, "arn:aws:s3:::b"), ANYTHING) for action in actions] for caller in (ROOT, USER)}
    assert asked == {"root": [False, False, False, True], "user": [True, True, True, True]}


@pytest.mark.parametrize(
    "principal",
    [
        Identity("user", "1", "arn:aws:iam::1:user/bob"),
        Identity("user", ACCOUNT, "arn:aws:iam::444455556666:user/bob"),
        Identity("user", ACCOUNT, f"arn:aws-cn:iam::{ACCOUNT}:user/bob"),
        Identity("user", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/bob"),
        Identity("user", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/"),
        Identity("user", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/a b"),
        Identity("user", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/bob", "session"),
        Identity("role", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/app"),
        Identity("root", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root/x"),
        Service(""),
        OriginAccessIdentity(f"arn:aws:iam::{ACCOUNT}:user/CloudFront Origin Access Identity E1"),
        OriginAccessIdentity("arn:aws-cn:iam::cloudfront:user/CloudFront Origin Access Identity E1"),
        OriginAccessIdentity("arn:aws:iam::cloudfront:user/E1"),
        OriginAccessIdentity("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity "),
        Unmodelled(f"arn:aws:sts::{ACCOUNT}:federated-user/eve"),
    ],
)
def test_a_principal_that_nobody_is(principal: Principal) -> None:
    """Account, ARN, kind and session must fit together."""
    assert not in_goal(ask(principal), ANYTHING)


@pytest.mark.parametrize(
    ("key", "values", "expected"),
    [
        (TRANSPORT, ("True",), False),
        (TLS_VERSION, ("1.2",), True),
        (TLS_VERSION, ("TLSv1.2",), False),
        ("aws:currenttime", ("2030-01-01T00:00:00Z",), True),
        ("aws:currenttime", ("soon",), False),
        ("aws:sourceip", ("::1",), True),
        ("aws:sourceip", ("10.0.0.0/8",), False),
        ("aws:sourcearn", ("anything",), True),
        (SSE, ("AES256",), True),
        (SSE, ("AES256", "aws:kms"), False),
        (SSE, (), False),
        ("aws:tagkeys", ("a", "b"), True),
        ("aws:tagkeys", ("a", "a"), False),
        ("custom:key", ("a", "b"), True),
    ],
)
def test_values_have_the_type_of_their_key(key: str, values: tuple[str, ...], *, expected: bool) -> None:
    """And there is one, but for the keys that take several, each once."""
    assert in_goal(ask(context=((key, values),)), ANYTHING) == expected


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (ask(), True),
        (ask(action="s3:BypassGovernanceRetention"), False),
        (ask(action="s3:CreateBucket", resource="arn:aws:s3:::b"), False),
        (ask(context=(("aws:currenttime", ("2026-10-27",)), ("aws:username", ("2020-01-01",)), ("custom:key", ("1970-01-01",)))), True),
        (ask(context=(("aws:epochtime", ("1793059200",)),)), True),
        (ask(context=(("aws:epochtime", ("1793059199",)),)), False),
        (ask(context=(("s3:object-lock-retain-until-date", ("2026-10-26T23:59:59Z",)),)), False),
        (ask(context=(("aws:currenttime", ("soon",)),)), False),
    ],
)
def test_nobody_sends_a_request_of_the_past_or_without_an_operation(request_: Request, *, expected: bool) -> None:
    """It counts all the same where it must be denied."""
    assert can_be_sent(request_) == expected
    assert in_goal(request_, ANYTHING) == (("aws:currenttime", ("soon",)) not in request_.context)


ARN = (("aws:principalarn", (ROLE.arn,)),)
ANONYMOUS = Anonymous()
NAMED = ((("aws:principalservicename", (SERVICE.name,))),)


@pytest.mark.parametrize(
    ("switch", "request_", "mentioned"),
    [
        ("secure_transport_present", ask(), [TRANSPORT]),
        ("tls_version_absent_on_http", ask(context=((TRANSPORT, ("false",)), (TLS_VERSION, ("1.2",)))), []),
        ("tls_versions_are_known", ask(context=((TLS_VERSION, ("1.15",)),)), []),
        ("tls_versions_are_known", ask(context=((TLS_VERSION, ("2",)),)), []),
        ("source_ip_or_vpc_endpoint", ask(context=(("aws:sourceip", ("::1",)), ("aws:sourcevpce", ("v",)))), []),
        ("source_ip_or_vpc_endpoint", ask(), ["aws:sourceip", "aws:sourcevpce"]),
        ("anonymous_has_no_identity", ask(ANONYMOUS, context=ARN), []),
        ("anonymous_has_no_identity", ask(ANONYMOUS, context=(("aws:principalorgid", ("o-1",)),)), []),
        ("anonymous_has_no_identity", ask(ANONYMOUS, context=(("aws:principalisawsservice", ("false",)),)), []),
        ("service_principal_keys", ask(SERVICE, context=(("aws:principalisawsservice", ("false",)),)), []),
        ("service_principal_keys", ask(SERVICE), ["aws:principalisawsservice"]),
        ("service_principal_keys", ask(SERVICE), ["aws:principalservicename"]),
        ("service_principal_keys", ask(SERVICE, context=(("aws:principalservicename", ("x",)),)), []),
        ("service_principal_keys", ask(context=(("aws:principalisawsservice", ("true",)),)), []),
        ("service_principal_keys", ask(context=NAMED), []),
        ("principal_keys_agree", ask(USER, context=ARN), []),
        ("principal_keys_agree", ask(), ["aws:principalarn"]),
        ("principal_keys_agree", ask(context=(("aws:principalaccount", ("444455556666",)),)), []),
        ("principal_keys_agree", ask(), ["aws:principalaccount"]),
        ("principal_keys_agree", ask(ORIGIN, context=(("aws:principalarn", (ORIGIN.arn,)),)), ["aws:principalaccount"]),
        ("principal_keys_agree", ask(SERVICE, context=ARN), []),
        ("principal_keys_agree", ask(ANONYMOUS, context=(("aws:principalaccount", (ACCOUNT,)),)), []),
        ("inapplicable_keys_absent", ask(action="s3:GetObject", context=((SSE, ("AES256",)),)), []),
        ("inapplicable_keys_absent", ask(action="s3:GetObject", context=((TRANSPORT, ("true",)), (SSE, ("AES256",)))), []),
    ],
)
def test_an_assumption_makes_requests_impossible(switch: str, request_: Request, mentioned: list[str]) -> None:
    """With the switch on the request cannot be sent, with it off it can."""
    on = Assumptions()._replace(**{switch: True})
    off = Assumptions()._replace(**{switch: False})
    assert [in_goal(request_, ANYTHING._replace(assumptions=each), mentioned) for each in (on, off)] == [False, True]


@pytest.mark.parametrize(
    ("request_", "mentioned"),
    [
        (ask(context=((TRANSPORT, ("true",)), (TLS_VERSION, ("1.2",)))), [TRANSPORT, TLS_VERSION]),
        (ask(context=((TRANSPORT, ("false",)),)), [TRANSPORT, TLS_VERSION]),
        (ask(context=(("aws:sourcevpce", ("v",)),)), ["aws:sourceip", "aws:sourcevpce"]),
        (ask(), ["aws:sourceip"]),
        (ask(SERVICE, context=(("aws:principalisawsservice", ("true",)), *NAMED)), ["aws:principalisawsservice", "aws:principalarn"]),
        (ask(context=(*ARN, ("aws:principalisawsservice", ("false",)))), ["aws:principalisawsservice", "aws:principalarn"]),
        (ask(ANONYMOUS, context=(("aws:principalaccount", ("anonymous",)),)), ["aws:principalaccount", "aws:principalarn"]),
        (ask(ANONYMOUS), ["aws:principalaccount"]),
    ],
)
def test_what_agrees_with_every_assumption_is_possible(request_: Request, mentioned: list[str]) -> None:
    """A witness may leave out what the document does not speak of, and must say what it does."""
    assert in_goal(request_, ANYTHING, mentioned)


@pytest.mark.parametrize(("version", "variables"), [("2012-10-17", {"aws:username", "s3:prefix", "aws:userid"}), ("2008-10-17", set())])
def test_the_keys_a_document_speaks_of(version: str, variables: set[str]) -> None:
    """In conditions of Deny statements, and in policy variables where these are in force."""
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::b/${aws:UserName}/${*}",
        "Condition": {"StringLike": {"aws:Referer": ["${s3:prefix, 'x'}", "${aws:userid}"]}, "Null": {SSE: "true"}},
    }
    allow = {**statement, "Effect": "Allow", "Condition": {"Null": {"aws:SourceIp": "true"}}}
    document = parse(json.dumps({"Version": version, "Statement": [statement, allow]}))
    assert isinstance(document, Document)
    assert keys_of(document) - {"*"} == {"aws:referer", SSE} | variables


@pytest.mark.parametrize(
    ("principal", "switches", "expected"),
    [
        (ROLE, {}, (("aws:principalaccount", (ACCOUNT,)), ("aws:principalarn", (ROLE.arn,)))),
        (ROLE, {"principal_keys_agree": False}, ()),
        (SERVICE, {}, (("aws:principalisawsservice", ("true",)), ("aws:principalservicename", (SERVICE.name,)))),
        (SERVICE, {"service_principal_keys": False}, ()),
        (Anonymous(), {}, ()),
    ],
)
def test_a_request_is_completed_with_what_its_principal_implies(principal: Principal, switches: dict[str, bool], expected: Context) -> None:
    """Keys that the document speaks of and that have one possible value; what is there already stays."""
    mentioned = ("aws:principalarn", "aws:principalaccount", "aws:principalisawsservice", "aws:principalservicename", SSE)
    on = Assumptions()._replace(**switches)
    assert complete(ask(principal), on, mentioned) == ask(principal, context=expected)
    assert complete(ask(principal, context=((SSE, ("x",)),)), on, ()) == ask(principal, context=((SSE, ("x",)),))
    assert complete(ask(principal, context=expected), on, mentioned) == ask(principal, context=expected)
