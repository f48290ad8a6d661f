"""
What S3 is publicly known to refuse, although the document is well-formed: nothing of such a document is ever in force.

`find_refusals` holds to errors that S3 has been seen to answer; `find_remarks` names what it may refuse, which changes no verdict.
Statements of any effect are asked, since one that is refused takes all others with it.
Not for resource control policies: their rules differ.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from bucketpolicy.document import Document, Names, Principals, Problem, Statement
from bucketpolicy.semantics.tokens import lower_ascii, match_one, read_glob
from bucketpolicy.tables.actions import BUCKET_ACTIONS, OBJECT_ACTIONS, OTHER_ACTIONS
from bucketpolicy.tables.keys import find_key

Error = Literal[
    "Policy has invalid resource",
    "Action does not apply to any resource(s) in statement",
    "Invalid principal in policy",
    "Policies must be valid JSON and the first byte must be '{'",
]
#: S3's errors, in its own words, and the row of docs/semantics.md that says where each is documented.
SOURCES: dict[Error, str] = {
    "Policy has invalid resource": "S-70",
    "Action does not apply to any resource(s) in statement": "S-71",
    "Invalid principal in policy": "S-72",
    "Policies must be valid JSON and the first byte must be '{'": "S-73",
}

_SEGMENTS = 6
_WILD = ("*", "?")
_ON_OBJECTS = frozenset(map(lower_ascii, OBJECT_ACTIONS))
_ON_BUCKETS = frozenset(map(lower_ascii, BUCKET_ACTIONS))
_ACTIONS = _ON_OBJECTS | _ON_BUCKETS | frozenset(map(lower_ascii, OTHER_ACTIONS))
_PRINCIPAL = re.compile(r"\*|[0-9]{12}|arn:[^:]+:(iam|sts)::([0-9]{12}|cloudfront):.+|A[A-Z0-9]{15,}")


class Refusal(NamedTuple):
    """One thing that S3 refuses: its own error, and where; `statement` is 0 for the text as a whole."""

    error: Error
    path: str
    statement: int = 0
    sid: str | None = None

    @property
    def source(self) -> str:
        """The row of docs/semantics.md that names the public sources of this error."""
        return SOURCES[self.error]

    def to_problem(self) -> Problem:
        """The refusal as a reason for which nothing can be decided."""
        return Problem(self.path, f"S3 refuses this with its error `{self.error}` (docs/semantics.md, {self.source})")


def find_first_byte(text: str) -> Refusal | None:
    """The refusal of a text that does not begin with `{`, as S3 gets it: white space in front counts (S-73)."""
    return None if text.startswith("{") else Refusal("Policies must be valid JSON and the first byte must be '{'", "$")


def find_refusals(document: Document, bucket: str | None) -> tuple[Refusal, ...]:
    """All that S3 refuses about the document on this bucket, in its order; for None, whatever the name (S-70, S-71, S-72)."""
    known = bucket if bucket is not None else _guess_bucket(document)
    return tuple(refusal for statement in document.statements for refusal in _ask(statement, known))


def _guess_bucket(document: Document) -> str | None:
    """The first name that the document gives the bucket: where it gives another one as well, one of the two is another bucket's."""
    names = (_read_bucket(pattern) for statement in document.statements for pattern in _listed(statement.resources))
    return next((name for name in names if name is not None), None)


def _listed(names: Names) -> tuple[str, ...]:
    return () if names.negated else names.patterns


def _ask(statement: Statement, bucket: str | None) -> Iterator[Refusal]:
    number, sid = statement.number, statement.sid
    if any("*" in text or "?" in text for text in _arns(statement.principals)):
        yield Refusal("Invalid principal in policy", statement.principals.path, number, sid)
    resources = _listed(statement.resources)
    if any(_is_invalid(pattern, bucket) for pattern in resources):
        yield Refusal("Policy has invalid resource", statement.resources.path, number, sid)
    elif resources and any(_misses(pattern, resources) for pattern in _listed(statement.actions)):
        yield Refusal("Action does not apply to any resource(s) in statement", statement.actions.path, number, sid)


