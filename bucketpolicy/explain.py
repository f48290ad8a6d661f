"""Why a request gets through: the nearest Deny statement, the first thing that keeps it from applying, and the mistakes people make."""

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from bucketpolicy.document import Condition, Document, Statement
from bucketpolicy.goal import SSE, SSE_CUSTOMER, SSE_KMS_KEY, TLS_VERSION, TRANSPORT, Goal
from bucketpolicy.request import Request
from bucketpolicy.semantics.evaluate import Truth, holds, match_action, match_principal, match_resource
from bucketpolicy.semantics.feasible import hits
from bucketpolicy.semantics.tokens import match_one, read_glob

Kind = Literal["principal", "action", "resource", "condition"]

Mistake = Literal[
    "no-deny",  # no Deny statement at all: an Allow forbids nothing
    "allow-instead-of-deny",  # an Allow for what is right (SecureTransport true, a header), where a Deny of what is wrong is needed
    "anded-conditions",  # one statement wants header absent *and* HTTP: conditions of one block are ANDed (the benchmark's own snippet)
    "inverted-value",  # the Deny hits what is right: SecureTransport `true`, header present, or equal to the accepted value
    "objects-left-out",  # the Deny names the bucket's ARN only, objects are `bucket/*`
    "bucket-left-out",  # the Deny names the objects only, and the goal has requests on the bucket itself
    "other-bucket",  # the Deny names another bucket; `detail` is its name as written
    "other-partition",  # the Deny names an ARN of another partition; `detail` is that partition as written
    "not-equals-but-present",  # a StringNotEquals (which holds on an absent header) together with `Null` `false`
    "bool-on-header",  # `Bool` on a key whose values are texts
    "key-id-instead-of-header",  # the condition is on the KMS key id, which S3 fills from default encryption
    "one-principal",  # the Deny is for named principals only
    "not-principal",  # `NotPrincipal` spares its own, and whoever is spared gets through
    "tls-version-only",  # the TLS version is absent on plain HTTP, so a comparison with it does not hold there
    "output-in-text",  # an ARN holds the text of an Output object: a Pulumi Output was put into an f-string
]


_HEADERS = frozenset((SSE, SSE_KMS_KEY, SSE_CUSTOMER))
_HALVES = _HEADERS | {TRANSPORT, TLS_VERSION}
_ARN = re.compile(r"arn:([^:]*):s3:::([^/]*)")
#: What Pulumi's SDKs put in the place of an Output that was formatted as text.
_FORMATTED = re.compile(r"Calling \[?\w+\]? on an \[?Output|Output object at 0x")


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


class Explanation(NamedTuple):
    """
    The nearest Deny statement (None where the document has none), and a mistake that people make, where it is recognised.

    `statement` is the number of the statement with the mistake (None for `no-deny`); `detail` is said at the mistake.
    `topic` are the keys that make the request one of the goal's.
    """

    nearest: Obstacle | None
    mistake: Mistake | None = None
    statement: int | None = None
    detail: str = ""
    topic: frozenset[str] = frozenset()


class _Look(NamedTuple):
    """One Deny statement against the request: which of its parts apply, and the conditions that do not surely hold."""

    statement: Statement
    principal: Truth
    action: Truth
    resource: Truth
    failing: tuple[Condition, ...]


def explain(document: Document, goal: Goal, request: Request) -> Explanation:
    """Why the document does not deny this request of the goal."""
    topic = _find_topic(goal, request)
    denies = (_look(statement, document, goal, request) for statement in document.statements if statement.effect == "Deny")
    looks = sorted((look for look in denies if not _applies(look)), key=lambda look: _distance(look, topic))
    nearest = _find_obstacle(looks[0], request) if looks else None
    for look in looks:
        found = _recognise(look, goal, request, topic)
        if found is not None:
            return Explanation(nearest, found[0], look.statement.number, found[1], topic)
    mistake, number = _look_at_allows(document, topic, has_deny=nearest is not None)
    return Explanation(nearest, mistake, number, topic=topic)


def _find_topic(goal: Goal, request: Request) -> frozenset[str]:
    """The keys that make the request one of the goal's."""
    return frozenset(item.key for target in goal.targets if hits(target, request, goal) for item in target.restrictions)


def _look(statement: Statement, document: Document, goal: Goal, request: Request) -> _Look:
    context, variables, assumptions = dict(request.context), document.variables, goal.assumptions
    return _Look(
        statement,
        match_principal(statement.principals, request.principal, assumptions),
        match_action(statement.actions, request.action),
        match_resource(statement.resources, request.resource, context, variables=variables),
        tuple(item for item in statement.conditions if holds(item, context, assumptions, variables=variables) is not True),
    )


