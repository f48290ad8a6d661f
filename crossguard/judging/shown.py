"""The request that is shown, with what the sentence about the nearest statement says of it."""

from collections.abc import Iterator, Mapping

from bucketpolicy.document import Document
from bucketpolicy.explain import Explanation
from bucketpolicy.goal import Goal
from bucketpolicy.request import Identity, Request
from bucketpolicy.semantics.evaluate import is_denied
from bucketpolicy.semantics.feasible import SOURCE_IP, SOURCE_VPCE, in_goal, keys_of

_USER_NAME = "aws:username"
_ADDRESS, _ENDPOINT = "203.0.113.10", "vpce-0a1b2c3d"


def restore(explanation: Explanation, found: Request, document: Document, goal: Goal) -> Explanation:
    """
    The explanation of a request with the key back that the nearest statement asks for, where it was found with one.

    A request is shown without what it can do without. Some of that is in every request of its kind (the TLS version over HTTPS, the time,
    who sends it), and of those it would be false to say that they are absent.
    """
    nearest, shown = explanation.nearest, explanation.shown
    if explanation.mistake is not None or nearest is None or nearest.condition is None or nearest.actual is not None:
        return explanation
    for key, values in _list_candidates(nearest.condition.key, shown.request, dict(found.context)):
        request = shown.request._replace(context=tuple(sorted((*shown.request.context, (key, values)))))
        if in_goal(request, goal, keys_of(document)) and is_denied(document, request, goal.assumptions) is False:
            actual = values if key == nearest.condition.key else None
            return explanation._replace(shown=shown._replace(request=request), nearest=nearest._replace(actual=actual))
    return explanation


def _list_candidates(key: str, request: Request, found: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What the request may have been shown without, the best first; of an address, what it is, or else why there is none."""
    caller = request.principal
    if key == _USER_NAME and isinstance(caller, Identity) and caller.kind == "user":
        # The request may have been found with another caller.
        yield key, (caller.arn.rpartition("/")[2],)
    elif key == SOURCE_IP and SOURCE_VPCE not in dict(request.context):
        yield key, found.get(key, (_ADDRESS,))
        yield SOURCE_VPCE, found.get(SOURCE_VPCE, (_ENDPOINT,))
    elif key in found:
        yield key, found[key]
