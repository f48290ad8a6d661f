"""Which requests a goal speaks of, and which can reach S3 at all; written apart from the code that decides and evaluates."""

import re
from fractions import Fraction
from typing import Any

from bucketpolicy.goal import Absent, Assumptions, Below, Equal, Goal, Restriction
from bucketpolicy.request import Anonymous, Identity, OriginAccessIdentity, Principal, Request, Service, Unmodelled
from bucketpolicy.tables.keys import applies, find_key
from tests.differential.naive import KIND, moment

Json = Any
Values = dict[str, tuple[str, ...]]


def in_goal(goal: Goal, request: Request) -> bool:
    """Whether the goal asks for this request to be denied; a goal without a bucket's name asks for every bucket's."""
    caller, head = request.principal, f"arn:{goal.partition}:s3:::"
    root = isinstance(caller, Identity) and caller.kind == "root"
    if root and request.action in {"s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"}:
        return False
    bucket, slash, key = request.resource.removeprefix(head).partition("/")
    if not request.resource.startswith(head) or bucket != (goal.bucket or bucket) or spellings(request) & set(goal.exempt):
        return False
    return any(
        request.action in target.actions
        and (0 < len(key.encode()) <= 1024 if target.on == "object" else not slash)
        and all(restricted(one, dict(request.context)) for one in target.restrictions)
        for target in goal.targets
    )


def spellings(request: Request) -> set[str]:
    """What an exemption can call the caller: by name, or by the account it belongs to as far as anything tells."""
    caller, account = request.principal, set(dict(request.context).get("aws:principalaccount", ()))
    match caller:
        case Service(name):
            return {name}
        case Identity():
            return {caller.arn, caller.account}
        case OriginAccessIdentity(arn):
            return {arn} | account
        case Unmodelled(arn):
            return {arn, arn.split(":")[4]} | account
    return set()


def restricted(restriction: Restriction, values: Values) -> bool:
    """Whether the request's keys are as the goal wants them."""
    found = values.get(restriction.key.lower())
    match restriction:
        case Absent():
            return found is None
        case Equal(value=value):
            return found == (value,)
        case Below(bound=bound):
            return found is not None and Fraction(found[0]) < Fraction(bound)
    return found is None or found[0] not in restriction.accepted


def possible(request: Request, assumptions: Assumptions, mentioned: str = "") -> bool:
    """
    Whether S3 can see such a request, as far as the named assumptions say.

    A key that is not in `mentioned`, the text of the Deny statements in lower case, may have been left out of the request.
    """
    values, caller = dict(request.context), request.principal
    missing = {key for key in _FORCED if key in mentioned and key not in values}
    service = isinstance(caller, Service)
    says_service = values.get("aws:principalisawsservice") == ("true",)
    over_http = values.get("aws:securetransport") == ("false",)
    identity_keys = {"aws:principalarn", "aws:principalorgid", "aws:principalisawsservice"}
    impossible = [
        assumptions.secure_transport_present and "aws:securetransport" in missing,
        assumptions.tls_version_absent_on_http and over_http and "s3:tlsversion" in values,
        assumptions.tls_versions_are_known and not {Fraction(one) for one in values.get("s3:tlsversion", ())} <= TLS_VERSIONS,
        assumptions.source_ip_or_vpc_endpoint and {"aws:sourceip", "aws:sourcevpce"} <= values.keys(),
        assumptions.source_ip_or_vpc_endpoint and {"aws:sourceip", "aws:sourcevpce"} <= missing,
        assumptions.anonymous_has_no_identity and caller == Anonymous() and not identity_keys.isdisjoint(values),
        assumptions.service_principal_keys and not service and says_service,
        assumptions.service_principal_keys and service and values.get("aws:principalisawsservice") == ("false",),
        assumptions.service_principal_keys
        and service
        and not {"aws:principalisawsservice", "aws:principalservicename"}.isdisjoint(missing),
        assumptions.principal_keys_agree and not agree(caller, values),
        assumptions.principal_keys_agree
        and isinstance(caller, Identity | OriginAccessIdentity | Unmodelled)
        and not {"aws:principalarn", "aws:principalaccount"}.isdisjoint(missing),
    ]
    return not any(impossible)


TLS_VERSIONS = {Fraction(one) for one in ("1.0", "1.1", "1.2", "1.3")}
LISTED = {
    "s3:x-amz-server-side-encryption": "AES256 aws:kms aws:kms:dsse aws:fsx aws:backup",
    "s3:x-amz-server-side-encryption-customer-algorithm": "AES256",
    "s3:x-amz-acl": "private public-read public-read-write authenticated-read aws-exec-read bucket-owner-read bucket-owner-full-control"
    " log-delivery-write",
    "s3:x-amz-storage-class": "STANDARD REDUCED_REDUNDANCY STANDARD_IA ONEZONE_IA INTELLIGENT_TIERING GLACIER GLACIER_IR DEEP_ARCHIVE",
    "s3:object-lock-mode": "GOVERNANCE COMPLIANCE",
    "s3:object-lock-legal-hold": "ON OFF",
    "s3:authtype": "REST-HEADER REST-QUERY-STRING POST",
    "aws:principaltype": "Account User FederatedUser AssumedRole Anonymous",
}
# The availability of the global keys, from AWS's page.
ALWAYS = {"aws:currenttime", "aws:epochtime", "aws:viaawsservice", "aws:principaltype"}
OF_SERVICES = "aws:source(arn|account|orgid|orgpaths)|aws:principalservicename(slist)?"
OF_IDENTITIES = (
    "aws:(username|tokenissuetime|multifactorauth.*|sourceidentity|federatedprovider|assumedroot|calledvia.*"
    "|principaltag/.*|principalorg.*)"
)
OF_SIGNED = {"aws:principalisawsservice", "aws:userid"}
_OF_BUCKET = "(?:aws|s3):resourceaccount|aws:resourceorg(?:id|paths)|aws:requestedregion|s3:buckettag/[^']*|aws:resourcetag/[^']*"
_NO_OPERATION = {"s3:CreateBucket", "s3:BypassGovernanceRetention", "s3:ObjectOwnerOverrideToBucketOwner", "s3:PauseReplication"}


