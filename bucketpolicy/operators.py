"""
The condition operators of the policy language, as one table.

What an operator does with an absent key follows from `negated`, `if_exists` and `quantifier` alone, and is said once by each reader of the
language instead of once per operator (AWS: "IAM JSON policy elements: Condition operators").
"""

from typing import Literal, NamedTuple

Family = Literal["String", "Numeric", "Date", "Bool", "Binary", "Ip", "Arn", "Null"]
Comparison = Literal["equals", "ignore_case", "like", "less", "less_equals", "greater", "greater_equals", "within", "null"]
Quantifier = Literal["", "ForAllValues", "ForAnyValue"]


class Operator(NamedTuple):
    """
    One operator as written, taken apart.

    `name` is the whole spelling (`ForAllValues:StringNotLikeIfExists`), `comparison` its positive form.
    """

    name: str
    family: Family
    comparison: Comparison
    negated: bool
    if_exists: bool
    quantifier: Quantifier


_BASE: tuple[tuple[str, Family, Comparison, bool], ...] = (
    ("StringEquals", "String", "equals", False),
    ("StringNotEquals", "String", "equals", True),
    ("StringEqualsIgnoreCase", "String", "ignore_case", False),
    ("StringNotEqualsIgnoreCase", "String", "ignore_case", True),
    ("StringLike", "String", "like", False),
    ("StringNotLike", "String", "like", True),
    ("NumericEquals", "Numeric", "equals", False),
    ("NumericNotEquals", "Numeric", "equals", True),
    ("NumericLessThan", "Numeric", "less", False),
    ("NumericLessThanEquals", "Numeric", "less_equals", False),
    ("NumericGreaterThan", "Numeric", "greater", False),
    ("NumericGreaterThanEquals", "Numeric", "greater_equals", False),
    ("DateEquals", "Date", "equals", False),
    ("DateNotEquals", "Date", "equals", True),
    ("DateLessThan", "Date", "less", False),
    ("DateLessThanEquals", "Date", "less_equals", False),
    ("DateGreaterThan", "Date", "greater", False),
    ("DateGreaterThanEquals", "Date", "greater_equals", False),
    ("Bool", "Bool", "equals", False),
    ("BinaryEquals", "Binary", "equals", False),
    ("IpAddress", "Ip", "within", False),
    ("NotIpAddress", "Ip", "within", True),
    ("ArnEquals", "Arn", "like", False),
    ("ArnLike", "Arn", "like", False),
    ("ArnNotEquals", "Arn", "like", True),
    ("ArnNotLike", "Arn", "like", True),
    ("Null", "Null", "null", False),
)
_BY_NAME = {name: (family, comparison, negated) for name, family, comparison, negated in _BASE}
BASE_NAMES = tuple(_BY_NAME)
_IF_EXISTS = "IfExists"
_QUANTIFIERS: tuple[Quantifier, ...] = ("ForAllValues", "ForAnyValue")


def find_operator(name: str) -> Operator | None:
    """
    The operator of this exact spelling, or None where S3 knows none.

    Case-sensitive: other spellings are undocumented. `NullIfExists` is none (AWS: Access Analyzer policy check reference).
    """
    quantifier: Quantifier = ""
    base = name
    for candidate in _QUANTIFIERS:
        if name.startswith(candidate + ":"):
            quantifier, base = candidate, name[len(candidate) + 1 :]
    if_exists = base.endswith(_IF_EXISTS)
    if if_exists:
        base = base[: -len(_IF_EXISTS)]
    found = _BY_NAME.get(base)
    if found is None or (if_exists and found[0] == "Null"):
        return None
    return Operator(name, *found, if_exists, quantifier)
