"""A slice of `make attack`: the same inputs, fewer of them, and the counting itself."""

import itertools

import pytest

from tools import attack, hostile


def test_requests_to_the_booted_pack() -> None:
    """Every one is answered, in time and without an internal error."""
    found = attack.attack_pack(300)
    assert (found.tried, found.wrong, found.slow) == (300, (), ())


def test_states_through_all_formats() -> None:
    """A status and, with 2, a line."""
    found = attack.attack_commands("states", 30, ("analyze", "-"), hostile.write_state)
    assert (found.tried, found.wrong, found.slow) == (30, (), ())


def test_documents_through_all_formats() -> None:
    """As above."""
    found = attack.attack_commands("documents", 30, ("check", "-", "--bucket", "logs"), attack.write_document)
    assert (found.tried, found.wrong, found.slow) == (30, (), ())


@pytest.mark.parametrize("number", range(len(attack.FAULTY)))
def test_faults(number: int) -> None:
    """Nothing is lost, and nothing is left."""
    assert attack.inject(number)


def test_a_crash_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """And so is what takes too long."""

    def crash(_arguments: list[str]) -> int:
        raise KeyError

    monkeypatch.setattr(attack, "run_command", crash)
    assert attack.attack_commands("states", 2, ("analyze", "-"), hostile.write_state).wrong == (0, 1)
    ticks = itertools.chain([0.0, 1.0, 1.0, 7.0])
    found = attack.tally("x", range(2), lambda number: number == 0, lambda: next(ticks))
    assert found == attack.Tally("x", 2, (1,), (1,), 6.0)
    assert attack.write_row(found) == "| x | 2 | 1 | 1 | 6.00 s |"
