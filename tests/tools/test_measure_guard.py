"""The tool that measures the guard of a denial tries mutants, tells what stops them, and notices where nothing does."""

import sys

import pytest

from tests.policies.cases import read_cases
from tools import measure_guard
from tools.measure_guard import Outcome, Question, list_questions, report, try_all
from tools.mutate import Mutant, _mutate


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    """A few documents of the case files through which a request gets, and a few random ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measure_guard, "read_cases", lambda: read_cases()[::40])
        return list(list_questions(20))


@pytest.fixture(scope="module")
def mutants() -> list[Mutant]:
    """Those of a function that says what the presence of a key means, and of one that reads a statement's elements."""
    found = (*_mutate("proof.conditions"), *_mutate("proof.compile"))
    return [mutant for mutant in found if mutant.function in ("presence", "_read_elements")]


def test_questions_are_those_that_a_request_gets_through(questions: list[Question]) -> None:
    """Of both sources, under several goals, each with the functions that it enters."""
    assert 10 < len(questions) < 100
    assert any(question.name.startswith("random") for question in questions)
    assert {question.name.rpartition(" ")[2] for question in questions} > {"1", "2", "3", "4"}
    assert all({"decide", "compile", "cover"} <= {module for module, _ in question.entered} for question in questions)


def test_mutants_that_deny_what_gets_through_are_stopped(
    mutants: list[Mutant], questions: list[Question], capsys: pytest.CaptureFixture[str]
) -> None:
    """Some of them give a false denial, whose proof the checker follows; the requests do not. What is left of it is told."""
    outcomes = try_all(mutants, questions, 2)
    false = [outcome for outcome in outcomes if outcome.false]
    assert 3 <= len(false) < len(outcomes)
    assert any(outcome.checked for outcome in false)
    assert [outcome for outcome in false if outcome.few or outcome.many] == []
    assert report(list(zip(mutants, outcomes, strict=True))) == 0
    printed = capsys.readouterr().out
    assert f"{len(false)} mutants give a false denial" in printed
    assert "and 12 requests    stops" in printed
    assert "not stopped" not in printed


def test_a_guard_that_stops_nothing_is_noticed(
    mutants: list[Mutant], questions: list[Question], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each mutant that gets past it is named, with a document."""
    monkeypatch.setattr(measure_guard, "find_gap", lambda *_: None)
    some = [mutant for mutant in mutants if mutant.function == "presence"]
    outcomes = try_all(some, questions, 1)
    assert report(list(zip(some, outcomes, strict=True))) == 1
    assert "not stopped: proof." in capsys.readouterr().out


def test_a_mutant_that_does_not_end_is_given_up(questions: list[Question], monkeypatch: pytest.MonkeyPatch) -> None:
    """And so is one that ends its process; both are told apart from those that deny nothing falsely."""
    some = next(_mutate("proof.compile"))
    monkeypatch.setattr(measure_guard, "_SECONDS", 0.01)
    monkeypatch.setattr(measure_guard, "ask", lambda *_: [None for _ in iter(int, 1)])
    everywhere = [question._replace(entered=frozenset({("compile", some.first)})) for question in questions]
    assert try_all([some], everywhere, 1) == [Outcome(ended=False)]
    monkeypatch.setattr(measure_guard, "ask", lambda *_: sys.exit(1))
    assert try_all([some], everywhere, 1) == [Outcome(ended=False)]
    monkeypatch.setattr(measure_guard, "ask", lambda *_: next(iter(())))
    assert try_all([some], everywhere, 1) == [Outcome()]


def test_nothing_to_stop_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    """A sample may be too small for any."""
    assert report([]) == 0
    assert capsys.readouterr().out == "0 mutants give a false denial, 0 in all; 0 were given up\n"


def test_the_command_draws_and_reports(
    questions: list[Question], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """So many mutants, the same ones for the same seed."""
    monkeypatch.setattr(measure_guard, "list_questions", lambda _: questions)
    monkeypatch.setattr(sys, "argv", ["measure_guard.py", "3", "--of", "shared", "--seed", "5", "--processes", "1"])
    assert measure_guard.main() in (0, 1)
    printed = capsys.readouterr().out
    assert printed.startswith("3 of ")
    assert f"mutants of shared, seed 5; {len(questions)} questions" in printed
