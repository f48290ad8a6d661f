"""What is known of requests without any document: what proofs rest on, and what is too thin to prove or to refute anything with."""

import pytest

from bucketpolicy.goal import SSE, TLS_VERSION, TRANSPORT, Absent, Equal, Target
from bucketpolicy.request import Identity, Service
from bucketpolicy.verdict import Counterexample
from tests.bucketpolicy.verdicts import NULL, Json, decide_on, denied, reasons, statement, uploads, witness

IS_SERVICE, NAME, NAMES = "aws:PrincipalIsAWSService", "aws:PrincipalServiceName", "aws:PrincipalServiceNamesList"
ACCOUNT, ARN, TYPE = "aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalType"
FAX = "fax.amazonaws.com"
ONE, OTHER = "111122223333", "444455556666"
IDENTITIES = statement({**NULL, "BoolIfExists": {IS_SERVICE: "false"}})
BUT_FAX = statement(NULL, Principal=None, NotPrincipal={"Service": FAX})


def fax(condition: Json) -> Json:
    """A Deny for one service."""
    return statement({**NULL, **condition}, Principal={"Service": FAX})


def test_a_service_sends_its_own_name() -> None:
    """A named one sends nothing else; another one sends some name, and none of the named ones; nobody but services sends any."""
    assert denied(uploads(BUT_FAX, fax({"StringEquals": {NAME: FAX}}))).assumptions == ("service-principal-keys",)
    assert isinstance(uploads(BUT_FAX, fax({"StringNotEquals": {NAME: FAX}})), Counterexample)
    some_name = statement({"Null": {SSE: "true", NAME: "false"}})
    denied(uploads(IDENTITIES, some_name))
    denied(uploads(IDENTITIES, fax({}), statement({**NULL, "StringNotEquals": {NAME: FAX}})))
    request = witness(uploads(IDENTITIES, fax({}), statement({**NULL, "StringEquals": {NAME: FAX}})))
    assert isinstance(request.principal, Service)
    assert request.principal.name != FAX
    assert dict(request.context)[NAME.lower()] == (request.principal.name,)


def test_only_services_send_the_names_of_a_service() -> None:
    """So who sends none, and is no service, is everybody else."""
    services = statement({**NULL, "Bool": {IS_SERVICE: "true"}})
    assert denied(uploads(services, statement({"Null": {SSE: "true", NAMES: "true"}}))).assumptions == ("service-principal-keys",)
    assert isinstance(uploads(services, statement({"Null": {SSE: "true", NAMES: "false"}})), Counterexample)


@pytest.mark.parametrize(
    ("statements", "reason"),
    [
        ([IDENTITIES, statement({"Null": {SSE: "true", NAMES: "false"}})], "the condition key is sent for every service"),
        ([BUT_FAX, fax({"ForAnyValue:StringEquals": {NAMES: FAX}})], "the names of a service hold its own"),
        (
            [IDENTITIES, fax({}), statement({**NULL, "ForAllValues:StringNotEquals": {NAMES: FAX}})],
            "the names of a service hold its own",
        ),
        (
            [IDENTITIES, statement({**NULL, "ForAllValues:StringLike": {NAMES: "?*.amazonaws.com"}})],
            "the names of services end in `.amazonaws.com`",
        ),
    ],
)
def test_the_names_of_a_service_are_thin_ground(statements: list[Json], reason: str) -> None:
    """What is known of them is no proof, and a request that it speaks against is not shown."""
    assert reason in [found for _, found in reasons(uploads(*statements))]


def test_the_names_of_a_service_may_be_several() -> None:
    """Its own is among them."""
    for name in (FAX, "zoom.amazonaws.com"):
        others = statement(NULL, Principal=None, NotPrincipal={"Service": name})
        own = statement({**NULL, "ForAllValues:StringEquals": {NAMES: name}}, Principal={"Service": name})
        request = witness(uploads(others, own))
        names = dict(request.context)[NAMES.lower()]
        assert request.principal == Service(name)
        assert name in names
        assert len(names) == 2
        assert all(text.endswith(".amazonaws.com") for text in names)


