"""What the compiler hands to the search: rows of raw literals on named variables, before any representation is chosen."""

from typing import NamedTuple

from bucketpolicy.document import Problem
from bucketpolicy.proof.conditions import Raw

PRINCIPAL, ACTION, OBJECT = "principal", "action", "object"
"""Variables beside the condition keys, which all have a colon in their names or are unknown to S3; keys get the prefix `=`."""


Named = tuple[tuple[str, Raw], ...]
"""Raw literals on variables by name: a box, or a row."""


class Row(NamedTuple):
    """
    Requests that are denied, or that do not occur: all those on which every literal is true.

    `statement`: the number of the statement, 0 for an axiom. `assumption`: the switch behind an axiom, "" for what is no matter of choice.
    `readings`: the switches that give a statement this meaning. `problems`: what keeps its surely and its possibly denied apart.
    """

    literals: Named
    statement: int = 0
    assumption: str = ""
    readings: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def key_variable(key: str) -> str:
    """The variable of a condition key (in lower case): a document may call its keys anything, also `action`."""
    return "=" + key
