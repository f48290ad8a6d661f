"""YAML as values: what is wrong is told by line and column and never by what stands there, which may be a secret."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from offline.files import read_text
from offline.run import Failure

_MOST_BYTES = 2**20
#: The reader of libyaml where PyYAML has it: it is ten times as fast, and not to be trusted with what is nested deeply.
_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
#: What Pulumi takes for a value of its own among plain scalars: `no`, `1:30` and a date are strings. Source: yaml.v3, resolve.go.
_PLAIN: Mapping[str, str] = {
    "null": r"~|null|Null|NULL|",
    "bool": r"true|True|TRUE|false|False|FALSE",
    "int": r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|0|[1-9][0-9_]*)",
    "float": r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
    "merge": r"<<",
}
_RESOLVERS = {None: [(_TAG + name, re.compile(f"(?:{pattern})\\Z")) for name, pattern in _PLAIN.items()]}
_LOADER = type("Loader", (_FAST,), {"yaml_implicit_resolvers": _RESOLVERS})
_MOST_LEVELS = 100
#: YAML reads such a scalar as a number of any size.
_LONG_NUMBER = re.compile(r"[-+]?[0-9][0-9_:.]{999,}")


class _RefusedError(Exception):
    """Half a sentence that quotes nothing."""


def read_yaml(file: Path, expected: str) -> dict[str, Any] | Failure:
    """The object in a file, an empty one where there is none in it; of several documents the first, as Pulumi reads them."""
    text = read_text(str(file), _MOST_BYTES, expected, empty=True)
    if isinstance(text, Failure):
        return text
    try:
        content = _load(text)
    except _RefusedError as error:
        return Failure(f"{file}: {error}; expected: {expected}")
    return {} if content is None else content


def _load(text: str) -> dict[str, Any] | None:
    try:
        _refuse(text)
        content = next(yaml.load_all(text, Loader=_LOADER), None)
    except yaml.MarkedYAMLError as error:
        reason = f"not YAML{_locate(error.problem_mark)}"
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1
        reason = f"not YAML (line {line}): a character that YAML does not allow"
    except (ValueError, TypeError, OverflowError):
        reason = "holds a number that does not exist"
    else:
        if content is None or isinstance(content, dict):
            return content
        reason = "not a YAML object"
    raise _RefusedError(reason) from None


def _refuse(text: str) -> None:
    """An alias makes a short file an endless value, and every level of nesting is a level of the reader's own."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _MOST_LEVELS:
            what = f"over a hundred levels of nesting{_locate(event.start_mark)} are not read here"
        elif isinstance(event, yaml.AliasEvent):
            what = f"an alias{_locate(event.start_mark)} is not read here"
        elif isinstance(event, yaml.ScalarEvent) and event.implicit[0] and _LONG_NUMBER.fullmatch(event.value):
            what = f"a number of over a thousand digits{_locate(event.start_mark)} is not read here"
        else:
            continue
        raise _RefusedError(what)


def _locate(mark: Any) -> str:
    """Line and column of a place in a text, counted from 1."""
    return f" (line {mark.line + 1}, column {mark.column + 1})" if mark is not None else ""