@pytest.mark.parametrize(
    ("types", "kind", "own"),
    [
        (["User", "AssumedRole"], "root", "Account"),
        (["Account", "AssumedRole"], "user", "User"),
        (["Account", "User"], "role", "AssumedRole"),
    ],
)
def test_a_principal_has_the_type_that_it_is_of(types: list[str], kind: str, own: str) -> None:
    """Only the one whose type is left gets through."""
    request = witness(uploads(statement({**NULL, "StringEquals": {TYPE: types}})))
    assert isinstance(request.principal, Identity)
    assert request.principal.kind == kind
    assert dict(request.context)[TYPE.lower()] == (own,)


def test_who_has_none_of_the_known_types_is_not_shown() -> None:
    """And is not denied either."""
    found = [reason for _, reason in reasons(uploads(statement({**NULL, "StringEquals": {TYPE: ["Account", "User", "AssumedRole"]}})))]
    assert "the type of a principal follows from the principal" in found
    assert "the type of this principal is not known" in found


def test_what_only_a_goal_speaks_of_is_open_for_the_whole_document() -> None:
    """There is no place in the document to point at."""
    unknown = "whether a request carries a key that its action is not documented to know is open"
    assert reasons(decide_on(target=Target(("s3:GetObject",), "object", (Equal(SSE, "aws:kms"),)))) == (("$", unknown),)
    without = Target(("s3:PutObject",), "object", (Equal(TRANSPORT, "true"), Absent(TLS_VERSION)))
    assert reasons(decide_on(target=without)) == (("$", "whether every HTTPS request carries a TLS version is open"),)


def test_the_account_and_the_arn_of_a_caller_belong_together() -> None:
    """Of several accounts that a document treats alike this is no proof, but no request is shown where they differ."""
    both = {"AWS": [ONE, OTHER]}
    found = reasons(
        uploads(
            statement(NULL, Principal=None, NotPrincipal=both),
            statement({**NULL, "StringNotEquals": {ACCOUNT: ONE}}, Principal=both),
            statement({**NULL, "ArnNotLike": {ARN: f"arn:aws:iam::{OTHER}:*"}}, Principal=both),
        )
    )
    assert "whether the account and the ARN of a principal agree is not looked at in every account" in [reason for _, reason in found]


def test_a_user_of_an_account_that_nobody_names_has_another_account() -> None:
    """Only users of other accounts are left, and one of them is shown."""
    mine = statement(NULL, Principal={"AWS": ONE})
    no_user = statement({**NULL, "ArnNotLike": {ARN: "arn:aws:iam::*:user/*"}})
    caller = witness(uploads(mine, no_user, statement({**NULL, "StringEquals": {ACCOUNT: ONE}}))).principal
    assert isinstance(caller, Identity)
    assert (caller.kind, caller.account) == ("user", OTHER)
    # Who is of that account and has an ARN of another form is not known.
    assert reasons(uploads(mine, no_user, statement({**NULL, "StringNotEquals": {ACCOUNT: ONE}})))


def lacks(*keys: str) -> Json:
    """A Deny of requests without these keys."""
    return statement({"Null": {SSE: "true", **dict.fromkeys(keys, "true")}})


def has(*keys: str) -> Json:
    """A Deny of requests with these keys."""
    return statement({"Null": {SSE: "true", **dict.fromkeys(keys, "false")}})


NO_IDENTITIES = statement({**NULL, "BoolIfExists": {IS_SERVICE: "true"}})
"""A Deny for all but those who are said to be no service, which of all callers an identity is for certain."""


@pytest.mark.parametrize("key", [ARN, ACCOUNT])
def test_an_identity_sends_its_arn_and_its_account(key: str) -> None:
    """Unless the assumption is switched off."""
    assert "principal-keys-agree" in denied(uploads(has(key), NO_IDENTITIES)).assumptions
    request = witness(uploads(has(key), NO_IDENTITIES, principal_keys_agree=False))
    assert key.lower() not in dict(request.context)


