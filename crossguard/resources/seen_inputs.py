"""The one piece of state in the pack: what was seen of inputs, which the stack policy has to know and is not shown."""

from threading import Lock
from typing import NamedTuple


class SeenUrns(NamedTuple):
    """URNs: `inline` of the buckets whose inputs hold a policy, `blank` of the bucket policies whose inputs show nothing."""

    inline: frozenset[str]
    blank: frozenset[str]


class SeenInputs:
    """What the inputs of each resource were when it was last analyzed. Several threads use it."""

    def __init__(self) -> None:
        """Nothing has been seen yet."""
        self._lock = Lock()
        self._inline: set[str] = set()
        self._blank: set[str] = set()

    def note(self, urn: str, *, inline: bool, blank: bool) -> None:
        """Remember of this resource whether it is one or the other."""
        with self._lock:
            (self._inline.add if inline else self._inline.discard)(urn)
            (self._blank.add if blank else self._blank.discard)(urn)

    def snapshot(self) -> SeenUrns:
        """What is known now."""
        with self._lock:
            return SeenUrns(frozenset(self._inline), frozenset(self._blank))
