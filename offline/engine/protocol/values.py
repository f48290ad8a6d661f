"""
Property values as they travel between programs, engine and packs.

In this package they are JSON-like: `str`, `float`, `bool`, `None`, `list`, `dict`. An unknown value is one of the SDK's sentinel
texts, a secret an object with the SDK's mark. Source: `sdk/go/common/resource/plugin/rpc.go` of pulumi/pulumi.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from google.protobuf.struct_pb2 import ListValue, NullValue, Struct, Value
from pulumi_policy import proxy

from crossguard.pack.settings import SIGNATURE
from crossguard.resources.documents import UNKNOWNS

#: What a property bag is; `Any` because its leaves are of every JSON type.
Properties = dict[str, Any]

UNKNOWN = proxy.UNKNOWN_STRING_VALUE
#: What stands at the key `SIGNATURE` of an object that is a secret, an output, or a reference to a resource.
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  the mark, not a secret
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"


class Received(NamedTuple):
    """A property bag as a program sent it, with the resources that each property's output values say they depend on."""

    properties: Properties
    dependencies: Mapping[str, frozenset[str]]


def read(struct: Struct) -> Received:
    """A property bag off the wire: output values become plain, unknown or secret ones, resource references their id or URN."""
    properties: Properties = {}
    dependencies: dict[str, frozenset[str]] = {}
    for key, value in struct.fields.items():
        found: set[str] = set()
        properties[key] = _read_value(value, found)
        if found:
            dependencies[key] = frozenset(found)
    return Received(properties, dependencies)


def _read_value(value: Value, found: set[str]) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return _read_object(value.struct_value, found)
    if kind == "list_value":
        return [_read_value(item, found) for item in value.list_value.values]
    return None if kind in {"null_value", None} else getattr(value, kind)


def _read_object(struct: Struct, found: set[str]) -> Any:
    fields = struct.fields
    signature = fields[SIGNATURE].string_value if SIGNATURE in fields else ""
    if signature == _OUTPUT:
        return _read_output(struct, found)
    if signature == RESOURCE:
        return _read_reference(struct)
    return {key: _read_value(value, found) for key, value in fields.items()}


def _read_output(struct: Struct, found: set[str]) -> Any:
    fields = struct.fields
    if "dependencies" in fields:
        found.update(urn.string_value for urn in fields["dependencies"].list_value.values)
    known = _read_value(fields["value"], found) if "value" in fields else UNKNOWN
    return conceal(known) if "secret" in fields and fields["secret"].bool_value else known


def _read_reference(struct: Struct) -> str:
    """A custom resource's id (unknown while it is empty), a component's URN."""
    fields = struct.fields
    return (fields["id"].string_value or UNKNOWN) if "id" in fields else fields["urn"].string_value


def write(properties: Mapping[str, Any], *, internal: bool = True) -> Struct:
    """A property bag for the wire; `internal` false leaves out the keys at its top that begin with `__`."""
    kept = properties if internal else {key: value for key, value in properties.items() if not key.startswith("__")}
    return Struct(fields={key: _write_value(value) for key, value in kept.items()})


def _write_value(value: Any) -> Value:
    if value is None:
        return Value(null_value=NullValue.NULL_VALUE)
    if isinstance(value, bool):
        return Value(bool_value=value)
    if isinstance(value, str):
        return Value(string_value=value)
    if isinstance(value, int | float):
        return Value(number_value=value)
    if isinstance(value, Mapping):
        return Value(struct_value=Struct(fields={str(key): _write_value(item) for key, item in value.items()}))
    return Value(list_value=ListValue(values=[_write_value(item) for item in value]))


def is_unknown(value: object) -> bool:
    """Whether the value itself is unknown, secret or not."""
    return (isinstance(value, str) and value in UNKNOWNS) or (is_secret(value) and is_unknown(reveal(value)))


def is_secret(value: object) -> bool:
    """Whether the value itself carries the mark."""
    return isinstance(value, Mapping) and value.get(SIGNATURE) == SECRET


def contains_unknown(value: object) -> bool:
    """Whether the value or anything in it is unknown."""
    return any(isinstance(leaf, str) and leaf in UNKNOWNS for leaf in _walk(value))


def contains_secret(value: object) -> bool:
    """Whether the value or anything in it is secret."""
    return any(is_secret(part) for part in _walk(value))


def _walk(value: object) -> Iterator[object]:
    yield value
    inside: Iterable[object] = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for item in inside:
        yield from _walk(item)


def conceal(value: Any) -> Any:
    """The value as a secret; one mark is enough."""
    return value if is_secret(value) else {SIGNATURE: SECRET, "value": value}


def reveal(value: Any) -> Any:
    """The value without any secret marks in it."""
    if is_secret(value):
        return reveal(value.get("value"))
    if isinstance(value, Mapping):
        return {key: reveal(item) for key, item in value.items()}
    return [reveal(item) for item in value] if isinstance(value, list) else value


def annotate(target: Properties, source: Mapping[str, Any]) -> Properties:
    """`target` with the secret marks of `source`: a property that held a secret anywhere is secret as a whole."""
    return {key: _annotate_value(value, source[key]) if key in source else value for key, value in target.items()}


def _annotate_value(value: Any, source: Any) -> Any:
    if isinstance(value, dict) and isinstance(source, Mapping) and not is_secret(value) and not is_secret(source):
        return annotate(value, source)
    return conceal(value) if contains_secret(source) else value
