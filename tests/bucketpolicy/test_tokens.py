"""Patterns as `evaluate` reads them, against enumeration and AWS's own text."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bucketpolicy.semantics.tokens import ANY, ONE, lower_ascii, match_all, match_one, read_glob, read_pattern, split_arn, widen

WHO = {"aws:username": ("bob",), "aws:principaltag/team": ("a*b",), "aws:tagkeys": ("x",), "s3:prefix": ("p", "q"), "aws:userid": ("",)}


@given(st.text("ab*?", max_size=6), st.text("ab\n", max_size=6))
def test_a_glob_matches_as_a_regular_expression_does(pattern: str, text: str) -> None:
    """`*` is any text, `?` any one character, line breaks included, and nothing else is special."""
    expression = "".join({"*": "(?s:.*)", "?": "(?s:.)"}.get(char, char) for char in pattern)
    assert match_one(read_glob(pattern), text) == (re.fullmatch(expression, text) is not None)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("?", "\U0001f600", None),
        ("??", "\U0001f600", None),
        ("???", "\U0001f600", False),
        ("?*", "\U0001f600", True),
        ("\U0001f600?", "\U0001f600a", True),
        ("\U0001f600*", "\U0001f600", True),
        ("\U0001f600", "\U0001f601", False),
        ("?", "\uffff", True),
    ],
)
def test_a_letter_beyond_16_bits_may_be_one_or_two(pattern: str, text: str, *, expected: bool | None) -> None:
    """Where `?` makes a difference of that, nothing is told."""
    assert match_all((read_glob(pattern),), text) is expected


def test_many_stars_cost_little() -> None:
    """No pattern makes matching explode: a regular expression would not return from this one."""
    assert not match_one(read_glob("*a" * 60 + "b"), "a" * 300)
    assert match_one(read_glob("*a" * 60 + "*"), "a" * 300)


def test_regular_expression_signs_are_ordinary() -> None:
    """Dots, brackets and backslashes match themselves only."""
    assert [text for text in (".[a]\\", "xa\\", ".a") if match_one(read_glob(".[a]\\"), text)] == [".[a]\\"]


def test_only_ascii_letters_are_folded() -> None:
    """`A` to `Z`, and no letter that Unicode folds into one of them."""
    assert lower_ascii("ABZaz09\u212aÄİ") == "abzaz09\u212aÄİ"


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("home/${aws:username}/*", "home/bob/x", True),
        ("home/${aws:username}/*", "home/eve/x", False),
        ("${AWS:UserName}", "bob", True),
        ("${aws:username}${aws:username}", "bobbob", True),
        ("${aws:principaltag/team}", "a*b", True),
        ("${aws:principaltag/team}", "axb", None),
        ("${aws:principaltag/team}", "b", False),
        ("${aws:sourceidentity}", "anything", False),
        ("*${aws:sourceidentity}*", "anything", False),
        ("${aws:sourceidentity, 'nobody'}", "nobody", True),
        ("${aws:sourceidentity,'no body'}", "no body", True),
        ("${aws:sourceidentity, 'no*'}", "nobody", None),
        ("${aws:username, 'nobody'}", "nobody", False),
        ("${aws:sourceidentity, ''}", "", True),
        ("${aws:userid}", "", None),
        ("x${aws:userid}y", "xy", None),
        ("x${aws:userid}", "y", False),
        ("${s3:prefix}", "p", None),
        ("${aws:tagkeys}", "x", None),
        ("${*}${?}${$}", "*?$", True),
        ("${*}", "x", False),
        ("a${", "a${", None),
        ("a${aws:username", "abob", None),
        ("a${}", "a", None),
        ("a${aws username}b", "ab", None),
        ("a${aws:username, nobody}b", "ac", None),
        ("a${", "b", False),
        ("${aws:username}$", "bob$", True),
        ("$x{y}", "$x{y}", True),
        ("", "", True),
        ("", "x", False),
    ],
)
def test_variables_are_replaced(pattern: str, text: str, *, expected: bool | None) -> None:
    """By the request's value or the default; what AWS leaves open is neither a match nor none."""
    assert match_all(read_pattern(pattern, WHO, wild=True), text) is expected


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("a*", "a*", True),
        ("a*", "ab", False),
        ("a?", "ab", False),
        ("${aws:username}*", "bob*", True),
        ("${aws:principaltag/team}", "a*b", True),
        ("${aws:principaltag/team}", "axb", False),
        ("${*}", "*", True),
        ("a${", "axyz", None),
        ("a*${", "axyz", None),
    ],
)
def test_a_comparison_without_wildcards_takes_them_as_signs(pattern: str, text: str, *, expected: bool | None) -> None:
    """`StringEquals` knows variables and no wildcards, wherever they come from."""
    assert match_all(read_pattern(pattern, WHO, wild=False), text) is expected


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("${aws:username}", "${aws:username}", True),
        ("${aws:username}", "bob", False),
        ("${a*", "${abc", True),
        ("${*}", "${x}", None),
        ("${*}", "*", None),
        ("${*}", "y", False),
        ("a${?}", "b", False),
        ("a${?}", "a?", None),
        ("a${?}", "a${b}", None),
        ("${$}", "${$}", True),
        ("${$}", "$", False),
        ("${", "${", True),
        ("${a}${*}", "${a}*", None),
        ("${a}${*}", "${a}x", False),
        ("${a}${*}", "x", False),
    ],
)
def test_without_the_version_of_2012_variables_are_text(pattern: str, text: str, *, expected: bool | None) -> None:
    """All but `${*}` and `${?}`, which AWS says nothing about there."""
    assert match_all(read_pattern(pattern, None, wild=True), text) is expected


