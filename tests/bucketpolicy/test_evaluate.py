"""The meaning of a document on one request, row by row of docs/semantics.md."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bucketpolicy.document import Document
from bucketpolicy.evaluate import Truth, all_of, any_of, is_denied, negate
from bucketpolicy.goal import SSE, Assumptions
from bucketpolicy.parse import parse
from bucketpolicy.request import Anonymous, Context, Identity, Principal, Request, Service

Json = dict[str, object]

DENY: Json = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"}
ACCOUNT = "111122223333"
ROLE = Identity("role", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/team/app", "one")
USER = Identity("user", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/bob")
ROOT = Identity("root", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root")
SERVICE = Service("logging.s3.amazonaws.com")
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/one"
ON = Assumptions()


def read(*statements: Json, version: str = "2012-10-17") -> Document:
    """The document of these statements."""
    document = parse(json.dumps({"Version": version, "Statement": list(statements)}))
    assert isinstance(document, Document)
    return document


def ask(principal: Principal = ROLE, action: str = "s3:PutObject", resource: str = "arn:aws:s3:::b/k", context: Context = ()) -> Request:
    """A request, an upload by a role where nothing else is said."""
    return Request(principal, action, resource, context)


def when(condition: object, *values: str | None, key: str = "s3:prefix", version: str = "2012-10-17", on: Assumptions = ON) -> Truth:
    """Whether a Deny with this condition applies where the key has these values; None among them: where it is absent."""
    context = () if None in values else ((key.lower(), tuple(value for value in values if value is not None)),)
    return is_denied(read({**DENY, "Condition": condition}, version=version), ask(context=context), on)


TRUTHS = st.sampled_from([True, False, None])


@given(st.lists(TRUTHS, max_size=4))
def test_three_values_are_sound(truths: list[Truth]) -> None:
    """A conjunction or disjunction is known exactly where no value of the unknown ones could change it."""
    options = [[truth] if truth is not None else [True, False] for truth in truths]
    worlds: list[list[bool]] = [[]]
    for choices in options:
        worlds = [[*world, choice] for world in worlds for choice in choices]
    for function, classical in ((any_of, any), (all_of, all)):
        results = {classical(world) for world in worlds}
        assert function(truths) is (results.pop() if len(results) == 1 else None)
    assert [negate(truth) for truth in (True, False, None)] == [False, True, None]


# Statements ----------------------------------------------------------------------------------------------------------------------------


def test_only_a_deny_denies() -> None:
    """An Allow forbids nothing, whatever it says; an empty document forbids nothing."""
    assert is_denied(read({**DENY, "Effect": "Allow"}), ask(), ON) is False
    assert is_denied(read(DENY), ask(), ON) is True
    assert is_denied(read({**DENY, "Effect": "Allow"}, DENY), ask(), ON) is True


def test_one_part_that_does_not_apply_is_enough() -> None:
    """Principal, action, resource and every condition are ANDed, and a certain `no` outweighs what is open."""
    unclear: Json = {"StringEquals": {"s3:prefix": []}}
    assert is_denied(read({**DENY, "Condition": unclear}), ask(), ON) is None
    assert is_denied(read({**DENY, "Condition": unclear, "Action": "s3:GetObject"}), ask(), ON) is False
    assert is_denied(read({**DENY, "Condition": unclear}, DENY), ask(), ON) is True


def test_conditions_are_anded_over_operators_and_keys() -> None:
    """The benchmark's own snippet: header-less *and* HTTP, so neither alone is denied."""
    snippet = {"Null": {SSE: "true"}, "Bool": {"aws:SecureTransport": "false"}}
    document = read({**DENY, "Condition": snippet})
    contexts: dict[Context, bool] = {
        (("aws:securetransport", ("false",)),): True,
        (("aws:securetransport", ("true",)),): False,
        (("aws:securetransport", ("false",)), (SSE, ("AES256",))): False,
        (("aws:securetransport", ("true",)), (SSE, ("AES256",))): False,
    }
    assert {context: is_denied(document, ask(context=context), ON) for context in contexts} == contexts


