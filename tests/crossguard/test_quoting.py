"""What is shown of other people's texts is short, on one line, harmless, and no secret."""

from typing import get_args

import pytest

from bucketpolicy.tables.keys import _KEYS
from crossguard.messages.quoting import (
    SHORTEST_LIMIT,
    Form,
    clean,
    clean_sentence,
    enumerate_formed,
    enumerate_texts,
    has_secret_values,
    name_key,
    quote,
    quote_arn,
    shorten_path,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AES256", "AES256"),
        ("é 日本", "é 日本"),
        ("a\nb\tc\r", r"a\u000ab\u0009c\u000d"),
        ("\x1b[31mred\x1b[0m\x07\x9b", r"\u001b[31mred\u001b[0m\u0007\u009b"),
        ("\u202egpj.exe\u2066\u200b\u2028\u00a0", r"\u202egpj.exe\u2066\u200b\u2028\u00a0"),
        ("\ud800\ue000\U000e0001", r"\ud800\ue000\ue0001"),
        ("<{%fg 1%}>`x`", "<{ %fg 1%}>'x'"),
        ("", ""),
    ],
)
def test_nothing_that_a_terminal_acts_on_is_left(text: str, expected: str) -> None:
    """Control, format, private and lone surrogate characters are written out, and so are the marks of the Pulumi CLI."""
    assert clean(text) == expected


def test_backticks_in_our_own_sentences_stay() -> None:
    """A sentence quotes in backticks itself."""
    assert clean_sentence("`a`\x1b") == r"`a`\u001b"


def test_long_texts_lose_their_middle() -> None:
    """Beginning and end are what people recognise a text by; a megabyte costs no more than a line."""
    assert quote("a" * 30, 120) == f"`{'a' * 30}`"
    assert quote("a" * 20 + "z" * 20, 12) == "`aaaaaaaa…zzzz`"
    assert quote("a" * 1_000_000 + "z", 12) == "`aaaaaaaa…aaaz`"
    assert len(quote("\x1b" * 1_000_000, 120)) == 123


@pytest.mark.parametrize(
    ("arn", "limit", "expected"),
    [
        ("arn:aws:s3:::reports/a", 60, "`arn:aws:s3:::reports/a`"),
        ("arn:aws:s3:::reports", 60, "`arn:aws:s3:::reports`"),
        (f"arn:aws:s3:::reports/{'k' * 200}", 48, f"`arn:aws:s3:::reports/{'k' * 32}…{'k' * 16}`"),
        (f"arn:aws:s3:::{'b' * 63}", 40, f"`arn:aws:s3:::{'b' * 63}`"),
        ("arn:aws:s3:::reports/`\n", 60, r"`arn:aws:s3:::reports/'\u000a`"),
    ],
)
def test_a_long_key_is_shortened_before_its_bucket(arn: str, limit: int, expected: str) -> None:
    """The bucket is what people look for."""
    assert quote_arn(arn, limit) == expected


@pytest.mark.parametrize(
    ("texts", "limit", "most", "expected"),
    [
        (["a"], 60, None, "`a`"),
        (["a", "b"], 60, None, "`a` or `b`"),
        (["a", "b", "c"], 60, None, "`a`, `b` or `c`"),
        (["a", "b", "c", "d"], 60, None, "`a`, `b` or 2 more"),
        (["a", "b", "c", "d"], 12, None, "`a` or 3 more"),
        (["a", "b", "c", "d"], 12, 4, "`a`, `b`, `c` or `d`"),
    ],
)
def test_lists_are_cut(texts: list[str], limit: int, most: int | None, expected: str) -> None:
    """How many there are is said, and no list is endless."""
    assert enumerate_texts(texts, limit, most=most) == expected


@pytest.mark.parametrize(
    ("key", "name", "secret"),
    [
        ("aws:securetransport", "`aws:SecureTransport`", False),
        ("aws:principaltag/team", "`aws:PrincipalTag/team`", False),
        ("aws:referer", "`aws:Referer`", True),
        ("aws:useragent", "`aws:UserAgent`", True),
        ("aws:mysecret", "a key that AWS does not document", True),
        ("\x1b[2j", "a key that AWS does not document", True),
    ],
)
def test_some_keys_keep_their_values_to_themselves(key: str, name: str, secret: bool) -> None:  # noqa: FBT001  a table's column
    """Shared secrets are put into two keys of AWS; and what is in no table may be anything, its name included."""
    assert (name_key(key, 60), has_secret_values(key)) == (name, secret)


@pytest.mark.parametrize(
    ("form", "texts", "expected"),
    [
        ("principal", ["*", "111122223333", "arn:aws:iam::1:root", "AROAEXAMPLEEXAMPLE1", "logging.s3.amazonaws.com"], ""),
        ("principal", ["f" * 64], ""),
        ("action", ["*", "s3:*", "S3:Put?bject"], ""),
        ("resource", ["*", "arn:aws:s3:::a\nb/*"], ""),
        ("String", ["", "anything\n"], ""),
        ("Arn", ["arn:aws:iam::1:user/*", "*"], ""),
        ("Numeric", ["1.20", "-3"], ""),
        ("Date", ["2020-01-01T00:00:00Z", "1577836800"], ""),
        ("Bool", ["True"], ""),
        ("Null", ["false"], ""),
        ("Binary", ["QmluYXJ5VmFsdWU="], ""),
        ("Ip", ["10.0.0.0/8", "2001:DB8::/32"], ""),
        *((form, ["hunter2!"], "something malformed") for form in get_args(Form) if form != "String"),
        ("Ip", ["hunter2", "10.0.0.1", "hunter3"], "something malformed or `10.0.0.1`"),
        ("resource", ["arn:aws:s3:::b/${aws:username}/${*}/*", "arn:aws:s3:::b/${aws:PrincipalTag/t}"], ""),
        ("resource", ["arn:aws:s3:::${BUCKET}/*", "*"], "a string with an unfilled placeholder (`${...}`) or `*`"),
        ("String", ["${aws:username", "${ aws:username}", "${}"], "a string with an unfilled placeholder (`${...}`)"),
    ],
)
def test_what_is_malformed_is_not_shown(form: Form, texts: list[str], expected: str) -> None:
    """It may be anything, a secret in the wrong place included; whoever has the document finds it there."""
    assert enumerate_formed(texts, form, 99) == (expected or enumerate_texts(texts, 99))


def test_the_default_of_a_variable_is_not_shown() -> None:
    """It is a value of the variable's key, which may be a secret."""
    assert quote("arn:aws:s3:::b/${aws:Referer, 'hunter2'}/*", 99) == "`arn:aws:s3:::b/${aws:Referer, ...}/*`"


def test_no_documented_key_is_shortened() -> None:
    """However little room there is: a reader has to find it in AWS's tables."""
    assert [key for key in _KEYS if "…" in name_key(key, SHORTEST_LIMIT)] == []


@pytest.mark.parametrize(
    ("path", "reason", "expected"),
    [
        ("$.Statement", "`Statement` is empty", "$"),
        ("$.Version", "`Version` is neither this nor that", "$"),
        ("$.Statement[0].Effect", "`Effect` is neither `Allow` nor `Deny`", "$.Statement[0]"),
        ("$.Statement[0].Condition.Bool", "the operator's value is not an object", "$.Statement[0].Condition.Bool"),
        ("$", "`Statement` is missing", "$"),
    ],
)
def test_an_element_is_named_once(path: str, reason: str, expected: str) -> None:
    """By the reason where that begins with its name, else by the place."""
    assert shorten_path(path, reason) == expected
