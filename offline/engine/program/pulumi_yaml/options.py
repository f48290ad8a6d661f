"""The `options` of a resource in YAML, as the SDK takes them."""

from collections.abc import Mapping
from typing import Any

import pulumi

_SAME: Mapping[str, str] = {
    "protect": "protect",
    "ignoreChanges": "ignore_changes",
    "deleteBeforeReplace": "delete_before_replace",
    "additionalSecretOutputs": "additional_secret_outputs",
    "retainOnDelete": "retain_on_delete",
    "replaceOnChanges": "replace_on_changes",
    "deletedWith": "deleted_with",
    "import": "import_",
    "version": "version",
    "pluginDownloadURL": "plugin_download_url",
}


def read_options(given: Mapping[str, Any], parent: pulumi.Resource | None, provider: Any) -> pulumi.ResourceOptions:
    """`parent` and `provider` are those of the place where the resource is declared."""
    chosen = {ours: given[theirs] for theirs, ours in _SAME.items() if given.get(theirs) is not None}
    depends = given.get("dependsOn")
    providers = given.get("providers")
    timeouts = given.get("customTimeouts")
    return pulumi.ResourceOptions(
        parent=given.get("parent") or parent,
        provider=given.get("provider") or (None if providers else provider),
        providers=list(providers.values()) if isinstance(providers, Mapping) else providers,
        depends_on=depends if isinstance(depends, list) else None if depends is None else [depends],
        aliases=[pulumi.Alias(**each) if isinstance(each, Mapping) else each for each in given.get("aliases") or ()] or None,
        custom_timeouts=pulumi.CustomTimeouts(**timeouts) if isinstance(timeouts, Mapping) else None,
        **chosen,
    )
