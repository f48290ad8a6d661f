"""Which part of a run is whose: shards for job matrices and batch arrays, stable by the path below the source."""

from hashlib import sha256
from typing import NamedTuple


class Shard(NamedTuple):
    """Part `number` of so many `parts`, from 1."""

    number: int
    parts: int


def is_in_shard(place: str, shard: Shard) -> bool:
    """True iff the state at this place belongs to the shard: to exactly one of all parts, whatever else there is."""
    digest = sha256(place.encode("utf-8", "surrogateescape")).digest()
    return int.from_bytes(digest[:8], "big") % shard.parts == shard.number - 1
