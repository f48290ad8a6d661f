"""Other people's texts, made safe to show."""


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
