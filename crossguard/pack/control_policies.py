"""Resource control policies in the configuration: as `aws organizations describe-policy` prints them, or as documents."""

import json
from collections.abc import Iterator
from typing import Any

from bucketpolicy.document import Malformed
from bucketpolicy.layers import read_layer
from crossguard.pack.settings import ControlPolicy

_ACCEPTED = "what `aws organizations describe-policy` prints of a resource control policy, or its document"


def read(entry: dict[str, Any], number: int) -> ControlPolicy:
    """The policy in an entry in which `find_problems` finds none; one without a name goes by its `Id`, its first Sid or its number."""
    summary, document = _unwrap(entry)
    text = _write(document)
    found = json.loads(text)
    statements = found.get("Statement", [])
    sids = [statement.get("Sid") for statement in (statements if isinstance(statements, list) else [statements])]
    names = (summary.get("Name"), found.get("Id"), *sids, f"#{number}")
    return ControlPolicy(next(name for name in names if isinstance(name, str) and name), text)


def find_problems(entry: dict[str, Any], path: str) -> Iterator[str]:
    """What is wrong with an entry, at its place."""
    summary, document = _unwrap(entry)
    if summary.get("Type", _TYPE) != _TYPE:
        yield f"`{path}` is a policy of another type than `{_TYPE}`; accepted: {_ACCEPTED}"
        return
    if not isinstance(document, str | dict):
        yield f"`{path}` has no document; accepted: {_ACCEPTED}"
        return
    layer = read_layer("", _write(document))
    if isinstance(layer, Malformed):
        for problem in layer.problems:
            yield f"`{path}` is not a valid resource control policy at `{problem.path}`: {problem.reason}; accepted: {_ACCEPTED}"


_TYPE = "RESOURCE_CONTROL_POLICY"


def _unwrap(entry: dict[str, Any]) -> tuple[dict[str, Any], object]:
    """The summary that AWS prints, where there is one, and the document: an object, or its text."""
    inner = entry.get("Policy", entry)
    if not isinstance(inner, dict):
        return {}, None
    summary = inner.get("PolicySummary", {})
    if "Content" in inner:
        return (summary if isinstance(summary, dict) else {}), inner["Content"]
    return {}, (inner if inner is entry else None)


def _write(document: object) -> str:
    """As text; the engine has turned whole numbers of an object into floats."""
    return document if isinstance(document, str) else json.dumps(_restore(document))


def _restore(value: Any) -> Any:
    match value:
        case dict():
            return {key: _restore(item) for key, item in value.items()}
        case list():
            return [_restore(item) for item in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value
