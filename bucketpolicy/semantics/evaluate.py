"""
The meaning of a bucket policy: whether one request is explicitly denied, read off AWS's own text.

Three values: True, False, and None where the answer rests on something that AWS leaves open (`docs/semantics.md` names each such case).
`decide` reads the same documents in its own way and shares no code with this module: a counterexample is shown only when both agree on it.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from bucketpolicy.document import Condition, Document, Names, Principals, Statement
from bucketpolicy.goal import Assumptions
from bucketpolicy.operators import Comparison, Operator
from bucketpolicy.request import Anonymous, Identity, OriginAccessIdentity, Principal, Request, Service, Unmodelled
from bucketpolicy.semantics.quantities import compare, is_within, read_date, read_number
from bucketpolicy.semantics.tokens import ANY, Tokens, Values, lower_ascii, match_all, match_one, read_glob, read_pattern, split_arn, widen
from bucketpolicy.tables.keys import find_key

Truth = bool | None

# An ARN has five colons before its resource.
_COLONS = 5


def is_denied(document: Document, request: Request, assumptions: Assumptions) -> Truth:
    """True iff some Deny statement applies to the request, False iff none does; None iff that rests on what AWS leaves open (S-07)."""
    return any_of(
        applies_to(statement, request, assumptions, variables=document.variables)
        for statement in document.statements
        if statement.effect == "Deny"
    )


def applies_to(statement: Statement, request: Request, assumptions: Assumptions, *, variables: bool) -> Truth:
    """Whether the statement, of whatever effect, applies to the request: all its parts do (S-08)."""
    return all_of(_judge_parts(statement, request, assumptions, variables=variables))


def _judge_parts(statement: Statement, request: Request, assumptions: Assumptions, *, variables: bool) -> Iterator[Truth]:
    context = dict(request.context)
    yield match_action(statement.actions, request.action)
    yield match_principal(statement.principals, request.principal, assumptions)
    yield match_resource(statement.resources, request.resource, context, variables=variables)
    for condition in statement.conditions:
        yield holds(condition, context, assumptions, variables=variables)


def any_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's disjunction; the first True settles it."""
    is_open = False
    for truth in truths:
        if truth:
            return True
        is_open = is_open or truth is None
    return None if is_open else False


def all_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's conjunction; the first False settles it."""
    is_open = False
    for truth in truths:
        if truth is False:
            return False
        is_open = is_open or truth is None
    return None if is_open else True


def negate(truth: Truth) -> Truth:
    """Kleene's negation."""
    return None if truth is None else not truth


# Principal and NotPrincipal ------------------------------------------------------------------------------------------------------------


def match_principal(principals: Principals, principal: Principal, assumptions: Assumptions) -> Truth:
    """
    Whether the `Principal` or `NotPrincipal` covers the caller (S-06, S-16).

    AWS looks at the account, then the role or user, then the session, and a policy may name any of them.
    `NotPrincipal` surely spares a caller where all of them are listed, and surely does not where none is (AWS: "NotPrincipal with Deny").
    It never spares a caller who has a permissions boundary; none is assumed here.
    """
    if principals.everyone:
        return not principals.negated
    if not principals.entries:
        return False
    listed = [_is_listed(link, principals, assumptions) for link in _chain(principal)]
    if not principals.negated:
        return any_of(listed)
    spared, mentioned = all_of(listed), any_of(listed)
    return negate(spared) if spared is True or mentioned is False else None


_Link = tuple[str, ...] | Anonymous | Service | Unmodelled


def _chain(principal: Principal) -> tuple[_Link, ...]:
    """What a policy can name of a caller, from the account down; each link with its spellings (S-12, S-13, S-18, S-19)."""
    if isinstance(principal, OriginAccessIdentity):
        return ((principal.arn,),)
    if isinstance(principal, Unmodelled):
        segments = principal.arn.split(":", _COLONS)
        return (segments[4], f"arn:{segments[1]}:iam::{segments[4]}:root"), principal
    if not isinstance(principal, Identity):
        return (principal,)
    partition = principal.arn.split(":")[1]
    account = (principal.account, f"arn:{partition}:iam::{principal.account}:root")
    if principal.kind == "root":
        return (account,)
    if principal.kind == "user":
        return account, (principal.arn,)
    name = principal.arn.rpartition("/")[2]
    return account, (principal.arn,), (f"arn:{partition}:sts::{principal.account}:assumed-role/{name}/{principal.session}",)


def _is_listed(link: _Link, principals: Principals, assumptions: Assumptions) -> Truth:
    return any_of(_names(kind, text, link, assumptions) for kind, text in principals.entries)


