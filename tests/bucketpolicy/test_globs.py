"""Globs: what texts of a document stand for, against enumeration and against regular expressions."""

import re
from itertools import product
from random import Random

import pytest

from bucketpolicy.proof.globs import (
    ANY,
    EVERYTHING,
    MANY,
    MANY_IN,
    Glob,
    Match,
    fold_case,
    join,
    matches,
    read_arn,
    read_text,
    strip_prefix,
)

WORDS = ["".join(chars) for size in range(5) for chars in product("ab/", repeat=size)]


def read(text: str, *, variables: bool = True) -> Match:
    """The text as `StringLike` reads it."""
    return read_text(text, wildcards=True, variables=variables)


def glob(text: str) -> Glob:
    """The one glob of a text without variables."""
    (found,) = read(text).sure
    return found


def random_glob(rng: Random, size: int = 6) -> str:
    """A short glob over the letters of `WORDS`."""
    return "".join(rng.choice("ab/*?*") for _ in range(rng.randrange(size)))


def test_matching_is_that_of_the_regular_expression() -> None:
    """`*` is any text, `?` any character, line breaks included."""
    rng = Random(1)
    for _ in range(80):
        pattern = random_glob(rng)
        expression = re.compile(pattern.replace("*", ".*").replace("?", "."), re.DOTALL)
        assert [matches(glob(pattern), word) for word in WORDS] == [bool(expression.fullmatch(word)) for word in WORDS], pattern
    assert matches(glob("a*b?c"), "a\n\nb\nc")


def test_normal_form_does_not_change_what_matches() -> None:
    """One `*` is as good as several, and `?*` as `*?`."""
    assert glob("a**") == ("a", MANY)
    assert glob("*??*") == (ANY, ANY, MANY)
    assert join(["a", "b"]) == "ab"
    assert join([MANY, ANY]) == (ANY, MANY)


def test_what_may_follow_a_prefix() -> None:
    """The rests of a glob behind a prefix match exactly what the glob matches behind it."""
    rng = Random(2)
    for _ in range(80):
        pattern, prefix = random_glob(rng), rng.choice(["", "a", "b/", "ab/"])
        rests = strip_prefix(glob(pattern), prefix)
        expected = [matches(glob(pattern), prefix + word) for word in WORDS]
        assert [any(matches(rest, word) for rest in rests) for word in WORDS] == expected, (pattern, prefix)
    assert strip_prefix("abc", "b") == ()
    assert strip_prefix(glob("bucket/*"), "bucket/") == (EVERYTHING,)


@pytest.mark.parametrize(
    ("steps", "prefix", "rests"),
    [
        (glob("*/x"), "b", (glob("*/x"),)),
        (glob("ab*c"), "abz", (glob("*c"),)),
        (glob("b*/x"), "b/", (glob("*/x"), "x")),
        (glob("a*b*c"), "ab", (glob("*b*c"), glob("*c"))),
        ((MANY_IN, MANY), "a:", (EVERYTHING,)),
        ((MANY_IN, ":", MANY), "a:", (EVERYTHING,)),
    ],
)
def test_a_wildcard_that_goes_on_stands_for_its_rest(steps: Glob, prefix: str, rests: tuple[Glob, ...]) -> None:
    """What may follow is said with as few globs as there are ways to go on; a wildcard within a segment ends at a colon."""
    assert strip_prefix(steps, prefix) == rests


def test_plain_texts_stand_for_themselves() -> None:
    """`StringEquals` knows no wildcards."""
    assert read_text("a*?", wildcards=False, variables=True) == Match(("a*?",), ("a*?",))


@pytest.mark.parametrize(
    ("text", "maybe", "keys"),
    [
        ("${aws:username}", EVERYTHING, ("aws:username",)),
        ("home/${aws:UserName}/x", ("h", "o", "m", "e", "/", MANY, "/", "x"), ("aws:username",)),
        ("${aws:username, 'nobody'}", EVERYTHING, ()),
        ("${aws:username, ''}", EVERYTHING, ()),
        ("${aws:a}${aws:b}", EVERYTHING, ("aws:a", "aws:b")),
    ],
)
def test_a_variable_may_have_any_value(text: str, maybe: Glob, keys: tuple[str, ...]) -> None:
    """Nothing is sure of it; without a default nothing matches where its key is absent."""
    assert read(text) == Match((), (maybe,), keys, "the value of a policy variable is not known")


def test_escapes_are_characters() -> None:
    """`${*}`, `${?}` and `${$}` are no wildcards; each counts with Version 2012-10-17 only."""
    assert read("a${*}${?}${$}") == Match(("a*?$",), ("a*?$",))
    assert read("${*}*").sure == (("*", MANY),)
    older = read("a${*}", variables=False)
    assert (older.sure, older.maybe) == ((), (("a", "$", "{", MANY, "}"), "a*"))
    assert older.doubt == "an escape like `${*}` needs Version 2012-10-17"
    assert read("a${aws:b}", variables=False) == Match(("a${aws:b}",), ("a${aws:b}",))


