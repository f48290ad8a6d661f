"""
The protocol's messages, as far as the installed SDK has them.

requirements.txt accepts a range of SDKs, and their protocols differ: a field or a message that one of them lacks is one that no program
of that SDK can ask for.
"""

# An older SDK lacks the message that an annotation names.
from __future__ import annotations

from typing import Any, TypeVar

from google.protobuf.message import Message
from pulumi.runtime.proto import provider_pb2, resource_pb2

M = TypeVar("M", bound=Message)

#: Newer SDKs have a message for it; older ones take the one that providers answer with.
InvokeResponse: type[resource_pb2.ResourceInvokeResponse] = getattr(resource_pb2, "ResourceInvokeResponse", provider_pb2.InvokeResponse)

_FEATURES = (
    "secrets",
    "resourceReferences",
    "outputValues",
    "aliasSpecs",
    "deletedWith",
    "transforms",
    "invokeTransforms",
    "parameterization",
    "resourceHooks",
    "errorHooks",
)
#: What this engine can do, by the names that older SDKs ask for one by one.
FEATURES = frozenset(_FEATURES)


def make(message: type[M], **fields: Any) -> M:
    """The message with those of the fields that it has."""
    known = message.DESCRIPTOR.fields_by_name
    made: M = message(**{name: value for name, value in fields.items() if name in known})
    return made


def list_features() -> list[resource_pb2.ResourceMonitorFeature.ValueType]:
    """The same as newer SDKs know them: by the numbers of an enumeration."""
    words = ("".join(f"_{letter}" if letter.isupper() else letter for letter in name).upper() for name in (*_FEATURES, "invokeDependsOn"))
    numbers = (getattr(resource_pb2, f"RESOURCE_MONITOR_FEATURE_{word}", None) for word in words)
    return [number for number in numbers if number is not None]