def _arns(principals: Principals) -> Iterator[str]:
    return (text for _, text in principals.entries if text.startswith("arn:"))


def _is_invalid(pattern: str, bucket: str | None) -> bool:
    """Whether this is `*`, has fewer segments than an ARN, or names another bucket with no wildcard in the bucket's part."""
    name = _read_bucket(pattern)
    return pattern.count(":") < _SEGMENTS - 1 or (name is not None and bucket is not None and name != bucket)


def _read_bucket(pattern: str) -> str | None:
    """The bucket that an ARN of S3 names; None where a wildcard or a variable stands in its part, and for any other text."""
    *head, tail = pattern.split(":", _SEGMENTS - 1)
    name = tail.partition("/")[0]
    if len(head) < _SEGMENTS - 1 or any(sign in text for text in (head[1], name) for sign in (*_WILD, "${")):
        return None
    return name if (head[0], *head[2:]) == ("arn", "s3", "", "") else None


def _misses(action: str, resources: tuple[str, ...]) -> bool:
    """
    Whether an action written out in full is known to be asked on buckets or objects, and none of these resources is one.

    A resource that may be either, or that is not a bucket's, settles nothing; nor does an action of S3 that is asked elsewhere, or nowhere.
    """
    name = lower_ascii(action)
    if name not in _ON_OBJECTS | _ON_BUCKETS or any(_read_bucket(pattern) is None for pattern in resources):
        return False
    fitting = (_ON_OBJECTS if "/" in pattern.split(":", _SEGMENTS - 1)[-1] else _ON_BUCKETS for pattern in resources)
    return not any(name in actions for actions in fitting)


# What S3 may refuse --------------------------------------------------------------------------------------------------------------------


class Remark(NamedTuple):
    """Something that S3 may refuse, in half a sentence that quotes nothing of the input; it changes no verdict."""

    path: str
    statement: int
    sid: str | None
    reason: str


def find_remarks(document: Document) -> tuple[Remark, ...]:
    """What S3 may refuse about the document, in its order: one remark for each element and reason."""
    found = (
        Remark(path, statement.number, statement.sid, reason)
        for statement in document.statements
        for path, reason in (*_remark_on_names(statement), *_remark_on_principals(statement), *_remark_on_keys(statement))
    )
    return tuple(dict.fromkeys(found))


def _remark_on_names(statement: Statement) -> Iterator[tuple[str, str]]:
    for pattern in map(lower_ascii, statement.actions.patterns):
        if pattern.startswith("s3:") and not _match_actions(pattern):
            yield statement.actions.path, "the pinned table of S3's actions does not have this action"
        elif pattern.startswith("s3:") and _match_actions(pattern).isdisjoint(_ON_OBJECTS | _ON_BUCKETS):
            yield statement.actions.path, "no request to a bucket or an object asks for this action"
    if any(pattern != "*" and _has_wild_bucket(pattern) for pattern in statement.resources.patterns):
        yield statement.resources.path, "the bucket's part of the ARN has a wildcard"


# The documents of an organization name the same few actions.
@lru_cache(maxsize=256)
def _match_actions(pattern: str) -> frozenset[str]:
    if not any(sign in pattern for sign in _WILD):
        return _ACTIONS & {pattern}
    glob = read_glob(pattern)
    return frozenset(action for action in _ACTIONS if match_one(glob, action))


def _has_wild_bucket(pattern: str) -> bool:
    name = pattern.split(":", _SEGMENTS - 1)[-1].partition("/")[0]
    return any(sign in name for sign in _WILD)


def _remark_on_principals(statement: Statement) -> Iterator[tuple[str, str]]:
    for kind, text in statement.principals.entries:
        if (kind == "AWS" and not _PRINCIPAL.fullmatch(text)) or (kind == "Service" and "." not in text):
            yield statement.principals.path, "S3 is not known to accept a principal of this form"


def _remark_on_keys(statement: Statement) -> Iterator[tuple[str, str]]:
    for condition in statement.conditions:
        if condition.key.startswith("s3:") and find_key(condition.key) is None:
            yield condition.path, "the pinned table of S3's condition keys does not have this key"
