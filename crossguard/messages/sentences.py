"""
Why a request gets through and what would stop it, in plain sentences.

Every sentence takes `limit`, about how many characters one quoted text may have, so that a message can be made to fit.
"""

import re
from collections.abc import Iterable

from bucketpolicy.document import Condition, Document, Statement
from bucketpolicy.explain import Explanation
from bucketpolicy.mistakes import Mistake
from bucketpolicy.nearest import Obstacle
from bucketpolicy.parse import parse
from bucketpolicy.request import Request
from crossguard.judging.senders import Sender
from crossguard.messages.quoting import (
    SHORTEST_LIMIT,
    Form,
    clean,
    enumerate_formed,
    enumerate_texts,
    has_placeholder,
    has_secret_values,
    name_key,
    name_statement,
    quote,
)

_MOST_SENDERS = 3
#: The keys by which a repair spares the exempt principals.
_CALLER = frozenset({"aws:principalarn", "aws:principalaccount", "aws:principalservicename"})


def describe_nearest(obstacle: Obstacle, request: Request, limit: int, *, brief: bool = False) -> str:
    """The nearest statement, and the one thing that keeps it from applying to the request; no more than that where it must be brief."""
    others = f" (and {obstacle.others} more of its conditions)" if obstacle.others and not brief else ""
    why = _describe_obstacle(obstacle, request, limit, brief=brief)
    return f"{name_statement(obstacle.statement, obstacle.sid, limit)} is nearest, but {why}{others}."


def _describe_obstacle(obstacle: Obstacle, request: Request, limit: int, *, brief: bool) -> str:
    if obstacle.kind == "condition":
        return _describe_condition(obstacle, limit, brief=brief)
    names = _name_patterns(obstacle.patterns, obstacle.kind, limit) if obstacle.patterns else "nothing"
    return _OBSTACLES[obstacle.kind, obstacle.negated].format(names=names, action=quote(request.action, limit))


def _name_patterns(patterns: Iterable[str], kind: Form, limit: int) -> str:
    """The patterns; a `*` that is not everybody is that of another kind than `AWS`."""
    names = enumerate_formed(patterns, kind, limit)
    return names.replace("`*`", "every caller of one kind") if kind == "principal" else names


_OBSTACLES = {
    ("principal", False): "is for {names} only",
    ("principal", True): "its `NotPrincipal` spares {names}",
    ("action", False): "its `Action` is {names}, not {action}",
    ("action", True): "its `NotAction` leaves out {names}",
    ("resource", False): "its `Resource` is {names}, which does not match",
    ("resource", True): "its `NotResource` leaves out {names}",
}


def _describe_condition(obstacle: Obstacle, limit: int, *, brief: bool) -> str:
    condition, actual = obstacle.condition, obstacle.actual
    assert condition is not None  # noqa: S101  of this kind by its definition
    if condition.operator.comparison == "null" and condition.operator.quantifier:
        return f"its `{condition.operator.name}` never holds"
    key = condition.key
    if actual is None:
        here = "is absent"
    elif has_secret_values(key):
        here = "has another value" if not condition.operator.negated else "has that value"
    else:
        here = f"is {enumerate_texts(actual, limit, 'and')}"
    required = f"applies only where {describe_requirement(condition, limit)}"
    return required if brief else f"{required}; here it {here}"


def describe_requirement(condition: Condition, limit: int) -> str:
    """What a condition asks of its key, as in: `aws:SecureTransport` is `false`."""
    operator = condition.operator
    key = name_key(condition.key, limit)
    subject = {"": key, "ForAllValues": f"every value of {key}", "ForAnyValue": f"some value of {key}"}[operator.quantifier]
    if operator.comparison == "null":
        asked = f"`{operator.name}` of {key} holds, which it {'always' if operator.quantifier == 'ForAllValues' else 'never'} does"
        return asked if operator.quantifier else f"{key} is {_describe_presence(condition.values)}"
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
    """What statements that a repair adds deny, as in: deny `s3:*` on both ARNs where `aws:SecureTransport` is `false`."""
    told = [(_describe_denied(statement, limit), _describe_conditions(statement, limit)) for statement in _read(added)]
    if len({denied for denied, _ in told}) == 1:
        return f"deny {told[0][0]}{' and, in another statement,'.join(conditions for _, conditions in told)}"
    return "; in another statement, ".join(f"deny {denied}{conditions}" for denied, conditions in told)


def list_sids(added: tuple[str, ...]) -> str:
    """The names of statements that a repair adds."""
    return enumerate_texts((statement.sid or "" for statement in _read(added)), SHORTEST_LIMIT, "and")


