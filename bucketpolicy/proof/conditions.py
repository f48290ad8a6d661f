"""
What a condition of a statement says about its key, as sets of values: surely, and possibly.

`sure` lies inside what AWS does, `maybe` around it. They are the same object where nothing is open; else `doubt` says what is.
Presence is settled apart from values: an absent key is decided by the operator alone, whatever its type (AWS: "Condition operators").
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal, NamedTuple

from bucketpolicy.document import Condition
from bucketpolicy.operators import Family, Operator
from bucketpolicy.proof.domains import ABSENT, EMPTY
from bucketpolicy.proof.globs import ARN_SEGMENTS, MALFORMED, Glob, Match, fold_case, matches, read_arn, read_text
from bucketpolicy.proof.intervals import ADDRESSES, LINE, Intervals, compare, complement, read_addresses, read_date, read_number, union
from bucketpolicy.tables.keys import find_key

Kind = Literal["bool", "number", "date", "address", "text", "set"]

TRUE, FALSE = 2, 4
PRESENT_BOOL = TRUE | FALSE


class Ranges(NamedTuple):
    """Numbers, instants or addresses, and whether the key may be absent."""

    kind: Kind
    absent: bool
    intervals: Intervals


class Texts(NamedTuple):
    """Some flags (`ABSENT`, `EMPTY`), and the texts that some glob matches (`inside`), or all others."""

    flags: int
    globs: tuple[Glob, ...]
    inside: bool


class Sets(NamedTuple):
    """Some flags, and the non-empty sets of which every element (`every`), or some element, is as a `Texts` says."""

    flags: int
    every: bool
    globs: tuple[Glob, ...]
    inside: bool


Constraint = int | Ranges | Texts | Sets
"""A set of values of one key; an `int` for a Bool key: bits `ABSENT`, `TRUE`, `FALSE`."""


class Meaning(NamedTuple):
    """
    What one condition says.

    `keys` must be present wherever it is true. `assumption` names the assumption under which it means this, `without` is what it may mean
    otherwise.
    """

    sure: Constraint
    maybe: Constraint
    doubt: str = ""
    keys: tuple[str, ...] = ()
    assumption: str = ""
    without: int | None = None


_KINDS: dict[str, Kind] = {"Bool": "bool", "Numeric": "number", "Date": "date", "Ip": "address"}


@lru_cache(maxsize=256)
def find_kind(key: str, *, quantified: bool) -> Kind:
    """How the values of this key (in lower case) are represented; an unknown key is a set where a set operator is used on it (S-57)."""
    found = find_key(key)
    if found is None:
        return "set" if quantified else "text"
    return "set" if found.multi else _KINDS.get(found.type, "text")


def presence(kind: Kind, *, absent: bool, present: bool, empty: bool | None = None) -> Constraint:
    """The literal that looks at the key's presence only; `empty`: its value on the empty text taken as null, by default as present."""
    flags = (ABSENT if absent else 0) | (EMPTY if (present if empty is None else empty) else 0)
    if kind == "bool":
        return (ABSENT if absent else 0) | (PRESENT_BOOL if present else 0)
    if kind == "text":
        return Texts(flags, (), not present)
    if kind == "set":
        return Sets(flags, every=True, globs=(), inside=not present)
    return Ranges(kind, absent, _universe(kind) if present else ())


def _universe(kind: Kind) -> Intervals:
    return ADDRESSES if kind == "address" else LINE


@lru_cache(maxsize=1024)
def read_condition(condition: Condition, kind: Kind, *, variables: bool, text_on_bool: bool) -> Meaning:
    """
    The meaning of a condition on a key of this kind.

    `variables`: the document has policy variables; `text_on_bool`: the assumption `string-op-on-bool-key` holds.
    """
    operator = condition.operator
    if operator.family == "Null":
        return _read_null(condition, kind)
    if not condition.values:
        return _read_empty(operator, kind)
    if not all(_is_value(value, operator.family, variables=variables) for value in condition.values):
        return _only_presence(operator, kind, f"`{operator.name}` cannot be applied to one of its values", refused=True)
    if kind == "set" or operator.family in ("String", "Arn"):
        return _read_texts(condition, kind, variables=variables, text_on_bool=text_on_bool)
    if operator.family == "Bool" and kind == "bool":
        return _read_bool(condition)
    return _read_ranges(condition, kind)


_OPEN_ABSENCE = "AWS does not say what `ForAnyValue` with `IfExists` does about an absent key"
_OPEN_PREFIX = "AWS does not say how many addresses an IPv6 address without a prefix stands for"
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_TRUTHS = ("true", "false")
_READERS: dict[Family, Callable[[str], object]] = {
    "Numeric": read_number,
    "Date": read_date,
    "Ip": read_addresses,
    "Bool": lambda text: True if text.lower() in _TRUTHS else None,
    "Binary": _BASE64.fullmatch,
}


