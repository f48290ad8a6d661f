"""
Texts with `${...}` in them.

    text     = { literal | "$$" | "${" access "}" }
    access   = name { "." name | "[" number "]" | "[" quoted "]" }
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

_PART = re.compile(r'\$\$|\$\{((?:\["(?:\\"|[^"])*"\]|[^}])*)(\}?)', re.DOTALL)
_ROOT = re.compile(r"\s*([^\s.\[\]{}]+)")
_STEP = re.compile(r"""\.([^\s.\[\]{}]+)|\[(\d+)\]|\["((?:\\"|[^"])*)"\]|\['([^'\]]*)'\]|\s+""")
_WORDS = {None: "<nil>", True: "true", False: "false"}
#: Go writes a number with an exponent from this power of ten on.
_LARGE = 6
_SMALL = -4


class WrongProgramError(Exception):
    """What is wrong with the program, in one line."""


class Access(NamedTuple):
    """A thing by its name, and the way from there to the value."""

    root: str
    steps: tuple[str | int, ...]


def parse_text(text: str) -> tuple[str | Access, ...]:
    """The parts of a text: literals, and what stands for a value. Raises `WrongProgramError`."""
    parts: list[str | Access] = []
    literal, end = "", 0
    for match in _PART.finditer(text):
        literal += text[end : match.start()]
        end = match.end()
        if match[1] is None:
            literal += "$"
            continue
        if not match[2]:
            message = f"`{match[0]}` has no closing brace (`$$` is written for a dollar sign)"
            raise WrongProgramError(message)
        parts += [literal, _parse_access(match[1])]
        literal = ""
    parts.append(literal + text[end:])
    return tuple(part for part in parts if part != "")


def _parse_access(text: str) -> Access:
    root = _ROOT.match(text)
    place, steps = root.end() if root is not None else 0, list[str | int]()
    while root is not None and place < len(text):
        step = _STEP.match(text, place)
        if step is None:
            break
        steps += _read_step(step)
        place = step.end()
    if root is None or place < len(text):
        message = f"`${{{text}}}` is not a reference: expected a name, then properties"
        raise WrongProgramError(message)
    return Access(root[1], tuple(steps))


def _read_step(step: re.Match[str]) -> Iterator[str | int]:
    name, number, quoted, single = step.groups()
    if number is not None:
        yield int(number)
    elif quoted is not None:
        yield quoted.replace('\\"', '"')
    elif (plain := name if name is not None else single) is not None:
        yield plain


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


def write_value(value: Any) -> str:
    """A value inside a text, as Go writes it."""
    match value:
        case str():
            return value
        case None | bool():
            return _WORDS[value]
        case float():
            return _write_number(value)
        case list():
            return f"[{' '.join(map(write_value, value))}]"
        case dict():
            return f"map[{' '.join(f'{key}:{write_value(value[key])}' for key in sorted(value))}]"
        case _:
            return str(value)


def _write_number(value: float) -> str:
    exact = Decimal(repr(value)).normalize()
    digits = exact.as_tuple().digits
    return f"{exact:f}" if _SMALL <= exact.adjusted() < _LARGE else f"{value:.{len(digits) - 1}e}"
