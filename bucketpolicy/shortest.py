"""
A request at its shortest: what is left when everything is taken away that does not matter.

What is shown of a counterexample must be one by itself: whoever sends the request as it is printed gets through.
"""

from typing import NamedTuple

from bucketpolicy.document import Document, list_texts
from bucketpolicy.goal import TRANSPORT, Goal
from bucketpolicy.request import Identity, Request
from bucketpolicy.semantics.evaluate import is_denied
from bucketpolicy.semantics.feasible import complete, in_goal, keys_of

SESSION = "example"
_OTHER_ACCOUNTS = ("999900001111", "000022223333", "888899990000")
_ACCOUNTS = ("111122223333", "444455556666", "777788889999", "123456789012")


class Shortest(NamedTuple):
    """
    A request of the goal that is not denied, without the keys that do not matter.

    `implied` are the keys of it that follow from who sends it. `anyone`: it does not matter which user, role or root user that is.
    The session of a role is `SESSION` where that does not matter.
    """

    request: Request
    implied: frozenset[str]
    anyone: bool


def shorten(document: Document, goal: Goal, request: Request) -> Shortest:
    """The request with a caller of no consequence, and without every key that it can do without; replayed at each step."""
    mentioned = keys_of(document)

    def gets_through(candidate: Request) -> bool:
        return in_goal(candidate, goal, mentioned) and is_denied(document, candidate, goal.assumptions) is False

    whole = complete(request, goal.assumptions, mentioned)
    general, another = (_generalise(whole, goal, document, mentioned, name) for name in ("example", "somebody"))
    # A wildcard can speak of an account without naming it: two that have nothing in common must get through.
    anyone = general is not None and another is not None and gets_through(general) and gets_through(another)
    other = _forget_session(whole)
    shortest = general if general is not None and anyone else other if gets_through(other) else whole
    implied = find_implied(shortest, goal)
    for key, _ in shortest.context:
        shorter = _drop(shortest, frozenset({key}))
        if key != TRANSPORT and key not in implied and gets_through(shorter):
            shortest = shorter
    return Shortest(shortest, implied, anyone)


def find_implied(request: Request, goal: Goal) -> frozenset[str]:
    """The keys of the request that follow from who sends it."""
    context = dict(request.context)
    bare = complete(request._replace(context=()), goal.assumptions, context.keys())
    return frozenset(key for key, values in bare.context if context[key] == values)


def _drop(request: Request, keys: frozenset[str]) -> Request:
    return request._replace(context=tuple((key, values) for key, values in request.context if key not in keys))


def _generalise(request: Request, goal: Goal, document: Document, mentioned: frozenset[str], called: str) -> Request | None:
    """The same request by an identity of its kind and of this name, in an account that neither the document nor the goal speaks of."""
    principal = request.principal
    if not isinstance(principal, Identity):
        return None
    spoken = (*list_texts(document), *goal.exempt)
    accounts = _ACCOUNTS if called == "example" else _OTHER_ACCOUNTS
    account = next((account for account in accounts if not any(account in text for text in spoken)), None)
    if account is None:
        return None
    partition, name = principal.arn.split(":")[1], "root" if principal.kind == "root" else f"{principal.kind}/{called}"
    session = SESSION if principal.kind == "role" else ""
    somebody = principal._replace(account=account, arn=f"arn:{partition}:iam::{account}:{name}", session=session)
    bare = _drop(request, find_implied(request, goal))._replace(principal=somebody)
    return complete(bare, goal.assumptions, mentioned)


def _forget_session(request: Request) -> Request:
    principal = request.principal
    if isinstance(principal, Identity) and principal.session:
        return request._replace(principal=principal._replace(session=SESSION))
    return request
