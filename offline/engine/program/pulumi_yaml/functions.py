"""The functions of programs in YAML, `fn::NAME`, over values that are there."""

import base64
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pulumi

from offline.engine.cloud.aws import serialise
from offline.engine.program.pulumi_yaml.expressions import WrongProgramError, write_value

Function = Callable[[Any, Path], Any]
_Kind = TypeVar("_Kind")


def _join(value: Any, _folder: Path) -> str:
    separator, parts = value
    return _demand(str, separator or "").join(map(write_value, _demand(list, parts)))


def _split(value: Any, _folder: Path) -> list[str]:
    separator, text = value
    return _demand(str, text).split(_demand(str, separator))


def _select(value: Any, _folder: Path) -> Any:
    index, items = value
    if index < 0 or index != int(index):
        raise IndexError
    return _demand(list, items)[int(index)]


def _demand(kind: type[_Kind], value: object) -> _Kind:
    if not isinstance(value, kind):
        raise TypeError
    return value


def _read_file(value: Any, folder: Path) -> str:
    return (folder / str(value)).read_text("utf-8")


def _make_archive(value: Any, folder: Path) -> Any:
    """An archive of assets and archives, which have been made already."""
    del folder
    return pulumi.AssetArchive(value)


#: By the name in lower case: programs spell it in several ways.
FUNCTIONS: Mapping[str, Function] = {
    "join": _join,
    "split": _split,
    "select": _select,
    "tojson": lambda value, _: serialise(value),
    "fromjson": lambda value, _: json.loads(value),
    "tobase64": lambda value, _: base64.b64encode(str(value).encode()).decode(),
    "frombase64": lambda value, _: base64.b64decode(str(value)).decode(),
    "readfile": _read_file,
    "stringasset": lambda value, _: pulumi.StringAsset(str(value)),
    "fileasset": lambda value, folder: pulumi.FileAsset(str(folder / str(value))),
    "remoteasset": lambda value, _: pulumi.RemoteAsset(str(value)),
    "filearchive": lambda value, folder: pulumi.FileArchive(str(folder / str(value))),
    "remotearchive": lambda value, _: pulumi.RemoteArchive(str(value)),
    "assetarchive": _make_archive,
    "length": lambda value, _: len(value),
    "tostring": lambda value, _: write_value(value),
}


def call(name: str, value: Any, folder: Path) -> Any:
    """The function's value. Raises `WrongProgramError`."""
    try:
        return FUNCTIONS[name](value, folder)
    except (TypeError, ValueError, IndexError, KeyError, OSError, OverflowError) as error:
        message = f"`fn::{name}` cannot be applied to its argument ({type(error).__name__})"
        raise WrongProgramError(message) from None
