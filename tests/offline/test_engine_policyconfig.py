"""The configuration of policies, as the real engine puts it together."""

from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2

from offline.engine.pack.policyconfig import configure
from offline.run import Failure

SCHEMA = {
    "size": {"type": "number", "default": 1},
    "mode": {"type": "string", "enum": ["fast", "slow"]},
    "items": {"type": "array", "items": {"type": "object", "required": ["why"], "properties": {"why": {"type": "string", "minLength": 1}}}},
    "until": {"type": "string", "format": "date"},
    "code": {"type": "string", "pattern": "^[a-z]+$"},
    "few": {"type": "array", "maxItems": 1},
}


def describe(**initial: analyzer_pb2.PolicyConfig) -> analyzer_pb2.AnalyzerInfo:
    """A pack of two policies, the first with a schema."""
    schema = analyzer_pb2.PolicyConfigSchema(properties=ParseDict(SCHEMA, Struct()))
    policies = [
        analyzer_pb2.PolicyInfo(name="first", enforcementLevel=analyzer_pb2.MANDATORY, configSchema=schema),
        analyzer_pb2.PolicyInfo(name="second", enforcementLevel=analyzer_pb2.ADVISORY),
    ]
    return analyzer_pb2.AnalyzerInfo(name="pack", policies=policies, initialConfig=initial)


def merge(given: dict[str, Any], info: analyzer_pb2.AnalyzerInfo | None = None) -> dict[str, Any]:
    """Level and properties by policy."""
    merged = configure(info or describe(), given)
    assert not isinstance(merged, Failure), merged
    return {
        name: (analyzer_pb2.EnforcementLevel.Name(config.enforcementLevel), MessageToDict(config.properties))
        for name, config in merged.items()
    }


def test_without_configuration_every_policy_is_configured_with_its_defaults() -> None:
    """Configure comes even then."""
    assert merge({}) == {"first": ("MANDATORY", {"size": 1.0}), "second": ("ADVISORY", {})}


def test_a_level_alone_or_with_properties() -> None:
    """Properties are merged over the defaults, and keys that the schema does not name are let through."""
    assert merge({"first": {"enforcementLevel": "remediate", "mode": "fast", "odd": 1}, "second": "disabled"}) == {
        "first": ("REMEDIATE", {"size": 1.0, "mode": "fast", "odd": 1.0}),
        "second": ("DISABLED", {}),
    }


def test_all_carries_a_level_and_gives_way_to_the_policys_own() -> None:
    """`environments` is no policy; an empty entry says nothing."""
    given = {"all": "mandatory", "second": {"enforcementLevel": "advisory"}, "environments": ["org/env"], "first": {}}
    assert merge(given) == {"first": ("MANDATORY", {"size": 1.0}), "second": ("ADVISORY", {})}


def test_what_the_pack_sets_itself_comes_between() -> None:
    """Its level counts as set, whatever it is: that is how the engine reads the protocol."""
    initial = analyzer_pb2.PolicyConfig(properties=ParseDict({"size": 2, "mode": "slow"}, Struct()))
    assert merge({"first": {"mode": "fast"}}, describe(first=initial))["first"] == ("ADVISORY", {"size": 2.0, "mode": "fast"})


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"first": 1}, "first: must be a level (advisory, mandatory, disabled, remediate) or an object"),
        ({"first": "severe"}, "first: enforcementLevel must be one of"),
        ({"first": {"enforcementLevel": 1}}, "first: enforcementLevel must be one of"),
        ({"first": {"enforcementLevel": ["advisory"]}}, "first: enforcementLevel must be one of"),
        ({"first": {"size": "big"}}, "first: size: must be of type number"),
        ({"first": {"mode": "medium"}}, "first: mode: must be one of fast, slow"),
        ({"first": {"items": [{}]}}, "first: items.0: 'why' is required"),
        ({"first": {"items": [{"why": ""}]}}, "first: items.0.why: must not be empty"),
        ({"first": {"until": "tomorrow"}}, "first: until: must be a date"),
        ({"first": {"code": "A1"}}, "first: code: must match ^[a-z]+$"),
        ({"first": {"few": [1, 2]}}, "first: few: does not satisfy maxItems: 1"),
        ({"third": "advisory"}, "the pack has no policy 'third' (it has first, second)"),
    ],
)
def test_what_is_refused(given: dict[str, Any], reason: str) -> None:
    """One line with the place of the value, never the value."""
    failure = configure(describe(), given)
    assert isinstance(failure, Failure)
    assert reason in failure.message
    assert "\n" not in failure.message
