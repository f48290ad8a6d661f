"""The algebra of globs against the listing of every short text."""

import itertools
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from bucketpolicy.proof.budget import Budget
from bucketpolicy.proof.globs import Glob, matches, read_arn, read_text
from bucketpolicy.proof.textsets import Language
from tests.properties.strategies import globs

#: Every text of up to six letters, `x` standing for all letters that no glob names.
_TEXTS = tuple("".join(letters) for size in range(7) for letters in itertools.product("abx", repeat=size))
_sets = st.lists(globs, min_size=1, max_size=3)


def _covers(pattern: str, text: str) -> bool:
    """What a glob means, by a regular expression."""
    source = "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in pattern)
    return re.fullmatch(source, text, re.DOTALL) is not None


def _read(pattern: str) -> Glob:
    reading = read_text(pattern, wildcards=True, variables=True)
    assert reading.sure == reading.maybe
    (glob,) = reading.sure
    return glob


@given(globs)
def test_matching_is_what_the_wildcards_say(pattern: str) -> None:
    """`*` is any text, `?` any one character, and nothing else is special."""
    glob = _read(pattern)
    assert [text for text in _TEXTS if matches(glob, text)] == [text for text in _TEXTS if _covers(pattern, text)]


@settings(max_examples=300)
@given(st.lists(_sets, max_size=3), st.lists(globs, max_size=4))
def test_finding_a_text_between_globs(within: list[list[str]], without: list[str]) -> None:
    """A text in every union and outside every other glob is found exactly where there is one."""
    language = Language(Budget())
    unions = 0
    for union in within:
        unions |= language.add_union(language.add_globs(tuple(map(_read, union))))
    excluded = language.add_globs(tuple(map(_read, without)))
    found = language.find(unions, excluded)

    def fits(text: str) -> bool:
        return all(any(_covers(glob, text) for glob in union) for union in within) and not any(_covers(glob, text) for glob in without)

    if found is None:
        assert [text for text in _TEXTS if fits(text)] == []
    else:
        assert fits(found)
        assert language.contains(found, unions, excluded)


@given(globs, globs)
def test_the_limit_of_length_counts(pattern: str, other: str) -> None:
    """With a limit the shortest text is found where a longer one was, or none where all are too long."""
    language = Language(Budget(), limit=3)
    union, excluded = language.add_union(language.add_globs((_read(pattern),))), language.add_globs((_read(other),))
    found = language.find(union, excluded)
    short = [text for text in _TEXTS if len(text) <= 3 and _covers(pattern, text) and not _covers(other, text)]
    assert (found is not None and len(found.encode()) <= 3) == bool(short)


@given(
    st.lists(st.sampled_from(("a", "*", "?", "a*", "*b", "")), min_size=6, max_size=7),
    st.lists(st.sampled_from(("a", "b", "ab", "")), min_size=5, max_size=8),
)
def test_arn_segments_are_matched_apart(patterns: list[str], parts: list[str]) -> None:
    """Wildcards of an ARN pattern stay inside their segment, but for the sixth, which holds the rest."""
    reading = read_arn(":".join(patterns), variables=True)
    value = ":".join(parts)
    expected = len(parts) >= 6 and all(
        _covers(pattern, part) for pattern, part in zip(":".join(patterns).split(":", 5), value.split(":", 5), strict=True)
    )
    assert any(matches(glob, value) for glob in reading.sure) == expected


@given(globs)
def test_escapes_are_plain_characters(pattern: str) -> None:
    """`${*}` is a star and `${?}` a question mark, where the document has variables."""
    escaped = pattern.replace("*", "${*}").replace("?", "${?}")
    assert read_text(escaped, wildcards=True, variables=True).sure == (pattern,)
