"""The canonical text of a document: what does not count, what does, and the test vectors of the docs."""

import copy
import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bucketpolicy.canonical import canonicalize, hash_document

PAGE = Path(__file__).parents[2] / "docs" / "reports.md"
DOCUMENT: dict[str, Any] = {
    "Version": "2012-10-17",
    "Id": "mine",
    "Statement": [
        {
            "Sid": "One",
            "Effect": "Deny",
            "Principal": {"AWS": ["222222222222", "111111111111"]},
            "Action": ["s3:PutObject", "s3:GetObject"],
            "Resource": "arn:aws:s3:::logs/*",
            "Condition": {"Bool": {"aws:SecureTransport": False}, "NumericLessThan": {"s3:TlsVersion": 1}},
        },
        {"Effect": "Allow", "Principal": "*", "Action": "s3:ListBucket", "Resource": ["arn:aws:s3:::logs"]},
    ],
}


def shuffle(value: Any, dice: random.Random) -> Any:
    """The same value with its keys, and the members of its lists, in another order, and lists of one as scalars or back."""
    if isinstance(value, dict):
        names = list(value)
        dice.shuffle(names)
        return {name: shuffle(value[name], dice) for name in names}
    if isinstance(value, list):
        items = [shuffle(item, dice) if isinstance(item, dict) else item for item in value]
        dice.shuffle(items)
        items = items + [item for item in items if isinstance(item, str) and dice.random() < 0.3]
        return items[0] if len(items) == 1 and dice.random() < 0.5 else items
    return [value] if isinstance(value, str) and dice.random() < 0.3 else value


def vary(dice: random.Random) -> str:
    """The document as somebody else would write it down."""
    varied = copy.deepcopy(DOCUMENT)
    varied.pop("Id")
    statement = varied["Statement"][0]
    statement["Sid"] = "Another"
    statement["Action"] = ["S3:PUTOBJECT", "s3:getObject"]
    statement["Condition"]["Bool"] = {"AWS:secureTransport": "false"}
    statement["Condition"]["NumericLessThan"] = {"S3:TLSVERSION": ["1", 1]}
    return json.dumps(shuffle(varied, dice), indent=dice.choice((None, 2)))


@given(st.integers())
def test_what_does_not_count(seed: int) -> None:
    """The order of statements, members and keys, Sids, white space, list or scalar, the case of actions and of condition keys."""
    assert hash_document(vary(random.Random(seed))) == hash_document(json.dumps(DOCUMENT))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2012-10-17", "2008-10-17"),
        ("Deny", "Allow"),
        ('"*"', '{"AWS": "*"}'),
        ("Principal", "NotPrincipal"),
        ("s3:PutObject", "s3:PutObjectAcl"),
        ("arn:aws:s3:::logs/*", "arn:aws:s3:::LOGS/*"),
        ("false", "true"),
        ("Bool", "BoolIfExists"),
        ('"s3:TlsVersion": 1', '"s3:TlsVersion": 1.0'),
        ("222222222222", "222222222223"),
    ],
)
def test_what_counts(old: str, new: str) -> None:
    """Everything that can change what a document means, and numbers by their digits."""
    text = json.dumps(DOCUMENT)

    assert text.replace(old, new, 1) != text
    assert hash_document(text.replace(old, new, 1)) != hash_document(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "\ufeff{}",
        "[]",
        '"{}"',
        '{"Version": NaN}',
        '{"Statement": [], "Statement": {}}',
        '{"Statement": {"Condition": {"Bool": {"aws:SecureTransport": "true", "aws:securetransport": "false"}}}}',
        "[" * 100_000,
    ],
)
def test_a_text_without_a_canonical_form_stays(text: str) -> None:
    """It is hashed as it is, so that a change is noticed all the same."""
    assert canonicalize(text) == text
    assert hash_document(text) != hash_document(f"{text} ")


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ('{"Statement": 1}', '{"Statement":[["1"]]}'),
        ('{"Statement": {"Action": 1, "Condition": {"Bool": null}}}', '{"Statement":[{"Action":["1"],"Condition":{"Bool":["null"]}}]}'),
        (
            '{"Statement": {"Condition": "x", "Action": [["B"], {"a": "C"}]}}',
            '{"Statement":[{"Action":[["b"],{"a":["C"]}],"Condition":["x"]}]}',
        ),
        ('{"Id": "x", "Version": "\ud800"}', '{"Version":["\ud800"]}'),
    ],
)
def test_odd_documents(text: str, canonical: str) -> None:
    """What no policy has is kept, in a form of its own."""
    assert canonicalize(text) == canonical
    assert re.fullmatch("sha256:[0-9a-f]{64}", hash_document(text))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.sampled_from(("Statement", "Sid", "Action", "Condition")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("Statement", "Sid", "Id", "Action", "Condition", "a")), inner)
    ),
)


@given(st.dictionaries(st.sampled_from(("Statement", "Id", "Version", "x")), json_values))
def test_twice_is_once(document: dict[str, Any]) -> None:
    """A canonical text is its own canonical text."""
    once = canonicalize(json.dumps(document))

    assert canonicalize(once) == once


def test_the_vectors_of_the_docs() -> None:
    """Each document on the page has the canonical text and the hash that stand there."""
    vectors = re.findall(r"```json\n([^`]*)\n```\n\n```text\n([^`]*)\n(sha256:[0-9a-f]{64})\n```", PAGE.read_text(encoding="utf-8"))

    assert len(vectors) == 3
    for text, canonical, written in vectors:
        assert canonicalize(text) == canonical
        assert hash_document(text) == written