def _applies(look: _Look) -> bool:
    return all((look.principal, look.action, look.resource)) and not look.failing


def _distance(look: _Look, topic: frozenset[str]) -> tuple[int, int]:
    """How far a statement is from denying the request: first those that speak of the same keys."""
    speaks = any(condition.key in topic for condition in look.statement.conditions) or not look.statement.conditions
    misses = 4 * (look.action is not True) + 2 * (look.resource is not True) + 2 * (look.principal is not True) + len(look.failing)
    return misses + (0 if speaks else 3), look.statement.number


def _find_obstacle(look: _Look, request: Request) -> Obstacle:
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


# The mistakes people make --------------------------------------------------------------------------------------------------------------


def _recognise(look: _Look, goal: Goal, request: Request, topic: frozenset[str]) -> tuple[Mistake, str] | None:
    """The mistake in this statement, and a detail, where it is a known one."""
    if any(_FORMATTED.search(pattern) for pattern in look.statement.resources.patterns):
        return "output-in-text", ""
    if look.action is not True:
        return None
    if look.resource is not True:
        return _recognise_resource(look, goal, request) if _wants(look, topic) else None
    if look.principal is not True:
        return (("not-principal" if look.statement.principals.negated else "one-principal"), "") if _wants(look, topic) else None
    mistake = _recognise_condition(look, goal, request, topic)
    return (mistake, "") if mistake else None


def _wants(look: _Look, topic: frozenset[str]) -> bool:
    """Whether the statement's conditions are what the goal asks for."""
    return not look.failing and bool(not look.statement.conditions or topic & _keys(look.statement.conditions))


def _keys(conditions: Iterable[Condition]) -> frozenset[str]:
    return frozenset(condition.key for condition in conditions)


def _recognise_resource(look: _Look, goal: Goal, request: Request) -> tuple[Mistake, str] | None:
    names, (bucket, slash, _) = look.statement.resources, request.resource.partition("/")
    if names.negated:
        return None
    if match_resource(names, bucket if slash else f"{bucket}/object", {}, variables=False):
        return ("objects-left-out" if slash else "bucket-left-out"), ""
    for arn in filter(None, map(_ARN.match, names.patterns)):
        partition, name = arn.groups()
        if not match_one(read_glob(name), goal.bucket or name):
            return "other-bucket", name
        if partition != goal.partition:
            return "other-partition", partition
    return None


def _recognise_condition(look: _Look, goal: Goal, request: Request, topic: frozenset[str]) -> Mistake | None:
    """What is wrong with the conditions of a statement that is about the right requests otherwise."""
    conditions = look.statement.conditions
    failing, keys = _keys(look.failing), _keys(conditions)
    on_header = [condition for condition in look.failing if condition.key in _HEADERS]
    if any(item.operator.family == "Null" for item in on_header) and any(item.key == SSE and item.operator.negated for item in conditions):
        return "not-equals-but-present"
    if topic & _HEADERS and any(condition.operator.family == "Bool" for condition in on_header):
        return "bool-on-header"
    if keys & topic - failing and failing <= _HALVES and all(_is_about_http(item, goal) for item in look.failing if item.key == TRANSPORT):
        return "anded-conditions"
    if SSE in topic and SSE not in keys and SSE_KMS_KEY in failing:
        return "key-id-instead-of-header"
    if (TRANSPORT, ("false",)) in request.context and TLS_VERSION in failing:
        return "tls-version-only"
    return "inverted-value" if failing <= topic and all(_is_inverted(item, goal) for item in look.failing) else None


def _is_about_http(condition: Condition, goal: Goal) -> bool:
    """Whether a condition on the transport holds over plain HTTP, and not over TLS."""
    found = [holds(condition, {TRANSPORT: (value,)}, goal.assumptions, variables=False) for value in ("false", "true")]
    return found == [True, False]


def _is_inverted(condition: Condition, goal: Goal) -> bool:
    """Whether a condition holds for what the goal wants to see: TLS, or a header."""
    good = ("true",) if condition.key == TRANSPORT else (*condition.values, "AES256")
    contexts = ({condition.key: (value,)} for value in good)
    return not condition.operator.negated and any(holds(condition, context, goal.assumptions, variables=False) for context in contexts)


def _look_at_allows(document: Document, topic: frozenset[str], *, has_deny: bool) -> tuple[Mistake | None, int | None]:
    """The first Allow that speaks of what a Deny should forbid; no Deny at all is a mistake of its own."""
    denied = _keys(condition for item in document.statements if item.effect == "Deny" for condition in item.conditions)
    if not denied & topic:
        for statement in document.statements:
            if statement.effect == "Allow" and topic & _keys(statement.conditions):
                return "allow-instead-of-deny", statement.number
    return (None if has_deny else "no-deny"), None
