"""Laws of the parser: total, and stable under writing a document out again."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bucketpolicy.document import Document, Malformed
from bucketpolicy.parse import parse
from tests.differential.documents import Case
from tests.differential.naive import Json
from tests.properties.strategies import documents, json_values

_TOKENS = st.lists(
    st.sampled_from(
        (
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            '"Statement"',
            '"Effect"',
            '"Deny"',
            '"Principal"',
            '"*"',
            '"Action"',
            '"Condition"',
            "1",
            "null",
            "é",
        )
    ),
    max_size=30,
).map(" ".join)


@given(st.text() | _TOKENS)
def test_no_text_raises(text: str) -> None:
    """Any text is a document or has problems, each with a place and a sentence."""
    found = parse(text)
    assert isinstance(found, Document) or all(problem.path.startswith("$") and problem.reason for problem in found.problems)


@given(json_values)
def test_no_value_raises(value: object) -> None:
    """Neither does any JSON, in whatever place of a document."""
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    for text in (
        json.dumps(value),
        json.dumps({"Statement": value}),
        *(json.dumps({"Statement": statement | {key: value}}) for key in statement),
    ):
        assert isinstance(parse(text), Document | Malformed)
    for condition in (value, {"StringEquals": value}, {"StringEquals": {"aws:username": value}}):
        assert isinstance(parse(json.dumps({"Statement": statement | {"Condition": condition}})), Document | Malformed)


@given(documents)
def test_writing_and_reading_is_stable(case: Case) -> None:
    """A parsed document, written out and parsed again, is the same."""
    document = parse(json.dumps(case.document))
    assert isinstance(document, Document)
    again = parse(json.dumps(_write(document)))
    assert isinstance(again, Document)
    assert _without_paths(again) == _without_paths(document)


def _write(document: Document) -> Json:
    statements = []
    for one in document.statements:
        conditions: dict[str, dict[str, list[str]]] = {}
        for condition in one.conditions:
            conditions.setdefault(condition.operator.name, {})[condition.written] = list(condition.values)
        entries: dict[str, list[str]] = {}
        for kind, text in one.principals.entries:
            entries.setdefault(kind, []).append(text)
        statements.append(
            {
                "Effect": one.effect,
                "NotPrincipal" if one.principals.negated else "Principal": "*" if one.principals.everyone else entries,
                "NotAction" if one.actions.negated else "Action": list(one.actions.patterns),
                "NotResource" if one.resources.negated else "Resource": list(one.resources.patterns),
                "Condition": conditions,
            }
            | ({} if one.sid is None else {"Sid": one.sid})
        )
    return {"Version": "2012-10-17" if document.variables else "2008-10-17", "Statement": statements}


def _without_paths(document: Document) -> Document:
    """Conditions are grouped by operator when written, so that their paths and order stay; a lone statement's path does not."""
    return document._replace(
        statements=tuple(
            one._replace(
                path="",
                principals=one.principals._replace(path=""),
                actions=one.actions._replace(path=""),
                resources=one.resources._replace(path=""),
                conditions=tuple(condition._replace(path="") for condition in one.conditions),
            )
            for one in document.statements
        )
    )
