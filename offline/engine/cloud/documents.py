"""
`aws.iam.getPolicyDocument`, answered as the Terraform provider answers it.

A single value stands alone, several are a list without duplicates, last in the alphabet first (conditions keep their order); `&{`
becomes `${`; source documents come first, those that override replace the statement of their Sid; the newest Version wins.
Source: `internal/service/iam/policy_document_data_source.go` and `policy_model.go` of terraform-provider-aws.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from offline.engine.protocol.values import Properties

_VERSION = "2012-10-17"
_ELEMENTS = ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition")


class WrongDocumentError(ValueError):
    """The arguments do not make a document; the text says why."""


def get_policy_document(arguments: Mapping[str, Any]) -> Properties:
    """
    The data source's result: its arguments with `json` and `minifiedJson`.

    Raises `WrongDocumentError`.
    """
    version = arguments.get("version") or _VERSION
    own = {"Version": version, "Id": arguments.get("policyId") or "", "Statement": list(_render_all(arguments, version))}
    sources = [_read(text) for text in arguments.get("sourcePolicyDocuments") or () if text]
    overrides = [_read(text) for text in arguments.get("overridePolicyDocuments") or () if text]
    _refuse_duplicates([statement for source in sources for statement in source["Statement"]])
    document: Properties = {"Version": "", "Id": "", "Statement": []}
    for part in (*sources, own, *overrides):
        document = _merge(document, part)
    kept = {key: value for key, value in document.items() if value}
    return dict(arguments) | {
        "id": "1",
        "json": _escape(json.dumps(kept, indent=2, ensure_ascii=False)),
        "minifiedJson": _escape(json.dumps(kept, separators=(",", ":"), ensure_ascii=False)),
        "version": version,
    }


def _escape(text: str) -> str:
    """Go's encoder escapes what HTML minds."""
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _read(text: str) -> Properties:
    """A source or override document, reduced to the elements that the provider knows."""
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    statements = (document.get("Statement") or []) if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(statements, list) or not all(isinstance(each, dict) for each in statements):
        message = "a source or override document is not a JSON object with a list of statements"
        raise WrongDocumentError(message)
    return {
        "Version": document.get("Version") or "",
        "Id": document.get("Id") or "",
        "Statement": [_normalise(statement) for statement in statements],
    }


def _normalise(statement: Mapping[str, Any]) -> Properties:
    """A statement as the provider writes it again: a textual principal is everyone, conditions are sorted."""
    kept = {key: statement[key] for key in _ELEMENTS if statement.get(key)}
    for element in ("Principal", "NotPrincipal"):
        if isinstance(kept.get(element), str):
            kept[element] = "*"
    if isinstance(kept.get("Condition"), dict):
        kept["Condition"] = {test: _sort_keys(keys) for test, keys in sorted(kept["Condition"].items())}
    return kept


def _sort_keys(keys: Any) -> Any:
    if not isinstance(keys, dict):
        return keys
    return {
        key: _unwrap([_spell(value) for value in (values if isinstance(values, list) else [values])])
        for key, values in sorted(keys.items())
    }


def _spell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _refuse_duplicates(statements: Iterable[Mapping[str, Any]]) -> None:
    seen: set[str] = set()
    for sid in (statement.get("Sid") for statement in statements):
        if sid in seen:
            message = f"duplicate Sid ({sid})"
            raise WrongDocumentError(message)
        if sid:
            seen.add(sid)


def _merge(below: Properties, above: Properties) -> Properties:
    """`above` over `below`: its Id wins, the newer Version wins, a statement replaces the one of its Sid, others are appended."""
    statements = list(below["Statement"])
    for statement in above["Statement"]:
        sid = statement.get("Sid")
        place = next((index for index, other in enumerate(statements) if sid and other.get("Sid") == sid), None)
        if place is None:
            statements.append(statement)
        else:
            statements[place] = statement
    return {"Version": max(below["Version"], above["Version"]), "Id": above["Id"] or below["Id"], "Statement": statements}


def _render_all(arguments: Mapping[str, Any], version: str) -> Iterator[Properties]:
    statements = [_render(statement, version) for statement in arguments.get("statements") or ()]
    _refuse_duplicates(statements)
    yield from statements


def _render(given: Mapping[str, Any], version: str) -> Properties:
    rendered = {
        "Sid": given.get("sid"),
        "Effect": given.get("effect") or "Allow",
        "Action": _shorten(given.get("actions")),
        "NotAction": _shorten(given.get("notActions")),
        "Resource": _shorten(_replace(given.get("resources"), version)),
        "NotResource": _shorten(_replace(given.get("notResources"), version)),
        "Principal": _render_principals(given.get("principals"), version),
        "NotPrincipal": _render_principals(given.get("notPrincipals"), version),
        "Condition": _render_conditions(given.get("conditions"), version),
    }
    return {element: value for element, value in rendered.items() if value}


def _replace(values: Iterable[str] | None, version: str) -> list[str]:
    """Policy variables are written `&{...}` in arguments."""
    texts = list(values or ())
    if version != _VERSION and any("&{" in text for text in texts):
        message = f"&{{ is not supported in a document of version {version}"
        raise WrongDocumentError(message)
    return [text.replace("&{", "${") for text in texts]


def _shorten(values: Iterable[str] | None) -> str | list[str] | None:
    return _unwrap(sorted(set(values or ()), reverse=True)) or None


def _unwrap(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values


def _render_principals(principals: Iterable[Mapping[str, Any]] | None, version: str) -> str | Properties | None:
    """Everyone, alone, is written `"*"`; identifiers of one type are one list."""
    given = [(principal["type"], _replace(principal.get("identifiers"), version)) for principal in principals or ()]
    if [(kind, set(identifiers)) for kind, identifiers in given] == [("*", {"*"})]:
        return "*"
    merged: dict[str, list[str]] = {}
    for kind, identifiers in given:
        merged.setdefault(kind, []).extend(sorted(set(identifiers), reverse=True))
    return {kind: _unwrap(identifiers) for kind, identifiers in sorted(merged.items())}


def _render_conditions(conditions: Iterable[Mapping[str, Any]] | None, version: str) -> Properties:
    """Conditions of one operator and key are one list."""
    rendered: dict[str, dict[str, list[str]]] = {}
    for condition in conditions or ():
        keys = rendered.setdefault(condition["test"], {})
        keys.setdefault(condition["variable"], []).extend(_replace(condition.get("values"), version))
    return {test: {key: _unwrap(values) for key, values in sorted(keys.items())} for test, keys in sorted(rendered.items())}