def test_without_variables_and_wildcards_a_text_is_itself() -> None:
    """`StringEquals` in an old document compares the plain text."""
    assert read_pattern("${*}*", None, wild=False) == (tuple("${*}*"),)


PIECES = st.sampled_from(["a", "b", ":", "*", "?", "$", "{", "}", "${", "${*}", "${aws:username}", "${aws:userid}", "${x, 'a'}", "${x}"])


@given(pattern=st.lists(PIECES, max_size=6).map("".join), text=st.text("ab:*", max_size=5), variables=st.booleans(), wild=st.booleans())
def test_the_widest_meaning_matches_whatever_any_meaning_does(pattern: str, text: str, *, variables: bool, wild: bool) -> None:
    """What is not matched by the widest meaning is matched by none: only then does `evaluate` say that a pattern does not match."""
    meanings = read_pattern(pattern, {**WHO, "aws:username": ("a:b",)} if variables else None, wild=wild)
    assert match_all(meanings, text) is False or match_one(widen(pattern, variables=variables), text) or not wild


def test_the_widest_meaning_knows_escapes() -> None:
    """With variables an escape is its character, without them it may be any text."""
    assert widen("a${*}b${?}c", variables=True) == tuple("a*b?c")
    assert widen("a${*}b${?}c", variables=False) == read_glob("a*b*c")


def test_an_arn_has_six_segments() -> None:
    """Whatever follows the fifth colon is one segment, and a short text has fewer."""
    assert split_arn(read_glob("arn:aws:iam::1:role/*:x")) == [tuple("arn"), tuple("aws"), tuple("iam"), (), ("1",), (*"role/", ANY, *":x")]
    assert split_arn(read_glob("a:?")) == [("a",), (ONE,)]
    assert [len(split_arn(read_glob(":" * count))) for count in range(8)] == [1, 2, 3, 4, 5, 6, 6, 6]


def test_all_short_patterns_against_all_short_texts() -> None:
    """Enumeration over a tiny alphabet: 121 patterns, 15 texts, and the recursive definition of a glob."""

    def define(pattern: str, text: str) -> bool:
        if not pattern:
            return not text
        if pattern[0] == "*":
            return any(define(pattern[1:], text[at:]) for at in range(len(text) + 1))
        return bool(text) and pattern[0] in ("?", text[0]) and define(pattern[1:], text[1:])

    patterns = ["".join(chars) for size in range(5) for chars in product("a*?", repeat=size)]
    texts = ["".join(chars) for size in range(4) for chars in product("ab", repeat=size)]
    wrong = [(p, t) for p in patterns for t in texts if match_one(read_glob(p), t) != define(p, t)]
    assert (len(patterns), len(texts), wrong) == (121, 15, [])
