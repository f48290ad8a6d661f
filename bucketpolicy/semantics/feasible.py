"""Whether a request is one of a goal's: its action, its resource, its restrictions, and whether anybody can send it at all."""

import re
from collections.abc import Collection, Iterator

from bucketpolicy.document import Document
from bucketpolicy.goal import EARLIEST, TLS_VERSION, TRANSPORT, Absent, AbsentOrOther, Assumptions, Equal, Goal, Restriction, Target
from bucketpolicy.request import SOME_ACCOUNT, Anonymous, Identity, OriginAccessIdentity, Principal, Request, Service, Unmodelled
from bucketpolicy.semantics.quantities import read_address, read_date, read_number
from bucketpolicy.semantics.tokens import Values, lower_ascii
from bucketpolicy.tables.actions import BUCKET_ACTIONS, NEVER_ASKED, OBJECT_ACTIONS
from bucketpolicy.tables.keys import KeyType, applies, find_key

#: The longest key of an object, in bytes of UTF-8.
MAX_KEY_BYTES = 1024
PRINCIPAL_ARN = "aws:principalarn"
PRINCIPAL_ACCOUNT = "aws:principalaccount"
PRINCIPAL_ORG = "aws:principalorgid"
IS_SERVICE = "aws:principalisawsservice"
SERVICE_NAME = "aws:principalservicename"
SOURCE_IP = "aws:sourceip"
SOURCE_VPCE = "aws:sourcevpce"
_ACCOUNT = re.compile("[0-9]{12}")
_VARIABLE_NAME = re.compile(r"\$\{([^\s,}]+)")
_TLS_VERSIONS = tuple(map(read_number, ("1.0", "1.1", "1.2", "1.3")))
_ROOT_ALWAYS_MAY = ("s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy")


def in_goal(request: Request, goal: Goal, mentioned: Collection[str] = ()) -> bool:
    """
    True iff the request is one of the goal's, from somebody not exempt, and can be sent under the goal's assumptions (S-17).

    `mentioned`: the keys, in lower case, that the document speaks of. A key that must be in every request may be left out of this one
    where the document says nothing of it.
    """
    context = dict(request.context)
    return (
        any(hits(target, request, goal) for target in goal.targets)
        and not _is_exempt(request.principal, context, goal.exempt)
        and not (_is_root(request.principal) and request.action in _ROOT_ALWAYS_MAY)
        and _is_somebody(request.principal, goal.partition)
        and all(_is_well_typed(key, values) for key, values in request.context)
        and not any(_contradictions(request, context, goal.assumptions, mentioned))
    )


def can_be_sent(request: Request) -> bool:
    """True iff the request is for an operation (S-64), and speaks of no time of the past (S-63): else nobody can send it any more."""
    times = (read_date(value) for key, values in request.context if (known := find_key(key)) and known.type == "Date" for value in values)
    return request.action not in NEVER_ASKED and all(time is not None and time >= EARLIEST for time in times)


# Targets -------------------------------------------------------------------------------------------------------------------------------


def hits(target: Target, request: Request, goal: Goal) -> bool:
    """Whether action, resource and keys of the request are in this target of the goal, whoever sends it."""
    context = dict(request.context)
    return (
        request.action in target.actions
        and request.action in (OBJECT_ACTIONS if target.on == "object" else BUCKET_ACTIONS)
        and _is_on(target.on, request.resource, goal)
        and all(satisfies(restriction, context) for restriction in target.restrictions)
    )


def _is_on(shape: str, resource: str, goal: Goal) -> bool:
    """Whether the ARN is the goal's bucket or one of its objects; any bucket where the name is not known (S-24)."""
    prefix = f"arn:{goal.partition}:s3:::"
    bucket, slash, key = resource.removeprefix(prefix).partition("/")
    if not resource.startswith(prefix) or not bucket or goal.bucket not in (None, bucket):
        return False
    return not slash if shape == "bucket" else _is_key(key)


def _is_key(key: str) -> bool:
    """One to 1024 bytes of UTF-8 (S-22)."""
    try:
        return 0 < len(key.encode()) <= MAX_KEY_BYTES
    except UnicodeEncodeError:
        return False


def satisfies(restriction: Restriction, context: Values) -> bool:
    """Whether the keys are as the restriction says."""
    values = context.get(restriction.key)
    match restriction:
        case Absent():
            return values is None
        case AbsentOrOther(_, accepted):
            return values is None or not set(values) & set(accepted)
        case Equal(_, value):
            return values == (value,)
        case _:
            number, limit = read_number(values[0]) if values else None, read_number(restriction.bound)
            return number is not None and limit is not None and number < limit


# Who can be asking ---------------------------------------------------------------------------------------------------------------------


def _is_root(principal: Principal) -> bool:
    return isinstance(principal, Identity) and principal.kind == "root"


def _is_exempt(principal: Principal, context: Values, exempt: tuple[str, ...]) -> bool:
    match principal:
        case Identity(_, account, arn, _):
            return account in exempt or arn in exempt
        case Service(name):
            return name in exempt and not _ACCOUNT.fullmatch(name)
        case OriginAccessIdentity(arn):
            return arn in exempt or any(account in exempt for account in context.get(PRINCIPAL_ACCOUNT, ()))
        case _:
            return False


