"""Other people's texts, made safe to show: nothing in them is acted on by a terminal, a browser, a parser or a CI system."""

import re

#: What CI systems take for commands in what a job prints: `##vso[...]`, `##[...]` and `##teamcity[...]` anywhere, `::name::` at the
#: start of a line after blanks.
_COMMAND = re.compile(r"##(?=[A-Za-z]*\[)|^[^\S\n]*::", re.MULTILINE)
_ANYWHERE = re.compile(r"##(?=[A-Za-z]*\[)")


def make_visible(text: str) -> str:
    r"""
    The text with every character written out that a terminal, a browser or an XML parser would act on; line breaks stay.

    That is: control and format characters, changes of the direction of writing, lone surrogates (`\\u001b`, `\\ud800`).
    """
    if text.isprintable():
        return text
    return "\n".join("".join(map(_show, line)) for line in text.split("\n"))


def make_line(text: str) -> str:
    r"""The same on one line: a line break is written `\\u000a`."""
    return "".join(map(_show, text))


def _show(char: str) -> str:
    if char.isprintable():
        return char
    code = ord(char)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004  the last code point of four digits


def disarm(text: str, *, markup: bool = False, own_commands: bool = False) -> str:
    r"""
    A whole report or message in which nothing is a command of a CI system.

    The first character of a command is written out: `\\u0023`, which in JSON means the same, or in `markup` its entity. With `own_commands`
    the lines that begin with `::` are the report's own.
    """
    return (_ANYWHERE if own_commands else _COMMAND).sub(lambda found: _write_out(found[0], markup=markup), text)


def _write_out(command: str, *, markup: bool) -> str:
    sign = command.lstrip()[0]
    written = f"&#{ord(sign)};" if markup else f"\\u{ord(sign):04x}"
    return command.replace(sign, written, 1)