def test_a_variable_may_have_any_letter_in_its_name() -> None:
    """Only the signs of its own grammar are not for names; a tag's may be long."""
    name = "aws:PrincipalTag/abcdefghijklmnopqrstuvwxyz0123456789+-=._:/@"
    assert read(f"${{{name}}}") == Match((), (EVERYTHING,), (name.lower(),), "the value of a policy variable is not known")


@pytest.mark.parametrize(
    "text",
    [
        "${aws:a",
        "${}",
        "${aws a}",
        "${aws:a b}",
        "${username}",
        "${aws:a, nobody}",
        "${aws:a,'}",
        "${aws:a, 'b}",
        "${ aws:a}",
        "${aws:a, ''b'}",
        "${aws:a, 'b''}",
        "${:a}",
        "${aws:}",
        "${aws:a*b}",
        "${aws:a?}",
        "${aws:a'b}",
        '${aws:a"b}',
        "${aws:a{b}",
        "${aws:a$b}",
        "${aws:a, 'b'c'}",
        "${aws:TagKeys}",
        "${aws:tagkeys, 'a'}",
    ],
)
def test_a_malformed_variable_may_be_anything(text: str) -> None:
    """AWS calls it an error, and what comes of it is open."""
    assert read(text) == Match((), (EVERYTHING,), (), "a `${...}` is not a policy variable (an unfilled placeholder?)")


@pytest.mark.parametrize("text", ["\U00010000?", "?\U0001f600", "\U0001f600?a", "${aws:a}\U0001f600?"])
def test_a_letter_beyond_16_bits_may_be_two(text: str) -> None:
    """Beside a `?`, wherever it stands; the last letter of 16 bits is one, and so is every letter where nothing asks for one."""
    assert read(text) == Match((), (EVERYTHING,), (), "whether `?` matches a letter beyond 16 bits is open")
    assert read("\uffff?").doubt == ""
    assert read("\U00010000") == Match(("\U00010000",), ("\U00010000",))
    assert read_text("\U00010000?", wildcards=False, variables=True) == Match(("\U00010000?",), ("\U00010000?",))


def test_case_folds_for_ascii_letters() -> None:
    """Other letters may or may not differ in case only."""
    assert fold_case(read("b1")) == Match((("bB", "1"),), (("bB", "1"),))
    (folded,) = fold_case(Match(("aZ1",), ("aZ1",))).sure
    assert [word for word in ("az1", "AZ1", "Az1", "ay1") if matches(folded, word)] == ["az1", "AZ1", "Az1"]
    open_ = fold_case(Match(("é1",), ("é1",)))
    assert open_.sure == ()
    assert open_.doubt == "letters beyond ASCII may or may not differ in case only"
    assert [word for word in ("É1", "é1", "é2") if matches(open_.maybe[0], word)] == ["É1", "é1"]
    assert fold_case(Match((), (("é", MANY),))).maybe == (EVERYTHING,)


@pytest.mark.parametrize(("text", "letters"), [("k", "kK\u212a"), ("S", "sS\u017f"), ("i", "iI\u0131\u0130")])
def test_letters_beyond_ascii_may_fold_onto_ascii(text: str, letters: str) -> None:
    """Nobody says whether the Kelvin sign is a k but for its case: the text may match it, and surely matches the two ASCII letters."""
    folded = fold_case(read(text))
    assert folded == Match(((letters[:2],),), ((letters,),), (), "letters beyond ASCII may or may not differ in case only")


def test_wildcards_of_an_arn_stay_in_their_segment() -> None:
    """But for the sixth, which takes all that follows."""
    (found,) = read_arn("arn:*:s3:::b?/*", variables=False).sure
    assert found[4] == MANY_IN
    texts = ("arn:aws:s3:::bx/k:l", "arn:aws:x:s3:::bx/k", "arn::s3:::bx/", "arn:aws:s3:::b/k")
    assert [text for text in texts if matches(found, text)] == ["arn:aws:s3:::bx/k:l", "arn::s3:::bx/"]
    (account,) = read_arn("arn:aws:iam::1??:root", variables=False).sure
    assert matches(account, "arn:aws:iam::123:root")
    assert not matches(account, "arn:aws:iam::1:3:root")


def test_an_arn_pattern_has_six_segments() -> None:
    """What fewer match is open, and so is what a malformed variable or a variable beyond a segment matches."""
    fewer = "an ARN pattern has fewer than six segments"
    assert [read_arn(text, variables=False).doubt for text in ("*", "arn:aws:s3::b", "arn:aws:s3:::b")] == [fewer, fewer, ""]
    assert read_arn("arn:aws:s3:*", variables=False).maybe == (EVERYTHING,)
    assert read_arn("arn:aws:s3:::${aws:username", variables=True).doubt == "a policy variable reaches over a segment of an ARN"
    assert read_arn("arn:aws:iam:${aws:username}:x", variables=True).doubt == "a policy variable reaches over a segment of an ARN"
    assert read_arn(":::::", variables=False).sure == (":::::",)
    assert read_arn("arn:aws:s3::${aws:username}${*}", variables=False).maybe == (EVERYTHING,)
    assert read_arn("arn:aws:iam::${aws:PrincipalAccount}:root", variables=True).keys == ("aws:principalaccount",)
