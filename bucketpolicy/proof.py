"""The evidence behind `Denied`: a tree of case distinctions that a short checker can follow (filled in by `cover`, read by `check_proof`)."""

from typing import NamedTuple


class Proof(NamedTuple):
    """Placeholder shape, owned by the decision core."""

    nodes: tuple[object, ...] = ()