def _is_somebody(principal: Principal, partition: str) -> bool:
    """
    Whether the parts of a principal fit together: an identity's ARN has its account, its kind and the bucket's partition.

    Which letters IAM takes in a name is not checked but for white space: a document may speak of any name.
    """
    if isinstance(principal, OriginAccessIdentity):
        return re.fullmatch(rf"arn:{partition}:iam::cloudfront:user/CloudFront Origin Access Identity \S+", principal.arn) is not None
    if not isinstance(principal, Identity):
        return not isinstance(principal, Unmodelled) and (not isinstance(principal, Service) or bool(principal.name))
    head = f"arn:{partition}:iam::{principal.account}:"
    tail = "root" if principal.kind == "root" else rf"{principal.kind}/(?:\S*/)?[^\s/]+"
    return (
        _ACCOUNT.fullmatch(principal.account) is not None
        and principal.arn.startswith(head)
        and re.fullmatch(tail, principal.arn[len(head) :]) is not None
        and bool(principal.session) == (principal.kind == "role")
    )


# What a context can hold ---------------------------------------------------------------------------------------------------------------


def _is_well_typed(key: str, values: tuple[str, ...]) -> bool:
    """Whether the key can have these values: one, or several where AWS says so, each of the key's type (S-57)."""
    known = find_key(key)
    if not values or len(set(values)) != len(values):
        return False
    if known is None:
        return True
    return (known.multi or len(values) == 1) and all(_is_of_type(known.type, value) for value in values)


def _is_of_type(kind: KeyType, value: str) -> bool:
    match kind:
        case "Bool":
            return value in ("true", "false")
        case "Numeric":
            return read_number(value) is not None
        case "Date":
            return read_date(value) is not None
        case "Ip":
            return read_address(value) is not None
        case _:  # also an ARN is what a caller wrote into a header: any text
            return True


def _contradictions(request: Request, context: Values, assumptions: Assumptions, mentioned: Collection[str]) -> Iterator[bool]:
    """For each assumption in force, whether the context contradicts it (S-50, S-51, S-52, S-53, S-54, S-55, S-56, S-60)."""
    missing = {key for key in mentioned if key not in context}
    if assumptions.secure_transport_present:
        yield TRANSPORT in missing
    if assumptions.tls_version_absent_on_http:
        yield context.get(TRANSPORT) == ("false",) and TLS_VERSION in context
    if assumptions.tls_versions_are_known:
        yield any(version not in _TLS_VERSIONS for version in map(read_number, context.get(TLS_VERSION, ())))
    if assumptions.source_ip_or_vpc_endpoint:
        yield (SOURCE_IP in context and SOURCE_VPCE in context) or {SOURCE_IP, SOURCE_VPCE} <= missing
    if assumptions.anonymous_has_no_identity:
        yield isinstance(request.principal, Anonymous) and not {PRINCIPAL_ARN, PRINCIPAL_ORG, IS_SERVICE}.isdisjoint(context)
    if assumptions.service_principal_keys:
        yield not _agrees(_keys_of_service(request.principal), context, missing)
    if assumptions.principal_keys_agree:
        yield not _agrees(_keys_of_identity(request.principal), context, missing)
        # Every request has an account; which one an origin access identity has is not documented.
        yield isinstance(request.principal, OriginAccessIdentity) and PRINCIPAL_ACCOUNT in missing
    if assumptions.inapplicable_keys_absent:
        yield not all(applies(request.action, key) for key in context)


_Expected = dict[str, tuple[tuple[str, ...] | None, ...]]


def _agrees(expected: _Expected, context: Values, missing: Collection[str]) -> bool:
    """Whether each key has one of the values expected of it, where None is its absence; a key left out of the request is not missed."""
    return all(context.get(key) in allowed or (key not in context and key not in missing) for key, allowed in expected.items())


def _keys_of_service(principal: Principal) -> _Expected:
    if isinstance(principal, Service):
        return {IS_SERVICE: (("true",),), SERVICE_NAME: ((principal.name,),)}
    return {IS_SERVICE: (("false",), None), SERVICE_NAME: (None,)}


def _keys_of_identity(principal: Principal) -> _Expected:
    match principal:
        case Identity(_, account, arn, _):
            return {PRINCIPAL_ARN: ((arn,),), PRINCIPAL_ACCOUNT: ((account,),)}
        case OriginAccessIdentity(arn):
            return {PRINCIPAL_ARN: ((arn,),)}
        case Service():
            return {PRINCIPAL_ARN: (None,)}
        case _:
            return {PRINCIPAL_ACCOUNT: (("anonymous",), None)}


def complete(request: Request, assumptions: Assumptions, mentioned: Collection[str]) -> Request:
    """The request with the keys that follow from its principal, where they are mentioned and left out."""
    context = dict(request.context)
    expected = _keys_of_service(request.principal) if assumptions.service_principal_keys else {}
    expected |= _keys_of_identity(request.principal) if assumptions.principal_keys_agree else {}
    for key, (first, *others) in expected.items():
        if key in mentioned and key not in context and first is not None and not others:
            context[key] = first
    if assumptions.principal_keys_agree and isinstance(request.principal, OriginAccessIdentity) and PRINCIPAL_ACCOUNT in mentioned:
        context.setdefault(PRINCIPAL_ACCOUNT, (SOME_ACCOUNT,))
    return request._replace(context=tuple(sorted(context.items())))


def keys_of(document: Document) -> frozenset[str]:
    """The keys, in lower case, that the document's Deny statements speak of, in conditions and in policy variables."""
    denies = [statement for statement in document.statements if statement.effect == "Deny"]
    conditions = [condition for statement in denies for condition in statement.conditions]
    texts = [text for part in (*(item.resources.patterns for item in denies), *(item.values for item in conditions)) for text in part]
    variables = {lower_ascii(name) for text in texts for name in _VARIABLE_NAME.findall(text)} if document.variables else set()
    return frozenset(variables | {condition.key for condition in conditions})
