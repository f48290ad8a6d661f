"""
The one allowance that everything about a question draws on, so that no document takes more than half a second.

Ticks and not seconds: the same document gets the same verdict everywhere.
"""

#: A tick is what takes about half a microsecond on one core of 2026; `benchmarks/bench_decide.py` holds families of documents to it.
TICKS = 1_000_000


class TooComplexError(Exception):
    """The allowance is used up; raised by whoever spends, and caught where a verdict is given."""


class Budget:
    """Ticks left, and who spent them: `spender` is set by the cover search to the number of the cube it works on."""

    __slots__ = ("left", "spender", "spent")

    def __init__(self, ticks: int = TICKS) -> None:
        """Start with this many."""
        self.left = ticks
        self.spender = 0
        self.spent: dict[int, int] = {}

    def spend(self, ticks: int) -> None:
        """Take these ticks off, or raise `TooComplexError` where there are none left."""
        self.spent[self.spender] = self.spent.get(self.spender, 0) + ticks
        self.left -= ticks
        if self.left < 0:
            raise TooComplexError
