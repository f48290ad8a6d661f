"""What may be shown of other people's texts, and how: short, on one line, without control characters and without secrets."""

import re
from collections.abc import Iterable
from typing import Literal

from bucketpolicy.document import Document
from bucketpolicy.tables.keys import find_key

#: No quoted text of fewer characters is cut.
SHORTEST_LIMIT = 40
Form = Literal["principal", "action", "resource", "String", "Arn", "Numeric", "Date", "Bool", "Null", "Binary", "Ip"]
#: How the texts of a document's elements, and of the operator families, look where they are what they should be.
_FORMS: dict[Form, re.Pattern[str]] = {
    "principal": re.compile(r"\*|[0-9]{12}|arn:[\s\S]+|A[A-Z0-9]{15,}|[0-9a-f]{64}|[\w-]+(\.[\w-]+)+"),
    "action": re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+"),
    "resource": re.compile(r"\*|arn:[\s\S]+"),
    "String": re.compile(r"[\s\S]*"),
    "Arn": re.compile(r"\*|arn:[\s\S]+"),
    "Numeric": re.compile(r"-?[0-9.]+"),
    "Date": re.compile(r"[0-9TZ:.+-]+"),
    "Bool": re.compile(r"(?i:true|false)"),
    "Null": re.compile(r"(?i:true|false)"),
    "Binary": re.compile(r"[A-Za-z0-9+/]+=*"),
    "Ip": re.compile(r"[0-9A-Fa-f.:/]+"),
}
#: A `${` that begins no policy variable: `${NAME}` of a template that was never filled in, mostly. It may be anything, too.
_PLACEHOLDER = re.compile(r"\$\{(?!(?:[*?$]|[^\s,'\"${}*?:]+:[^\s,'\"${}*?]+(?:\s*,\s*'[^']*')?)\})")
_DEFAULT = re.compile(r"(\$\{[^},]*),[^}]*\}")
#: The documented keys are not shortened, their users' own endings are.
_LONGEST_KEY = 64
_LONGEST_BUCKET = 63
_ARN_PREFIX = len("arn:aws:s3:::")
#: People put shared secrets into these two; a key that is in no table may be anything.
_SECRET_KEYS = frozenset({"aws:referer", "aws:useragent"})


def clean(text: str) -> str:
    """
    The text with everything that a terminal or the Pulumi CLI would act on written out, for showing it in backticks.

    That is: control and format characters (escapes, line breaks, changes of the direction of writing) and the CLI's own marks `<{%...%}>`.
    """
    return clean_sentence(text).replace("`", "'")


def clean_sentence(text: str) -> str:
    """As `clean`, for a sentence of ours that has other people's texts in it: its backticks are our own."""
    shown = text if text.isprintable() else "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)
    return shown.replace("<{%", "<{ %")


def quote(text: str, limit: int) -> str:
    """The text in backticks, shortened in the middle to `limit` characters, and without the default values of its variables."""
    shown = _DEFAULT.sub(r"\1, ...}", text[: 4 * limit] + text[-limit:] if len(text) > 5 * limit else text)
    shown = clean(shown)
    if len(shown) > limit:
        tail = limit // 3
        shown = f"{shown[: limit - tail]}…{shown[-tail:]}"
    return f"`{shown}`"


def name_statement(number: int, sid: str | None, limit: int) -> str:
    """`Statement 2 (DenyHttp)`, the Sid in backticks and only where there is one: the one way in which a statement is named."""
    return f"Statement {number} ({quote(sid, limit)})" if sid else f"Statement {number}"


def name_places(text: str, document: Document | None) -> str:
    """The text with each JSON path into the document as the statement that it leads to, and the element of it."""

    def name(found: re.Match[str]) -> str:
        number = int(found[1] or 0) + 1
        statements = document.statements if document is not None else ()
        it = name_statement(number, next((one.sid for one in statements if one.number == number), None), SHORTEST_LIMIT)
        return f"{it}, `{found[2][1:]}`" if found[2] else it

    return _PATH.sub(name, text)


def shorten_path(path: str, reason: str) -> str:
    """The path without its last element where the reason begins with that element's name: it would be said twice."""
    outer, _, element = path.rpartition(".")
    return outer if reason.startswith(f"`{element}`") else path


_PATH = re.compile(r"\$\.Statement(?:\[([0-9]+)\])?((?:\.\w[\w:]*(?:\[[0-9]+\])?)*)")


def quote_arn(arn: str, limit: int) -> str:
    """The ARN of a bucket or an object in backticks; a long key is shortened before the name of the bucket is."""
    bucket, slash, key = arn.partition("/")
    named = quote(bucket, _LONGEST_BUCKET + _ARN_PREFIX)
    return f"{named[:-1]}/{quote(key, limit)[1:]}" if slash else named


def enumerate_formed(texts: Iterable[str], form: Form, limit: int, word: str = "or") -> str:
    """As `enumerate_texts`; a text that has not the form is pointed at and not shown, since it may be anything."""
    shown = [_quote_formed(text, form, limit) for text in texts]
    return join(list(dict.fromkeys(shown)), word, _count_shown(limit))


def _quote_formed(text: str, form: Form, limit: int) -> str:
    if has_placeholder(text):
        return "a string with an unfilled placeholder (`${...}`)"
    return quote(text, limit) if _FORMS[form].fullmatch(text) else "something malformed"


def has_placeholder(text: str) -> bool:
    """Whether the text has a `${` that begins no policy variable."""
    return _PLACEHOLDER.search(text) is not None


def enumerate_texts(texts: Iterable[str], limit: int, word: str = "or", most: int | None = None) -> str:
    """The texts in backticks: all of them up to `most`, else the first ones and how many more there are."""
    return join([quote(text, limit) for text in texts], word, _count_shown(limit) if most is None else most)


def _count_shown(limit: int) -> int:
    return 3 if limit > SHORTEST_LIMIT else 2


def join(shown: list[str], word: str, most: int, others: int = 0) -> str:
    """`a`, `b` or `c`; beyond `most`: `a`, `b` or 7 more. `others` are counted and not listed."""
    if len(shown) + others > most:
        kept = shown[: most - 1]
        shown, others = kept, others + len(shown) - len(kept)
    if others:
        shown = [*shown, f"{others} more"]
    if len(shown) == 1:
        return shown[0]
    return f"{', '.join(shown[:-1])} {word} {shown[-1]}"


def name_key(key: str, limit: int) -> str:
    """A condition key (in lower case) in its documented spelling; one that is in no table is pointed at and not named."""
    found = find_key(key)
    return "a key that AWS does not document" if found is None else quote(found.name, max(limit, _LONGEST_KEY))


def has_secret_values(key: str) -> bool:
    """Whether the values of this condition key (in lower case) must never be shown."""
    return key in _SECRET_KEYS or find_key(key) is None