def _read(added: tuple[str, ...]) -> tuple[Statement, ...]:
    document = parse(f'{{"Statement":[{",".join(added)}]}}')
    return document.statements if isinstance(document, Document) else ()


def _describe_denied(statement: Statement, limit: int) -> str:
    arns = statement.resources.patterns
    where = "both ARNs" if len(arns) > 1 else "its objects (`/*`)" if arns[0].endswith("/*") else "the bucket's own ARN"
    if limit > SHORTEST_LIMIT and len(arns) > 1:
        where = "the bucket's ARN and on that ARN with `/*`"
    return f"{enumerate_texts(statement.actions.patterns, limit, 'and')} on {where}"


def _describe_conditions(statement: Statement, limit: int) -> str:
    asked = [describe_requirement(condition, limit) for condition in statement.conditions if condition.key not in _CALLER]
    spared = [] if len(asked) == len(statement.conditions) else ["the caller is not exempt"]
    return f" where {' and '.join([*asked, *spared])}" if statement.conditions else ""


def describe_senders(senders: tuple[Sender, ...], limit: int, then: str = "; until then `remediate` adds nothing") -> list[str]:
    """Whom the fix would silence, and how to spare them; nothing where it is nobody. `then`: where the setting is, or what it does."""
    if not senders:
        return []
    first, *others = senders
    where = f"{first.resource} delivers here" if first.resource else f"{name_statement(first.statement, first.sid, limit)} lets it upload"
    more = f", and {len(others)} more" if others else ""
    names = enumerate_texts((sender.principal for sender in senders), limit, "and")
    listed = ", ".join(f'"{sender.principal}"' for sender in senders[:_MOST_SENDERS])
    return [
        f"This fix would silence {names}, which may not send the header ({where}{more}).",
        f"To spare {'them' if others else 'it'}, set `exemptPrincipals: [{clean(listed)}]`{then}.",
    ]


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
            "named": _name_patterns(named, "principal", limit) if named else "nobody",
            "conditions": " and ".join(describe_requirement(condition, limit) for condition in statement.conditions),
        }
    return tuple(sentence.format_map(words) for sentence in _MISTAKES[explanation.mistake])


def _describe_detail(detail: str, limit: int) -> str:
    """The name of a bucket or a partition, as the document has it."""
    if has_placeholder(detail):
        return "whose name has an unfilled placeholder (`${...}`)"
    return quote(detail, limit) if _PLAIN.fullmatch(detail) else "whose name is malformed"


_PLAIN = re.compile(r"[A-Za-z0-9._*?${}:-]*")
_ANDED = "{it} has its conditions ANDed: it applies only where {conditions}"
_MISTAKES: dict[Mistake, tuple[str, ...]] = {
    "no-deny": ("There is no Deny statement, and not allowing a request does not block it: an IAM policy may still allow it.",),
    "allow-instead-of-deny": ("{it} allows the requests that comply, but blocks nothing: deny the others instead.",),
    "anded-halves": (f"{_ANDED}, and so enforces neither half of the control.",),
    "anded-conditions": (f"{_ANDED}, all at once.",),
    "inverted-value": ("{it} is the wrong way round: it denies the requests that comply, and lets this one through.",),
    "objects-left-out": ("{it} names the bucket itself only; its objects have the same ARN with `/*`.",),
    "bucket-left-out": ("{it} names the objects only (`/*`), and not the bucket itself.",),
    "other-bucket": ("{it} is about another bucket, {detail}.",),
    "other-partition": ("{it} is about the partition {detail}; this bucket is in `{partition}`.",),
    "not-equals-but-present": (
        "{it} would hold for an absent header, were it not for its `Null` `false`, which requires the header to be present.",
    ),
    "bool-on-header": ("{it} uses `Bool` on a header whose values are strings; `Null` `true` tests for an absent one.",),
    "key-id-instead-of-header": ("{it} tests the id of the KMS key, which S3 also fills in from default encryption, and not the header.",),
    "customer-key-left-out": (
        "{it} leaves out uploads with customer-provided keys (SSE-C); `acceptCustomerProvidedKeys` is the setting for those.",
    ),
    "one-principal": ("{it} denies this to {named} only, and not to everyone.",),
    "not-principal": ("{it} spares this caller through `NotPrincipal`; `exemptPrincipals` is the setting for callers who may.",),
    "tls-version-only": ("{it} compares the TLS version, which is absent over plain HTTP.",),
}
