"""The `options` of a resource in YAML, as the SDK takes them. Aliases are left out: there is no state in which they name anything."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pulumi

from offline.engine.program.pulumi_yaml.declarations import read_fields
from offline.engine.program.pulumi_yaml.expressions import WrongProgramError


class _Option(NamedTuple):
    """The SDK's own name of an option, and what its value is."""

    ours: str
    kind: type[Any]
    said: str


_PLAIN: Mapping[str, _Option] = {
    "protect": _Option("protect", bool, "a boolean"),
    "deleteBeforeReplace": _Option("delete_before_replace", bool, "a boolean"),
    "retainOnDelete": _Option("retain_on_delete", bool, "a boolean"),
    "ignoreChanges": _Option("ignore_changes", list, "a list"),
    "additionalSecretOutputs": _Option("additional_secret_outputs", list, "a list"),
    "replaceOnChanges": _Option("replace_on_changes", list, "a list"),
    "import": _Option("import_", str, "a string"),
    "version": _Option("version", str, "a string"),
    "pluginDownloadURL": _Option("plugin_download_url", str, "a string"),
    "deletedWith": _Option("deleted_with", pulumi.Resource, "a resource"),
    "parent": _Option("parent", pulumi.Resource, "a resource"),
    "provider": _Option("provider", pulumi.ProviderResource, "a provider"),
}
OPTIONS = (*_PLAIN, "dependsOn", "providers", "customTimeouts", "aliases")
_TIMES = ("create", "update", "delete")


def read_options(given: Mapping[str, Any], parent: pulumi.Resource | None, provider: Any) -> pulumi.ResourceOptions:
    """`parent` and `provider` are those of the place where the resource is declared. Raises `WrongProgramError`."""
    chosen = {option.ours: _demand(given[name], name, option) for name, option in _PLAIN.items() if given.get(name) is not None}
    providers = _list_resources(given, "providers", _PLAIN["provider"])
    timeouts = read_fields(given.get("customTimeouts"), "`customTimeouts`", _TIMES)
    times = {name: str(timeouts[name]) for name in _TIMES if name in timeouts}
    return pulumi.ResourceOptions(
        providers=providers or None,
        depends_on=_list_resources(given, "dependsOn", _PLAIN["parent"]),
        custom_timeouts=pulumi.CustomTimeouts(**times) if times else None,
        **{"parent": parent, "provider": None if providers else provider, **chosen},
    )


def read_call_options(given: Mapping[str, Any], provider: Any) -> tuple[pulumi.InvokeOptions, list[Any]]:
    """Those of a data source, and the resources that it waits for. Raises `WrongProgramError`."""
    names = ("parent", "provider", "version", "pluginDownloadURL")
    chosen = {_PLAIN[name].ours: _demand(given[name], name, _PLAIN[name]) for name in names if given.get(name) is not None}
    return pulumi.InvokeOptions(**{"provider": provider, **chosen}), _list_resources(given, "dependsOn", _PLAIN["parent"])


def _list_resources(given: Mapping[str, Any], name: str, option: _Option) -> list[Any]:
    """The resources of an option that has one or several of them."""
    return [_demand(each, name, option) for each in _flatten(given.get(name))]


def _flatten(value: Any) -> Iterator[Any]:
    match value:
        case None:
            return
        case list():
            yield from value
        case dict():
            yield from value.values()
        case _:
            yield value


def _demand(value: Any, name: str, option: _Option) -> Any:
    if not isinstance(value, option.kind):
        message = f"the option `{name}` must be {option.said}"
        raise WrongProgramError(message)
    return value