def test_a_service_need_not_send_an_account() -> None:
    """It gets through without one."""
    request = witness(uploads(has(ACCOUNT), IDENTITIES))
    assert isinstance(request.principal, Service)
    assert ACCOUNT.lower() not in dict(request.context)


def test_without_the_assumption_an_account_may_be_any() -> None:
    """Also that of somebody of another account."""
    mine = {"AWS": ONE}
    statements = [statement(NULL, Principal=None, NotPrincipal=mine), lacks(ACCOUNT), lacks(ARN)]
    statements.append(statement({**NULL, "StringEquals": {ACCOUNT: ONE}}, Principal=mine))
    assert reasons(uploads(*statements))
    context = dict(witness(uploads(*statements, principal_keys_agree=False)).context)
    assert context[ACCOUNT.lower()] != (ONE,)


@pytest.mark.parametrize(
    "key",
    [
        "aws:username",
        "aws:MultiFactorAuthPresent",
        "aws:PrincipalTag/team",
        "aws:FederatedProvider",
        "aws:ChatbotSourceArn",
        "aws:Ec2InstanceSourceVpc",
        "lambda:SourceFunctionArn",
    ],
)
def test_keys_of_identities_are_sent_for_identities(key: str) -> None:
    """Services and anonymous callers are not shown with one."""
    found = [reason for _, reason in reasons(uploads(lacks(key), has(ARN)))]
    assert "the condition key is sent for identities of an account only" in found


@pytest.mark.parametrize("kind", ["role", "root"])
def test_a_user_name_is_sent_for_users(kind: str) -> None:
    """Roles and roots are shown without one, and without one only."""
    others = statement({**NULL, "ArnNotLike": {ARN: f"arn:aws:iam::*:{kind}*"}})
    assert "the condition key is sent for users only" in [reason for _, reason in reasons(uploads(others, lacks("aws:username")))]
    caller = witness(uploads(others, statement({**NULL, "StringLike": {"aws:username": "*"}}))).principal
    assert isinstance(caller, Identity)
    assert caller.kind == kind


def test_every_signed_request_says_whether_a_service_calls() -> None:
    """A signed request that does not is not shown."""
    found = [reason for _, reason in reasons(uploads(has(IS_SERVICE), lacks(ARN)))]
    assert "the condition key is documented to be in every signed request" in found


def test_each_action_has_its_own_keys() -> None:
    """A download with a header of uploads is not shown, though an upload with it would be."""
    target = Target(("s3:PutObject", "s3:GetObject"), "object", ())
    downloads = statement({"Null": {SSE: "true"}}, Action="s3:GetObject")
    reason = "whether a request carries a key that its action is not documented to know is open"
    assert reason in [found for _, found in reasons(decide_on(downloads, statement(), target=target))]
    assert witness(decide_on(downloads, target=target)).action == "s3:PutObject"


def test_no_request_has_an_address_and_an_endpoint() -> None:
    """So who has both need not be denied."""
    keys = ("aws:SourceIp", "aws:SourceVpce")
    assert denied(uploads(*map(lacks, keys))).assumptions == ("source-ip-or-vpc-endpoint",)
    assert set(dict(witness(uploads(*map(lacks, keys), source_ip_or_vpc_endpoint=False)).context)) > {key.lower() for key in keys}


@pytest.mark.parametrize("key", ["aws:UserAgent", "aws:CurrentTime", "aws:ViaAWSService"])
def test_some_keys_are_in_every_request(key: str) -> None:
    """One without them is not shown."""
    assert "the condition key is documented to be in every request" in [reason for _, reason in reasons(uploads(has(key)))]


def test_an_anonymous_request_has_an_account_of_its_own() -> None:
    """It is `anonymous`, and no request is shown without it."""
    callers = statement({"Null": {SSE: "true", ARN: "false"}})
    services = statement({**NULL, "Bool": {IS_SERVICE: "true"}})
    assert dict(witness(uploads(callers, services, lacks(ACCOUNT))).context)[ACCOUNT.lower()] == ("anonymous",)
    assert reasons(uploads(callers, services, has(ACCOUNT)))
