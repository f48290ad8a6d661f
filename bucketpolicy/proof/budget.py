"""The one allowance that every search of a decision draws on, so that no document takes more than a second or two."""

#: About one to two seconds on one core; a tick is a node of the cover search or a state of the glob search.
TICKS = 150_000


class TooComplexError(Exception):
    """The allowance is used up; raised and caught inside `decide`."""


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
