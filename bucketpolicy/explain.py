"""Why a request gets through: the request at its shortest, the nearest Deny statement, and the mistake that people make, if it is one."""

from typing import NamedTuple

from bucketpolicy.document import Document
from bucketpolicy.goal import Goal
from bucketpolicy.mistakes import Case, Mistake, recognise
from bucketpolicy.nearest import Obstacle, find_obstacle, rank
from bucketpolicy.request import Request
from bucketpolicy.semantics.feasible import hits
from bucketpolicy.shortest import Shortest, shorten


class Explanation(NamedTuple):
    """
    The nearest Deny statement (None where the document has none), and a mistake that people make, where it is recognised.

    `shown` is the request of which this is said: what was found, without what does not matter.
    `statement` is the number of the statement with the mistake (None for `no-deny`); `detail` is said at the mistake.
    `topic` are the keys that make the request one of the goal's.
    """

    shown: Shortest
    nearest: Obstacle | None
    mistake: Mistake | None = None
    statement: int | None = None
    detail: str = ""
    topic: frozenset[str] = frozenset()


def explain(document: Document, goal: Goal, request: Request, united: Document | None = None) -> Explanation:
    """Why the document does not deny this request of the goal, nor `united`, the document with what lies above it, where it is given."""
    shown = shorten(united or document, goal, request)
    topic = frozenset(item.key for target in goal.targets if hits(target, shown.request, goal) for item in target.restrictions)
    looks = rank(document, goal, shown.request, topic)
    nearest = find_obstacle(looks[0], shown.request) if looks else None
    found = recognise(looks, Case(document, goal, shown.request, topic))
    if found is None:
        return Explanation(shown, nearest, topic=topic)
    return Explanation(shown, nearest, found.mistake, found.statement, found.detail, topic)