def _names(kind: str, text: str, link: _Link, assumptions: Assumptions) -> Truth:
    """Whether one entry of a principal element names this link of the caller's chain (S-10, S-11, S-14, S-15)."""
    if isinstance(link, Anonymous):
        return (kind, text) == ("AWS", "*")
    if isinstance(link, Service):
        if (kind, text) == ("AWS", "*"):
            return assumptions.aws_star_covers_services or None
        return kind == "Service" and (text == link.name or (None if "*" in text else False))
    if kind == "AWS" and isinstance(link, Unmodelled):
        # An entry may stand for callers of other forms in its account, as a role stands for its sessions.
        return text == "*" or (None if f":{link.arn.split(':')[4]}:" in text else False)
    if kind == "AWS":
        return text == "*" or text in link
    # Whose canonical id or federation it is cannot be seen from a request; a service's name is nobody's identity.
    return False if kind == "Service" else None


# Action and Resource -------------------------------------------------------------------------------------------------------------------


def match_action(names: Names, action: str) -> Truth:
    """Whether `Action` or `NotAction` covers the action; an empty list covers none (S-06)."""
    if not names.patterns:
        return False
    wanted = lower_ascii(action)
    found = any_of(_match_action(lower_ascii(text), wanted) for text in names.patterns)
    return negate(found) if names.negated else found


def _match_action(text: str, action: str) -> Truth:
    """Whether a pattern matches the action; what one is that leaves its service to a wildcard, which IAM refuses, is open (S-20)."""
    if not match_one(read_glob(text), action):
        return False
    return True if text == "*" or text.startswith("s3:") else None


def match_resource(names: Names, resource: str, context: Values, *, variables: bool) -> Truth:
    """Whether `Resource` or `NotResource` covers the ARN; an empty list covers none (S-06, S-25)."""
    if not names.patterns:
        return False
    found = any_of(_match_arn(text, resource, context if variables else None, negated=names.negated) for text in names.patterns)
    return negate(found) if names.negated else found


def _match_arn(text: str, resource: str, context: Values | None, *, negated: bool) -> Truth:
    """
    Whether a pattern of `Resource` matches the ARN, by the rule of six segments (S-23, S-24).

    Documented are `*` alone, and wildcards and variables after the fifth colon; what the others match is left open.
    """
    if text == "*":
        return True
    parts = _take_apart(text)
    if parts is None:
        return None if match_one(widen(text, variables=context is not None), resource) else False
    head, tail, plain = parts
    if plain:
        return text == resource
    if not resource.startswith(head):
        return False
    rest = resource[len(head) :]
    meanings = read_pattern(tail, context, wild=True)
    # A variable without a value matches no resource; whether `NotResource` then covers all of them is left open.
    return None if negated and meanings == (None,) else match_all(meanings, rest)


# Many requests are put to one document; each pattern is taken apart once.
@lru_cache(maxsize=512)
def _take_apart(text: str) -> tuple[str, str, bool] | None:
    """
    The first five segments of an ARN with their colons, all that follows, and whether that is plain text, too.

    None where there are fewer, or where one of the five is not plain.
    """
    *head, tail = text.split(":", _COLONS)
    if len(head) < _COLONS or any(sign in segment for segment in head for sign in ("*", "?", "${")):
        return None
    return "".join(f"{segment}:" for segment in head), tail, not any(sign in tail for sign in "*?$")


# Conditions ----------------------------------------------------------------------------------------------------------------------------


def holds(condition: Condition, context: Values, assumptions: Assumptions, *, variables: bool) -> Truth:
    """Whether a condition holds in this context (S-34)."""
    present = context.get(condition.key)
    if present is None:
        return _holds_on(condition, None, context, assumptions, variables=variables)
    truth = _holds_on(condition, present, context, assumptions, variables=variables)
    if any(present):
        return truth
    # A key whose only value is empty counts as present on one page of AWS and as "null" on another.
    return truth if truth == _holds_on(condition, None, context, assumptions, variables=variables) else None


def _holds_on(
    condition: Condition, present: tuple[str, ...] | None, context: Values, assumptions: Assumptions, *, variables: bool
) -> Truth:
    """The same where the values are these, or the key is absent (None); several values need a quantifier (S-36, S-37)."""
    operator = condition.operator
    if operator.family == "Null":
        return _null_holds(condition, is_absent=present is None)
    if not condition.values:
        return _holds_without_values(operator, is_absent=present is None)
    if present is None:
        return _holds_on_absent(operator)
    truths = [_compare(condition, value, context if variables else None, assumptions) for value in present]
    if operator.quantifier == "ForAllValues":
        return all_of(truths)
    if operator.quantifier == "ForAnyValue":
        return any_of(truths)
    key = find_key(condition.key)
    # What a key that can have several values means to an operator without a quantifier is not documented, even where it has one.
    return truths[0] if len(truths) == 1 and not (key and key.multi) else None


