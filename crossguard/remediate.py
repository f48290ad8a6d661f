"""
A repaired document, put back where it came from: into the properties of the resource.

The SDK's own proxy is changed in place, since only it remembers which values are secret. A text stays a text and an object stays an object.
"""

import json
from collections.abc import Mapping, MutableMapping
from typing import Any, cast

from bucketpolicy.repair import Repaired


def apply(props: Mapping[str, Any], name: str, repaired: Repaired) -> Mapping[str, Any]:
    """The same properties, with the repaired document as the property of this name."""
    # The proxy takes assignments, although it says that it is only a Mapping.
    writable = cast("MutableMapping[str, Any]", props)
    if isinstance(props[name], str):
        writable[name] = repaired.text
    else:
        _append(props[name], repaired.added)
    return props


def _append(document: Mapping[str, Any], added: tuple[str, ...]) -> None:
    """Put the statements after those of the document, which keep their places, their values and their secret marks."""
    statements = document["Statement"]
    # A proxy's own list, in which secret members are still marked; a proxy hands them out without their marks.
    kept = [statements] if isinstance(statements, Mapping) else list(statements["__target"])
    cast("MutableMapping[str, Any]", document)["Statement"] = [*kept, *map(json.loads, added)]