def _is_value(text: str, family: Family, *, variables: bool) -> bool:
    """Whether operators of this family can take the text; where they cannot, S3 may refuse the statement, whatever its key."""
    if family in _READERS:
        return _READERS[family](text) is not None
    if family == "Arn" and text != "*" and "${" not in text and text.count(":") < ARN_SEGMENTS - 1:
        return False
    return read_text(text, wildcards=True, variables=variables).doubt != MALFORMED


def _on_absent(operator: Operator) -> tuple[bool, bool]:
    """Whether the operator surely, and possibly, is true of an absent key (S-31, S-32, S-36)."""
    if operator.quantifier == "ForAllValues":
        return True, True
    if operator.quantifier == "ForAnyValue":
        return False, operator.if_exists
    settled = operator.negated or operator.if_exists
    return settled, settled


def _only_presence(operator: Operator, kind: Kind, doubt: str, *, refused: bool = False) -> Meaning:
    """The meaning where only the presence of the key is settled; `refused`: S3 may not take the statement at all (S-46, S-49)."""
    sure, maybe = _on_absent(operator)
    return Meaning(
        presence(kind, absent=sure and not refused, present=False),
        presence(kind, absent=maybe, present=True),
        doubt,
    )


def _read_null(condition: Condition, kind: Kind) -> Meaning:
    """`Null` asks for the presence of the key, and for nothing with a quantifier (S-33, S-39)."""
    quantifier = condition.operator.quantifier
    if quantifier:
        always = quantifier == "ForAllValues"
        same = presence(kind, absent=always, present=always)
        return Meaning(same, same)
    values = {value.lower() for value in condition.values}
    if not values or not values <= {"true", "false"}:
        return Meaning(
            presence(kind, absent=False, present=False),
            presence(kind, absent=True, present=True),
            "`Null` takes `true` or `false`",
        )
    absent, present = "true" in values, "false" in values
    same = presence(kind, absent=absent, present=present, empty=present if kind == "set" else absent)
    return Meaning(same, same)


def _read_empty(operator: Operator, kind: Kind) -> Meaning:
    """An empty list of values (AWS: "Access Analyzer policy check reference", "Empty array condition") (S-38)."""
    if operator.quantifier or operator.if_exists:
        sure, maybe = _on_absent(operator)
        empty = operator.quantifier == "ForAllValues" and kind == "set"
        return _pair(
            presence(kind, absent=sure, present=False, empty=empty),
            presence(kind, absent=maybe, present=False, empty=empty),
            _OPEN_ABSENCE,
        )
    return Meaning(
        presence(kind, absent=False, present=False),
        presence(kind, absent=True, present=True),
        "the list of values is empty",
    )


def _pair(sure: Constraint, maybe: Constraint, doubt: str, keys: tuple[str, ...] = ()) -> Meaning:
    return Meaning(sure, sure, keys=keys) if sure == maybe else Meaning(sure, maybe, doubt, keys)


def _read_texts(condition: Condition, kind: Kind, *, variables: bool, text_on_bool: bool) -> Meaning:
    """Strings and ARNs: one of the values matches or, negated, none does (S-35, S-40, S-45)."""
    operator = condition.operator
    if operator.family not in ("String", "Arn"):
        return _only_presence(operator, kind, "the operator does not fit the type of its key")
    if operator.family == "Arn" and _is_plain_text(condition.key):
        return _only_presence(operator, kind, "the operator does not fit the type of its key")
    matched = [_read_value(value, operator, variables=variables) for value in condition.values]
    sure = tuple(glob for match in matched for glob in match.sure)
    maybe = tuple(glob for match in matched for glob in match.maybe)
    doubt = next((match.doubt for match in matched if match.doubt), "")
    if kind == "text":
        return _mean_text(operator, sure, maybe, doubt, _shared_keys(operator, matched))
    if kind == "set":
        return _mean_set(operator, sure, maybe, doubt)
    if kind == "bool" and operator.family == "String" and text_on_bool:
        return _mean_text_on_bool(operator, sure, maybe, doubt)
    return _only_presence(operator, kind, "the operator does not fit the type of its key")


def _is_plain_text(key: str) -> bool:
    found = find_key(key)
    return found is not None and found.type == "String"


def _read_value(value: str, operator: Operator, *, variables: bool) -> Match:
    if operator.family == "Arn":
        return read_arn(value, variables=variables)
    match = read_text(value, wildcards=operator.comparison == "like", variables=variables)
    return fold_case(match) if operator.comparison == "ignore_case" else match


