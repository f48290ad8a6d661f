"""
`pulumi stack export` files as resources.

Values are turned into the wire form of the engine: a secret in plain text keeps its mark. What is encrypted is not known: in a document one
such leaf hides the whole, since a verdict on the rest could be wrong. Source: `sdk/go/common/apitype/core.go` of pulumi/pulumi.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from bucketpolicy.parse import MAX_BYTES
from crossguard.pack.kinds import JUDGED
from crossguard.pack.settings import SIGNATURE
from offline.engine.protocol.values import RESOURCE, SECRET, UNKNOWN
from offline.memory import limit_memory
from offline.run import Failure

MOST_BYTES = 256 * 2**20
EXPECTED = "what `pulumi stack export` prints"
#: In megabytes, besides the text itself.
_MOST_MEMORY = 600
#: A hundred for each of 100,000 resources.
_MOST_CONTAINERS = 10_000_000
#: What the engine puts in the place of a secret that it cannot decrypt.
ENCRYPTED = "[secret]"
#: The provider of a resource that must have one and names none.
UNSHOWN = "?"
_DOCUMENTS = ("policy", "policyDocument")
_NAMES = ("bucket", "bucketName")


class Stored(NamedTuple):
    """A resource of a state. `provider` is the URN of its provider, "" where it has none: it is a component."""

    urn: str
    type: str
    name: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    parent: str
    dependencies: tuple[str, ...]
    property_dependencies: Mapping[str, tuple[str, ...]]
    provider: str


class State(NamedTuple):
    """
    The resources of a stack that are not about to be deleted, in the order of the file.

    `time` is when its manifest was written, as the engine writes it (RFC 3339), "" where it does not say.
    """

    project: str
    stack: str
    resources: tuple[Stored, ...]
    time: str = ""


class _WrongStateError(Exception):
    """What the file lacks; half a sentence."""


def parse(text: str, where: str) -> State | Failure:
    """The state in an export, or in a checkpoint of a self-managed backend; `where` begins the line of a failure."""
    try:
        found = _load(text)
    except ValueError:
        return Failure(f"{where}: not JSON; expected: {EXPECTED}")
    except RecursionError:
        return Failure(f"{where}: nested too deeply; expected: {EXPECTED}")
    except MemoryError:
        return Failure(f"{where}: takes more than {_MOST_MEMORY} MB of memory to read; expected: {EXPECTED}")
    try:
        deployment, name = _open_envelope(found)
        entries = _list_resources(deployment)
        marked = SIGNATURE in text
        resources = tuple(_read(entry, f"resources[{index}]", marked=marked) for index, entry in enumerate(entries))
    except _WrongStateError as error:
        return Failure(f"{where}: {error}; expected: {EXPECTED}")
    except RecursionError:
        return Failure(f"{where}: nested too deeply; expected: {EXPECTED}")
    kept = tuple(resource for resource in resources if resource is not None)
    project, stack = _name_stack(kept) if kept else _split_name(name)
    return State(project, stack, kept, _read_time(deployment))


def _load(text: str) -> object:
    """The JSON. Raises `MemoryError` before it takes too much: where that cannot be measured, for what is little but brackets."""
    if text.count("[") + text.count("{") > _MOST_CONTAINERS:
        raise MemoryError
    with limit_memory(_MOST_MEMORY):
        return json.loads(text.removeprefix("\ufeff"))


def _open_envelope(found: object) -> tuple[Mapping[str, Any], str]:
    """The deployment, empty where the stack was never updated, and the stack's full name where the envelope has it."""
    match found:
        case {"deployment": dict(deployment)}:
            return deployment, ""
        case {"deployment": None}:
            return {}, ""
        case {"checkpoint": dict(checkpoint)}:
            latest = checkpoint.get("latest")
            if latest is None or isinstance(latest, dict):
                return latest or {}, _read_text(checkpoint.get("stack"))
    missing = "no `deployment` in it"
    raise _WrongStateError(missing)


def _split_name(name: str) -> tuple[str, str]:
    """Project and stack of `organization/project/stack`, as checkpoints name it, or of a plain `stack`."""
    project, _, stack = name.rpartition("/")
    return project.rpartition("/")[2], stack


def _read_time(deployment: Mapping[str, Any]) -> str:
    manifest = deployment.get("manifest")
    return _read_text(manifest.get("time")) if isinstance(manifest, dict) else ""


