"""What the compiler hands to the search: cubes of constraints on variables by name, before any encoding is chosen."""

from typing import NamedTuple

from bucketpolicy.document import Problem
from bucketpolicy.proof.conditions import Constraint

PRINCIPAL, ACTION, OBJECT = "principal", "action", "object"
"""Variables beside the condition keys, which all have a colon in their names or are unknown to S3; keys get the prefix `=`."""


Constraints = tuple[tuple[str, Constraint], ...]
"""Constraints on variables by name, all of which must hold: a space, or a cube."""


class Cube(NamedTuple):
    """
    Requests that are denied, or that do not occur: all those on which every literal is true.

    `statement`: the number of the statement, 0 for an axiom. `assumptions`: the switches behind an axiom, or behind what a statement means.
    `problems`: what keeps its surely and its possibly denied apart.
    """

    literals: Constraints
    statement: int = 0
    assumptions: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def key_variable(key: str) -> str:
    """The variable of a condition key (in lower case): a document may call its keys anything, also `action`."""
    return "=" + key
