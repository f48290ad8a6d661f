"""What a reader of a compliant verdict must know besides."""

import re
from functools import lru_cache

from bucketpolicy.acceptance import find_remarks as find_what_s3_may_refuse
from bucketpolicy.document import Document, Names, Statement
from bucketpolicy.parse import parse
from crossguard.messages.quoting import SHORTEST_LIMIT, name_places, name_statement

REGION = "The bucket sets its own `region` and its BucketPolicy does not: set the same on both, or the update ends in a redirect (301)."
TWICE = "The same document is attached more than once: whichever is written last changes nothing, and one of them can go."
SNIPPET = "Accepted by configuration: the benchmark's own snippet, which enforces neither half of the control."
_ALL_OBJECTS = re.compile(r"\*|arn:[^:]*:s3:::(\*|[^/*?]+/\*)")


# Asked once for each policy, about one document after another.
@lru_cache(maxsize=8)
def find_remark(text: str) -> str:
    """That a document shuts everybody out, where it does; else "". It is compliant, and of no use to anyone."""
    if text.count('"Effect"') == text.count('"Condition"'):
        return ""
    document = parse(text)
    found = next((one for one in document.statements if _shuts_out(one)), None) if isinstance(document, Document) else None
    if found is None:
        return ""
    it = name_statement(found.number, found.sid, SHORTEST_LIMIT)
    return f"{it} denies every action to everyone, without a condition: nothing gets through, encrypted or not."


def find_remarks(text: str) -> str:
    """All that a reader must know of a document that is compliant; else ""."""
    return " ".join(filter(None, (find_remark(text), find_doubt(text))))


@lru_cache(maxsize=8)
def find_doubt(text: str) -> str:
    """What S3 may refuse about a document, which changes no verdict; else ""."""
    document = parse(text)
    if not isinstance(document, Document) or not (found := find_what_s3_may_refuse(document)):
        return ""
    first, *others = found
    more = f" And {len(others)} more of that kind." if others else ""
    return f"S3 may refuse {name_places(first.path, document)}: {first.reason}.{more}"


def _shuts_out(statement: Statement) -> bool:
    principals = statement.principals
    everyone = not principals.negated and (principals.everyone or ("AWS", "*") in principals.entries)
    return (
        statement.effect == "Deny"
        and everyone
        and not statement.conditions
        and _has(statement.actions, re.compile(r"(s3:)?\*", re.IGNORECASE))
        and _has(statement.resources, _ALL_OBJECTS)
    )


def _has(names: Names, wanted: re.Pattern[str]) -> bool:
    return not names.negated and any(wanted.fullmatch(pattern) for pattern in names.patterns)