def _shared_keys(operator: Operator, matched: list[Match]) -> tuple[str, ...]:
    """The variables that every value needs, so that the condition is false without them."""
    if operator.negated or _on_absent(operator)[1]:
        return ()
    shared = set(matched[0].keys).intersection(*(match.keys for match in matched))
    return tuple(sorted(shared))


def _mean_text(operator: Operator, sure: tuple[Glob, ...], maybe: tuple[Glob, ...], doubt: str, keys: tuple[str, ...]) -> Meaning:
    low, high = (maybe, sure) if operator.negated else (sure, maybe)
    absent, perhaps = _on_absent(operator)
    open_absence = "" if absent == perhaps else _OPEN_ABSENCE
    return _pair(
        _texts(low, absent=absent, inside=not operator.negated),
        _texts(high, absent=perhaps, inside=not operator.negated),
        doubt or open_absence,
        keys,
    )


def _texts(globs: tuple[Glob, ...], *, absent: bool, inside: bool) -> Texts:
    empty = absent and any(matches(glob, "") for glob in globs) == inside
    return Texts((ABSENT if absent else 0) | (EMPTY if empty else 0), globs, inside)


def _mean_set(operator: Operator, sure: tuple[Glob, ...], maybe: tuple[Glob, ...], doubt: str) -> Meaning:
    """A key of several values: with a quantifier as it says, open without one (S-36, S-37)."""
    low, high = (maybe, sure) if operator.negated else (sure, maybe)
    absent, perhaps = _on_absent(operator)
    if not operator.quantifier:
        return Meaning(
            presence(kind="set", absent=absent, present=False),
            presence(kind="set", absent=perhaps, present=True),
            "the key may have several values, and the operator has neither `ForAllValues` nor `ForAnyValue`",
        )
    every = operator.quantifier == "ForAllValues"
    return _pair(
        Sets(ABSENT * absent | EMPTY * every, every, low, not operator.negated),
        Sets(ABSENT * perhaps | EMPTY * every, every, high, not operator.negated),
        doubt or _OPEN_ABSENCE,
    )


def _mean_text_on_bool(operator: Operator, sure: tuple[Glob, ...], maybe: tuple[Glob, ...], doubt: str) -> Meaning:
    """A string operator on a Bool key, under the assumption `string-op-on-bool-key` (S-46)."""
    low, high = (maybe, sure) if operator.negated else (sure, maybe)
    absent, perhaps = _on_absent(operator)
    return Meaning(
        ABSENT * absent | _truths(low, inside=not operator.negated),
        ABSENT * perhaps | _truths(high, inside=not operator.negated),
        doubt or _OPEN_ABSENCE,
        assumption="string-op-on-bool-key",
        without=ABSENT * perhaps | PRESENT_BOOL,
    )


def _truths(globs: tuple[Glob, ...], *, inside: bool) -> int:
    pairs = ((TRUE, "true"), (FALSE, "false"))
    return sum(bit for bit, text in pairs if any(matches(glob, text) for glob in globs) == inside)


def _read_bool(condition: Condition) -> Meaning:
    """`true` and `false`, without regard to case (S-43)."""
    values = {value.lower() for value in condition.values}
    truths = TRUE * ("true" in values) | FALSE * ("false" in values)
    absent, perhaps = _on_absent(condition.operator)
    return _pair(
        ABSENT * absent | truths,
        ABSENT * perhaps | truths,
        _OPEN_ABSENCE,
    )


EPOCH = "aws:epochtime"
_FAMILIES = {"number": "Numeric", "date": "Date", "address": "Ip"}


def _read_ranges(condition: Condition, kind: Kind) -> Meaning:
    """Numbers, dates and addresses (S-41, S-42, S-44)."""
    operator = condition.operator
    if _FAMILIES.get(kind) != operator.family and (condition.key, operator.family) != (EPOCH, "Numeric"):
        return _only_presence(operator, kind, "the operator does not fit the type of its key")
    pairs = [_read_range(value, operator) for value in condition.values]
    sure, maybe = union([pair[0] for pair in pairs]), union([pair[1] for pair in pairs])
    if operator.negated:
        sure, maybe = complement(maybe, _universe(kind)), complement(sure, _universe(kind))
    absent, perhaps = _on_absent(operator)
    return _pair(
        Ranges(kind, absent, sure),
        Ranges(kind, perhaps, maybe),
        _OPEN_PREFIX if sure != maybe else _OPEN_ABSENCE,
    )


def _read_range(value: str, operator: Operator) -> tuple[Intervals, Intervals]:
    """The numbers that satisfy the operator with this value, which it can take."""
    if operator.family == "Ip":
        blocks = read_addresses(value)
        assert blocks is not None  # noqa: S101 - as said
        return blocks
    number = read_date(value) if operator.family == "Date" else read_number(value)
    assert number is not None  # noqa: S101 - as said
    intervals = compare(number, operator.comparison)
    return intervals, intervals
