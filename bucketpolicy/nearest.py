"""How far a Deny statement is from denying a request, and the first thing that keeps it from doing so."""

from typing import Literal, NamedTuple

from bucketpolicy.document import Condition, Document, Statement
from bucketpolicy.goal import Goal
from bucketpolicy.request import Request
from bucketpolicy.semantics.evaluate import Truth, holds, match_action, match_principal, match_resource

Kind = Literal["principal", "action", "resource", "condition"]


class Obstacle(NamedTuple):
    """
    The first thing that keeps one Deny statement from applying to the request.

    For the kinds `action`, `resource` and `principal`, `patterns` are the element's texts (of a principal the names, whatever their kind;
    none for `"*"`), and `negated` says that it is the `Not` one.
    For the kind `condition`, `condition` is the first that does not hold, `actual` what the request carries for its key (None: the key is
    absent), and `others` counts the further conditions that do not hold.
    """

    statement: int
    sid: str | None
    kind: Kind
    path: str
    patterns: tuple[str, ...] = ()
    negated: bool = False
    condition: Condition | None = None
    actual: tuple[str, ...] | None = None
    others: int = 0


class Look(NamedTuple):
    """One Deny statement against the request: which of its parts apply, and the conditions that do not surely hold."""

    statement: Statement
    principal: Truth
    action: Truth
    resource: Truth
    failing: tuple[Condition, ...]


def rank(document: Document, goal: Goal, request: Request, topic: frozenset[str]) -> list[Look]:
    """The Deny statements that do not surely apply to the request, the nearest first."""
    looks = (_look(statement, document, goal, request) for statement in document.statements if statement.effect == "Deny")
    return sorted((look for look in looks if not _applies(look)), key=lambda look: _distance(look, topic))


def _look(statement: Statement, document: Document, goal: Goal, request: Request) -> Look:
    context, variables, assumptions = dict(request.context), document.variables, goal.assumptions
    return Look(
        statement,
        match_principal(statement.principals, request.principal, assumptions),
        match_action(statement.actions, request.action),
        match_resource(statement.resources, request.resource, context, variables=variables),
        tuple(item for item in statement.conditions if holds(item, context, assumptions, variables=variables) is not True),
    )


def _applies(look: Look) -> bool:
    return all((look.principal, look.action, look.resource)) and not look.failing


def _distance(look: Look, topic: frozenset[str]) -> tuple[int, int]:
    """How far a statement is from denying the request: first those that speak of the same keys."""
    speaks = any(condition.key in topic for condition in look.statement.conditions) or not look.statement.conditions
    misses = 4 * (look.action is not True) + 2 * (look.resource is not True) + 2 * (look.principal is not True) + len(look.failing)
    return misses + (0 if speaks else 3), look.statement.number


def find_obstacle(look: Look, request: Request) -> Obstacle:
    """The first part of the statement that keeps it from applying to the request."""
    statement = look.statement
    number, sid = statement.number, statement.sid
    if look.action is not True:
        return Obstacle(number, sid, "action", statement.actions.path, statement.actions.patterns, statement.actions.negated)
    if look.resource is not True:
        return Obstacle(number, sid, "resource", statement.resources.path, statement.resources.patterns, statement.resources.negated)
    principals = statement.principals
    if look.principal is not True:
        listed = tuple(text for _, text in principals.entries)
        return Obstacle(number, sid, "principal", principals.path, listed, principals.negated)
    condition, *others = look.failing
    actual = dict(request.context).get(condition.key)
    return Obstacle(number, sid, "condition", condition.path, condition=condition, actual=actual, others=len(others))
