"""
The mistakes people make in bucket policies, recognised by what a statement does and not by how it looks.

A sentence about a mistake speaks of requests. It is claimed only where `evaluate` confirms each of them: the statement, changed as the
sentence says, applies to the request that gets through; or it applies to the very requests that it should leave alone.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice, product
from typing import Literal, NamedTuple

from bucketpolicy.document import Condition, Document, Statement
from bucketpolicy.goal import SSE, SSE_CUSTOMER, SSE_KMS_KEY, TLS_VERSION, TRANSPORT, Absent, AbsentOrOther, Below, Equal, Goal, Target
from bucketpolicy.nearest import Look
from bucketpolicy.request import Identity, Principal, Request, Service
from bucketpolicy.semantics.evaluate import applies_to
from bucketpolicy.semantics.feasible import complete, hits, in_goal, keys_of
from bucketpolicy.semantics.tokens import match_one, read_glob
from bucketpolicy.shortest import find_implied

Mistake = Literal[
    "no-deny",  # no Deny statement at all: an Allow forbids nothing
    "allow-instead-of-deny",  # an Allow for what is right (SecureTransport true, a header), where a Deny of what is wrong is needed
    "anded-halves",  # the benchmark's own snippet: one statement wants the header absent *and* HTTP, and enforces neither half
    "anded-conditions",  # one statement wants several things at once, each of which should be enough
    "inverted-value",  # the Deny hits what is right: SecureTransport `true`, header present, or equal to the accepted value
    "objects-left-out",  # the Deny names the bucket's ARN only, objects are `bucket/*`
    "bucket-left-out",  # the Deny names the objects only, and the goal has requests on the bucket itself
    "other-bucket",  # the Deny names another bucket; `detail` is its name as written
    "other-partition",  # the Deny names an ARN of another partition; `detail` is that partition as written
    "not-equals-but-present",  # a StringNotEquals (which holds on an absent header) together with `Null` `false`
    "bool-on-header",  # `Bool` on a key whose values are strings
    "key-id-instead-of-header",  # the condition is on the KMS key id, which S3 fills from default encryption
    "customer-key-left-out",  # the Deny leaves out uploads with a key of the customer's own
    "one-principal",  # the Deny is for named principals only
    "not-principal",  # `NotPrincipal` spares its own, and whoever is spared gets through
    "tls-version-only",  # the TLS version is absent on plain HTTP, so a comparison with it does not hold there
]


class Found(NamedTuple):
    """A mistake; `statement` is the number of the statement that has it (None: the document), `detail` is said with it."""

    mistake: Mistake
    statement: int | None
    detail: str = ""


class Case(NamedTuple):
    """A request that gets through, with the document and the goal; `topic` are the keys that make it one of the goal's."""

    document: Document
    goal: Goal
    request: Request
    topic: frozenset[str]


_HEADERS = frozenset((SSE, SSE_KMS_KEY, SSE_CUSTOMER))
_HALVES = _HEADERS | {TRANSPORT, TLS_VERSION}
_ARN = re.compile(r"arn:([^:]*):s3:::([^/]*)(/?)")
#: A statement may name hundreds of values; a mistake shows with the first ones or is none worth telling.
_MOST_TRIED = 64
_IDENTITY = re.compile(r"arn:[^:]*:iam::([0-9]{12}):(user|role)/[^*?]+")
_ACCOUNT = re.compile(r"(?:arn:[^:]*:iam::)?([0-9]{12})(?::root)?")
#: What a request may carry that does right by a key; the values that the statement itself names come first.
_RIGHT = {SSE: ("AES256", "aws:kms"), SSE_CUSTOMER: ("AES256",)}


def recognise(looks: Iterable[Look], case: Case) -> Found | None:
    """The first mistake in the Deny statements, of which the nearest comes first; else one of the document."""
    for look in looks:
        mistake, detail = _recognise(look, case)
        if mistake is not None:
            return Found(mistake, look.statement.number, detail)
    return _look_at_allows(case)


def _recognise(look: Look, case: Case) -> tuple[Mistake | None, str]:
    if look.action is not True:
        return None, ""
    if look.resource is not True:
        return _recognise_resource(look, case) if _wants(look, case) else (None, "")
    if look.principal is not True:
        return (_recognise_principal(look, case) if _wants(look, case) else None), ""
    return next((mistake for mistake, recognises in _ON_CONDITIONS if recognises(look, case)), None), ""


def _wants(look: Look, case: Case) -> bool:
    """Whether the statement's conditions are what the goal asks for."""
    return not look.failing and bool(not look.statement.conditions or case.topic & _keys(look.statement.conditions))


def _keys(conditions: Iterable[Condition]) -> frozenset[str]:
    return frozenset(condition.key for condition in conditions)


