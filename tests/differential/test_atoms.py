"""`decide` says what its specification says: `atoms.py`, which has no search, on every case file and on random documents."""

import json
from random import Random

import pytest

from bucketpolicy.document import Document
from bucketpolicy.goal import Goal
from bucketpolicy.parse import parse
from bucketpolicy.proof.decide import decide
from bucketpolicy.proof.globs import ANY, EVERYTHING, MANY, WIDE_LETTERS
from bucketpolicy.verdict import Counterexample, Denied, Undecided, Verdict
from tests.differential.atoms import Answer, TooManyError, decide_by_atoms, find_atoms, is_covered
from tests.differential.documents import generate
from tests.properties.pinned import questions

_QUESTIONS = {name: question for name, question in questions().items() if not name.startswith("random/")}
_NAMES = sorted(_QUESTIONS)
_PART = 25
_RANDOM = 300
#: Where `decide` gives no counterexample for the sake of a realistic one: it says more than the specification asks for, or the same.
_UNSENDABLE = "only requests that nobody is known to send get through"


def list_answers(verdict: Verdict) -> tuple[Answer, ...]:
    """What the specification may say where this is the verdict."""
    match verdict:
        case Denied():
            return ("denied",)
        case Counterexample():
            return ("gets through",)
        case Undecided(reasons):
            said = {reason for _, reason in reasons}
            return (
                ("denied", "gets through", "undecided")
                if WIDE_LETTERS in said
                else ("undecided", "gets through")
                if _UNSENDABLE in said
                else ("undecided",)
            )


def compare(text: str, goal: Goal) -> bool:
    """Both say the same of this document; False where there are too many atoms."""
    document = parse(text)
    if not isinstance(document, Document):
        return True
    try:
        specified = decide_by_atoms(document, goal)
    except TooManyError:
        return False
    verdict = decide(document, goal)
    assert specified in list_answers(verdict), (text, verdict)
    return True


@pytest.mark.parametrize("start", range(0, len(_NAMES), _PART))
def test_case_files_are_decided_as_specified(start: int) -> None:
    """No case file has too many atoms."""
    assert all(compare(*_QUESTIONS[name]) for name in _NAMES[start : start + _PART])


@pytest.mark.parametrize("start", range(0, _RANDOM, _PART))
def test_random_documents_are_decided_as_specified(start: int) -> None:
    """Nearly all of them have few enough atoms."""
    found = [
        compare(json.dumps(document), goal)
        for document, goal in (generate(Random(f"atoms {seed}")) for seed in range(start, start + _PART))
    ]
    assert sum(found) >= 0.8 * _PART


def test_an_atom_is_what_no_glob_tells_apart() -> None:
    """Of `a*`, `?` and the very string `a` four sets of strings are left, and the empty string in one of them."""
    starts, one = ("a", MANY), (ANY,)
    assert set(find_atoms((starts, one, "a"), filled=True, limit=None)) == {
        frozenset({starts, one, "a"}),
        frozenset({starts}),
        frozenset({one}),
        frozenset(),
    }
    assert find_atoms((EVERYTHING,), filled=True, limit=None) == [frozenset({EVERYTHING})]


def test_cubes_cover_or_leave_a_gap() -> None:
    """Two variables of two values each, and the diagonal is no cover."""
    space = {"x": 0b11, "y": 0b11}
    assert is_covered(space, [{"x": 0b01}, {"y": 0b01}, {"x": 0b10, "y": 0b10}])
    assert not is_covered(space, [{"x": 0b01, "y": 0b01}, {"x": 0b10, "y": 0b10}])
    assert is_covered(space, [{}])
    assert is_covered({"x": 0}, [])
