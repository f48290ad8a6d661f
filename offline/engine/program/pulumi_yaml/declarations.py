"""
The parts of a program in YAML by their names, and the packages that it declares.

Pulumi takes the names of its own fields in any case. Source: `parseRecord` of pulumi/pulumi-yaml.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from offline.engine.program.pulumi_yaml.expressions import WrongProgramError
from offline.run import Failure
from offline.yaml import read_yaml

_SECTIONS = ("config", "configuration", "variables", "resources", "outputs", "components", "packages")
_RESOURCE = ("type", "name", "defaultProvider", "properties", "options", "get")
#: Makers of packages whose sources have a path and hold no components.
_PROVIDERS = ("pulumi", "opentofu", "terraform")
_MODULES = "terraform-module"


def read_fields(value: Any, where: str, names: tuple[str, ...] = ()) -> dict[str, Any]:
    """The fields of an object, those with a name of Pulumi's in its spelling. Raises `WrongProgramError`."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        message = f"{where} must be an object"
        raise WrongProgramError(message)
    spelt = {name.lower(): name for name in names}
    return {spelt.get(str(key).lower(), str(key)): item for key, item in value.items()}


def read_sections(program: Any, where: str) -> dict[str, dict[str, Any]]:
    """Every section of a program or a component, empty where there is none. Raises `WrongProgramError`."""
    given = read_fields(program, where, (*_SECTIONS, "inputs"))
    return {name: read_fields(given.get(name), f"`{name}`") for name in (*_SECTIONS, "inputs")}


def read_resource(declaration: Any, name: str) -> dict[str, Any]:
    """A resource's fields, of which `type` is a string. Raises `WrongProgramError`."""
    fields = read_fields(declaration, f"the resource `{name}`", _RESOURCE)
    if not isinstance(fields.get("type"), str):
        message = f"the resource `{name}` has no `type`"
        raise WrongProgramError(message)
    return fields


class Packages(NamedTuple):
    """Where types are declared: components in YAML by their whole names, and packages of components that run elsewhere."""

    components: Mapping[str, Any]
    remote: frozenset[str]

    def find_component(self, type_: str) -> tuple[str, Any] | None:
        """The whole name of a component in YAML, and what it is."""
        package, *module, name = type_.split(":") if ":" in type_ else ["", type_]
        whole = f"{package}:index:{name}"
        return (whole, self.components[whole]) if module in ([], ["index"]) and whole in self.components else None


def find_packages(program: Mapping[str, dict[str, Any]], project: str, folder: Path) -> Packages:
    """What a program's own text, and the plugins in YAML that it names by their folders, declare. Raises `WrongProgramError`."""
    found = {f"{package}:index:{name}": body for name, body in program["components"].items() for package in ("", project)}
    remote = set(_list_generated(folder))
    for package, given in program["packages"].items():
        source = str(given.get("source") if isinstance(given, Mapping) else given)
        plugin = _read_plugin(folder / source) if _is_folder(source) else {}
        names = {package, str(plugin.get("name") or package)}
        components = read_fields(plugin.get("components"), f"the `components` of `{package}`")
        found |= {f"{name}:index:{component}": body for component, body in components.items() for name in names}
        remote |= names if _has_components(source) else set()
    return Packages(found, frozenset(remote))


def _is_folder(source: str) -> bool:
    return source.startswith((".", "/"))


def _has_components(source: str) -> bool:
    """Whether a package is told by its source to be somebody's own: a folder, a repository, a module of Terraform's."""
    first, slash, _ = source.partition("@")[0].partition("/")
    return _is_folder(source) or first == _MODULES or (bool(slash) and first not in _PROVIDERS)


def _read_plugin(folder: Path) -> dict[str, Any]:
    """The files in YAML of a plugin's folder as one; nothing of a plugin in another language."""
    files = [content for file in sorted(folder.glob("*.yaml")) if not isinstance(content := read_yaml(file, "a plugin"), Failure)]
    components = [read_fields(content.get("components"), f"the `components` of {folder.name}") for content in files]
    name = next((content["name"] for content in files if "name" in content), None)
    return {"name": name, "components": {key: body for each in components for key, body in each.items()}}


def _list_generated(folder: Path) -> Iterator[str]:
    """The modules of Terraform's, and the packages of repositories, that `pulumi package add` has written down in `sdks`."""
    for file in sorted((folder / "sdks").rglob("*.yaml")):
        content = read_yaml(file, "a package")
        if isinstance(content, Failure) or content.get("packageDeclarationVersion") != 1:
            continue
        own = content.get("parameterization")
        if content.get("name") == _MODULES or str(content.get("downloadUrl") or "").startswith("git:"):
            yield str(own["name"] if isinstance(own, Mapping) and "name" in own else content.get("name"))
