"""The one piece of state in the pack: which buckets were seen with an inline policy."""

from threading import Lock


class InlinePolicies:
    """The buckets whose inputs held a policy when they were last analyzed; the stack policy sees outputs only. Several threads use it."""

    def __init__(self) -> None:
        """None has been seen yet."""
        self._lock = Lock()
        self._urns: set[str] = set()

    def note(self, urn: str, *, present: bool) -> None:
        """Remember whether the inputs of this bucket hold a policy."""
        with self._lock:
            (self._urns.add if present else self._urns.discard)(urn)

    def snapshot(self) -> frozenset[str]:
        """The URNs as they are now."""
        with self._lock:
            return frozenset(self._urns)
