"""Verdicts, requests, efforts, proofs and explanations are what they were."""

import pytest

from tests.properties.pinned import PINNED, questions, render

_QUESTIONS = questions()
_LINES = dict(line.split(": ", 1) for line in PINNED.read_text(encoding="utf-8").splitlines())
_SIZE = 20
_NAMES = list(_QUESTIONS)


def test_every_question_is_pinned() -> None:
    """The file has a line for each question, and no other."""
    assert list(_LINES) == _NAMES


@pytest.mark.parametrize("start", range(0, len(_NAMES), _SIZE))
def test_what_is_said_is_what_was_said(start: int) -> None:
    """Nothing changes by the way; `python tests/properties/pinned.py` writes down what has changed on purpose."""
    names = _NAMES[start : start + _SIZE]
    assert {name: render(*_QUESTIONS[name]) for name in names} == {name: _LINES[name] for name in names}