def can_be_sent(request: Request, mentioned: str, assumptions: Assumptions) -> bool:  # noqa: PLR0911 - one return a reason
    """
    Whether anybody is known who can send it, which is asked of what gets through and of nothing that is denied.

    `mentioned`, the text of the Deny statements in lower case, holds what may be known of the bucket.
    """
    values, caller = dict(request.context), request.principal
    for key, found in values.items():
        if key in LISTED and not set(found) <= set(LISTED[key].split()):
            return False
        moments = [moment(one) for one in found] if KIND.get(key) == "Date" else []
        if any(one is None or one < _EARLIEST for one in moments):
            return False
        if re.fullmatch(_OF_BUCKET, key) and not all(f"'{one.lower()}'" in mentioned or f"${{{key}" in mentioned for one in found):
            return False
    if not is_available(request, assumptions):
        return False
    if request.action in _NO_OPERATION or request.action.startswith(("s3:Replicate", "s3:Initiate")):
        return False
    if isinstance(caller, OriginAccessIdentity):
        known = "arn:[a-z-]+:iam::cloudfront:user/CloudFront Origin Access Identity [^ ]+"
        open_keys = {"aws:principalaccount", "aws:userid", "aws:username", "aws:principaltype"}
        return re.fullmatch(known, caller.arn) is not None and open_keys.isdisjoint(values)
    return not isinstance(caller, Unmodelled)


def is_whole(request: Request, mentioned: str) -> bool:
    """Whether no key is missing that AWS always sends for such a request; a counterexample may leave out what does not matter."""
    values, caller = dict(request.context), request.principal
    signed, service = caller != Anonymous(), isinstance(caller, Service)
    user = isinstance(caller, Identity) and caller.kind == "user"
    perhaps_missing = (*ALWAYS, *OF_SIGNED, "aws:username", "aws:principalservicenameslist")
    missing = {key for key in perhaps_missing if f"'{key}'" in mentioned and key not in values}
    needed = ALWAYS | (OF_SIGNED if signed else set()) | ({"aws:username"} if user else set())
    if any(found[1] not in values for found in re.finditer(f"'({_OF_BUCKET})'", mentioned)):
        return False  # what is known of the bucket is so in every request
    return missing.isdisjoint(needed | ({"aws:principalservicenameslist"} if service else set()))


def lend_account(request: Request) -> Request:
    """The request with some account, where an origin access identity sends it: it has one, and a counterexample does not say which."""
    context = dict(request.context)
    if isinstance(request.principal, OriginAccessIdentity):
        context.setdefault("aws:principalaccount", ("000000000000",))
    return request._replace(context=tuple(sorted(context.items())))


def is_available(request: Request, assumptions: Assumptions) -> bool:
    """Whether every key is one that AWS sends for such a request, or with `anonymous-has-no-identity` off may send."""
    caller = request.principal
    of_signed = OF_SIGNED if assumptions.anonymous_has_no_identity else OF_SIGNED - {"aws:principalisawsservice"}
    signed, identity, service = caller != Anonymous(), isinstance(caller, Identity), isinstance(caller, Service)
    user = isinstance(caller, Identity) and caller.kind == "user"
    return all(
        find_key(key) is not None
        and applies(request.action, key)
        and (service or not re.fullmatch(OF_SERVICES, key))
        and (identity or not re.fullmatch(OF_IDENTITIES, key))
        and (user or key != "aws:username")
        and (signed or key not in of_signed)
        and not (service and key == "aws:principalaccount")
        and not (KIND.get(key) == "Numeric" and key != "s3:tlsversion" and not found[0].isdigit())
        for key, found in request.context
    )


def mention(document: Json) -> str:
    """The text of the Deny statements in lower case."""
    statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    return str([statement for statement in statements if statement["Effect"] == "Deny"]).lower()


_EARLIEST = moment("2026-10-27") or 0
_FORCED = {
    "aws:securetransport",
    "aws:sourceip",
    "aws:sourcevpce",
    "aws:principalisawsservice",
    "aws:principalservicename",
    "aws:principalarn",
    "aws:principalaccount",
}


def agree(caller: Principal, values: Values) -> bool:
    """Whether the keys that name the caller, where present, name this one; whose account a service's is, nobody says."""
    arn, account = values.get("aws:principalarn"), values.get("aws:principalaccount")
    match caller:
        case Identity():
            return arn in {None, (caller.arn,)} and account in {None, (caller.account,)}
        case Service():
            return arn is None
        case OriginAccessIdentity() | Unmodelled():
            return arn in {None, (caller.arn,)}
    return account in {None, ("anonymous",)}
