"""Conditions on absent keys, empty values, empty lists and several values."""

import pytest

from bucketpolicy.goal import SSE
from bucketpolicy.semantics.evaluate import Truth
from tests.bucketpolicy.requests import Json, when


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
        ("ForAnyValue:StringEquals", ("", "a"), True),
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
