"""
A request that gets through, and why the nearest statement misses it, in plain sentences.

Every sentence takes `limit`, about how many characters one quoted text may have, so that a message can be made to fit.
"""

import re
from collections.abc import Iterator

from bucketpolicy.document import Condition, Document, Statement
from bucketpolicy.explain import Explanation, Mistake, Obstacle
from bucketpolicy.goal import SSE, TLS_VERSION, TRANSPORT, Assumptions
from bucketpolicy.parse import parse
from bucketpolicy.repair import is_bucket_name
from bucketpolicy.request import Anonymous, Identity, Request, Service
from bucketpolicy.semantics.evaluate import holds
from crossguard.messages.quoting import (
    enumerate_formed,
    enumerate_texts,
    has_placeholder,
    has_secret_values,
    join,
    name_key,
    quote,
    quote_arn,
)

_HEADER = "x-amz-server-side-encryption"
_LONGEST_ACTION = 40
#: Below this limit an ARN is no use any more.
_NARROW = 40
#: And below this one there is only room for what is required.
_CRAMPED = 16
#: The keys by which a repair spares the exempt principals.
_CALLER = frozenset({"aws:principalarn", "aws:principalaccount", "aws:principalservicename"})
#: Keys that the caller's name says already, and those with a phrase of their own.
_TOLD = frozenset(
    {
        "aws:principalarn",
        "aws:principalaccount",
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:principaltype",
        "aws:userid",
        "aws:username",
        SSE,
        TRANSPORT,
        TLS_VERSION,
    }
)


def describe_request(request: Request, document: Document, bucket: str | None, limit: int, headers: tuple[str, ...] = ()) -> str:
    """
    One sentence that ends in `is not denied`, and says which of `headers` (condition keys) are missing.

    A `bucket` whose name is not known, or is none that a bucket can have, is not named.
    Of the other keys it names those that the document speaks of: the rest of a request is of no consequence.
    """
    context = dict(request.context)
    having = [
        *([f"the header `{_HEADER}: {quote(context[SSE][0], limit)[1:-1]}`"] if SSE in context else []),
        *(_describe_rest(request, document, headers, limit) if limit >= _CRAMPED else ()),
    ]
    lacking = [f"the header `{key.removeprefix('s3:')}`" for key in headers if key not in context]
    parts = [
        *_describe_action(request, document, bucket, limit),
        *_describe_transport(context),
        *([f"with {join(having, 'and', 3)}"] if having else []),
        *([f"{'and ' if having else ''}without {join(lacking, 'and', 3)}"] if lacking else []),
    ]
    return f"{' '.join(parts)} is not denied."


def _describe_action(request: Request, document: Document, bucket: str | None, limit: int) -> tuple[str, ...]:
    what = (
        "upload to" if request.action == "s3:PutObject" else f"{quote(request.action, limit if limit < _CRAMPED else _LONGEST_ACTION)} on"
    )
    if bucket is not None and is_bucket_name(bucket):
        where = quote_arn(request.resource, limit)
    else:
        where = "an object of this bucket" if "/" in request.resource else "this bucket"
    if isinstance(request.principal, Anonymous):
        return f"An anonymous {what}", where
    return f"{'An ' if what[0] == 'u' else ''}{what}", where, _describe_caller(request.principal, document, limit)


def _describe_caller(principal: Identity | Service, document: Document, limit: int) -> str:
    """Who; an account that the document does not speak of is one of many, and its name says nothing."""
    if isinstance(principal, Service):
        return f"by the service {quote(principal.name, limit)}"
    if limit < _NARROW or not any(principal.account in text for text in _list_texts(document)):
        return _SOMEBODY.get(principal.kind, "by a signed caller")
    if principal.kind == "root":
        return f"by the root user of account {quote(principal.account, limit)}"
    return f"by the {principal.kind} {quote(principal.arn, limit)}"


_SOMEBODY = {"user": "by an IAM user", "role": "by an IAM role", "root": "by the root user of an account"}


def _describe_transport(context: dict[str, tuple[str, ...]]) -> Iterator[str]:
    secure = context.get(TRANSPORT, ())
    if secure == ("false",):
        yield "over plain HTTP"
    elif TLS_VERSION in context:
        yield f"over TLS {context[TLS_VERSION][0]}"
    elif secure:
        yield "over HTTPS"
    else:
        yield "without `aws:SecureTransport`"


def _describe_rest(request: Request, document: Document, headers: tuple[str, ...], limit: int) -> Iterator[str]:
    for key, values in request.context:
        if key not in _TOLD and (key in headers or _is_mentioned(key, document)):
            yield _describe_value(key, values, document, limit)


def _is_mentioned(key: str, document: Document) -> bool:
    """Whether the document speaks of the key, as one that is tested or as a variable in a text."""
    return any(_find_conditions(key, document)) or any(f"${{{key}" in text.lower() for text in _list_texts(document))


