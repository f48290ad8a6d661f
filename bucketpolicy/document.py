"""
A bucket policy as it was written, canonical in form and free of judgement.

Texts stay texts: wildcards, `${...}` and numbers are read by whoever gives them meaning (`evaluate` and `decide`, each on its own).
Paths are JSONPath, counted from 0 (`$.Statement[1].Condition.Bool`); `Statement.number` counts from 1, as people do.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from bucketpolicy.operators import Operator

PrincipalKind = Literal["AWS", "Service", "Federated", "CanonicalUser"]


class Principals(NamedTuple):
    """
    The `Principal` or `NotPrincipal` of a statement.

    `everyone` is the bare text `"*"`; `{"AWS": "*"}` is an entry like any other.
    """

    negated: bool
    everyone: bool
    entries: tuple[tuple[PrincipalKind, str], ...]
    path: str


class Names(NamedTuple):
    """The `Action`/`NotAction` or `Resource`/`NotResource` of a statement: patterns, possibly none."""

    negated: bool
    patterns: tuple[str, ...]
    path: str


class Condition(NamedTuple):
    """
    One operator applied to one key; the conditions of a statement are ANDed.

    `key` is in lower case, `written` as in the text; values are texts (`true` is `"true"`, `1.20` is `"1.20"`), possibly none.
    `path` ends at the operator: a key's own name may be anything, and is never echoed from here.
    """

    operator: Operator
    key: str
    written: str
    values: tuple[str, ...]
    path: str


class Statement(NamedTuple):
    """One statement; `number` counts from 1."""

    number: int
    sid: str | None
    effect: Literal["Allow", "Deny"]
    principals: Principals
    actions: Names
    resources: Names
    conditions: tuple[Condition, ...]
    path: str


class Document(NamedTuple):
    """
    A well-formed bucket policy.

    `variables` is true only for an explicit `"Version": "2012-10-17"`: without it `${...}` is ordinary text (semantics: Version).
    """

    variables: bool
    statements: tuple[Statement, ...]


class Problem(NamedTuple):
    """Why something cannot be decided: a JSONPath and one sentence that quotes nothing of the input."""

    path: str
    reason: str


class Malformed(NamedTuple):
    """A text that S3 would refuse for its form; at least one problem, in document order."""

    problems: tuple[Problem, ...]


def list_texts(document: Document) -> Iterator[str]:
    """Every text of the document in which the name of somebody or something may stand."""
    for statement in document.statements:
        yield from statement.actions.patterns
        yield from statement.resources.patterns
        yield from (text for _, text in statement.principals.entries)
        for condition in statement.conditions:
            yield from condition.values
