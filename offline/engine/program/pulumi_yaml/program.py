"""
A program in YAML: its variables, resources, components and outputs, declared through the Python SDK.

Everything is evaluated when it is first referred to, whatever the order in the file; unknown values, secrets and dependencies are the
SDK's.
Source: the reference of Pulumi YAML, and pulumi/pulumi-yaml.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pulumi
from pulumi.runtime import invoke_output

from offline.engine.cloud.mocks import STACK_REFERENCE
from offline.engine.program.configuration import Project
from offline.engine.program.pulumi_yaml.declarations import Packages, find_packages, read_fields, read_resource, read_sections
from offline.engine.program.pulumi_yaml.expressions import Access, WrongProgramError, follow, list_accesses, parse_text, write_value
from offline.engine.program.pulumi_yaml.functions import FUNCTIONS, call
from offline.engine.program.pulumi_yaml.options import OPTIONS, read_call_options, read_options
from offline.engine.program.pulumi_yaml.tokens import expand, is_component
from offline.run import Failure
from offline.yaml import read_yaml

_FILES = ("Main.json", "Main.yaml", "Pulumi.yaml", "Pulumi.yml", "Pulumi.json")
_DECLARED = ("type", "default", "secret", "name", "value")
_CALL = ("function", "arguments", "options", "return")
#: Where a component in YAML keeps the names of its outputs.
_OUTPUTS = "__outputs"


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


def _declare(written: Mapping[str, Any], folder: Path, project: Project) -> None:
    program = read_sections(written, "the program")
    place = Place(folder, find_packages(program, project.name, folder))
    scope = Scope(program, _read_configuration(program, project), place, None)
    scope.declare()
    for name, value in program["outputs"].items():
        pulumi.export(name, scope.evaluate(value))


def _read_configuration(program: Mapping[str, dict[str, Any]], project: Project) -> dict[str, Any]:
    """Each value by its name, the declared ones of their types. All that is missing is told at once."""
    found = {key.removeprefix(f"{project.name}:"): _hide(text, key in project.secret_keys) for key, text in project.config.items()}
    missing: list[str] = []
    for name, written in (program["configuration"] | program["config"]).items():
        declared = read_fields(written if isinstance(written, dict) else {"default": written}, "", _DECLARED)
        key = str(declared.get("name") or name)
        key = key if ":" in key else f"{project.name}:{key}"
        default = declared.get("value", declared.get("default"))
        text = project.config.get(key)
        if text is None and default is None:
            missing.append(f"Missing required configuration variable '{key}'")
        else:
            value = default if text is None else _convert(text, declared.get("type"), default)
            found[name] = _hide(value, key in project.secret_keys or declared.get("secret") is True)
    if missing:
        raise WrongProgramError("\n".join(missing))
    return found | {f"{project.name}:{name}": value for name, value in found.items() if ":" not in name}


def _hide(value: Any, is_secret: bool) -> Any:  # noqa: FBT001
    return pulumi.Output.secret(value) if is_secret else value


def _convert(text: str, kind: Any, default: Any) -> Any:
    """A value of its declared type, else of the type of its default."""
    if str(kind).lower() == "string" or (kind is None and isinstance(default, str | None)):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


class Place(NamedTuple):
    """Where a program lies, the packages that it knows, and the components that are being made."""

    folder: Path
    packages: Packages
    within: tuple[str, ...] = ()


class Scope:
    """Names and what they stand for; a component has one of its own. What is being evaluated is kept, so that a circle is found."""

    def __init__(self, body: Mapping[str, dict[str, Any]], given: Mapping[str, Any], place: Place, parent: pulumi.Resource | None) -> None:
        """Nothing is evaluated yet. `given`: configuration, or a component's inputs."""
        self._variables = body["variables"]
        self._resources = {name: read_resource(declaration, name) for name, declaration in body["resources"].items()}
        self._asked = _list_asked([self._variables, self._resources, body["outputs"]])
        self._place = place
        self._known: dict[str, Any] = dict(given)
        self._parent = parent
        self._under_way: list[str] = []
        self._defaults: Mapping[str, Any] = {}

    def declare(self) -> None:
        """Register every resource, default providers first: they serve whatever has no provider of its own."""
        self._defaults = {
            declaration["type"].rpartition(":")[2]: self.find(name)
            for name, declaration in self._resources.items()
            if declaration.get("defaultProvider") is True
        }
        for name in (*self._variables, *self._resources):
            self.find(name)

    def find(self, name: str) -> Any:
        """What a name stands for. Raises `WrongProgramError`."""
        if name == "pulumi":
            return _describe_operation(self._place.folder)
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
        if name not in self._resources:
            message = f"`{name}` is neither a resource, nor a variable, nor configuration"
            raise WrongProgramError(message)
        declaration = self._resources[name]
        return self._register(str(declaration.get("name") or name), name, declaration)

    def _register(self, logical: str, name: str, declaration: Mapping[str, Any]) -> pulumi.Resource:
        written = declaration["type"]
        given = read_fields(self.evaluate(declaration.get("options")), f"the `options` of `{name}`", OPTIONS)
        options = read_options(given, self._parent, self._defaults.get(written.partition(":")[0]))
        existing = read_fields(declaration.get("get"), f"the `get` of `{name}`", ("id", "state"))
        properties = self._read_properties(existing.get("state") if existing else declaration.get("properties"), name)
        component = self._place.packages.find_component(written)
        if component is not None:
            return self._build(*component, logical, properties, options)
        if written == STACK_REFERENCE:
            return pulumi.StackReference(logical, _demand_text(properties.get("name", name), f"the `name` of `{name}`"), options)
        asked = dict.fromkeys(self._asked.get(name, ())) | properties
        if is_component(written) or written.partition(":")[0] in self._place.packages.remote:
            return pulumi.ComponentResource(expand(written, component=True), logical, asked, options, remote=True)
        if existing.get("id") is not None:
            options = pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(id=self.evaluate(existing["id"])))
        if written.startswith("pulumi:providers:"):
            return pulumi.ProviderResource(written.rpartition(":")[2], logical, asked, options)
        return pulumi.CustomResource(expand(written), logical, asked, options)

    def _read_properties(self, written: Any, name: str) -> dict[str, Any]:
        found = self.evaluate(written)
        if isinstance(found, pulumi.Output):
            message = f"the `properties` of `{name}` are known only later as a whole, which is not evaluated here"
            raise WrongProgramError(message)
        return read_fields(found, f"the `properties` of `{name}`")

    def _build(self, kind: str, body: Any, name: str, inputs: Mapping[str, Any], options: pulumi.ResourceOptions) -> pulumi.Resource:
        """A component of the user's own: its resources in a scope of its own, its outputs as its properties."""
        if kind in self._place.within:
            message = f"the component `{kind.rpartition(':')[2]}` contains itself"
            raise WrongProgramError(message)
        component = read_sections(body, f"the component `{kind.rpartition(':')[2]}`")
        inputs = {**_list_defaults(component["inputs"]), **inputs}
        made = pulumi.ComponentResource(kind, name, None, options)
        place = self._place._replace(within=(*self._place.within, kind))
        scope = Scope(_rename(component, name), inputs, place, made)
        scope.declare()
        outputs = {key: scope.evaluate(value) for key, value in component["outputs"].items()}
        for key, value in outputs.items():
            made.__dict__[key] = pulumi.Output.from_input(value)
        made.__dict__[_OUTPUTS] = frozenset((*outputs, "urn"))
        made.register_outputs(outputs)
        return made

    def evaluate(self, value: Any) -> Any:
        """The value with its references and functions replaced by what they stand for. Raises `WrongProgramError`."""
        if isinstance(value, str):
            return self._evaluate_text(value)
        if isinstance(value, list):
            return [self.evaluate(item) for item in value]
        if isinstance(value, int) and not isinstance(value, bool):
            return float(repr(value))
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (key, argument), *_ = value.items()
            if isinstance(key, str) and key[:4].lower() == "fn::":
                return self._call(key[4:], argument)
        return {_write_key(self.evaluate(key) if isinstance(key, str) else key): self.evaluate(item) for key, item in value.items()}

    def _evaluate_text(self, text: str) -> Any:
        parts = parse_text(text)
        if len(parts) == 1 and isinstance(parts[0], Access):
            return self._read(parts[0])
        values = [self._read(part) if isinstance(part, Access) else part for part in parts]
        whole = next((part for part, value in zip(parts, values, strict=True) if isinstance(value, pulumi.Resource)), None)
        if isinstance(whole, Access):
            message = f"`${{{whole.root}}}` is a resource, and inside a string one of its properties is needed"
            raise WrongProgramError(message)
        return _lift(values, lambda known: "".join(map(write_value, known)))

    def _read(self, access: Access) -> Any:
        found, steps = self.find(access.root), access.steps
        where = ".".join(map(str, (access.root, *steps)))
        names = found if access.root == "pulumi" else vars(found).get(_OUTPUTS) if isinstance(found, pulumi.Resource) else None
        if steps and names is not None and steps[0] not in names:
            message = f"`{where}`: there is no `{steps[0]}`"
            raise WrongProgramError(message)
        if steps and isinstance(found, pulumi.Resource):
            found, steps = getattr(found, str(steps[0]), None), steps[1:]
        return _lift(found, lambda known: follow(known, steps, where)) if steps else found

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
        return _lift(self.evaluate(argument), lambda known: call(name, known, self._place.folder))

    def _invoke(self, argument: Any) -> Any:
        given = read_fields(argument, "the argument of `fn::invoke`", _CALL)
        function = _demand_text(given.get("function"), "the `function` of `fn::invoke`")
        options = read_fields(self.evaluate(given.get("options")), "the `options` of `fn::invoke`", OPTIONS)
        how, awaited = read_call_options(options, self._defaults.get(function.partition(":")[0]))
        arguments = read_fields(self.evaluate(given.get("arguments")), f"the `arguments` of `{function}`")
        found = invoke_output(expand(function), arguments, how)
        result = pulumi.Output.all(found, *(each.urn for each in awaited)).apply(lambda known: known[0]) if awaited else found
        wanted = given.get("return")
        return result.apply(lambda known: _take(known, str(wanted), function)) if wanted else result

    def _refer(self, argument: Any) -> Any:
        evaluated = self.evaluate(argument)
        if not isinstance(evaluated, list) or len(evaluated) != 2:  # noqa: PLR2004  the stack and the output
            message = "the argument of `fn::stackReference` must be a list of a stack and an output"
            raise WrongProgramError(message)
        stack = _demand_text(evaluated[0], "the stack of `fn::stackReference`")
        key = f"stack reference {stack}"
        if key not in self._known:
            self._known[key] = pulumi.StackReference(stack)
        return self._known[key].get_output(evaluated[1])