def _list_texts(document: Document) -> Iterator[str]:
    """Every text of the document in which an account or a variable may stand."""
    for statement in document.statements:
        yield from statement.resources.patterns
        yield from (text for _, text in statement.principals.entries)
        for condition in statement.conditions:
            yield from condition.values


def _describe_value(key: str, values: tuple[str, ...], document: Document, limit: int) -> str:
    """A key of the request with its value; a value that must not be shown, by the statement that speaks of it."""
    if not has_secret_values(key):
        return f"{name_key(key, limit)} = {enumerate_texts(values, limit, 'and')}"
    # A statement that only asks whether the key is there names no value.
    naming = (found for found in _find_conditions(key, document) if found[1].operator.comparison != "null")
    found = next(naming, None)
    if found is None:
        return f"some value of {name_key(key, limit)}"
    number, condition = found
    if _names_value(condition, values, variables=document.variables):
        return f"the value of {name_key(key, limit)} that statement {number} names"
    return f"another value of {name_key(key, limit)} than the one in statement {number}"


def _find_conditions(key: str, document: Document) -> Iterator[tuple[int, Condition]]:
    for statement in document.statements:
        for condition in statement.conditions:
            if condition.key == key:
                yield statement.number, condition


def _names_value(condition: Condition, values: tuple[str, ...], *, variables: bool) -> bool:
    """Whether the request's value is one that the condition names, however the operator takes that."""
    positive = condition._replace(operator=condition.operator._replace(negated=False))
    return holds(positive, {condition.key: values}, Assumptions(), variables=variables) is not False


def describe_nearest(obstacle: Obstacle, request: Request, limit: int) -> str:
    """The nearest statement, and the one thing that keeps it from applying to the request; no more than that where there is no room."""
    others = f" (and {obstacle.others} more of its conditions)" if obstacle.others and limit >= _CRAMPED else ""
    return (
        f"{name_statement(obstacle.statement, obstacle.sid, limit)} is nearest, but {_describe_obstacle(obstacle, request, limit)}{others}."
    )


def name_statement(number: int, sid: str | None, limit: int) -> str:
    """`Statement 2 (DenyHttp)`, the Sid in backticks and only where there is one."""
    return f"Statement {number} ({quote(sid, limit)})" if sid else f"Statement {number}"


def _describe_obstacle(obstacle: Obstacle, request: Request, limit: int) -> str:
    if obstacle.kind == "condition":
        return _describe_condition(obstacle, limit)
    names = enumerate_formed(obstacle.patterns, obstacle.kind, limit) if obstacle.patterns else "nothing"
    return _OBSTACLES[obstacle.kind, obstacle.negated].format(names=names, action=quote(request.action, limit))


_OBSTACLES = {
    ("principal", False): "is for {names} only",
    ("principal", True): "its `NotPrincipal` spares {names}",
    ("action", False): "its `Action` is {names}, not {action}",
    ("action", True): "its `NotAction` leaves out {names}",
    ("resource", False): "its `Resource` is {names}, which does not match",
    ("resource", True): "its `NotResource` leaves out {names}",
}


def _describe_condition(obstacle: Obstacle, limit: int) -> str:
    condition, actual = obstacle.condition, obstacle.actual
    assert condition is not None  # noqa: S101  of this kind by its definition
    key = condition.key
    if actual is None:
        here = "is absent"
    elif has_secret_values(key):
        here = "has another value" if not condition.operator.negated else "has that value"
    else:
        here = f"is {enumerate_texts(actual, limit, 'and')}"
    required = f"applies only where {describe_requirement(condition, limit)}"
    return f"{required}; here it {here}" if limit >= _CRAMPED else required


def describe_requirement(condition: Condition, limit: int) -> str:
    """What a condition asks of its key, as in: `aws:SecureTransport` is `false`."""
    operator = condition.operator
    key = name_key(condition.key, limit)
    subject = {"": key, "ForAllValues": f"every value of {key}", "ForAnyValue": f"some value of {key}"}[operator.quantifier]
    if operator.comparison == "null":
        return f"{key} is {_describe_presence(condition.values)}"
    values = _describe_values(condition, limit)
    verb = _VERBS[operator.comparison][operator.negated]
    absent = " is absent or" if operator.if_exists and not operator.negated else ""
    return f"{subject}{absent} {verb} {values}"


def _describe_presence(values: tuple[str, ...]) -> str:
    texts = {value.lower() for value in values}
    return "absent" if texts == {"true"} else "present" if texts == {"false"} else "absent or present"


def _describe_values(condition: Condition, limit: int) -> str:
    if not condition.values:
        return "in an empty list"
    if has_secret_values(condition.key):
        return "the one given there" if len(condition.values) == 1 else "one of those given there"
    return enumerate_formed(condition.values, condition.operator.family, limit)


