"""
A program in YAML: its variables, resources, components and outputs, declared through the Python SDK.

Everything is evaluated when it is first referred to, whatever the order in the file; unknown values, secrets and dependencies are the
SDK's.
Source: the reference of Pulumi YAML, and pulumi/pulumi-yaml.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import invoke_output

from offline.engine.program.configuration import Project
from offline.engine.program.pulumi_yaml.expressions import Access, WrongProgramError, follow, list_accesses, parse_text, write_scalar
from offline.engine.program.pulumi_yaml.functions import FUNCTIONS, call
from offline.engine.program.pulumi_yaml.options import read_options
from offline.engine.program.pulumi_yaml.tokens import expand, is_component
from offline.run import Failure
from offline.yaml import read_yaml

_FILES = ("Main.yaml", "Main.yml", "Main.json", "Pulumi.yaml", "Pulumi.yml", "Pulumi.json")
_PLUGIN = "PulumiPlugin.yaml"


def make_program(project: Project) -> Callable[[], None] | Failure:
    """What declares the program's resources when it is called."""
    folder = project.main if project.main.is_dir() else project.folder
    file = next((folder / name for name in _FILES if (folder / name).is_file()), project.folder / "Pulumi.yaml")
    program = read_yaml(file, "a Pulumi program in YAML")
    if isinstance(program, Failure):
        return program
    if project.options.get("compiler"):
        return Failure(f"{file}: is written by a compiler, which is not run here; expected: --exec COMMAND, or the YAML that it writes")
    return lambda: _declare(program, folder, project)


def _declare(program: Mapping[str, Any], folder: Path, project: Project) -> None:
    scope = Scope(program, folder, _read_configuration(program, project), _find_components(program, folder), None)
    scope.declare()
    for name, value in (program.get("outputs") or {}).items():
        pulumi.export(str(name), scope.evaluate(value))


def _read_configuration(program: Mapping[str, Any], project: Project) -> dict[str, Any]:
    """Each declared value by its name, of its type. All that is missing is told at once."""
    declared = {**(program.get("configuration") or {}), **(program.get("config") or {})}
    found: dict[str, Any] = {}
    missing: list[str] = []
    for name, declaration in declared.items():
        key = str(name) if ":" in str(name) else f"{project.name}:{name}"
        text = project.config.get(key)
        if text is None and isinstance(declaration, Mapping) and "default" not in declaration and "value" not in declaration:
            missing.append(f"Missing required configuration variable '{key}'")
        elif text is not None:
            value = _convert(text, str(declaration.get("type", "String")) if isinstance(declaration, Mapping) else "String")
            hidden = key in project.secret_keys or (isinstance(declaration, Mapping) and declaration.get("secret") is True)
            found[str(name)] = pulumi.Output.secret(value) if hidden else value
    if missing:
        raise WrongProgramError("\n".join(missing))
    return found


