"""Statements in the language of the program that has to hold them, as people write them there."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Literal

#: The runtimes of Pulumi, by the names that its project files give them, and what people call their languages.
Runtime = Literal["python", "nodejs", "go", "yaml", "java", "dotnet"]
LANGUAGES: Mapping[Runtime, str] = {
    "python": "Python",
    "nodejs": "TypeScript",
    "go": "Go",
    "yaml": "YAML",
    "java": "Java",
    "dotnet": "C#",
}

_Value = str | list["_Value"] | Mapping[str, "_Value"]
_NAME = re.compile(r"[A-Za-z_]\w*")
_PLAIN = re.compile(r"(?!(?i:true|false|yes|no|on|off|null|y|n)$)[A-Za-z][A-Za-z0-9]*")


def write_statements_in(runtime: Runtime, statements: tuple[str, ...]) -> str:
    """Statements in compact JSON, as members of the list of a document in a program of this runtime."""
    read: list[Mapping[str, _Value]] = [json.loads(statement) for statement in statements]
    if runtime == "yaml":
        return "\n".join(_write_yaml(statement) for statement in read)
    write = _WRITERS[runtime]
    # Java takes no comma behind the last argument.
    return ",\n".join(map(write, read)) + ("" if runtime == "java" else ",")


def _in_lines(opening: str, members: list[str], closing: str, *, last: str = ",", step: str = "    ") -> str:
    lines = [f"{step}{member}," for member in members[:-1]]
    return "\n".join([opening, *lines, *(f"{step}{member}{last}" for member in members[-1:]), closing])


def _write_python(value: _Value) -> str:
    if isinstance(value, Mapping) and "Sid" in value:
        return _in_lines("{", [f"{json.dumps(name)}: {_write_python(each)}" for name, each in value.items()], "}")
    return json.dumps(value)


def _write_typescript(value: _Value) -> str:
    if not isinstance(value, Mapping):
        return json.dumps(value)
    members = [f"{name if _NAME.fullmatch(name) else json.dumps(name)}: {_write_typescript(each)}" for name, each in value.items()]
    return _in_lines("{", members, "}") if "Sid" in value else f"{{ {', '.join(members)} }}"


def _write_go(value: _Value) -> str:
    """As `gofmt` leaves it: tabs, and values in a column."""
    if isinstance(value, Mapping):
        whole = "Sid" in value
        width = max(len(json.dumps(name)) for name in value) + 1 if whole else 0
        members = [f"{f'{json.dumps(name)}:':<{width}} {_write_go(each)}" for name, each in value.items()]
        return _in_lines("map[string]any{", members, "}", step="\t") if whole else f"map[string]any{{{', '.join(members)}}}"
    return f"[]string{{{', '.join(map(json.dumps, value))}}}" if isinstance(value, list) else json.dumps(value)


def _write_java(value: _Value) -> str:
    if isinstance(value, Mapping):
        members = [f"jsonProperty({json.dumps(name)}, {_write_java(each)})" for name, each in value.items()]
        return _in_lines("jsonObject(", members, ")", last="") if "Sid" in value else f"jsonObject({', '.join(members)})"
    return f"jsonArray({', '.join(map(json.dumps, value))})" if isinstance(value, list) else json.dumps(value)


def _write_csharp(value: _Value) -> str:
    if isinstance(value, Mapping):
        members = [f"[{json.dumps(name)}] = {_write_csharp(each)}" for name, each in value.items()]
        if "Sid" in value:
            return f"new Dictionary<string, object?>\n{_in_lines('{', members, '}')}"
        return f"new Dictionary<string, object?> {{ {', '.join(members)} }}"
    return f"new[] {{ {', '.join(map(json.dumps, value))} }}" if isinstance(value, list) else json.dumps(value)


def _write_yaml(statement: Mapping[str, _Value]) -> str:
    lines = [line for name, value in statement.items() for line in _list_yaml(name, value, "")]
    return "\n".join(f"{'  ' if place else '- '}{line}" for place, line in enumerate(lines))


def _list_yaml(name: str, value: _Value, indent: str) -> list[str]:
    """The lines of a member; words stay plain, everything that YAML could read as something else is quoted."""
    key = f"{indent}{_scalar(name)}:"
    if isinstance(value, Mapping):
        return [key, *(line for inner, each in value.items() for line in _list_yaml(inner, each, f"{indent}  "))]
    if isinstance(value, list):
        return [key, *(f"{indent}  - {_scalar(str(each))}" for each in value)]
    return [f"{key} {_scalar(value)}"]


def _scalar(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else json.dumps(text)


_WRITERS: dict[Runtime, Callable[[_Value], str]] = {
    "python": _write_python,
    "nodejs": _write_typescript,
    "go": _write_go,
    "java": _write_java,
    "dotnet": _write_csharp,
}