def _applies(statement: Statement, request: Request, case: Case) -> bool:
    return applies_to(statement, request, case.goal.assumptions, variables=case.document.variables) is True


# Resources and principals --------------------------------------------------------------------------------------------------------------


def _recognise_resource(look: Look, case: Case) -> tuple[Mistake | None, str]:
    """What is wrong with the resources, where the statement would deny the request with its ARN among them."""
    names, (bucket, slash, _) = look.statement.resources, case.request.resource.partition("/")
    right = look.statement._replace(resources=names._replace(patterns=(case.request.resource,)))
    arns = [arn for arn in map(_ARN.match, names.patterns) if arn is not None]
    if names.negated or look.resource is not False or not _applies(right, case.request, case):
        return None, ""
    if slash and bucket in names.patterns and len(arns) == len(names.patterns) and not any(arn[3] for arn in arns):
        return "objects-left-out", ""
    if not slash and f"{bucket}/*" in names.patterns:
        return "bucket-left-out", ""
    named = [arn[1] for arn in arns if match_one(read_glob(arn[2]), case.goal.bucket or arn[2])]
    if arns and not named:
        return "other-bucket", arns[0][2]
    return ("other-partition", named[0]) if named and case.goal.partition not in named else (None, "")


def _recognise_principal(look: Look, case: Case) -> Mistake | None:
    """What is wrong with the principals of a statement that would deny the request if it were for everyone."""
    statement = look.statement
    if statement.principals.negated:
        return "not-principal" if look.principal is False else None
    named = [_impersonate(kind, text, case.goal.partition) for kind, text in statement.principals.entries]
    return "one-principal" if named and all(one and _applies(statement, _send_as(one, case), case) for one in named) else None


def _impersonate(kind: str, text: str, partition: str) -> Principal | None:
    """Somebody whom the entry names; None where that is not plain."""
    if kind == "Service":
        return Service(text)
    if kind != "AWS":
        return None
    if account := _ACCOUNT.fullmatch(text):
        return Identity("root", account[1], f"arn:{partition}:iam::{account[1]}:root")
    if named := _IDENTITY.fullmatch(text):
        return Identity("user" if named[2] == "user" else "role", named[1], text, "example" if named[2] == "role" else "")
    return None


def _send_as(principal: Principal, case: Case) -> Request:
    """The same request by somebody else."""
    implied = find_implied(case.request, case.goal)
    bare = tuple((key, values) for key, values in case.request.context if key not in implied)
    return complete(case.request._replace(principal=principal, context=bare), case.goal.assumptions, keys_of(case.document))


# Conditions ----------------------------------------------------------------------------------------------------------------------------


def _without(look: Look, case: Case, left_out: Collection[Condition]) -> bool:
    """Whether the statement would deny the request without these conditions."""
    kept = tuple(condition for condition in look.statement.conditions if condition not in left_out)
    return bool(left_out) and _applies(look.statement._replace(conditions=kept), case.request, case)


def _is_not_equals_but_present(look: Look, case: Case) -> bool:
    negated = any(item.key == SSE and item.operator.negated for item in look.statement.conditions)
    return negated and _without(look, case, [item for item in look.failing if item.key == SSE and item.operator.family == "Null"])


def _is_bool_on_header(look: Look, case: Case) -> bool:
    found = [item for item in look.failing if item.key in _HEADERS and item.operator.family == "Bool"]
    return bool(case.topic & _HEADERS) and _without(look, case, found)


def _is_key_id_instead_of_header(look: Look, case: Case) -> bool:
    on_key = [item for item in look.failing if item.key == SSE_KMS_KEY]
    return SSE in case.topic and SSE not in _keys(look.statement.conditions) and _without(look, case, on_key)


def _is_customer_key_left_out(look: Look, case: Case) -> bool:
    """Whether it denies an upload without the header once that brings no key of its own."""
    bare = tuple((key, values) for key, values in case.request.context if key != SSE_CUSTOMER)
    return (
        SSE in case.topic and _keys(look.failing) == {SSE_CUSTOMER} and _applies(look.statement, case.request._replace(context=bare), case)
    )


def _is_tls_version_only(look: Look, case: Case) -> bool:
    failing, context = _keys(look.failing), dict(case.request.context)
    return context.get(TRANSPORT) == ("false",) and TLS_VERSION not in context and TLS_VERSION in failing <= {TRANSPORT, TLS_VERSION}


def _is_anded(look: Look, case: Case) -> bool:
    """Whether the statement denies the request once that does wrong in every respect of which the statement speaks, and can be sent so."""
    failing, keys = _keys(look.failing), _keys(look.statement.conditions)
    if not (keys & case.topic - failing and failing <= _HALVES):
        return False
    return any(_applies(look.statement, wrong, case) and _can_be_sent(wrong, case) for wrong in _spoil(failing, look.statement, case))