_VERBS = {
    "equals": ("is", "is not"),
    "ignore_case": ("is", "is not"),
    "like": ("is like", "is not like"),
    "less": ("is below", "is not below"),
    "less_equals": ("is at most", "is not at most"),
    "greater": ("is above", "is not above"),
    "greater_equals": ("is at least", "is not at least"),
    "within": ("is in", "is not in"),
}


def describe_statements(added: tuple[str, ...], limit: int) -> str:
    """What statements that a repair adds deny, as in: deny `s3:*` on both ARNs where `aws:SecureTransport` is `false`; else their names."""
    document = parse(f'{{"Statement":[{",".join(added)}]}}')
    statements = document.statements if isinstance(document, Document) else ()
    if limit < _CRAMPED:
        return f"add {enumerate_texts((statement.sid or '' for statement in statements), 40, 'and')}, as `python -m offline fix` prints"
    told = [(_describe_denied(statement, limit), _describe_conditions(statement, limit)) for statement in statements]
    if len({denied for denied, _ in told}) == 1:
        return f"deny {told[0][0]}{' and, in another statement,'.join(conditions for _, conditions in told)}"
    return "; in another statement, ".join(f"deny {denied}{conditions}" for denied, conditions in told)


def _describe_denied(statement: Statement, limit: int) -> str:
    arns = statement.resources.patterns
    where = "both ARNs" if len(arns) > 1 else "its objects (`/*`)" if arns[0].endswith("/*") else "the bucket's own ARN"
    if limit >= _NARROW and len(arns) > 1:
        where = "the bucket's ARN and on the same with `/*`"
    return f"{enumerate_texts(statement.actions.patterns, max(limit, _LONGEST_ACTION), 'and', _count_actions(limit))} on {where}"


def _count_actions(limit: int) -> int:
    return 3 if limit >= _NARROW else 2


def _describe_conditions(statement: Statement, limit: int) -> str:
    asked = [describe_requirement(condition, limit) for condition in statement.conditions if condition.key not in _CALLER]
    spared = [] if len(asked) == len(statement.conditions) else ["the caller is not exempt"]
    return f" where {' and '.join([*asked, *spared])}" if statement.conditions else ""


def describe_mistake(explanation: Explanation, document: Document, partition: str, limit: int) -> tuple[str, ...]:
    """The sentences about a mistake that people make; none where none is recognised."""
    if explanation.mistake is None:
        return ()
    words = {"detail": _describe_detail(explanation.detail, limit), "partition": partition}
    if explanation.statement is not None:
        statement = document.statements[explanation.statement - 1]
        named = [text for _, text in statement.principals.entries]
        words |= {
            "it": name_statement(statement.number, statement.sid, limit),
            "named": enumerate_formed(named, "principal", limit) if named else "nobody",
        }
    return tuple(sentence.format_map(words) for sentence in _MISTAKES[explanation.mistake])


def _describe_detail(detail: str, limit: int) -> str:
    """The name of a bucket or a partition, as the document has it."""
    if has_placeholder(detail):
        return "whose name has an unfilled placeholder (`${...}`)"
    return quote(detail, limit) if _PLAIN.fullmatch(detail) else "whose name is malformed"


_PLAIN = re.compile(r"[A-Za-z0-9._*?${}:-]*")
_MISTAKES: dict[Mistake, tuple[str, ...]] = {
    "no-deny": ("The document has no Deny statement, and what it merely does not allow, an IAM policy can still allow.",),
    "allow-instead-of-deny": ("{it} allows what is right, and that forbids nothing: what is wrong needs a Deny.",),
    "anded-conditions": (
        "{it} has its conditions ANDed: it denies only header-less uploads over HTTP.",
        "That enforces neither half of the control.",
    ),
    "inverted-value": ("{it} is the wrong way round: it denies what is right, and lets this through.",),
    "objects-left-out": ("{it} names the bucket itself only; its objects have the same ARN with `/*`.",),
    "bucket-left-out": ("{it} names the objects only (`/*`), and not the bucket itself.",),
    "other-bucket": ("{it} is about another bucket, {detail}.",),
    "other-partition": ("{it} is about the partition {detail}; this bucket is in `{partition}`.",),
    "not-equals-but-present": (
        "{it} would hold for an absent header, were it not for its `Null` `false`, which wants the header present.",
    ),
    "bool-on-header": ("{it} uses `Bool` on a header whose values are texts, so it never holds; `Null` `true` tests for an absent one.",),
    "key-id-instead-of-header": ("{it} tests the id of the KMS key, which S3 also fills in from default encryption, and not the header.",),
    "one-principal": ("{it} denies this to {named} only, and not to everyone.",),
    "not-principal": ("{it} spares {named} through `NotPrincipal`; `exemptPrincipals` is the setting for callers who may.",),
    "tls-version-only": ("{it} compares the TLS version, which is absent over plain HTTP.",),
    "output-in-text": ("{it} holds what Pulumi writes for an Output in an f-string, not its value; use `Output.format` or `.apply`.",),
}
