"""The table of condition operators: every documented spelling, and none besides."""

import pytest

from bucketpolicy.operators import BASE_NAMES, Operator, find_operator


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("StringEquals", Operator("StringEquals", "String", "equals", negated=False, if_exists=False, quantifier="")),
        ("StringNotLike", Operator("StringNotLike", "String", "like", negated=True, if_exists=False, quantifier="")),
        (
            "StringNotEqualsIgnoreCaseIfExists",
            Operator("StringNotEqualsIgnoreCaseIfExists", "String", "ignore_case", negated=True, if_exists=True, quantifier=""),
        ),
        ("ArnEquals", Operator("ArnEquals", "Arn", "like", negated=False, if_exists=False, quantifier="")),
        (
            "NumericGreaterThanEquals",
            Operator("NumericGreaterThanEquals", "Numeric", "greater_equals", negated=False, if_exists=False, quantifier=""),
        ),
        ("NotIpAddress", Operator("NotIpAddress", "Ip", "within", negated=True, if_exists=False, quantifier="")),
        ("Null", Operator("Null", "Null", "null", negated=False, if_exists=False, quantifier="")),
        ("ForAnyValue:Bool", Operator("ForAnyValue:Bool", "Bool", "equals", negated=False, if_exists=False, quantifier="ForAnyValue")),
        (
            "ForAllValues:DateLessThanIfExists",
            Operator("ForAllValues:DateLessThanIfExists", "Date", "less", negated=False, if_exists=True, quantifier="ForAllValues"),
        ),
        ("ForAllValues:Null", Operator("ForAllValues:Null", "Null", "null", negated=False, if_exists=False, quantifier="ForAllValues")),
    ],
)
def test_an_operator_is_taken_apart(name: str, expected: Operator) -> None:
    """Family, comparison, negation, `IfExists` and quantifier are read from the spelling."""
    assert find_operator(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "",
        "bool",
        "STRINGEQUALS",
        "StringEqual",
        "StringEqualsIfExist",
        "StringEqualsIfExistsIfExists",
        "IfExists",
        "NullIfExists",
        "ForAnyValue:NullIfExists",
        "ForAnyValue:",
        "ForAnyValue",
        "ForAnyValue: StringEquals",
        "forAnyValue:StringEquals",
        "ForSomeValues:StringEquals",
        "ForAllValues:ForAnyValue:StringEquals",
        "NotBool",
        "NumericLessThan ",
    ],
)
def test_other_spellings_are_no_operators(name: str) -> None:
    """S3 refuses what AWS does not document, `NullIfExists` and other cases of letters among it."""
    assert find_operator(name) is None


def test_every_operator_but_null_takes_if_exists_and_a_quantifier() -> None:
    """The spellings are the product of base names, `IfExists` and quantifiers; a negated name has a `Not` in it."""
    assert len(BASE_NAMES) == 27
    for name in BASE_NAMES:
        found = find_operator(name)
        assert found is not None
        assert found.negated == ("Not" in name)
        assert (find_operator(f"{name}IfExists") is None) == (name == "Null")
        for quantifier in ("ForAllValues", "ForAnyValue"):
            assert find_operator(f"{quantifier}:{name}") == found._replace(name=f"{quantifier}:{name}", quantifier=quantifier)