def _is_anded_halves(look: Look, case: Case) -> bool:
    """Whether the statement leaves both halves of the control open: uploads without the header over HTTPS, and with it over HTTP."""
    context = {key: values for key, values in case.request.context if key not in (SSE, TRANSPORT)}
    one = context | {TRANSPORT: ("true",)}
    other = context | {TRANSPORT: ("false",), SSE: ("AES256",)}
    halves = [case.request._replace(context=tuple(sorted(half.items()))) for half in (one, other)]
    only = _keys(look.statement.conditions) == {SSE, TRANSPORT}
    return only and _is_anded(look, case) and not any(_may_apply(look.statement, half, case) for half in halves)


def _may_apply(statement: Statement, request: Request, case: Case) -> bool:
    return applies_to(statement, request, case.goal.assumptions, variables=case.document.variables) is not False


def _spoil(keys: frozenset[str], statement: Statement, case: Case) -> Iterator[Request]:
    """The request over HTTP where the transport is among the keys, and without the headers or with what the statement names for them."""
    named = {key: {value for item in statement.conditions if item.key == key for value in item.values} for key in keys - {TRANSPORT}}
    choices: list[list[tuple[str, tuple[str, ...]]]] = [[(TRANSPORT, ("false",))]] if TRANSPORT in keys else []
    choices += [[(key, ()), *((key, (value,)) for value in sorted(values))] for key, values in named.items()]
    for chosen in islice(product(*choices), _MOST_TRIED):
        context = dict(case.request.context) | dict(chosen)
        yield case.request._replace(context=tuple(sorted((key, values) for key, values in context.items() if values)))


def _can_be_sent(request: Request, case: Case) -> bool:
    anything = Target((request.action,), "object" if "/" in request.resource else "bucket", ())
    return in_goal(request, case.goal._replace(targets=(anything,)), keys_of(case.document))


def _is_inverted(look: Look, case: Case) -> bool:
    """Whether the statement denies a request like this one that does right."""
    meant = _keys(look.failing) <= case.topic and not any(item.operator.negated for item in look.failing)
    return meant and any(_applies(look.statement, right, case) for right in _amend(look.statement, case))


def _amend(statement: Statement, case: Case) -> Iterator[Request]:
    """Requests like this one that the goal leaves alone: with some of the keys of its topic as they should be."""
    choices: dict[str, list[tuple[str, ...] | None]] = {}
    for target in case.goal.targets:
        for restriction in target.restrictions if hits(target, case.request, case.goal) else ():
            match restriction:
                case Absent(key):
                    named = [value for item in statement.conditions if item.key == key for value in item.values]
                    choices[key] = [None, *((value,) for value in (*named, *_RIGHT.get(key, ("private",))))]
                case AbsentOrOther(key, accepted):
                    choices[key] = [None, *((value,) for value in accepted)]
                case Equal(key, "false"):
                    choices[key] = [("true",)]
                case Below(key, bound):
                    choices[key] = [(bound,)]
                case _:
                    pass
    for chosen in islice(product(*choices.values()), _MOST_TRIED):
        values = {key: value for key, value in zip(choices, chosen, strict=True) if value is not None}
        right = case.request._replace(context=tuple(sorted((dict(case.request.context) | values).items())))
        if not any(hits(target, right, case.goal) for target in case.goal.targets) and _can_be_sent(right, case):
            yield right


#: In this order: what is said first is the most telling.
_ON_CONDITIONS: tuple[tuple[Mistake, Callable[[Look, Case], bool]], ...] = (
    ("not-equals-but-present", _is_not_equals_but_present),
    ("bool-on-header", _is_bool_on_header),
    ("customer-key-left-out", _is_customer_key_left_out),
    ("anded-halves", _is_anded_halves),
    ("anded-conditions", _is_anded),
    ("key-id-instead-of-header", _is_key_id_instead_of_header),
    ("tls-version-only", _is_tls_version_only),
    ("inverted-value", _is_inverted),
)


# Allows --------------------------------------------------------------------------------------------------------------------------------


def _look_at_allows(case: Case) -> Found | None:
    """The first Allow of what does right and not of this request, where no Deny speaks of it; no Deny at all is a mistake of its own."""
    denies = [statement for statement in case.document.statements if statement.effect == "Deny"]
    if not _keys(condition for statement in denies for condition in statement.conditions) & case.topic:
        for statement in case.document.statements:
            if statement.effect == "Allow" and not _may_apply(statement, case.request, case) and _allows_right(statement, case):
                return Found("allow-instead-of-deny", statement.number)
    return None if denies else Found("no-deny", None)


def _allows_right(statement: Statement, case: Case) -> bool:
    return bool(case.topic & _keys(statement.conditions)) and any(_applies(statement, right, case) for right in _amend(statement, case))