def _null_holds(condition: Condition, *, is_absent: bool) -> Truth:
    """`Null`: `true` asks for an absent key, `false` for a present one. With a quantifier it asks for nothing (S-33, S-39)."""
    if condition.operator.quantifier:
        return condition.operator.quantifier == "ForAllValues"
    wanted = {"true": is_absent, "false": not is_absent}
    return any_of(wanted.get(lower_ascii(text)) for text in condition.values) if condition.values else None


def _holds_without_values(operator: Operator, *, is_absent: bool) -> Truth:
    """An empty list of values: documented with a quantifier or `IfExists`, contradictory without (S-38)."""
    if operator.quantifier == "ForAnyValue":
        return None if is_absent and operator.if_exists else False
    if operator.quantifier or operator.if_exists:
        return is_absent
    return None


def _holds_on_absent(operator: Operator) -> Truth:
    """An absent key fails a positive operator and satisfies a negated one, `IfExists` and `ForAllValues` (S-31, S-32, S-36)."""
    if operator.quantifier == "ForAllValues":
        return True
    if operator.quantifier == "ForAnyValue":
        return None if operator.if_exists else False
    return operator.negated or operator.if_exists


def _compare(condition: Condition, value: str, context: Values | None, assumptions: Assumptions) -> Truth:
    """One value of the request against all values of the condition: one of them matches or, negated, none does (S-35)."""
    if not _is_comparable(condition, assumptions):
        return None
    truth = any_of(_match_value(condition.operator, value, text, context) for text in condition.values)
    return negate(truth) if condition.operator.negated else truth


def _is_comparable(condition: Condition, assumptions: Assumptions) -> bool:
    """Whether AWS says how this family of operators compares with this type of key (its examples compare ARNs as texts all over) (S-46)."""
    key, family = find_key(condition.key), condition.operator.family
    if key is None or key.type == family:
        return True
    if key.type == "Bool":
        return family == "String" and assumptions.string_op_on_bool_key
    if key.type == "Arn":
        return family == "String"
    return condition.key == "aws:epochtime" and family == "Numeric"


def _match_value(operator: Operator, value: str, text: str, context: Values | None) -> Truth:
    """One value of the request against one value of the condition, by the operator's positive form (S-43)."""
    match operator.family:
        case "String":
            return _match_text(operator.comparison, value, text, context)
        case "Numeric":
            return compare(operator.comparison, read_number(value), read_number(text))
        case "Date":
            return compare(operator.comparison, read_date(value), read_date(text))
        case "Ip":
            return is_within(value, text)
        case "Arn":
            return _match_six(value, text, context)
        case _:
            # No key of S3 is binary, so what is left are Bools; AWS says nothing of values besides these two.
            is_known = operator.family == "Bool" and lower_ascii(text) in ("true", "false")
            return lower_ascii(value) == lower_ascii(text) if is_known else None


def _match_text(comparison: Comparison, value: str, text: str, context: Values | None) -> Truth:
    """Exactly, with wildcards, or without regard to case (S-40)."""
    meanings = read_pattern(text, context, wild=comparison == "like")
    if comparison != "ignore_case":
        return match_all(meanings, value)
    folded = tuple(tokens and tuple(map(lower_ascii, tokens)) for tokens in meanings)
    same = match_all(folded, lower_ascii(value))
    # How AWS folds letters beyond ASCII is not documented: no match is certain only where no way of folding gives one.
    is_open = any(_may_fold(tokens, value) for tokens in meanings if tokens is not None)
    return None if same is False and is_open else same


def _may_fold(tokens: Tokens, value: str) -> bool:
    text = "".join(tokens)
    alike = ANY in tokens or any(fold(text) == fold(value) for fold in (str.casefold, str.upper, str.lower))
    return alike and not (text + value).isascii()


def _match_six(value: str, text: str, context: Values | None) -> Truth:
    """An ARN against a pattern, each of the six segments by itself; what a shorter pattern matches is left open (S-45)."""
    widest = widen(text, variables=context is not None)
    if widest.count(":") < _COLONS:
        return None
    if not match_one(widest, value):
        return False
    meanings = read_pattern(text, context, wild=True)
    known = [tokens for tokens in meanings if tokens is not None and tokens.count(":") == widest.count(":")]
    if meanings != (None,) and len(known) < len(meanings):
        return None
    segments = value.split(":", _COLONS)
    results = {all(map(match_one, split_arn(tokens), segments)) for tokens in known}
    return None if len(results) > 1 else True in results
