"""
The canonical text of a policy document, and its hash: by it one document is recognised again however it is written down.

The order of statements, of list members and of keys, Sids, white space and list-or-scalar do not count. `docs/reports.md` has the
definition with test vectors.
"""

import hashlib
import json
from functools import lru_cache
from typing import Any

from bucketpolicy.parse import MAX_BYTES

_LOWER = ("Action", "NotAction")


class _NotCanonicalError(Exception):
    """The text has no canonical form: no JSON, or JSON that readers take differently (a key that is there twice)."""


def hash_document(text: str) -> str:
    """`sha256:` and the hash of the canonical text in UTF-8; of a text that has none, the hash of that text as it is."""
    # Of what is longer than any document that S3 takes, no hash is kept.
    return _hash_kept(text) if len(text) <= MAX_BYTES else _hash(text)


def _hash(text: str) -> str:
    return f"sha256:{hashlib.sha256(canonicalize(text).encode('utf-8', 'surrogatepass')).hexdigest()}"


# Policies, exemptions and reports ask for the same document's, one after the other.
_hash_kept = lru_cache(maxsize=16)(_hash)


def canonicalize(text: str) -> str:
    """The canonical text; a text that is not one JSON object whose keys are distinct stays as it is. Doing it twice is doing it once."""
    try:
        found = json.loads(text, parse_int=str, parse_float=str, parse_constant=_refuse, object_pairs_hook=_read_object)
        return _write(_write_document(found)) if isinstance(found, dict) else text
    except (ValueError, RecursionError, _NotCanonicalError):
        return text


def _read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _NotCanonicalError
    return found


def _refuse(_: str) -> None:
    raise _NotCanonicalError


def _write_document(document: dict[str, Any]) -> dict[str, Any]:
    written = {name: _write_value(value) for name, value in document.items() if name not in ("Id", "Statement")}
    if "Statement" in document:
        statements = document["Statement"]
        written["Statement"] = _sort(map(_write_statement, statements if isinstance(statements, list) else [statements]))
    return written


def _write_statement(statement: Any) -> Any:
    if not isinstance(statement, dict):
        return _write_value(statement)
    return {name: _write_element(name, value) for name, value in statement.items() if name != "Sid"}


def _write_element(name: str, value: Any) -> Any:
    if name in _LOWER:
        return _write_value(_lower(value))
    if name == "Condition" and isinstance(value, dict):
        return {operator: _write_value(_lower_keys(keys)) for operator, keys in value.items()}
    return _write_value(value)


def _lower(value: Any) -> Any:
    if isinstance(value, list):
        return [_lower(item) for item in value]
    return value.lower() if isinstance(value, str) else value


def _lower_keys(keys: Any) -> Any:
    return _read_object([(key.lower(), value) for key, value in keys.items()]) if isinstance(keys, dict) else keys


def _write_value(value: Any) -> Any:
    """A list of texts, or an object of such; what no policy has, an object in a list, is kept there."""
    if isinstance(value, dict):
        return {name: _write_value(item) for name, item in value.items()}
    items = value if isinstance(value, list) else [value]
    if any(isinstance(item, dict | list) for item in items):
        return _sort(map(_write_value, items))
    return sorted({item if isinstance(item, str) else json.dumps(item) for item in items})


def _sort(items: Any) -> list[Any]:
    return sorted(items, key=_write)


_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
