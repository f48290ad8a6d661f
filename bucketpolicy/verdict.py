"""What can be said of a document and a goal: one of three values, and nothing else."""

from typing import NamedTuple

from bucketpolicy.document import Problem
from bucketpolicy.proof.certificate import Proof
from bucketpolicy.request import Request


class Denied(NamedTuple):
    """
    Every request of the goal is explicitly denied, whoever sends it.

    `statements` are the numbers of those that do it, `assumptions` the switches the proof needed, both sorted.
    """

    statements: tuple[int, ...]
    assumptions: tuple[str, ...]
    proof: Proof


class Counterexample(NamedTuple):
    """One request of the goal that is not denied; `assumptions` are the switches without which it could not be told."""

    request: Request
    assumptions: tuple[str, ...]


class Undecided(NamedTuple):
    """Neither is claimed; at least one reason."""

    reasons: tuple[Problem, ...]


Verdict = Denied | Counterexample | Undecided