def _convert(text: str, kind: str) -> Any:
    if kind.lower() == "string":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _find_components(program: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The components of the program, and those of plugins in YAML that it names by their folders."""
    found = dict(program.get("components") or {})
    for package in (program.get("packages") or {}).values():
        plugin = read_yaml(folder / str(package) / _PLUGIN, "a plugin") if isinstance(package, str) and package.startswith(".") else {}
        found |= {} if isinstance(plugin, Failure) else plugin.get("components") or {}
    return found


class Scope:
    """Names and what they stand for; a component has one of its own. What is being evaluated is kept, so that a circle is found."""

    def __init__(
        self, body: Mapping[str, Any], folder: Path, given: Mapping[str, Any], components: Mapping[str, Any], parent: pulumi.Resource | None
    ) -> None:
        """Nothing is evaluated yet. `given`: configuration, or a component's inputs."""
        self._variables: Mapping[str, Any] = body.get("variables") or {}
        self._resources: Mapping[str, Any] = body.get("resources") or {}
        self._asked = _list_asked(body)
        self._folder = folder
        self._known: dict[str, Any] = dict(given)
        self._components = components
        self._parent = parent
        self._under_way: list[str] = []
        self._defaults: Mapping[str, Any] = {}

    def declare(self) -> None:
        """Register every resource, default providers first: they serve whatever has no provider of its own."""
        self._defaults = {
            str(declaration["type"]).rpartition(":")[2]: self.find(str(name))
            for name, declaration in self._resources.items()
            if isinstance(declaration, Mapping) and declaration.get("defaultProvider") is True
        }
        for name in (*self._variables, *self._resources):
            self.find(str(name))

    def find(self, name: str) -> Any:
        """What a name stands for. Raises `WrongProgramError`."""
        if name == "pulumi":
            return _describe_operation(self._folder)
        if name not in self._known:
            if name in self._under_way:
                message = f"`{name}` depends on itself: {' -> '.join([*self._under_way, name])}"
                raise WrongProgramError(message)
            self._under_way.append(name)
            self._known[name] = self._make(name)
            self._under_way.pop()
        return self._known[name]

    def _make(self, name: str) -> Any:
        if name in self._variables:
            return self.evaluate(self._variables[name])
        declaration = self._resources.get(name)
        if not isinstance(declaration, Mapping) or not isinstance(declaration.get("type"), str):
            message = f"`{name}` is neither a resource with a `type`, nor a variable, nor configuration"
            raise WrongProgramError(message)
        return self._register(str(declaration.get("name") or name), name, declaration)

    def _register(self, logical: str, name: str, declaration: Mapping[str, Any]) -> pulumi.Resource:
        written = str(declaration["type"])
        options = read_options(self.evaluate(declaration.get("options") or {}), self._parent, self._defaults.get(written.partition(":")[0]))
        existing = declaration.get("get")
        properties = self.evaluate((existing or {}).get("state") if existing else declaration.get("properties")) or {}
        component = self._components.get(written.rpartition(":")[2])
        if isinstance(component, Mapping):
            package, _, own = written.rpartition(":")
            return self._build(f"{package if ':' in package else f'{package}:index'}:{own}", logical, component, properties, options)
        asked = dict.fromkeys(self._asked.get(name, ())) | properties
        if is_component(written):
            return pulumi.ComponentResource(expand(written), logical, asked, options, remote=True)
        if existing:
            options = pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(id=self.evaluate(existing.get("id"))))
        if written.startswith("pulumi:providers:"):
            return pulumi.ProviderResource(written.rpartition(":")[2], logical, asked, options)
        return pulumi.CustomResource(expand(written), logical, asked, options)

    def _build(
        self, kind: str, name: str, component: Mapping[str, Any], inputs: Mapping[str, Any], options: pulumi.ResourceOptions
    ) -> pulumi.Resource:
        """A component of the user's own: its resources in a scope of its own, its outputs as its properties."""
        defaults = {
            key: declared["default"]
            for key, declared in (component.get("inputs") or {}).items()
            if isinstance(declared, Mapping) and "default" in declared
        }
        made = pulumi.ComponentResource(kind, name, None, options)
        scope = Scope(_rename(component, name), self._folder, {**defaults, **inputs}, self._components, made)
        scope.declare()
        outputs = {str(key): scope.evaluate(value) for key, value in (component.get("outputs") or {}).items()}
        for key, value in outputs.items():
            made.__dict__[key] = pulumi.Output.from_input(value)
        made.register_outputs(outputs)
        return made

    def evaluate(self, value: Any) -> Any:
        """The value with its references and functions replaced by what they stand for. Raises `WrongProgramError`."""
        if isinstance(value, str):
            return self._evaluate_text(value)
        if isinstance(value, list):
            return [self.evaluate(item) for item in value]
        if isinstance(value, date):
            return value.isoformat()
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (key, argument), *_ = value.items()
            if isinstance(key, str) and key[:4].lower() == "fn::":
                return self._call(key[4:], argument)
        return {_write_key(self.evaluate(key)): self.evaluate(item) for key, item in value.items()}

    def _evaluate_text(self, text: str) -> Any:
        parts = parse_text(text)
        if len(parts) == 1 and isinstance(parts[0], Access):
            return self._read(parts[0])
        values = [self._read(part) if isinstance(part, Access) else part for part in parts]
        return _lift(values, lambda known: "".join(map(write_scalar, known)))

    def _read(self, access: Access) -> Any:
        found, steps = self.find(access.root), access.steps
        if isinstance(found, pulumi.Resource) and steps:
            found, steps = getattr(found, str(steps[0]), None), steps[1:]
        if not steps:
            return found
        where = ".".join(map(str, access))
        return _lift(found, lambda known: follow(known, steps, where))

    def _call(self, written: str, argument: Any) -> Any:
        name = written.lower()
        if name == "secret":
            return pulumi.Output.secret(self.evaluate(argument))
        if name == "invoke":
            return self._invoke(argument)
        if name == "stackreference":
            return self._refer(argument)
        if ":" in written:
            return self._invoke({"function": written, "arguments": argument})
        if name not in FUNCTIONS:
            message = f"`fn::{written}` is not a function that is known here"
            raise WrongProgramError(message)
        return _lift(self.evaluate(argument), lambda known: call(name, known, self._folder))

    def _invoke(self, argument: Any) -> Any:
        given = {str(key).lower(): item for key, item in argument.items()}
        options = self.evaluate(given.get("options") or {})
        provider = options.get("provider") or self._defaults.get(str(given["function"]).partition(":")[0])
        how = pulumi.InvokeOptions(parent=options.get("parent"), provider=provider, version=options.get("version"))
        arguments = self.evaluate(given.get("arguments") or {})
        depends = options.get("dependsOn") or []
        waited = pulumi.Output.all(*(each.urn for each in (depends if isinstance(depends, list) else [depends])))
        found = invoke_output(expand(str(given["function"])), arguments, how)
        result = pulumi.Output.all(found, waited).apply(lambda known: known[0]) if depends else found
        wanted = given.get("return")
        return result.apply(lambda known: follow(known, (str(wanted),), str(wanted))) if wanted else result

    def _refer(self, argument: Any) -> Any:
        stack, output = self.evaluate(argument)
        key = f"stack reference {stack}"
        if key not in self._known:
            self._known[key] = pulumi.StackReference(str(stack))
        return _lift(output, lambda name: name) if not isinstance(output, str) else self._known[key].get_output(output)


