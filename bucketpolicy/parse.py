"""
From text to `Document`, or to every reason why S3 would refuse the text for its form.

Total: no text raises. What S3 refuses for its sense only is a document
(another bucket's ARN, an action that fits no resource, an empty list, a principal that does not exist or has a wildcard inside).
Sources: AWS "Grammar of the IAM JSON policy language", "Access Analyzer policy check reference", and S3's own `MalformedPolicy` texts.
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from bucketpolicy.document import (
    Condition,
    Document,
    Malformed,
    Names,
    PrincipalKind,
    Principals,
    Problem,
    Statement,
)
from bucketpolicy.operators import find_operator

#: S3's limit for a bucket policy, in bytes of UTF-8 (AWS: "Bucket policies are limited to 20 KB").
MAX_BYTES = 20_480
_MAX_PROBLEMS = 20
_S3 = "S3's error is `Policies must be valid JSON and the first byte must be '{'`"
_VERSIONS = ("2008-10-17", "2012-10-17")
_WHITESPACE = " \t\r\n"
# Of keys, the case of `A` to `Z` does not count; `str.lower` would turn other letters into these (the Kelvin sign into a `k`).
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


class _Number(NamedTuple):
    text: str


class _Object(NamedTuple):
    pairs: tuple[tuple[str, "_Json"], ...]


_Json = str | bool | None | _Number | _Object | list["_Json"]
_Found = dict[str, _Json]


class _Problems:
    """The problems found so far; one of these lives as long as one call of `parse`."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, path: str, reason: str) -> None:
        if len(self.found) < _MAX_PROBLEMS:
            self.found.append(Problem(path, reason))


def parse(text: str) -> Document | Malformed:
    """
    The document in this text, or `Malformed` with every problem (at most 20) in the order of the text.

    White space around the document is allowed: it is taken off on the way to S3.
    """
    # What is refused by its size alone is too big to be kept.
    return _parse_kept(text) if len(text) <= MAX_BYTES else _parse(text)


def _parse(text: str) -> Document | Malformed:
    problems = _Problems()
    document = _read(text, problems)
    if problems.found or document is None:
        return Malformed(tuple(problems.found))
    return document


# Policies, messages and repairs read the same document, one after the other.
_parse_kept = lru_cache(maxsize=256)(_parse)


