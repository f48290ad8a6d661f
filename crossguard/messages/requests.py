"""
A request that gets through, in one sentence.

Everything in it that matters is told, and nothing else: the sentence, read back as a request, is one that is not denied.
"""

from collections.abc import Iterator

from typing_extensions import assert_never

from bucketpolicy.document import Condition, Document, Statement
from bucketpolicy.goal import SSE, TLS_VERSION, TRANSPORT, Assumptions
from bucketpolicy.repair import is_bucket_name
from bucketpolicy.request import Anonymous, Identity, OriginAccessIdentity, Principal, Request, Service, Unmodelled
from bucketpolicy.semantics.evaluate import holds
from bucketpolicy.shortest import SESSION, Shortest
from crossguard.messages.quoting import enumerate_texts, has_secret_values, join, name_key, name_statement, quote, quote_arn

_HEADER = "x-amz-server-side-encryption"
_ANYONE = {"user": "by an IAM user", "role": "by an IAM role", "root": "by the root user of an account"}


def describe_request(shown: Shortest, document: Document, bucket: str | None, limit: int, headers: tuple[str, ...] = ()) -> str:
    """
    One sentence that ends in `is not denied`, and says which of `headers` (condition keys) are missing.

    A `bucket` whose name is not known, or is none that a bucket can have, is not named.
    """
    request, context = shown.request, dict(shown.request.context)
    told = {*shown.implied, SSE, TRANSPORT, *([TLS_VERSION] if context.get(TRANSPORT) == ("true",) else [])}
    having = [
        *([f"the header `{_HEADER}: {quote(context[SSE][0], limit)[1:-1]}`"] if SSE in context else []),
        *(_describe_value(key, values, document, limit) for key, values in request.context if key not in told),
    ]
    lacking = [f"the header `{key.removeprefix('s3:')}`" for key in headers if key not in context]
    parts = [
        *_describe_action(request, bucket, limit),
        *_describe_caller(request.principal, limit, anyone=shown.anyone),
        _describe_transport(context),
        *([f"with {join(having, 'and', len(having))}"] if having else []),
        *([f"{'and ' if having else ''}without {join(lacking, 'and', len(lacking))}"] if lacking else []),
    ]
    return f"{' '.join(parts)} is not denied."


def _describe_action(request: Request, bucket: str | None, limit: int) -> tuple[str, str]:
    what = "upload to" if request.action == "s3:PutObject" else f"{quote(request.action, limit)} on"
    if bucket is not None and is_bucket_name(bucket):
        where = quote_arn(request.resource, limit)
    else:
        where = "an object of this bucket" if "/" in request.resource else "this bucket"
    if isinstance(request.principal, Anonymous):
        return f"An anonymous {what}", where
    return f"{'An ' if what[0] == 'u' else ''}{what}", where


def _describe_caller(principal: Principal, limit: int, *, anyone: bool) -> Iterator[str]:
    """Who, by name only where the name matters."""
    match principal:
        case Anonymous():
            pass
        case Service(name):
            yield f"by the service {quote(name, limit)}"
        case OriginAccessIdentity(arn):
            yield f"by the CloudFront origin access identity {quote(arn.rpartition(' ')[2], limit)}"
        case Unmodelled(arn):
            yield f"by the caller {quote(arn, limit)}"
        case Identity(kind) if anyone:
            yield _ANYONE[kind]
        case Identity("root", account):
            yield f"by the root user of account {quote(account, limit)}"
        case Identity(kind, _, arn, session):
            yield f"by the {kind} {quote(arn, limit)}"
            if session not in ("", SESSION):
                yield f"in the session {quote(session, limit)}"
        case _:
            assert_never(principal)


def _describe_transport(context: dict[str, tuple[str, ...]]) -> str:
    secure = context.get(TRANSPORT, ())
    if secure == ("false",):
        return "over plain HTTP"
    if secure and TLS_VERSION in context:
        return f"over TLS {context[TLS_VERSION][0]}"
    return "over HTTPS" if secure else "without `aws:SecureTransport`"


def _describe_value(key: str, values: tuple[str, ...], document: Document, limit: int) -> str:
    """A key of the request with its value; a value that must not be shown, by the statement that speaks of it."""
    if not has_secret_values(key):
        return f"{name_key(key, limit)} = {enumerate_texts(values, limit, 'and', len(values))}"
    # A statement that only asks whether the key is there names no value.
    naming = (found for found in _find_conditions(key, document) if found[1].operator.comparison != "null")
    found = next(naming, None)
    if found is None:
        return f"some value of {name_key(key, limit)}"
    statement, condition = found
    it = name_statement(statement.number, statement.sid, limit)
    if _names_value(condition, values, variables=document.variables):
        return f"the value of {name_key(key, limit)} that {it} names"
    return f"a value of {name_key(key, limit)} other than the one in {it}"


def _find_conditions(key: str, document: Document) -> Iterator[tuple[Statement, Condition]]:
    for statement in document.statements:
        for condition in statement.conditions:
            if condition.key == key:
                yield statement, condition


def _names_value(condition: Condition, values: tuple[str, ...], *, variables: bool) -> bool:
    """Whether the request's value is one that the condition names, however the operator takes that."""
    positive = condition._replace(operator=condition.operator._replace(negated=False))
    return holds(positive, {condition.key: values}, Assumptions(), variables=variables) is not False
