"""
A document of which a part is made up, between two that are not: one that denies less than any true answer makes it deny, one that denies
more. What both give is what every answer gives.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from offline.engine.protocol.values import reveal


class Bounds(NamedTuple):
    """The two documents, and the doubtful Deny statements by their place, from 0."""

    lower: Mapping[str, Any]
    upper: Mapping[str, Any]
    places: tuple[int, ...]


class _Versions(NamedTuple):
    """A document as it is, and what it is under either answer with its bucket's name blanked."""

    written: Any
    one: Any
    other: Any


def is_same(one: object, other: object, names: Iterable[str]) -> bool:
    """Whether two documents differ at most in the name of their own bucket, of which these are the spellings."""
    known = set(names)
    return bool(_blank(one, known) == _blank(other, known))


def find_bounds(one: object, other: object, names: Iterable[str], bucket: str) -> Bounds | None:
    """The bounds of a document that is `one` or `other`, by the answer; None where more than statements differs."""
    known = set(names)
    versions = _Versions(_parse(one), _blank(one, known), _blank(other, known))
    places = _find_places(versions)
    if places is None:
        return None
    statements = _list_statements(versions.written)
    partition = re.search(r"arn:(aws[a-z-]*):s3:::", json.dumps(versions.written))
    arn = f"arn:{partition[1] if partition else 'aws'}:s3:::{bucket}"
    wide = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [arn, f"{arn}/*"]}
    mine, theirs = _list_statements(versions.one), _list_statements(versions.other)
    lower = [each for index, each in enumerate(statements) if index not in places]
    upper = [_widen(each, mine[index], theirs[index], wide) if index in places else each for index, each in enumerate(statements)]
    return Bounds({**versions.written, "Statement": lower}, {**versions.written, "Statement": upper}, places)


def _parse(document: object) -> Any:
    value = reveal(document)
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _blank(document: object, names: set[str]) -> Any:
    text = json.dumps(_parse(document), sort_keys=True)
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(rf'(?<=[:"/]){re.escape(name)}(?=["/])', "<bucket>", text)
    return json.loads(text)


def _find_places(versions: _Versions) -> tuple[int, ...] | None:
    one, other = versions.one, versions.other
    if not isinstance(one, dict) or not isinstance(other, dict):
        return None
    if any(one.get(key) != other.get(key) for key in {*one, *other} - {"Statement", "Id"}):
        return None
    ours, others = _list_statements(one), _list_statements(other)
    if len(ours) != len(others) or not all(isinstance(each, dict) for each in (*ours, *others)):
        return None
    pairs = enumerate(zip(ours, others, strict=True))
    return tuple(index for index, (mine, theirs) in pairs if mine != theirs and {mine.get("Effect"), theirs.get("Effect")} != {"Allow"})


def _list_statements(document: Any) -> list[Any]:
    found = document.get("Statement")
    return found if isinstance(found, list) else [found]


def _widen(statement: Any, mine: Any, theirs: Any, wide: Mapping[str, Any]) -> dict[str, Any]:
    """The statement, denying whatever it could, by the answer: what differs stands for everything."""
    made = dict(statement)
    for element in {*mine, *theirs} - {"Sid"}:
        if mine.get(element) == theirs.get(element):
            continue
        made.pop(element, None)
        if element == "Condition":
            made |= {"Condition": kept} if (kept := _keep_conditions(statement, mine, theirs)) else {}
        else:
            plain = element.removeprefix("Not")
            made[plain] = wide.get(plain, made.get(plain))
    return made


def _keep_conditions(statement: Any, mine: Any, theirs: Any) -> dict[str, Any]:
    """The conditions that are the same under both: a statement without the others denies more."""
    written, ours, others = (each.get("Condition") for each in (statement, mine, theirs))
    if not all(isinstance(each, dict) and all(isinstance(keys, dict) for keys in each.values()) for each in (written, ours, others)):
        return {}
    same = {
        operator: {key: value for key, value in keys.items() if ours[operator][key] == others.get(operator, {}).get(key)}
        for operator, keys in written.items()
    }
    return {operator: keys for operator, keys in same.items() if keys}
