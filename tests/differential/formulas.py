"""SMT-LIB text by parts: formulas between bounds, and the literals in them."""

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from tests.differential.naive import Truth


class Span(NamedTuple):
    """A formula between the surely true and the maybe true."""

    lower: str
    upper: str


NEVER, ALWAYS, OPEN = Span("false", "false"), Span("true", "true"), Span("false", "true")


def either(formulas: Iterable[str]) -> str:
    """Their disjunction."""
    found = list(dict.fromkeys(formulas))
    return "false" if not found else found[0] if len(found) == 1 else f"(or {' '.join(found)})"


def both(formulas: Iterable[str]) -> str:
    """Their conjunction."""
    found = list(dict.fromkeys(formulas))
    return "true" if not found else found[0] if len(found) == 1 else f"(and {' '.join(found)})"


def negate(span: Span) -> Span:
    """Surely not, and maybe not."""
    return Span(f"(not {span.upper})", f"(not {span.lower})")


def any_span(spans: Iterable[Span]) -> Span:
    """Either of them."""
    found = list(spans)
    return Span(either(span.lower for span in found), either(span.upper for span in found))


def all_spans(spans: Iterable[Span]) -> Span:
    """All of them."""
    found = list(spans)
    return Span(both(span.lower for span in found), both(span.upper for span in found))


def given(truth: Truth) -> Span:
    """A span without variables."""
    return OPEN if truth is None else ALWAYS if truth else NEVER


def quote(source: str) -> str:
    """A string literal."""
    return '"' + "".join(c if c not in '"\\' and 32 <= ord(c) < 127 else f"\\u{{{ord(c):x}}}" for c in source) + '"'


def regex(pattern: str, *, variables: bool, any_char: str = "re.allchar", fold: bool = False) -> str:
    """A glob as a regular expression; `${*}` and its like are plain characters where variables are on."""
    parts = re.findall(r"\$\{[*?$]\}|[\s\S]", pattern) if variables else list(pattern)
    pieces: list[str] = []
    for part in parts:
        if part in {"*", "?"}:
            pieces.append(f"(re.* {any_char})" if part == "*" else any_char)
        else:
            char = part[2] if len(part) == 4 else part
            cases = sorted({char.lower(), char.upper()}) if fold and char.isascii() else [char]
            options = [f"(str.to_re {quote(case)})" for case in cases]
            pieces.append(options[0] if len(options) == 1 else f"(re.union {' '.join(options)})")
    return '(str.to_re "")' if not pieces else pieces[0] if len(pieces) == 1 else f"(re.++ {' '.join(pieces)})"


def name_of(key: str) -> str:
    """An SMT symbol for a key."""
    return f"|{key}|"


def exact(formula: str) -> Span:
    """A formula that is its own bounds."""
    return Span(formula, formula)


def real(value: Fraction) -> str:
    """An exact real."""
    size = f"(/ {abs(value.numerator)}.0 {value.denominator}.0)"
    return size if value >= 0 else f"(- {size})"