def _demand_text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        message = f"{what} must be a string"
        raise WrongProgramError(message)
    return value


def _take(result: Mapping[str, Any], name: str, function: str) -> Any:
    if name not in result:
        message = f"the result of `{function}` has no `{name}`"
        raise WrongProgramError(message)
    return result[name]


def _list_asked(parts: list[Any]) -> dict[str, tuple[str, ...]]:
    """By resource: the properties that something asks for, which is how the SDK learns of them."""
    asked: dict[str, dict[str, None]] = {}
    for access in list_accesses(parts):
        if access.steps:
            asked.setdefault(access.root, {})[str(access.steps[0])] = None
    return {name: tuple(properties) for name, properties in asked.items()}


def _list_defaults(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {key: declared["default"] for key, declared in inputs.items() if isinstance(declared, dict) and "default" in declared}


def _rename(component: Mapping[str, dict[str, Any]], name: str) -> dict[str, dict[str, Any]]:
    """A component's resources go by its own name and theirs."""
    resources = {key: read_resource(each, key) for key, each in component["resources"].items()}
    renamed = {key: {**each, "name": f"{name}-{each.get('name') or key}"} for key, each in resources.items()}
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
    return key if isinstance(key, str) else str(key).lower() if isinstance(key, bool) else str(key)