def _list_asked(body: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """By resource: the properties that something asks for, which is how the SDK learns of them."""
    asked: dict[str, dict[str, None]] = {}
    for access in list_accesses(dict(body)):
        if access.steps:
            asked.setdefault(access.root, {})[str(access.steps[0])] = None
    return {name: tuple(properties) for name, properties in asked.items()}


def _rename(component: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A component's resources go by its own name and theirs."""
    resources = component.get("resources") or {}
    renamed = {key: {**each, "name": f"{name}-{each.get('name') or key}"} for key, each in resources.items() if isinstance(each, Mapping)}
    return {**component, "resources": renamed}


def _describe_operation(folder: Path) -> dict[str, Any]:
    return {
        "cwd": str(folder),
        "project": pulumi.get_project(),
        "stack": pulumi.get_stack(),
        "organization": pulumi.get_organization(),
        "rootDirectory": str(folder),
    }


def _lift(value: Any, function: Callable[[Any], Any]) -> Any:
    """The function's value; later, where the argument is known later."""
    return pulumi.Output.from_input(value).apply(function) if any(_list_outputs(value)) else function(value)


def _list_outputs(value: Any) -> Iterator[bool]:
    """True for each part that is known later."""
    if isinstance(value, pulumi.Output | pulumi.Resource):
        yield True
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _list_outputs(item)


def _write_key(key: Any) -> str:
    return key if isinstance(key, str) else write_scalar(key)
