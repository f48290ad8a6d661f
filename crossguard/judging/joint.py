"""
One repair of a document for all the policies that fail on it: each statement once, and all of TLS in one.

The widest promises come first, so that what a narrower one asks for is there already. A promise about more than uploads is left out where
it could take something off the air: a website endpoint speaks HTTP only, and so may whoever reads anonymously.
"""

from collections.abc import Iterable
from typing import NamedTuple

from bucketpolicy.document import Document, Statement
from bucketpolicy.goal import TRANSPORT, Goal, Target
from bucketpolicy.parse import parse
from bucketpolicy.repair import CannotRepair, Repaired, is_blank, repair, write_document, write_statements
from bucketpolicy.request import Anonymous, Request
from bucketpolicy.semantics.evaluate import applies_to
from crossguard.pack.rule import Rule


class Wanted(NamedTuple):
    """A policy that fails on the document, with the requests that it wants denied there."""

    rule: Rule
    goal: Goal


def repair_jointly(text: str, wanted: Iterable[Wanted], *, uploads_only: bool = False) -> Repaired | CannotRepair:
    """The document with what it lacks for all of these policies; begun anew where nobody has written it yet."""
    goals = _order(wanted, uploads_only=uploads_only or lets_everyone_read(text))
    added: tuple[str, ...] = ()
    for goal in goals:
        repaired = Repaired(write_document(new := write_statements(goal)), new) if is_blank(text) else repair(text, goal)
        if isinstance(repaired, CannotRepair):
            return repaired._replace(missing=(*added, *repaired.missing))
        text, added = repaired.text, (*added, *repaired.added)
    return Repaired(text, added)


def _order(wanted: Iterable[Wanted], *, uploads_only: bool) -> list[Goal]:
    """The goals, those last that are part of another."""
    goals = [one.goal for one in wanted if one.rule.remediates or not uploads_only]
    return sorted(goals, key=lambda goal: any(is_within(goal, other) for other in goals if other is not goal))


def is_within(goal: Goal, other: Goal) -> bool:
    """True if the first target of the goal is part of a target of the other, so that what denies the other is to be tried first."""
    return any(_is_part(goal.targets[0], target) for target in other.targets)


def _is_part(target: Target, other: Target) -> bool:
    wider = set(target.actions) < set(other.actions) and set(target.restrictions) >= set(other.restrictions)
    return target.on == other.on and wider


def lets_everyone_read(text: str) -> bool:
    """True iff a statement may let anonymous callers read objects over plain HTTP."""
    document = parse(text)
    return isinstance(document, Document) and any(_lets_read(statement) for statement in document.statements)


def _lets_read(statement: Statement) -> bool:
    """Whatever else the statement asks of a request is taken to hold of somebody's."""
    on_transport = tuple(condition for condition in statement.conditions if condition.key == TRANSPORT)
    anywhere = statement.resources._replace(negated=False, patterns=("*",))
    reading = Request(Anonymous(), "s3:GetObject", "arn:aws:s3:::bucket/object", ((TRANSPORT, ("false",)),))
    bare = statement._replace(conditions=on_transport, resources=anywhere)
    return statement.effect == "Allow" and applies_to(bare, reading, _ASSUMPTIONS, variables=True) is not False


_ASSUMPTIONS = Goal(None, "aws", ()).assumptions