def _read(text: str, problems: _Problems) -> Document | None:
    """Size (S-03) and first character come before JSON, which is read with its numbers as they are written (S-04)."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        problems.add("$", "the document is not valid UTF-8")
        return None
    if size > MAX_BYTES:
        problems.add("$", f"the document has {size} bytes; S3 accepts at most {MAX_BYTES}")
        return None
    if not text.strip(_WHITESPACE).startswith("{"):
        problems.add("$", f"a policy document must start with `{{`: {_S3}")
        return None
    try:
        root = json.loads(
            text,
            object_pairs_hook=lambda pairs: _Object(tuple(pairs)),
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        problems.add("$", f"the document is not valid JSON (line {error.lineno}, column {error.colno})")
    except ValueError:
        problems.add("$", "the document is not valid JSON (`NaN` and `Infinity` are not numbers)")
    except RecursionError:
        problems.add("$", "the document is nested too deeply")
    else:
        return _read_document(root, problems, escaped="\\u" in text)
    return None


def _refuse_constant(_: str) -> None:
    raise ValueError


def _read_document(root: _Object, problems: _Problems, *, escaped: bool) -> Document | None:
    """Exactly the elements of the policy language (S-01); variables only with their version (S-05)."""
    if escaped and _has_lone_surrogate(root):
        problems.add("$", "a string in the document is not valid Unicode")
        return None
    found = _take(root, "$", ("Version", "Id", "Statement"), problems)
    version = found.get("Version", _VERSIONS[0])
    if version not in _VERSIONS:
        problems.add("$.Version", "`Version` is neither `2012-10-17` nor `2008-10-17`")
    if not isinstance(found.get("Id", ""), str):
        problems.add("$.Id", "`Id` is not a string")
    statements = tuple(_read_statements(found, problems))
    return Document(version == "2012-10-17", statements)


def _has_lone_surrogate(root: _Json) -> bool:
    """Whether a name or a text holds half a surrogate pair, which only an escape can bring in; without recursion."""
    waiting: list[_Json] = [root]
    while waiting:
        match waiting.pop():
            case str(text) if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
                return True
            case _Object(pairs):
                waiting += (part for pair in pairs for part in pair)
            case list(items):
                waiting += items
            case _:
                pass
    return False


def _take(value: _Object, path: str, known: tuple[str, ...], problems: _Problems) -> _Found:
    """The members of an object; unknown (S-01) and repeated (S-02) names become problems, pointed at by their position."""
    found: _Found = {}
    for position, (name, item) in enumerate(value.pairs, 1):
        if name not in known:
            problems.add(path, f"member {position} is not an element of the policy language")
        elif name in found:
            problems.add(path, f"`{name}` occurs more than once")
        else:
            found[name] = item
    return found


def _read_statements(found: _Found, problems: _Problems) -> Iterator[Statement]:
    if "Statement" not in found:
        problems.add("$", "`Statement` is missing")
        return
    value = found["Statement"]
    items = value if isinstance(value, list) else [value]
    if not items:
        problems.add("$.Statement", "`Statement` is empty")
    for index, item in enumerate(items):
        path = f"$.Statement[{index}]" if isinstance(value, list) else "$.Statement"
        if isinstance(item, _Object):
            yield _read_statement(item, index + 1, path, problems)
        else:
            problems.add(path, "the statement is not an object")


_ELEMENTS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)


def _read_statement(value: _Object, number: int, path: str, problems: _Problems) -> Statement:
    found = _take(value, path, _ELEMENTS, problems)
    sid = found.get("Sid")
    if "Sid" in found and not isinstance(sid, str):
        problems.add(f"{path}.Sid", "`Sid` is not a string")
    return Statement(
        number,
        sid if isinstance(sid, str) else None,
        _read_effect(found, path, problems),
        _read_principals(found, path, problems),
        _read_names("Action", found, path, problems),
        _read_names("Resource", found, path, problems),
        tuple(_read_conditions(found, path, problems)),
        path,
    )


def _read_effect(found: _Found, path: str, problems: _Problems) -> Literal["Allow", "Deny"]:
    match found.get("Effect"):
        case "Deny":
            return "Deny"
        case "Allow":
            return "Allow"
        case None if "Effect" not in found:
            problems.add(path, "`Effect` is missing")
        case _:
            problems.add(f"{path}.Effect", "`Effect` is neither `Allow` nor `Deny` (its values are case-sensitive)")
    return "Allow"


def _choose(element: str, found: _Found, path: str, problems: _Problems) -> tuple[bool, str]:
    """Whether the `Not` form is used, and the path; exactly one of the two must be there."""
    opposite = f"Not{element}"
    if element in found and opposite in found:
        problems.add(path, f"`{element}` and `{opposite}` cannot be used together")
    elif element not in found and opposite not in found:
        problems.add(path, f"`{element}` is missing")
    negated = element not in found and opposite in found
    return negated, f"{path}.{opposite if negated else element}"


def _read_names(element: str, found: _Found, path: str, problems: _Problems) -> Names:
    negated, where = _choose(element, found, path, problems)
    value = found.get(f"Not{element}" if negated else element, [])
    return Names(negated, _read_texts(value, where, problems), where)


def _read_texts(value: _Json, path: str, problems: _Problems) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    texts = tuple(item for item in items if isinstance(item, str))
    if len(texts) != len(items):
        problems.add(path, "the value is not a string or a list of strings")
    return texts


def _read_principals(found: _Found, path: str, problems: _Problems) -> Principals:
    negated, where = _choose("Principal", found, path, problems)
    value = found.get("NotPrincipal" if negated else "Principal", "*")
    if isinstance(value, _Object):
        return Principals(negated, everyone=False, entries=tuple(_read_entries(value, where, problems)), path=where)
    if value != "*":
        problems.add(where, "the principal must be `*` or an object")
    return Principals(negated, everyone=True, entries=(), path=where)


def _read_entries(value: _Object, path: str, problems: _Problems) -> Iterator[tuple[PrincipalKind, str]]:
    found = _take(value, path, get_args(PrincipalKind), problems)
    for kind in get_args(PrincipalKind):
        if kind in found:
            for text in _read_texts(found[kind], f"{path}.{kind}", problems):
                yield kind, text


def _read_conditions(found: _Found, path: str, problems: _Problems) -> Iterator[Condition]:
    block = found.get("Condition", _Object(()))
    where = f"{path}.Condition"
    if not isinstance(block, _Object):
        problems.add(where, "`Condition` is not an object")
        return
    seen: set[str] = set()
    for position, (name, keys) in enumerate(block.pairs, 1):
        operator = find_operator(name)
        if operator is None:
            problems.add(where, f"member {position} is not a condition operator (operator names are case-sensitive)")
        elif name in seen:
            problems.add(where, f"`{name}` occurs more than once")
        elif not isinstance(keys, _Object):
            problems.add(f"{where}.{name}", "the operator's value is not an object")
        else:
            for key, written, values in _read_keys(keys, f"{where}.{name}", problems):
                yield Condition(operator, key, written, values, f"{where}.{name}")
        seen.add(name)


def _read_keys(keys: _Object, path: str, problems: _Problems) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """A key in lower case (S-30), as it is written, and its values."""
    seen: set[str] = set()
    for position, (written, value) in enumerate(keys.pairs, 1):
        key = written.translate(_LOWER)
        if key in seen:
            problems.add(path, f"member {position} repeats a key (keys are not case-sensitive)")
        seen.add(key)
        items = value if isinstance(value, list) else [value]
        texts = tuple(text for text in map(_value_text, items) if text is not None)
        if len(texts) != len(items):
            problems.add(path, f"a value of member {position} is not a string, a number or a boolean")
        yield key, written, texts


def _value_text(value: _Json) -> str | None:
    """A string, a boolean or a number as a string (S-04)."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case _Number(text):
            return text
        case _:
            return None
