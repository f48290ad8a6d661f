"""The meaning of a document on one request: statements, actions and resources, row by row of docs/semantics.md."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bucketpolicy.goal import SSE
from bucketpolicy.request import Context
from bucketpolicy.semantics.evaluate import Truth, all_of, any_of, is_denied, negate
from tests.bucketpolicy.requests import DENY, ON, Json, ask, read

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
        ("Action", "*:PutObject", None),
        ("Action", "s3*", None),
        ("Action", "*:GetObject", False),
        ("Action", ["*:PutObject", "s3:Put*"], True),
        ("NotAction", "*:PutObject", None),
        ("NotAction", ["*:PutObject", "s3:Put*"], False),
        ("NotAction", "?3:GetObject", True),
    ],
)
def test_actions_are_patterns_without_case(element: str, value: object, *, expected: bool | None) -> None:
    """`*` and `?` anywhere in the name, but not in the service, which is refused; only ASCII letters fold; an empty list covers none."""
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