def _list_resources(deployment: Mapping[str, Any]) -> list[Any]:
    resources = deployment.get("resources")
    if resources is not None and not isinstance(resources, list):
        wrong = "its `resources` is not a list"
        raise _WrongStateError(wrong)
    return resources or []


def _read(entry: object, place: str, *, marked: bool) -> Stored | None:
    match entry:
        case {"urn": str(urn), "type": str(kind), **rest} if urn.count("::") >= 3:  # noqa: PLR2004  urn::project::types::name
            if rest.get("delete") is True:
                return None
            inputs, outputs = (_read_bag(rest.get(key), place, marked=marked) for key in ("inputs", "outputs"))
            fit = _fit if kind in JUDGED else dict
            return Stored(
                urn,
                kind,
                urn.split("::", 3)[3],
                fit(inputs),
                fit(outputs),
                parent=_read_text(rest.get("parent")),
                dependencies=_read_urns(rest.get("dependencies")),
                property_dependencies=_read_dependencies(rest.get("propertyDependencies")),
                provider=_read_text(rest.get("provider")).rpartition("::")[0] or (UNSHOWN if rest.get("custom") is True else ""),
            )
        case _:
            wrong = f"{place} has no `urn` and `type`"
            raise _WrongStateError(wrong)


def _read_bag(value: object, place: str, *, marked: bool) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        wrong = f"the properties of {place} are not an object"
        raise _WrongStateError(wrong)
    return _reveal_bag(value) if marked else value


def _fit(properties: dict[str, Any]) -> dict[str, Any]:
    """The properties, of which none has more parts than a document may have bytes: such a document is text, which is too large as well."""
    return {key: _write_large(key, value) if _is_large(value) else value for key, value in properties.items()}


def _is_large(value: object) -> bool:
    room, ahead = MAX_BYTES, [value]
    while ahead and room >= 0:
        part = ahead.pop()
        if isinstance(part, dict | list):
            room -= len(part)
            ahead += part.values() if isinstance(part, dict) else part
    return room < 0


def _write_large(key: str, value: Any) -> Any:
    if key not in _DOCUMENTS:
        return []
    text = json.dumps(value)
    return {SIGNATURE: SECRET, "value": text} if SIGNATURE in text else text


def _read_text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _read_urns(value: object) -> tuple[str, ...]:
    return tuple(urn for urn in value if isinstance(urn, str)) if isinstance(value, list) else ()


def _read_dependencies(value: object) -> dict[str, tuple[str, ...]]:
    return {key: _read_urns(urns) for key, urns in value.items()} if isinstance(value, dict) else {}


def _name_stack(resources: tuple[Stored, ...]) -> tuple[str, str]:
    """Project and stack, as the URNs of the resources say."""
    prefix, project, _ = resources[0].urn.split("::", 2)
    return project, prefix.removeprefix("urn:pulumi:")


def _reveal_bag(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _reveal_property(key, value) for key, value in properties.items()}


def _reveal_property(key: str, value: Any) -> Any:
    revealed, encrypted = _reveal(value)
    if encrypted and key in _DOCUMENTS:
        return ENCRYPTED
    return UNKNOWN if encrypted and key in _NAMES else revealed


def _reveal(value: Any) -> tuple[Any, bool]:
    """The value in wire form, and whether something in it is encrypted."""
    if isinstance(value, list):
        items = [_reveal(item) for item in value]
        return [item for item, _ in items], any(encrypted for _, encrypted in items)
    if not isinstance(value, dict):
        return value, False
    if SIGNATURE in value:
        return _reveal_marked(value)
    members = {key: _reveal(item) for key, item in value.items()}
    return {key: item for key, (item, _) in members.items()}, any(encrypted for _, encrypted in members.values())


def _reveal_marked(value: dict[str, Any]) -> tuple[Any, bool]:
    match value:
        case {"plaintext": str(text)} if value[SIGNATURE] == SECRET:
            try:
                inner, encrypted = _reveal(json.loads(text))
            except ValueError:
                return ENCRYPTED, True
            return {SIGNATURE: SECRET, "value": inner}, encrypted
        case _ if value[SIGNATURE] == SECRET:
            return ENCRYPTED, True
        case _ if value[SIGNATURE] == RESOURCE:
            return _read_text(value.get("id")) or _read_text(value.get("urn")), False
        case _:
            # An asset or an archive: their contents are not part of a state, and no bucket policy is one.
            return "[asset]", False
