"""
Texts with `${...}` in them.

    text     = { literal | "$${" | "${" access "}" }
    access   = name { "." name | "[" number "]" | "[" quoted "]" }
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

_PART = re.compile(r"\$\$\{|\$\{([^{}]*)\}", re.DOTALL)
_ROOT = re.compile(r"\s*([\w:-]+)")
_STEP = re.compile(r"""\.([\w-]+)|\[(\d+)\]|\[["']([^"'\]]*)["']\]|\s+""")


class WrongProgramError(Exception):
    """What is wrong with the program, in one line."""


class Access(NamedTuple):
    """A thing by its name, and the way from there to the value."""

    root: str
    steps: tuple[str | int, ...]


def parse_text(text: str) -> tuple[str | Access, ...]:
    """The parts of a text: literals, and what stands for a value. Raises `WrongProgramError`."""
    parts: list[str | Access] = []
    end = 0
    for match in _PART.finditer(text):
        parts.append(text[end : match.start()])
        parts.append("${" if match[1] is None else _parse_access(match[1]))
        end = match.end()
    parts.append(text[end:])
    return tuple(part for part in parts if part != "")


def _parse_access(text: str) -> Access:
    root = _ROOT.match(text)
    place, steps = root.end() if root is not None else 0, list[str | int]()
    while root is not None and place < len(text):
        step = _STEP.match(text, place)
        if step is None:
            break
        steps += [step[1]] if step[1] is not None else [int(step[2])] if step[2] is not None else [step[3]] if step[3] is not None else []
        place = step.end()
    if root is None or place < len(text):
        message = f"`${{{text}}}` is not a reference: expected a name, then properties"
        raise WrongProgramError(message)
    return Access(root[1], tuple(steps))


def list_accesses(value: Any) -> Iterator[Access]:
    """Every reference in a value, in keys too."""
    if isinstance(value, str):
        yield from (part for part in parse_text(value) if isinstance(part, Access))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from list_accesses(key)
            yield from list_accesses(item)
    elif isinstance(value, list):
        for item in value:
            yield from list_accesses(item)


def follow(value: Any, steps: tuple[str | int, ...], where: str) -> Any:
    """The value at the end of a way; None where a property is not there. Raises `WrongProgramError`."""
    for step in steps:
        if value is None:
            return None
        if isinstance(step, int) and isinstance(value, list):
            if step >= len(value):
                message = f"`{where}`: the list has {len(value)} elements, none of them is number {step}"
                raise WrongProgramError(message)
            value = value[step]
        elif isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        else:
            message = f"`{where}`: there is no `{step}` in such a value"
            raise WrongProgramError(message)
    return value


def write_scalar(value: Any) -> str:
    """A value inside a text, as Go writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
