"""The one piece of state in the pack: what was seen of inputs, which other policies have to know and are not shown."""

from collections.abc import Mapping
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


SHOWS_NOTHING = Sight()


class SeenUrns(NamedTuple):
    """`inline`: URN to hash (see `Sight`). `blank`: the URNs of the bucket policies whose inputs show nothing."""

    inline: Mapping[str, str]
    blank: frozenset[str]


class SeenInputs:
    """What the inputs of each resource were when it was last analyzed. Several threads use it."""

    def __init__(self) -> None:
        """Nothing has been seen yet."""
        self._lock = Lock()
        self._sights: dict[str, Sight] = {}
        self._buckets: set[str] = set()
        self._senders: dict[str, dict[Sender, None]] = {}

    def note(self, urn: str, sight: Sight) -> None:
        """Remember what this resource shows now."""
        # Three policies look at every resource, and most bucket policies show nothing.
        if sight == self._sights.get(urn, SHOWS_NOTHING):
            return
        with self._lock:
            self._sights[urn] = sight
            if sight.bucket is not None:
                self._buckets.add(sight.bucket)

    def note_deliveries(self, deliveries: "tuple[Delivery, ...]") -> None:
        """Remember who delivers into which bucket."""
        if not deliveries:
            return
        with self._lock:
            for bucket, sender in deliveries:
                self._senders.setdefault(bucket, {})[sender] = None

    def list_senders(self, bucket: str | None) -> "tuple[Sender, ...]":
        """Who delivers into the bucket of this name, as far as resources said so before."""
        if bucket is None or bucket not in self._senders:
            return ()
        with self._lock:
            return tuple(self._senders[bucket])

    def snapshot(self) -> SeenUrns:
        """What is known now."""
        with self._lock:
            inline = {urn: sight.inline for urn, sight in self._sights.items() if sight.inline is not None}
            return SeenUrns(inline, frozenset(urn for urn, sight in self._sights.items() if sight.blank))

    def pick_buckets(self, names: frozenset[str]) -> frozenset[str]:
        """Those of the names that are names of buckets of this operation."""
        with self._lock:
            return names & self._buckets
