"""Sets of texts: the search for one that some globs match and others do not, against enumeration."""

from itertools import product
from random import Random

import pytest

from bucketpolicy.proof.budget import Budget, TooComplexError
from bucketpolicy.proof.globs import DIGIT, EVERYTHING, SOMETHING, Glob, matches, read_arn, read_text
from bucketpolicy.proof.textsets import Language

WORDS = ["".join(chars) for size in range(6) for chars in product("abx", repeat=size)]


def glob(text: str) -> Glob:
    """The glob of a text."""
    return read_text(text, wildcards=True, variables=False).sure[0]


def find(within: list[list[Glob]], without: list[Glob], limit: int | None = None, ticks: int = 100_000) -> str | None:
    """A text in all these unions and in none of those globs."""
    language = Language(Budget(ticks), limit)
    unions = 0
    for union in within:
        unions |= language.add_union(language.add_globs(tuple(union)))
    return language.find(unions, language.add_globs(tuple(without)))


def random_globs(rng: Random, most: int) -> list[Glob]:
    """Some short globs over `a` and `b`."""
    return [glob("".join(rng.choice("ab*?*") for _ in range(rng.randrange(5)))) for _ in range(rng.randrange(most + 1))]


@pytest.mark.parametrize("large", [False, True])
def test_a_text_is_found_exactly_where_there_is_one(large: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Both for few paths through the unions and for so many that sets of positions are searched."""
    rng = Random(3)
    padding = [glob("no" * 40 + str(number) + "*") for number in range(40)] if large else []
    for _ in range(15 if large else 100):
        within = [[*random_globs(rng, 2), glob("a*"), *padding] for _ in range(rng.randrange(3))]
        without = [*random_globs(rng, 4), glob("no*")]
        expected = any(
            all(any(matches(one, word) for one in union) for union in within) and not any(matches(one, word) for one in without)
            for word in WORDS
        )
        found = find(within, without)
        assert (found is not None) == expected, (within, without)
        if found is not None:
            assert all(any(matches(one, found) for one in union) for union in within)
            assert not any(matches(one, found) for one in without)


def test_an_empty_union_holds_nothing() -> None:
    """No glob, no text; and no unions at all leave every text."""
    assert find([[]], []) is None
    assert find([], [SOMETHING]) == ""
    assert find([], [EVERYTHING]) is None


def test_a_pattern_lies_in_itself_however_many_states_it_has() -> None:
    """A character before the sixtieth from the end would need two to the sixtieth states."""
    many = glob("*a" + "?" * 60)
    assert find([[many]], [many]) is None
    assert find([[many]], [glob("*a" + "?" * 60 + "*")]) is None


def test_segments_of_arns_end_at_a_colon() -> None:
    """A text with one colon more escapes a pattern whose wildcard stays in its segment."""
    arn = read_arn("arn:aws:iam::*:root", variables=False).sure[0]
    found = find([[glob("arn:aws:iam::*:root")]], [arn])
    assert found == "arn:aws:iam:::root" or (found or "").count(":") > 5
    assert found is not None
    assert not matches(arn, found)


def test_a_question_mark_in_a_segment_is_any_character_but_a_colon() -> None:
    """In the first five segments of an ARN; in a text it is found, and it keeps texts away."""
    arn = read_arn("arn:aws:iam::?:root", variables=False).sure[0]
    assert matches(arn, find([[arn]], []) or "")
    assert find([[arn], [glob("arn:aws:iam::7:root")]], []) == "arn:aws:iam::7:root"
    assert find([[glob("arn:aws:iam::7:root")]], [arn]) is None
    assert find([[glob("arn:aws:iam::::root")]], [arn]) == "arn:aws:iam::::root"


def test_classes_of_characters_are_tried_one_by_one() -> None:
    """Account numbers have twelve digits, and those that are named are not the ones looked for."""
    account: Glob = (DIGIT,) * 3
    assert find([[account]], [glob("1*"), glob("2*")]) not in (None, "1", "2")
    assert find([[account]], [glob(f"{digit}*") for digit in DIGIT]) is None


def test_a_fresh_character_is_found_when_all_ascii_is_taken() -> None:
    """A key may hold any character of Unicode."""
    taken = "".join(map(chr, range(32, 127))) + "à"
    assert find([[SOMETHING]], [(char, *glob("*")) for char in taken]) == "á"


def test_texts_beyond_the_limit_do_not_count() -> None:
    """Bytes are counted, not characters; and the shortest text is what decides."""
    assert find([[glob("aaaa*")]], [], limit=3) is None
    assert find([[glob("éé")]], [], limit=3) is None
    assert find([[glob("éé")]], [], limit=4) == "éé"
    assert find([[glob("*aaaaaaaa"), glob("aaab")]], [glob("aaaaaaaa")], limit=4) == "aaab"
    assert find([[glob("*a*"), glob("bbbbbb")], [glob("*b*"), glob("bbbbbb*")]], [], limit=2) in ("ab", "ba")


_TAKEN = "".join(map(chr, range(32, 127)))


def test_the_shortest_text_has_characters_of_one_byte_wherever_they_will_do() -> None:
    """Where every letter of one byte is named somewhere, one of them may still be free here, and no other is as short."""
    assert find([[glob("???*")]], [_TAKEN], limit=3) == "!  "
    assert find([[glob("???*")]], [_TAKEN], limit=2) is None
    assert find([[glob("???*")]], [glob("*!*"), _TAKEN], limit=3) == '"  '
    assert find([[glob("é??*")]], [_TAKEN], limit=4) == "é  "
    every: list[Glob] = [(EVERYTHING[0], char, EVERYTHING[0]) for char in _TAKEN]
    assert find([[glob("???*")]], every, limit=3) == "\0\0\0"
    controls: list[Glob] = [(EVERYTHING[0], chr(code), EVERYTHING[0]) for code in (*range(32), 127)]
    assert find([[glob("???*")]], [*every, *controls], limit=3) is None
    assert find([[glob("???*")]], [*every, *controls], limit=6) == "ààà"


def test_the_shortest_text_is_found_where_every_letter_is_named() -> None:
    """Against enumeration: no text of so many letters is overlooked."""
    rng = Random(5)
    for _ in range(150):
        within = [[*random_globs(rng, 2), glob("a*"), glob("?*")] for _ in range(rng.randrange(1, 3))]
        without = [*random_globs(rng, 4), _TAKEN]
        limit = rng.randrange(1, 5)
        short = [word for word in WORDS if len(word) <= limit]
        expected = any(
            all(any(matches(one, word) for one in union) for union in within) and not any(matches(one, word) for one in without)
            for word in short
        )
        found = find(within, without, limit=limit)
        assert (found is not None) == expected, (within, without, limit)
        assert found is None or len(found.encode()) <= limit


def test_the_search_stops_when_the_budget_is_used_up() -> None:
    """It says so instead of an answer."""
    with pytest.raises(TooComplexError):
        find([[glob("*a*")], [glob("*b*")]], [glob("*ab*")], ticks=2)


def test_membership_is_that_of_the_globs() -> None:
    """In every union, and in no glob to be avoided."""
    language = Language(Budget())
    union = language.add_union(language.add_globs((glob("a*"), glob("b"))))
    without = language.add_globs((glob("*c"),))
    assert [word for word in ("a", "b", "ac", "c", "") if language.contains(word, union, without)] == ["a", "b"]
    assert language.add_union(language.add_globs((glob("a*"), glob("b")))) == union
