"""
The globs of the policy language: reading them, matching them, and finding a text that some match and others do not.

A glob is a `str` where it is one very text, else a tuple of steps: a `str` step is one character out of these, an `int` step a wildcard.
"""

from typing import NamedTuple

from bucketpolicy.tables.keys import find_key

ANY, MANY, ANY_IN, MANY_IN = range(4)
"""One character, any number of them; the same within a segment of an ARN (no colon)."""

Step = str | int
Glob = str | tuple[Step, ...]

EVERYTHING: Glob = (MANY,)
SOMETHING: Glob = (ANY, MANY)
DIGIT = "0123456789"
ARN_SEGMENTS = 6
MALFORMED = "a `${...}` is not a policy variable (an unfilled placeholder?)"
"""The doubt about a text that S3 may refuse."""

_LETTERS = {char: char + char.upper() for char in "abcdefghijklmnopqrstuvwxyz"}
_LETTERS.update({char.upper(): both for char, both in _LETTERS.items()})
# Letters beyond ASCII whose upper or lower case is an ASCII letter: Kelvin sign, long s, Turkish i with and without dot.
_ALIKE = {"k": "\u212a", "s": "\u017f", "i": "\u0131\u0130"}
_LETTERS_AND_ALIKE = {char: both + _ALIKE.get(both.lower()[0], "") for char, both in _LETTERS.items()}
_LAST_OF_16_BITS = "\uffff"
WIDE_LETTERS = "whether `?` matches a letter beyond 16 bits is open"
_BEYOND_ASCII = "letters beyond ASCII may or may not differ in case only"


class Match(NamedTuple):
    """
    What a text of the document surely matches, and what it may match; the two differ where AWS leaves it open.

    `keys` (lower case): policy variables without a default: where one is absent from the request, the text matches nothing.
    `doubt`: why the two differ, as half a sentence.
    """

    sure: tuple[Glob, ...]
    maybe: tuple[Glob, ...]
    keys: tuple[str, ...] = ()
    doubt: str = ""


def join(steps: list[Step]) -> Glob:
    """The glob of these steps in normal form: no two `*` in a row, `?` before `*`, a plain text as `str`."""
    result: list[Step] = []
    plain = True
    for step in steps:
        if isinstance(step, int):
            plain = False
            last = result[-1] if result else None
            if step == last and step in (MANY, MANY_IN):
                continue
            if (last, step) in ((MANY, ANY), (MANY_IN, ANY_IN)):
                result.insert(len(result) - 1, step)
                continue
        elif len(step) > 1:
            plain = False
        result.append(step)
    return "".join(map(str, result)) if plain else tuple(result)


def is_beyond_16_bits(text: str) -> bool:
    """Whether the text has a letter that UTF-16 writes as two."""
    return not text.isascii() and max(text) > _LAST_OF_16_BITS


def read_text(text: str, *, wildcards: bool, variables: bool) -> Match:
    """The texts that this one stands for: with `wildcards` as `StringLike` and `Resource` read it, else as `StringEquals` does (S-40)."""
    if wildcards and "?" in text and is_beyond_16_bits(text):
        return Match((), (EVERYTHING,), doubt=WIDE_LETTERS)
    if "${" in text:
        return _read_dollar(text, wildcards=wildcards, variables=variables)
    glob = _read_plain(text, wildcards=wildcards)
    return Match((glob,), (glob,))


def _read_plain(text: str, *, wildcards: bool) -> Glob:
    if not wildcards or ("*" not in text and "?" not in text):
        return text
    return join([_WILDCARDS.get(char, char) for char in text])


_WILDCARDS: dict[str, Step] = {"*": MANY, "?": ANY}
_ESCAPES = ("*", "?", "$")


def _read_dollar(text: str, *, wildcards: bool, variables: bool) -> Match:
    """Read a text with `${`: variables (S-47) and escapes (S-48) where they count, else itself (S-05)."""
    if not variables:
        glob = _read_plain(text, wildcards=wildcards)
        if not any("${" + char + "}" in text for char in _ESCAPES):
            return Match((glob,), (glob,))
        return Match((), (glob, _substitute(text, wildcards=wildcards)[0]), doubt="an escape like `${*}` needs Version 2012-10-17")
    glob, keys, found, malformed = _substitute(text, wildcards=wildcards)
    if malformed:
        return Match((), (EVERYTHING,), doubt=MALFORMED)
    if not found:
        return Match((glob,), (glob,))
    return Match((), (glob,), keys, "the value of a policy variable is not known")


def _substitute(text: str, *, wildcards: bool) -> tuple[Glob, tuple[str, ...], bool, bool]:
    """The glob with `*` for every variable, the variables without a default, whether there is any, and whether one is malformed."""
    steps: list[Step] = []
    keys: list[str] = []
    found = malformed = False
    head, *parts = text.split("${")
    steps += _plain_steps(head, wildcards=wildcards)
    for part in parts:
        name, brace, rest = part.partition("}")
        key, comma, default = name.partition(",")
        if brace and name in _ESCAPES:
            steps.append(name)
        elif not brace or not _is_key(key) or (comma and not _is_default(default)):
            malformed = True
        else:
            found = True
            steps.append(MANY)
            if not comma:
                keys.append(key.lower())
        steps += _plain_steps(rest, wildcards=wildcards)
    return join(steps), tuple(keys), found, malformed


