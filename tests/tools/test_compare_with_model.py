"""The comparison of the verifier with its model makes certificates of both answers, and would tell them apart."""

from pathlib import Path
from random import Random

import pytest

from tools import compare_with_model
from tools.compare_with_model import Case, Condition, ask_verifier


def test_certificates_of_both_answers_are_made(tmp_path: Path) -> None:
    """Each is one that the verifier models."""
    statuses = [ask_verifier(tmp_path, Case(Random(number))) for number in range(60)]
    assert set(statuses) == {0, 1}
    assert min(statuses.count(0), statuses.count(1)) > 5


def test_a_condition_is_the_same_for_both() -> None:
    """Globs as symbols, presence as its own test."""
    assert Condition(2, negated=True, if_exists=False, patterns=("a?*", "")).numbers() == [2, 0, 1, 0, 2, 3, 97, -1, -2, 0]
    assert Condition(2, negated=True, if_exists=True, patterns=("a",)).operator() == "StringNotLikeIfExists"
    assert Condition(0, negated=False, if_exists=False, patterns=()).numbers() == [0, 1, 1]
    assert Condition(0, negated=False, if_exists=False, patterns=()).operator() == "Null"


def test_a_difference_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Each one on standard error, and in the status."""
    truth = [ask_verifier(tmp_path, Case(Random(7 * 10**9 + number))) == 0 for number in range(10)]
    monkeypatch.setattr(compare_with_model, "build_model", lambda _folder: None)
    monkeypatch.setattr(compare_with_model, "ask_model", lambda _folder, _cases: truth)
    assert compare_with_model.main(["10", "7"]) == 0
    monkeypatch.setattr(compare_with_model, "ask_model", lambda _folder, _cases: [not truth[0], *truth[1:]])
    assert compare_with_model.main(["10", "7"]) == 1
    output = capsys.readouterr()
    assert output.err.startswith(f"model {not truth[0]}, verifier ")
    assert "'told apart': 1" in output.out