# Principals ----------------------------------------------------------------------------------------------------------------------------

EVERYBODY = (ROLE, USER, ROOT, SERVICE, Anonymous())


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("*", (True, True, True, True, True)),
        ({"AWS": "*"}, (True, True, True, True, True)),
        ({"AWS": ACCOUNT}, (True, True, True, False, False)),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, (True, True, True, False, False)),
        ({"AWS": f"arn:aws-cn:iam::{ACCOUNT}:root"}, (False, False, False, False, False)),
        ({"AWS": "444455556666"}, (False, False, False, False, False)),
        ({"AWS": ROLE.arn}, (True, False, False, False, False)),
        ({"AWS": SESSION}, (True, False, False, False, False)),
        ({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/app/two"}, (False, False, False, False, False)),
        ({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/team/app/one"}, (False, False, False, False, False)),
        ({"AWS": USER.arn}, (False, True, False, False, False)),
        ({"AWS": USER.arn.upper()}, (False, False, False, False, False)),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/*"}, (False, False, False, False, False)),
        ({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}, (False, False, False, False, False)),
        ({"AWS": [USER.arn, ROLE.arn]}, (True, True, False, False, False)),
        ({"Service": SERVICE.name}, (False, False, False, True, False)),
        ({"Service": "*"}, (False, False, False, None, False)),
        ({"Service": "s3.amazonaws.com"}, (False, False, False, False, False)),
        ({"Federated": "accounts.google.com"}, (None, None, None, False, False)),
        ({"CanonicalUser": "79a5"}, (None, None, None, False, False)),
        ({"AWS": ROLE.arn, "Service": SERVICE.name}, (True, False, False, True, False)),
        ({"AWS": []}, (False, False, False, False, False)),
        ({}, (False, False, False, False, False)),
    ],
)
def test_principal_names_callers(principal: object, expected: tuple[Truth, ...]) -> None:
    """An account stands for all its identities, a role for its sessions, `*` for everybody, and a wildcard inside a name for nobody."""
    document = read({**DENY, "Principal": principal})
    assert tuple(is_denied(document, ask(caller), ON) for caller in EVERYBODY) == expected


def test_whether_the_aws_star_covers_services_is_an_assumption() -> None:
    """Without it, a Deny for `{"AWS": "*"}` may or may not bind a service."""
    document = read({**DENY, "Principal": {"AWS": "*"}})
    off = ON._replace(aws_star_covers_services=False)
    assert [is_denied(document, ask(caller), off) for caller in EVERYBODY] == [True, True, True, None, True]


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("*", (False, False, False, False, False)),
        ({"AWS": "*"}, (False, False, False, False, False)),
        ({"AWS": ACCOUNT}, (None, None, False, True, True)),
        ({"AWS": USER.arn}, (True, None, True, True, True)),
        ({"AWS": [USER.arn, ACCOUNT]}, (None, False, False, True, True)),
        ({"AWS": [ROLE.arn, ACCOUNT]}, (None, None, False, True, True)),
        ({"AWS": [ROLE.arn, f"arn:aws:iam::{ACCOUNT}:root", SESSION]}, (False, None, False, True, True)),
        ({"AWS": SESSION}, (None, True, True, True, True)),
        ({"Service": SERVICE.name}, (True, True, True, False, True)),
        ({"CanonicalUser": "79a5"}, (None, None, None, True, True)),
        ({}, (False, False, False, False, False)),
    ],
)
def test_not_principal_spares_a_caller_with_its_whole_chain(principal: object, expected: tuple[Truth, ...]) -> None:
    """Account, then role or user, then session: all listed is spared, none listed is denied, and in between AWS does not say."""
    statement = {**{name: value for name, value in DENY.items() if name != "Principal"}, "NotPrincipal": principal}
    assert tuple(is_denied(read(statement), ask(caller), ON) for caller in EVERYBODY) == expected


# Actions and resources -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("element", "value", "expected"),
    [
        ("Action", "s3:PutObject", True),
        ("Action", "S3:putobject", True),
        ("Action", "s3:P*t?bject", True),
        ("Action", "*", True),
        ("Action", "s3:*", True),
        ("Action", ["s3:GetObject", "s3:Put*"], True),
        ("Action", "s3:PutObject?", False),
        ("Action", "s3:PutObjectAcl", False),
        ("Action", "PutObject", False),
        ("Action", "s3:PutObje\u212at", False),
        ("Action", [], False),
        ("NotAction", "s3:GetObject", True),
        ("NotAction", ["s3:GetObject", "s3:putobject"], False),
        ("NotAction", "s3:*", False),
        ("NotAction", [], False),
    ],
)
def test_actions_are_patterns_without_case(element: str, value: object, *, expected: bool) -> None:
    """`*` and `?` anywhere; only ASCII letters fold; an empty list is in nobody's way."""
    statement = {**{name: item for name, item in DENY.items() if name != "Action"}, element: value}
    assert is_denied(read(statement), ask(), ON) is expected


@pytest.mark.parametrize(
    ("value", "key", "expected"),
    [
        ("*", "k", True),
        ("arn:aws:s3:::*", "k", True),
        ("arn:aws:s3:::b*", "k", True),
        ("arn:aws:s3:::b/*", "k", True),
        ("arn:aws:s3:::b/?*", "k", True),
        ("arn:aws:s3:::b/*", "a:b\nc", True),
        ("arn:aws:s3:::b/k", "k", True),
        ("arn:aws:s3:::B/K", "k", False),
        ("arn:aws:s3:::b", "k", False),
        ("arn:aws:s3:::b/", "k", False),
        ("arn:aws:s3:::b/logs/*", "k", False),
        ("arn:aws:s3:::other/*", "k", False),
        ("arn:aws-cn:s3:::b/*", "k", False),
        ("arn:aws:s3:eu-west-1::b/*", "k", False),
        ("arn:aws:s3::111122223333:b/*", "k", False),
        ("arn:*:s3:::b/*", "k", None),
        ("arn:aws:s3:*:*:b/*", "k", None),
        ("arn:a?s:s3:::b/*", "k", None),
        ("arn:*:s3:::c/*", "k", False),
        ("arn:aws:s3*", "k", None),
        ("arn:aws:s3:*", "k", None),
        ("arn:aws:s3:b/*", "k", False),
        ("b/*", "k", False),
        ("*b/*", "k", None),
        ("", "k", False),
        ("arn:${aws:partition}:s3:::b/*", "k", None),
        ("arn:${aws:partition}:s3:::c/*", "k", False),
        ("arn:aws:s3:::b/${aws:username}", "bob", True),
        ("arn:aws:s3:::b/${aws:username}", "k", False),
        ("arn:aws:s3:::b/${aws:userid}", "k", False),
        ("arn:aws:s3:::b/${", "k", None),
        ([], "k", False),
        (["arn:aws:s3:::c/*", "arn:aws:s3:::b/*"], "k", True),
        (["arn:aws:s3:::c/*", "arn:*:s3:::b/*"], "k", None),
    ],
)
def test_resources_match_segment_by_segment(value: object, key: str, *, expected: bool | None) -> None:
    """After the fifth colon everything is one segment; wildcards before it are documented nowhere."""
    request = ask(resource=f"arn:aws:s3:::b/{key}", context=(("aws:username", ("bob",)),))
    assert is_denied(read({**DENY, "Resource": value}), request, ON) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("arn:aws:s3:::b/*", False),
        ("arn:aws:s3:::c/*", True),
        (["arn:aws:s3:::c/*", "arn:aws:s3:::b/k"], False),
        ("arn:*:s3:::b/*", None),
        ("arn:aws:s3:::b/${aws:userid}", None),
        (["arn:aws:s3:::b/${aws:userid}", "*"], False),
        ([], False),
    ],
)
def test_not_resource_is_the_complement(value: object, *, expected: bool | None) -> None:
    """A variable without a value leaves open what `NotResource` covers; an empty list covers nothing."""
    statement = {**{name: item for name, item in DENY.items() if name != "Resource"}, "NotResource": value}
    assert is_denied(read(statement), ask(), ON) is expected


def test_variables_are_text_without_the_version_of_2012() -> None:
    """`${aws:username}` in an old document is the name of an object."""
    document = read({**DENY, "Resource": "arn:aws:s3:::b/${aws:username}"}, version="2008-10-17")
    keys = ("bob", "${aws:username}")
    requests = (ask(resource=f"arn:aws:s3:::b/{key}", context=(("aws:username", ("bob",)),)) for key in keys)
    assert [is_denied(document, request, ON) for request in requests] == [False, True]


# Conditions: presence ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "absent", "same", "other"),
    [
        ("StringEquals", False, True, False),
        ("StringNotEquals", True, False, True),
        ("StringEqualsIfExists", True, True, False),
        ("StringNotEqualsIfExists", True, False, True),
        ("StringLike", False, True, False),
        ("StringNotLike", True, False, True),
        ("StringEqualsIgnoreCase", False, True, False),
        ("StringNotEqualsIgnoreCase", True, False, True),
        ("ForAllValues:StringEquals", True, True, False),
        ("ForAllValues:StringNotEquals", True, False, True),
        ("ForAllValues:StringEqualsIfExists", True, True, False),
        ("ForAnyValue:StringEquals", False, True, False),
        ("ForAnyValue:StringNotEquals", False, False, True),
        ("ForAnyValue:StringEqualsIfExists", None, True, False),
        ("ForAnyValue:StringNotEqualsIfExists", None, False, True),
    ],
)
def test_an_absent_key_has_its_own_answer(operator: str, absent: Truth, same: Truth, other: Truth) -> None:
    """A positive operator is false there, a negated one true, `IfExists` true, `ForAllValues` true, `ForAnyValue` false."""
    condition = {operator: {"s3:prefix": "a"}}
    assert (when(condition, None), when(condition, "a"), when(condition, "b")) == (absent, same, other)


@pytest.mark.parametrize(
    ("operator", "absent", "same", "other"),
    [
        ("NumericEquals", False, True, False),
        ("NumericNotEquals", True, False, True),
        ("NumericLessThanEquals", False, True, False),
        ("NumericGreaterThan", False, False, True),
        ("NumericLessThanIfExists", True, False, False),
    ],
)
def test_numbers_too(operator: str, absent: Truth, same: Truth, other: Truth) -> None:
    """`NumericLessThan` on an absent `s3:TlsVersion` does not hold, so it lets plain HTTP through."""
    condition = {operator: {"s3:TlsVersion": 1.2}}
    assert tuple(when(condition, value, key="s3:TlsVersion") for value in (None, "1.20", "1.3")) == (absent, same, other)


@pytest.mark.parametrize(
    ("values", "absent", "present", "empty"),
    [
        ("true", True, False, None),
        ("false", False, True, None),
        (["true", "false"], True, True, True),
        ("TRUE", True, False, None),
        ("yes", None, None, None),
        (["yes", "true"], True, None, None),
        ([], None, None, None),
    ],
)
def test_null_asks_for_presence(values: object, absent: Truth, present: Truth, empty: Truth) -> None:
    """A key that is there with an empty value is a state of its own, of which AWS says two things."""
    condition = {"Null": {SSE: values}}
    assert tuple(when(condition, value, key=SSE) for value in (None, "AES256", "")) == (absent, present, empty)


def test_null_with_a_quantifier_asks_for_nothing() -> None:
    """`ForAllValues:Null` is always true and `ForAnyValue:Null` never (Access Analyzer: "Null with qualifier")."""
    assert [when({"ForAllValues:Null": {SSE: "true"}}, value, key=SSE) for value in (None, "AES256")] == [True, True]
    assert [when({"ForAnyValue:Null": {SSE: "true"}}, value, key=SSE) for value in (None, "AES256")] == [False, False]


@pytest.mark.parametrize(
    ("operator", "absent", "present"),
    [
        ("StringEquals", None, None),
        ("StringNotEquals", None, None),
        ("StringEqualsIfExists", True, False),
        ("ForAllValues:StringEquals", True, False),
        ("ForAnyValue:StringEquals", False, False),
        ("ForAnyValue:StringEqualsIfExists", None, False),
    ],
)
def test_an_empty_list_of_values(operator: str, absent: Truth, present: Truth) -> None:
    """Documented with a quantifier or `IfExists`; without, AWS says two things."""
    condition: Json = {operator: {"s3:prefix": []}}
    assert (when(condition, None), when(condition, "a")) == (absent, present)


@pytest.mark.parametrize(
    ("operator", "expected"),
    [("StringEquals", None), ("StringNotEquals", None), ("StringEqualsIfExists", None), ("ForAllValues:StringNotEquals", True)],
)
def test_an_empty_value_is_known_where_absence_gives_the_same(operator: str, expected: Truth) -> None:
    """A header without a value is present to some of AWS's texts and `null` to others: where they differ nothing is claimed."""
    policy = "" if operator == "StringNotEquals" else "a" if operator != "StringEquals" else ""
    assert when({operator: {SSE: policy}}, "", key=SSE) is expected


def test_an_empty_value_where_presence_and_absence_agree() -> None:
    """`StringEquals` to another value is false either way, and a negated one true."""
    assert when({"StringEquals": {SSE: "AES256"}}, "", key=SSE) is False
    assert when({"StringNotEquals": {SSE: "AES256"}}, "", key=SSE) is True


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("ForAllValues:StringEquals", ("a", "b"), True),
        ("ForAllValues:StringEquals", ("a", "c"), False),
        ("ForAllValues:StringNotEquals", ("c", "d"), True),
        ("ForAllValues:StringNotEquals", ("a", "c"), False),
        ("ForAnyValue:StringEquals", ("a", "c"), True),
        ("ForAnyValue:StringEquals", ("c", "d"), False),
        ("ForAnyValue:StringNotEquals", ("a", "c"), True),
        ("ForAnyValue:StringNotEquals", ("a", "b"), False),
        ("StringEquals", ("a", "b"), None),
        ("StringNotEquals", ("c", "d"), None),
        ("StringEquals", ("a",), None),
        ("StringNotEquals", ("c",), None),
    ],
)
def test_several_values_need_a_quantifier(operator: str, values: tuple[str, ...], *, expected: Truth) -> None:
    """Without one, what several values of a request mean is documented nowhere."""
    assert when({operator: {"aws:TagKeys": ["a", "b"]}}, *values, key="aws:TagKeys") is expected


def test_several_values_where_a_key_has_one() -> None:
    """A request that says two things at once under one name claims nothing either."""
    assert when({"StringEquals": {"s3:prefix": "a"}}, "a", "b") is None


def test_several_values_of_a_condition_are_ored_and_negated_as_a_whole() -> None:
    """OR for a positive operator, NOR for a negated one."""
    for operator, expected in (("StringEquals", [True, True, False]), ("StringNotEquals", [False, False, True])):
        assert [when({operator: {"s3:prefix": ["a", "b"]}}, value) for value in ("a", "b", "c")] == expected


def test_keys_and_variables_have_no_case() -> None:
    """`S3:X-AMZ-…` is the header's key."""
    assert when({"Null": {SSE.upper(): "false"}}, "AES256", key=SSE) is True


# Conditions: values --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "key", "policy", "value", "expected"),
    [
        ("StringEquals", "s3:prefix", "a*", "ab", False),
        ("StringLike", "s3:prefix", "a*", "ab", True),
        ("StringLike", "s3:prefix", "A*", "ab", False),
        ("StringLike", "s3:prefix", "", "x", False),
        ("StringEquals", "s3:prefix", "${aws:username}", "bob", False),
        ("StringNotEquals", "s3:prefix", "${aws:username}", "bob", True),
        ("StringEquals", "s3:prefix", "${aws:username, 'bob'}", "bob", True),
        ("StringEquals", "s3:prefix", ["${", "bob"], "bob", True),
        ("StringEquals", "s3:prefix", "bo${", "bob", None),
        ("StringNotEquals", "s3:prefix", "bo${", "bob", None),
        ("StringEqualsIgnoreCase", "s3:prefix", "Bob", "bOB", True),
        ("StringEqualsIgnoreCase", "s3:prefix", "Bob", "eve", False),
        ("StringEqualsIgnoreCase", "s3:prefix", "B*", "bob", False),
        ("StringEqualsIgnoreCase", "s3:prefix", "É", "É", True),
        ("StringEqualsIgnoreCase", "s3:prefix", "É", "é", None),
        ("StringEqualsIgnoreCase", "s3:prefix", "k", "\u212a", None),
        ("StringEqualsIgnoreCase", "s3:prefix", "straße", "STRASSE", None),
        ("StringEqualsIgnoreCase", "s3:prefix", "É", "e", False),
        ("StringEqualsIgnoreCase", "s3:prefix", "É${", "é", None),
        ("StringEqualsIgnoreCase", "s3:prefix", "e${", "E", None),
        ("StringNotEqualsIgnoreCase", "s3:prefix", "É", "é", None),
        ("Bool", "aws:SecureTransport", "false", "false", True),
        ("Bool", "aws:SecureTransport", "False", "false", True),
        ("Bool", "aws:SecureTransport", "true", "false", False),
        ("Bool", "aws:SecureTransport", ["true", "false"], "false", True),
        ("Bool", "aws:SecureTransport", "0", "false", None),
        ("Bool", "aws:SecureTransport", "${x}", "false", None),
        ("StringEquals", "aws:SecureTransport", "false", "false", True),
        ("StringEquals", "aws:SecureTransport", "False", "false", False),
        ("StringNotEquals", "aws:SecureTransport", "true", "false", True),
        ("StringLike", "aws:SecureTransport", "f*", "false", True),
        ("Bool", SSE, "false", "AES256", None),
        ("NumericEquals", "aws:SecureTransport", "0", "false", None),
        ("ArnLike", "aws:SecureTransport", "arn:aws:iam::1:root", "false", None),
        ("StringEquals", "aws:EpochTime", "60", "60", None),
        ("StringEquals", "s3:TlsVersion", "1.2", "1.2", None),
        ("NumericLessThan", "s3:TlsVersion", ["1.1", "1.3"], "1.2", True),
        ("NumericLessThan", "s3:TlsVersion", "1.2", "1.2", False),
        ("NumericGreaterThanEquals", "s3:TlsVersion", "1.2", "1.2", True),
        ("NumericLessThan", "s3:TlsVersion", "TLS1.2", "1.2", None),
        ("DateLessThan", "aws:CurrentTime", "2030-01-01T00:00:00Z", "2029-12-31T23:59:59Z", True),
        ("DateGreaterThan", "aws:CurrentTime", "2030-01-01", "2029-12-31T23:59:59Z", False),
        ("DateEquals", "aws:EpochTime", "1970-01-01T00:01:00Z", "60", True),
        ("NumericLessThan", "aws:EpochTime", "61", "60", True),
        ("NumericLessThan", "aws:CurrentTime", "61", "60", None),
        ("DateNotEquals", "aws:CurrentTime", "2030", "2029-12-31T23:59:59Z", None),
        ("IpAddress", "aws:SourceIp", "10.0.0.0/8", "10.2.3.4", True),
        ("NotIpAddress", "aws:SourceIp", ["10.0.0.0/8", "192.168.0.0/16"], "2001:db8::1", True),
        ("NotIpAddress", "aws:SourceIp", "10.0.0.0/8", "10.2.3.4", False),
        ("StringEquals", "aws:SourceIp", "10.2.3.4", "10.2.3.4", None),
        ("IpAddress", "s3:prefix", "10.0.0.0/8", "10.2.3.4", None),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/team/*", ROLE.arn, True),
        ("ArnEquals", "aws:PrincipalArn", "arn:aws:iam::*:role/team/*", ROLE.arn, True),
        ("ArnLike", "aws:PrincipalArn", "arn:*:role/team/*", ROLE.arn, None),
        ("ArnLike", "aws:PrincipalArn", "arn:*:*:*:*:*", ROLE.arn, True),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam*:111122223333:*:*", ROLE.arn, False),
        ("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/Team/*", ROLE.arn, True),
        ("ArnLike", "aws:PrincipalArn", "*", ROLE.arn, None),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*", "not-an-arn", False),
        ("ArnLike", "aws:PrincipalArn", "*:*:*:*:*:*", "a:b:c:d:e", False),
        ("ArnLike", "aws:PrincipalArn", "*:${aws:username, 'x'}*:*:*:*:*", "a:xb:c:d:e", False),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::${aws:username}:role/*", ROLE.arn, False),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::${aws:username, '111122223333'}:role/*", ROLE.arn, True),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam:${aws:username, ':111122223333'}:role/*:*", ROLE.arn + ":x", None),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::1111${aws:username, '*'}:role/*", ROLE.arn, None),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::${:role/*", ROLE.arn, None),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:s3:::${aws:username, '*'}", ROLE.arn, False),
        ("StringLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*", ROLE.arn, True),
        ("ArnLike", "aws:userid", "arn:aws:iam::*:role/*", ROLE.arn, None),
        ("BinaryEquals", "s3:prefix", "QmluYXJ5", "QmluYXJ5", None),
        ("BinaryEquals", "custom:key", "QmluYXJ5", "QmluYXJ5", None),
        ("BinaryEquals", "custom:key", "true", "true", None),
        ("StringEquals", "custom:key", "a", "a", True),
        ("NumericEquals", "custom:key", "1.0", "1", True),
    ],
)
def test_values_compare_by_family(operator: str, key: str, policy: object, value: str, expected: Truth) -> None:
    """Each operator's own comparison; a family that does not fit the key's type is left open, but for texts of ARNs and of booleans."""
    assert when({operator: {key: policy}}, value, key=key) is expected


def test_texts_on_boolean_keys_are_an_assumption() -> None:
    """Without it `StringEquals aws:SecureTransport false` claims nothing, and still nothing is claimed of an absent key's own rule."""
    off = ON._replace(string_op_on_bool_key=False)
    condition = {"StringEquals": {"aws:SecureTransport": "false"}}
    assert when(condition, "false", key="aws:SecureTransport", on=off) is None
    assert when(condition, None, key="aws:SecureTransport", on=off) is False


def test_open_points_in_arns_of_old_documents() -> None:
    """`${*}` is an escape or a wildcard in braces; where both match, the answer is known."""
    arn = "arn:aws:iam::111122223333:role/"
    for value, expected in ((f"{arn}*", None), (f"{arn}${{x}}", None), (f"{arn}x", False)):
        condition = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/${*}"}}
        assert when(condition, value, key="aws:PrincipalArn", version="2008-10-17") is expected


def test_arns_in_old_documents_have_no_variables() -> None:
    """There `${` is ordinary text."""
    for text, expected in (("arn:aws:iam::*:role/team/app", True), ("arn:aws:iam::*:role/${*}", False), ("arn:*:*:*:*:*${?}", False)):
        assert when({"ArnLike": {"aws:PrincipalArn": text}}, ROLE.arn, key="aws:PrincipalArn", version="2008-10-17") is expected
