"""The evidence behind `Denied`: for each target a tree of case distinctions that a short checker can follow (`check_proof`)."""

from typing import NamedTuple

from bucketpolicy.goal import Assumptions


class Inside(NamedTuple):
    """The whole space lies inside this cube, so the cube denies it."""

    cube: int


class Split(NamedTuple):
    """
    The space is cut in two along one literal of a cube; each part has a proof of its own.

    `outside` and `inside` are indexes of steps; -1 stands for a part that is empty, or that lies inside the cube.
    """

    cube: int
    literal: int
    outside: int
    inside: int


Step = Inside | Split


class Proof(NamedTuple):
    """For every target of the goal the steps of its proof, the first one about the whole target; no steps where the target is empty."""

    assumptions: Assumptions
    covers: tuple[tuple[Step, ...], ...] = ()
