"""
Patterns as `evaluate` reads them: wildcards, policy variables and escapes, against one concrete text.

AWS leaves open what some patterns mean (a malformed `${`, a wildcard inside a variable's value), so a pattern has *meanings*: it matches
where all of them do, does not where none does, and where they differ nothing is claimed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from bucketpolicy.tables.keys import find_key

#: Tokens of a meaning besides single characters: any text, and any one character.
ANY = "any"
ONE = "one"

#: What a pattern can mean: a sequence of tokens, or None for one that matches nothing.
Tokens = tuple[str, ...]
Meanings = tuple[Tokens | None, ...]
#: Condition key in lower case -> its values in the request.
Values = Mapping[str, tuple[str, ...]]

_WILD = {"*": ANY, "?": ONE}
# An ARN has five colons before its resource.
_COLONS = 5
_ESCAPED = ("*", "?", "$")
_UPPER_TO_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_ESCAPE = re.compile(r"(\$\{[*?]\})")
_VARIABLE = re.compile(r"([^\s,'\"${}*?]+)(?:\s*,\s*'([^']*)')?")


def lower_ascii(text: str) -> str:
    """The text with `A` to `Z` in lower case and nothing else changed (`str.lower` turns the Kelvin sign into a `k`)."""
    return text.lower() if text.isascii() else text.translate(_UPPER_TO_LOWER)


# Many requests are put to one document; each pattern is read once.
@lru_cache(maxsize=512)
def read_glob(text: str) -> Tokens:
    """The tokens of a text in which `*` and `?` are wildcards, and nothing else is special."""
    return tuple(_WILD.get(char, char) for char in text)


def match_one(tokens: Tokens, text: str) -> bool:
    """True iff one meaning matches the whole text: its ends where they must stand, what is between two `*` as far left as it will go."""
    first, *others = _cut(tokens)
    if not _stands(first, text, 0):
        return False
    if not others:
        return len(text) == len(first)
    at, end = len(first), len(text) - len(others[-1])
    for piece in others[:-1]:
        found = _find(piece, text, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return at <= end and _stands(others[-1], text, end)


#: What stands between two `*`: a string where it has no `?`, else its tokens.
_Piece = str | Tokens


@lru_cache(maxsize=512)
def _cut(tokens: Tokens) -> tuple[_Piece, ...]:
    """The pieces between the `*`, one at least."""
    pieces: list[list[str]] = [[]]
    for token in tokens:
        if token == ANY:
            pieces.append([])
        else:
            pieces[-1].append(token)
    return tuple(tuple(piece) if ONE in piece else "".join(piece) for piece in pieces)


def _stands(piece: _Piece, text: str, at: int) -> bool:
    if isinstance(piece, str):
        return text.startswith(piece, at)
    return len(piece) <= len(text) - at and all(token in (ONE, char) for token, char in zip(piece, text[at:], strict=False))


def _find(piece: _Piece, text: str, start: int, end: int) -> int:
    """Where the piece stands first between the two places, or -1. With `?` in it, bit n: its first n + 1 tokens have just been met."""
    if isinstance(piece, str):
        return text.find(piece, start, end)
    fits: dict[str, int] = {}
    for place, token in enumerate(piece):
        fits[token] = fits.get(token, 0) | 1 << place
    state, whole, ones = 0, 1 << len(piece) - 1, fits[ONE]
    for place in range(start, end):
        state = (state << 1 | 1) & (ones | fits.get(text[place], 0))
        if state & whole:
            return place + 1 - len(piece)
    return -1


def match_all(meanings: Meanings, text: str) -> bool | None:
    """Whether the pattern matches the whole text; None where its meanings differ, or where it depends on what `?` takes a letter for."""
    if len(meanings) == 1 and text.isascii():
        return meanings[0] is not None and match_one(meanings[0], text)
    results = {tokens is not None and match_one(tokens, text) for tokens in meanings}
    if not text.isascii() and any(tokens is not None and ONE in tokens for tokens in meanings):
        wide = "".join(_split_units(text))
        results |= {tokens is not None and match_one(tuple(_split_units(tokens)), wide) for tokens in meanings}
    return results.pop() if len(results) == 1 else None


def _split_units(tokens: Iterable[str]) -> Iterator[str]:
    """The tokens with each letter beyond 16 bits as the two units that UTF-16 writes it as."""
    for token in tokens:
        high, low = divmod(ord(token) - 0x10000, 0x400) if len(token) == 1 else (-1, 0)
        yield from (token,) if high < 0 else (chr(0xD800 + high), chr(0xDC00 + low))


def read_pattern(text: str, context: Values | None, *, wild: bool) -> Meanings:
    """
    The meanings of a pattern; `wild` says whether `*` and `?` are wildcards (StringLike, ARNs) or themselves (StringEquals) (S-47, S-48).

    `context` holds the values of policy variables; None where variables are not in force (no `"Version": "2012-10-17"`).
    """
    if context is None:
        return _read_without_variables(text) if wild else (tuple(text),)
    if "${" not in text:
        return (read_glob(text) if wild else tuple(text),)
    as_text: list[str] = []
    as_glob: list[str] = []
    for part in _split(text):
        found = _value_of(part, context)
        if found is None:
            return (None,)
        if isinstance(found, _Part):
            return None, widen(text, variables=True)
        as_text += read_glob(found) if wild and part.kind == "text" else found
        as_glob += read_glob(found) if wild and part.kind != "escape" else found
    return tuple({tuple(as_text), tuple(as_glob)})


def _read_without_variables(text: str) -> Meanings:
    """`${` is ordinary text then (S-05); whether `${*}` and `${?}` are escapes after all is not documented (S-48)."""
    if "${" not in text:
        return (read_glob(text),)
    escaped = [token for piece in _ESCAPE.split(text) for token in (piece[2] if _ESCAPE.fullmatch(piece) else read_glob(piece))]
    return tuple({read_glob(text), tuple(escaped)})


def widen(text: str, *, variables: bool) -> Tokens:
    """A meaning that matches all that the pattern could mean: every variable stands for any text, a malformed one for all that follows."""
    if not variables:
        return read_glob(_ESCAPE.sub("*", text))
    tokens: list[str] = []
    for part in _split(text):
        if part.kind == "text":
            tokens += read_glob(part.text)
        else:
            tokens.append(part.text if part.kind == "escape" else ANY)
    return tuple(tokens)


class _Part(NamedTuple):
    """A piece of a pattern; an `open` one is something of which AWS does not say what it is."""

    kind: Literal["text", "escape", "variable", "open"]
    text: str


_OPEN = _Part("open", "")


def _split(text: str) -> Iterator[_Part]:
    """The pieces in order; an open one is the last."""
    rest = text
    while rest:
        before, opening, after = rest.partition("${")
        yield _Part("text", before)
        if not opening:
            return
        inside, closing, rest = after.partition("}")
        if closing and inside in _ESCAPED:
            yield _Part("escape", inside)
        elif closing and _VARIABLE.fullmatch(inside):
            yield _Part("variable", inside)
        else:
            yield _OPEN
            return


def _value_of(part: _Part, context: Values) -> str | _Part | None:
    """The text a piece stands for (S-47): None for a variable without key and default, `_OPEN` where AWS does not say."""
    found = _VARIABLE.fullmatch(part.text) if part.kind == "variable" else None
    if found is None:
        return _OPEN if part.kind == "open" else part.text
    key = lower_ascii(found[1])
    values = context.get(key)
    if values is None:
        default: str | None = found[2]
        return default
    known = find_key(key)
    # Variables of several values are refused, and whether an empty value counts as absent is not documented.
    several = len(values) > 1 or (known is not None and known.multi)
    return _OPEN if several or not values[0] else values[0]


def split_arn(tokens: Tokens) -> list[Tokens]:
    """The six segments of an ARN's pattern, or as many as it has; the last holds all that follows the fifth colon."""
    segments: list[Tokens] = []
    rest = tokens
    while len(segments) < _COLONS and ":" in rest:
        colon = rest.index(":")
        segments.append(rest[:colon])
        rest = rest[colon + 1 :]
    return [*segments, rest]
