"""The allowance of a decision: spent by whoever works, and never overdrawn."""

import pytest

from bucketpolicy.proof.budget import Budget, TooComplexError


def test_ticks_are_booked_under_the_spender() -> None:
    """All of them, and until the last one."""
    budget = Budget(6)
    budget.spend(2)
    budget.spender = 7
    budget.spend(3)
    budget.spend(1)
    assert (budget.left, budget.spent) == (0, {0: 2, 7: 4})
    with pytest.raises(TooComplexError):
        budget.spend(1)


def test_the_allowance_is_limited_from_the_start() -> None:
    """Nobody can ask for a decision without an end."""
    assert Budget().left == 1_000_000
