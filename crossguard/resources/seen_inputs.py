"""The one piece of state in the pack: what was seen of inputs, which other policies have to know and are not shown."""

from collections.abc import Iterable, Mapping
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # every pack loads this at boot, and few see a sender
    from crossguard.judging.senders import Delivery, Sender


class Sight(NamedTuple):
    """
    What the inputs of one resource show.

    `inline`: the hash of the document in a bucket's inputs, "" where that is not known or no document. `blank`: it is a bucket policy whose
    inputs show nothing. `bucket`: the name of the bucket that it is.
    """

    inline: str | None = None
    blank: bool = False
    bucket: str | None = None


class SeenUrns(NamedTuple):
    """`inline`: URN to hash (see `Sight`). `blank`: the URNs of the bucket policies whose inputs show nothing."""

    inline: Mapping[str, str]
    blank: frozenset[str]


class SeenInputs:
    """What the inputs of each resource were when it was last analyzed. Several threads use it."""

    def __init__(self) -> None:
        """Nothing has been seen yet."""
        self._lock = Lock()
        self._inline: dict[str, str] = {}
        self._blank: set[str] = set()
        self._buckets: set[str] = set()
        self._senders: dict[str, dict[Sender, None]] = {}

    def note(self, urn: str, sight: Sight) -> None:
        """Remember what this resource shows now."""
        with self._lock:
            self._inline.pop(urn, None)
            if sight.inline is not None:
                self._inline[urn] = sight.inline
            (self._blank.add if sight.blank else self._blank.discard)(urn)
            if sight.bucket is not None:
                self._buckets.add(sight.bucket)

    def note_deliveries(self, deliveries: "Iterable[Delivery]") -> None:
        """Remember who delivers into which bucket."""
        with self._lock:
            for bucket, sender in deliveries:
                self._senders.setdefault(bucket, {})[sender] = None

    def list_senders(self, bucket: str | None) -> "tuple[Sender, ...]":
        """Who delivers into the bucket of this name, as far as resources said so before."""
        with self._lock:
            return tuple(self._senders.get(bucket, ())) if bucket is not None else ()

    def snapshot(self) -> SeenUrns:
        """What is known now."""
        with self._lock:
            return SeenUrns(dict(self._inline), frozenset(self._blank))

    def pick_buckets(self, names: frozenset[str]) -> frozenset[str]:
        """Those of the names that are names of buckets of this operation."""
        with self._lock:
            return names & self._buckets
