"""Answers are what they were, to the letter; effort is what it was, roughly."""

import pytest

from tests.properties.pinned import PINNED, answer, measure, questions, read, read_efforts, report

_QUESTIONS = questions()
_LINES = read(PINNED)
_EFFORTS = read_efforts()
_SIZE = 20
_NAMES = list(_QUESTIONS)
#: A single question may cost this many times what it did, and a little; all of them together a quarter more.
_ONE, _LITTLE, _ALL = 3, 500, 1.25


def test_every_question_is_pinned() -> None:
    """Both files have a line for each question, and no other."""
    assert list(_LINES) == _NAMES
    assert list(_EFFORTS) == _NAMES


@pytest.mark.parametrize("start", range(0, len(_NAMES), _SIZE))
def test_what_is_said_is_what_was_said(start: int) -> None:
    """Nothing changes by the way; `python tests/properties/pinned.py` writes down what has changed on purpose."""
    names = _NAMES[start : start + _SIZE]
    assert {name: answer(*_QUESTIONS[name]) for name in names} == {name: _LINES[name] for name in names}


def test_no_effort_grows_by_the_way() -> None:
    """A quarter more in all, or three times as much for one question, is a change to be explained."""
    efforts = {name: measure(*_QUESTIONS[name]) for name in _NAMES}
    assert sum(efforts.values()) <= _ALL * sum(_EFFORTS.values()), report(efforts, _EFFORTS)
    assert [name for name in _NAMES if efforts[name] > _ONE * _EFFORTS[name] + _LITTLE] == []
