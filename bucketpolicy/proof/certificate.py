"""The evidence behind `Denied`: for each target a tree of case distinctions that a short checker can follow (`check_proof`)."""

from typing import NamedTuple

from bucketpolicy.goal import Assumptions


class Inside(NamedTuple):
    """The whole box lies inside this row, so the row denies it."""

    row: int


class Distinction(NamedTuple):
    """
    The box is cut in two along one literal of a row; each part has a proof of its own.

    `outside` and `inside` are indexes of steps; -1 stands for a part that is empty, or that lies inside the row.
    """

    row: int
    literal: int
    outside: int
    inside: int


Step = Inside | Distinction


class Proof(NamedTuple):
    """For every target of the goal the steps of its proof, the first one about the whole target; no steps where the target is empty."""

    assumptions: Assumptions
    covers: tuple[tuple[Step, ...], ...] = ()
