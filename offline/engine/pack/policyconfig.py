"""
The configuration of a pack's policies, put together and validated as the real engine does it.

Order: the schemas' defaults, then what the pack itself sets, then the given configuration (`--policy-pack-config`); property maps
are merged key by key, `all` carries a level only. Source: `pkg/resource/analyzer/config.go` of pulumi/pulumi.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

from google.protobuf.json_format import MessageToDict
from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError
from pulumi.runtime.proto import analyzer_pb2

from offline.engine.protocol.values import write
from offline.run import Failure

#: The levels as configuration files spell them.
LEVELS: "Mapping[str, analyzer_pb2.EnforcementLevel.ValueType]" = {
    "advisory": analyzer_pb2.ADVISORY,
    "mandatory": analyzer_pb2.MANDATORY,
    "disabled": analyzer_pb2.DISABLED,
    "remediate": analyzer_pb2.REMEDIATE,
}
_ACCEPTED = ", ".join(LEVELS)


class GivenConfig(NamedTuple):
    """One policy's configuration; `level` "" is none given."""

    level: str
    properties: Mapping[str, Any]


def configure(info: analyzer_pb2.AnalyzerInfo, given: Mapping[str, Any]) -> Mapping[str, analyzer_pb2.PolicyConfig] | Failure:
    """What Configure sends, one entry for each policy of the pack; a failure names the first thing that is wrong."""
    read = _read(given)
    if isinstance(read, Failure):
        return read
    merged = _apply(_apply(_collect_defaults(info), _read_initial(info)), read)
    problem = next(_find_problems(info, merged), None)
    if problem is not None:
        return Failure(f"wrong policy configuration: {problem}")
    return {
        name: analyzer_pb2.PolicyConfig(enforcementLevel=LEVELS[entry.level], properties=write(entry.properties))
        for name, entry in merged.items()
    }


def _read(given: Mapping[str, Any]) -> dict[str, GivenConfig] | Failure:
    """`environments` names ESC environments, which there are none of offline."""
    read: dict[str, GivenConfig] = {}
    for name, value in given.items():
        if name == "environments":
            continue
        properties = {"enforcementLevel": value} if isinstance(value, str) else value
        if not isinstance(properties, Mapping):
            return Failure(f"wrong policy configuration: {name}: must be a level ({_ACCEPTED}) or an object")
        level = properties.get("enforcementLevel", "")
        if "enforcementLevel" in properties and (not isinstance(level, str) or level not in LEVELS):
            return Failure(f"wrong policy configuration: {name}: enforcementLevel must be one of {_ACCEPTED}")
        rest = {key: item for key, item in properties.items() if key != "enforcementLevel"}
        if level or rest:
            read[name] = GivenConfig(level, rest)
    return read


def _collect_defaults(info: analyzer_pb2.AnalyzerInfo) -> dict[str, GivenConfig]:
    return {policy.name: GivenConfig(_name_level(policy.enforcementLevel), _find_defaults(policy)) for policy in info.policies}


def _name_level(level: "analyzer_pb2.EnforcementLevel.ValueType") -> str:
    return next(name for name, value in LEVELS.items() if value == level)


def _find_defaults(policy: analyzer_pb2.PolicyInfo) -> dict[str, Any]:
    properties = read_schema(policy).get("properties", {})
    return {key: schema["default"] for key, schema in properties.items() if "default" in schema}


def read_schema(policy: analyzer_pb2.PolicyInfo) -> dict[str, Any]:
    """A policy's configuration schema as JSON Schema: an object whose unknown keys are let through, as the engine does."""
    schema: dict[str, Any] = {"type": "object"}
    if policy.configSchema.properties.fields:
        schema["properties"] = MessageToDict(policy.configSchema.properties)
    if policy.configSchema.required:
        schema["required"] = list(policy.configSchema.required)
    return schema


def _read_initial(info: analyzer_pb2.AnalyzerInfo) -> dict[str, GivenConfig]:
    """The pack's own configuration; its level is always taken as set, that is the engine's reading of the protocol."""
    return {
        name: GivenConfig(_name_level(config.enforcementLevel), dict(MessageToDict(config.properties)))
        for name, config in info.initialConfig.items()
    }


def _apply(below: Mapping[str, GivenConfig], above: Mapping[str, GivenConfig]) -> dict[str, GivenConfig]:
    everyone = above["all"].level if "all" in above else ""
    merged = {name: GivenConfig(everyone or entry.level, entry.properties) for name, entry in below.items()}
    for name, entry in above.items():
        if name != "all":
            old = merged.get(name, GivenConfig("", {}))
            merged[name] = GivenConfig(entry.level or old.level, {**old.properties, **entry.properties})
    return merged


def _find_problems(info: analyzer_pb2.AnalyzerInfo, merged: Mapping[str, GivenConfig]) -> Iterator[str]:
    """First what the schemas refuse, then entries for policies that the pack does not have."""
    names = [policy.name for policy in info.policies]
    for policy in info.policies:
        validator = Draft7Validator(read_schema(policy), format_checker=Draft7Validator.FORMAT_CHECKER)
        for error in sorted(
            validator.iter_errors(dict(merged[policy.name].properties)), key=lambda error: list(map(str, error.absolute_path))
        ):
            yield f"{policy.name}: {_describe(error)}"
    for name in merged:
        if name not in names:
            yield f"the pack has no policy {name!r} (it has {', '.join(names)})"


def _describe(error: ValidationError) -> str:
    """The place of the value and what is accepted there; the value itself may be a secret."""
    place = ".".join(str(part) for part in error.absolute_path)
    keyword, expected = str(error.validator), cast("Any", error.validator_value)
    match keyword:
        case "enum":
            reason = f"must be one of {', '.join(map(str, expected))}"
        case "type":
            reason = f"must be of type {expected}"
        case "pattern":
            reason = f"must match {expected}"
        case "minLength":
            reason = "must not be empty"
        case "format":
            reason = f"must be a {expected}"
        case "required":
            reason = f"{error.message.partition(' ')[0]} is required"
        case _:
            reason = f"does not satisfy {keyword}: {expected}"
    return f"{place}: {reason}" if place else reason