def _plain_steps(text: str, *, wildcards: bool) -> list[Step]:
    return [_WILDCARDS.get(char, char) for char in text] if wildcards else list(text)


def _is_key(name: str) -> bool:
    """Whether a variable can stand for this key: `service:name` without signs of the variable's own grammar, and one value."""
    service, _, rest = name.partition(":")
    if not service or not rest or any(char in "'\"${}*?" or char.isspace() for char in name):
        return False
    found = find_key(name.lower())
    return found is None or not found.multi


def _is_default(text: str) -> bool:
    bare = text.strip()
    return len(bare) >= 2 and bare[0] == bare[-1] == "'" and "'" not in bare[1:-1]  # noqa: PLR2004 - the two quotes


def fold_case(match: Match) -> Match:
    """The same without regard to case; only ASCII letters are sure to fold (S-40)."""
    if not all(_is_ascii(glob) for glob in match.maybe):
        return Match((), tuple(map(_fold_loosely, match.maybe)), match.keys, _BEYOND_ASCII)
    sure, maybe = tuple(map(_fold, match.sure)), tuple(_fold(glob, _LETTERS_AND_ALIKE) for glob in match.maybe)
    return Match(sure, maybe, match.keys, match.doubt or (_BEYOND_ASCII if sure != maybe else ""))


def _is_ascii(glob: Glob) -> bool:
    return all(isinstance(step, int) or step.isascii() for step in glob)


def _fold(glob: Glob, letters: dict[str, str] = _LETTERS) -> Glob:
    return join([step if isinstance(step, int) else letters.get(step, step) for step in glob])


def _fold_loosely(glob: Glob) -> Glob:
    return join([step if isinstance(step, int) else _LETTERS.get(step, step) if step.isascii() else MANY for step in glob])


def read_arn(text: str, *, variables: bool) -> Match:
    """The values that this text matches under an ARN operator: six segments, each matched by itself (S-45)."""
    whole = read_text(text, wildcards=True, variables=variables)
    if text.count(":") < ARN_SEGMENTS - 1:
        return Match((), (EVERYTHING,), whole.keys, "an ARN pattern has fewer than six segments")
    sure, maybe = (tuple(_confine(glob) for glob in globs) for globs in (whole.sure, whole.maybe))
    if any(_colons(glob) < ARN_SEGMENTS - 1 for glob in maybe):
        return Match((), (EVERYTHING,), whole.keys, "a policy variable reaches over a segment of an ARN")
    return Match(sure, maybe, whole.keys, whole.doubt)


def _colons(glob: Glob) -> int:
    return sum(step == ":" for step in glob)


def _confine(glob: Glob) -> Glob:
    """Keep wildcards inside their segment, but for the sixth, which reaches to the end."""
    steps: list[Step] = []
    colons = 0
    for step in glob:
        colons += step == ":"
        steps.append(step + ANY_IN if isinstance(step, int) and colons < ARN_SEGMENTS - 1 else step)
    return join(steps)


class _Machine(NamedTuple):
    """The positions of a glob as bits: which of them a character takes one further, and which it leaves where they are."""

    ones: dict[str, int]
    any_one: int
    any_in: int
    many: int
    many_in: int

    def advance(self, state: int, char: str) -> int:
        ones = self.ones.get(char, 0) | self.any_one
        stay = self.many
        if char != ":":
            ones |= self.any_in
            stay |= self.many_in
        state = ((state & ones) << 1) | (state & stay)
        return state | ((state & (self.many | self.many_in)) << 1)

    def start(self) -> int:
        return 1 | (((self.many | self.many_in) & 1) << 1)


def _build(glob: tuple[Step, ...]) -> _Machine:
    ones: dict[str, int] = {}
    masks = [0, 0, 0, 0]
    for position, step in enumerate(glob):
        if isinstance(step, int):
            masks[step] |= 1 << position
        else:
            for char in step:
                ones[char] = ones.get(char, 0) | 1 << position
    any_one, many, any_in, many_in = masks
    return _Machine(ones, any_one, any_in, many, many_in)


def matches(glob: Glob, text: str) -> bool:
    """Whether the glob matches the whole text."""
    if isinstance(glob, str):
        return glob == text
    if glob == EVERYTHING:
        return True
    return bool(_run(glob, text) >> len(glob))


def _run(glob: tuple[Step, ...], text: str) -> int:
    machine = _build(glob)
    state = machine.start()
    for char in text:
        if not state:
            break
        state = machine.advance(state, char)
    return state


def strip_prefix(glob: Glob, prefix: str) -> tuple[Glob, ...]:
    """The globs of what may follow `prefix` in the texts of this one; together they match exactly those."""
    if isinstance(glob, str):
        return (glob[len(prefix) :],) if glob.startswith(prefix) else ()
    head = len(prefix)
    if glob[:head] == tuple(prefix):
        return (join(list(glob[head:])),)
    state = _run(glob, prefix)
    rests = []
    for position in range(len(glob) + 1):
        behind_many = position > 0 and glob[position - 1] in (MANY, MANY_IN) and state >> (position - 1) & 1
        if state >> position & 1 and not behind_many:
            rests.append(join(list(glob[position:])))
    return tuple(rests)
