"""Who is denied, who is exempt, and who is found to get through."""

import pytest

from bucketpolicy.goal import SSE, Target
from bucketpolicy.request import Anonymous, Identity, OriginAccessIdentity, Service, Unmodelled
from bucketpolicy.verdict import Counterexample
from tests.bucketpolicy.verdicts import NULL, ROLE, Json, decide_on, denied, reasons, statement, uploads, witness


@pytest.mark.parametrize(
    ("conditions", "exempt", "assumptions"),
    [
        ({"StringNotEquals": {"aws:PrincipalArn": ROLE}}, (ROLE,), ("anonymous-has-no-identity", "principal-keys-agree")),
        ({"ArnNotEquals": {"aws:PrincipalArn": [ROLE]}}, ("111122223333",), ("anonymous-has-no-identity", "principal-keys-agree")),
        ({"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:*"}}, ("111122223333",), None),
        ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/admin-*"}}, ("111122223333",), None),
        ({"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}, ("111122223333",), ("principal-keys-agree",)),
        (
            {"StringNotEquals": {"aws:PrincipalServiceName": "logging.s3.amazonaws.com"}},
            ("logging.s3.amazonaws.com",),
            ("service-principal-keys",),
        ),
    ],
)
def test_who_is_exempt_need_not_be_denied(conditions: Json, exempt: tuple[str, ...], assumptions: tuple[str, ...] | None) -> None:
    """A Deny for everybody but exactly the exempt, or fewer, denies the goal; the assumptions that tie keys to callers are named."""
    verdict = denied(uploads(statement({**NULL, **conditions}), exempt=exempt))
    assert assumptions is None or verdict.assumptions == assumptions


@pytest.mark.parametrize(
    ("conditions", "exempt"),
    [
        ({"ArnNotLike": {"aws:PrincipalArn": ROLE + "*"}}, (ROLE,)),
        ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/admin-*"}}, ("arn:aws:iam::111122223333:role/admin-1",)),
        ({"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}, ("444455556666",)),
        ({"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}, ("logging.s3.amazonaws.com",)),
        ({"StringNotEquals": {"aws:PrincipalArn": ROLE}}, ()),
        ({"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:*"}}, ("arn:aws:iam::111122223333:root",)),
    ],
)
def test_who_else_is_let_through_is_a_counterexample(conditions: Json, exempt: tuple[str, ...]) -> None:
    """The caller of the counterexample is not among the exempt, and its keys say who it is."""
    request = witness(uploads(statement({**NULL, **conditions}), exempt=exempt))
    context = dict(request.context)
    caller = request.principal
    if isinstance(caller, Identity):
        assert not {caller.arn, caller.account} & set(exempt)
        assert context.get("aws:principalarn", (caller.arn,)) == (caller.arn,)
        assert context.get("aws:principalaccount", (caller.account,)) == (caller.account,)
        assert caller.arn.split(":")[4] == caller.account
    else:
        assert isinstance(caller, Service)
        assert caller.name not in exempt
        assert context["aws:principalisawsservice"] == ("true",)


def test_an_account_and_an_arn_of_a_caller_agree() -> None:
    """Also in an account that nobody names."""
    request = witness(
        uploads(
            statement(
                {**NULL, "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}, "StringNotEquals": {"aws:PrincipalAccount": "x"}}
            )
        )
    )
    context, caller = dict(request.context), request.principal
    assert isinstance(caller, Identity)
    assert (context["aws:principalarn"], context["aws:principalaccount"]) == ((caller.arn,), (caller.account,))


def test_a_named_role_is_exempt_with_all_its_sessions() -> None:
    """And a session with nobody else; the role's path does not matter to the session's ARN."""
    session = "arn:aws:sts::111122223333:assumed-role/deploy/one"
    named = ["arn:aws:iam::111122223333:role/team/deploy", "arn:aws:iam::111122223333:user/a"]
    rest = statement({**NULL, "StringNotEquals": {"aws:PrincipalArn": ROLE}})
    denied(uploads(statement(NULL, Principal={"AWS": named}), rest, exempt=(ROLE,)))
    denied(uploads(statement(NULL, Principal={"AWS": [ROLE, *named, session]}), rest))
    request = witness(uploads(statement(NULL, Principal={"AWS": [session, *named]}), rest))
    assert request.principal == Identity("role", "111122223333", ROLE, "session")
    request = witness(uploads(rest, exempt=(session,)))
    assert request.principal == Identity("role", "111122223333", ROLE, "session")


def test_a_session_is_one_session() -> None:
    """A Deny of one session leaves the role's other sessions open."""
    session = "arn:aws:sts::111122223333:assumed-role/deploy/session"
    rest = statement({**NULL, "ArnNotEquals": {"aws:PrincipalArn": [ROLE, "arn:aws:iam::111122223333:role/*/deploy"]}})
    request = witness(uploads(statement(NULL, Principal={"AWS": session}), rest))
    assert isinstance(request.principal, Identity)
    assert request.principal.session != "session"
    denied(uploads(statement(NULL, Principal={"AWS": session}), rest, statement(NULL, Principal={"AWS": ROLE}), exempt=("111122223333",)))


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:iam::111122223333:role/*",
        "arn:aws:iam::111122223333:group/a",
        "arn:aws:iam::111122223333:user/",
        "arn:aws-cn:iam::111122223333:root",
        "arn:aws:sts::111122223333:assumed-role/a",
        "arn:aws:sts::111122223333:federated-user/a",
        "AIDAEXAMPLEID",
        "12345",
    ],
)
def test_other_texts_name_nobody(text: str) -> None:
    """A wildcard inside, another partition, a deleted identity: such a Deny is for no one, and a NotPrincipal proves nothing."""
    witness(uploads(statement(NULL, Principal={"AWS": text})))
    verdict = uploads(statement(NULL, Principal=None, NotPrincipal={"AWS": text}))
    assert [path for path, _ in reasons(verdict)] == ["$.Statement[0].NotPrincipal"]


def test_services_are_named_exactly() -> None:
    """A Deny of one service, with all identities and anonymous callers, leaves other services open."""
    everybody = statement({**NULL, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}})
    one = statement(NULL, Principal={"Service": ["logging.s3.amazonaws.com", "LOGGING.s3.amazonaws.com"]})
    assert witness(uploads(everybody, one)).principal == Service("cloudtrail.amazonaws.com")
    rest = statement(NULL, Principal=None, NotPrincipal={"Service": "logging.s3.amazonaws.com"})
    assert denied(uploads(everybody, one, rest)).statements == (2, 3)
    assert reasons(uploads(statement(NULL, Principal=None, NotPrincipal={"Service": "*"})))


def test_the_aws_star_covers_services_unless_switched_off() -> None:
    """ParsedPrincipal wherever a proof needs it."""
    everybody = statement(NULL, Principal={"AWS": "*"})
    assert denied(uploads(everybody)).assumptions == ("aws-star-covers-services",)
    assert reasons(uploads(everybody, aws_star_covers_services=False)) == (
        ("$.Statement[0].Principal", 'whether `{"AWS": "*"}` covers AWS services is open'),
    )
    twice = statement({**NULL, "Bool": {"aws:PrincipalIsAWSService": "true"}})
    assert denied(uploads(everybody, twice)).assumptions == ("service-principal-keys",)


def test_a_service_that_is_a_wildcard_is_open() -> None:
    """Whether S3 takes it, and for every service, is documented nowhere."""
    rest = statement({**NULL, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}})
    reason = "S3 is not known to take a wildcard for the name of a service"
    assert reasons(uploads(statement(NULL, Principal={"Service": "*"}), rest)) == (("$.Statement[0].Principal", reason),)


@pytest.mark.parametrize("principal", [{"CanonicalUser": "0" * 64}, {"Federated": "cognito-identity.amazonaws.com"}])
def test_principals_of_unknown_identities(principal: Json) -> None:
    """Whose they are is open for identities, and an anonymous caller is none of them."""
    assert witness(uploads(statement(NULL, Principal=principal))).principal == Anonymous()
    spared = uploads(statement(NULL, Principal=None, NotPrincipal=principal))
    assert [path for path, _ in reasons(spared)] == ["$.Statement[0].NotPrincipal"]


@pytest.mark.parametrize("principal", [{"Principal": {}}, {"Principal": {"AWS": []}}])
def test_a_deny_for_nobody_denies_nothing(principal: Json) -> None:
    """An empty principal does not affect the policy."""
    witness(uploads(statement(NULL, **principal)))


def test_not_principal_may_deny_those_it_lists() -> None:
    """So it is no ground for a counterexample; what it lists is not surely denied either."""
    assert reasons(uploads(statement(NULL, Principal=None, NotPrincipal={"AWS": ROLE})))


@pytest.mark.parametrize("principal", ["*", {}, {"AWS": "*"}, {"AWS": ["*", ROLE]}])
def test_not_principal_of_everybody_denies_nobody(principal: Json) -> None:
    """Neither does one of nobody, which does not affect the policy."""
    witness(uploads(statement(NULL, Principal=None, NotPrincipal=principal)))


def test_assumptions_about_callers_can_be_switched_off() -> None:
    """Then the keys may say anything of anybody."""
    arn = statement({**NULL, "StringNotEquals": {"aws:PrincipalArn": ROLE}})
    assert isinstance(uploads(arn, exempt=(ROLE,), principal_keys_agree=False), Counterexample)
    assert isinstance(uploads(arn, exempt=(ROLE,), anonymous_has_no_identity=False), Counterexample)
    service = statement({**NULL, "StringNotEquals": {"aws:PrincipalServiceName": "logging.s3.amazonaws.com"}})
    assert isinstance(uploads(service, exempt=("logging.s3.amazonaws.com",), service_principal_keys=False), Counterexample)


OTHER_FORM = "whether somebody calls whose ARN is of another form (a federated user, a form yet to come) is open"


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:sts::111122223333:federated-user/eve",
        "arn:aws:sts::111122223333:assumed-role/deploy/one",
        "arn:aws:iam::newservice:user/x",
        "arn:aws:iam::111122223333:group/admins",
        "arn:aws:newservice:eu-west-1:111122223333:agent/x",
    ],
)
def test_an_arn_of_another_form_leaves_the_answer_open(text: str) -> None:
    """Nobody is known to have it, and nobody is known not to."""
    found = reasons(uploads(statement({**NULL, "StringNotEquals": {"aws:PrincipalArn": text}})))
    assert OTHER_FORM in [reason for _, reason in found]


@pytest.mark.parametrize("text", ["*", "111122223333", "arn:aws:iam::111122223333", "arn:aws-cn:iam::111122223333:user/x", "AIDAEXAMPLEID"])
def test_what_is_not_an_arn_of_this_partition_is_nobodys(text: str) -> None:
    """The key holds an ARN, and an account is in one partition: sparing such a value spares nobody."""
    denied(uploads(statement({**NULL, "StringNotEquals": {"aws:PrincipalArn": text}})))


def test_callers_of_other_forms_are_denied_with_everybody() -> None:
    """A Deny of IAM ARNs and of anonymous callers does not reach them, one of all ARNs does, and so does one of their own."""
    anonymous = statement({"Null": {SSE: "true", "aws:PrincipalArn": "true"}})
    iam = statement({**NULL, "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:*"}})
    assert OTHER_FORM in [reason for _, reason in reasons(uploads(anonymous, iam))]
    denied(uploads(anonymous, iam, statement({**NULL, "ArnLike": {"aws:PrincipalArn": "arn:aws:*:*:*:*"}})))
    spares_role = statement({**NULL, "StringNotEquals": {"aws:PrincipalArn": ROLE}})
    denied(uploads(spares_role, statement(NULL, Principal={"AWS": ROLE})))
    services = statement(NULL, Principal=None, NotPrincipal={"Service": "logging.s3.amazonaws.com"})
    denied(uploads(spares_role, services, statement(NULL, Principal={"AWS": ROLE}), exempt=("logging.s3.amazonaws.com",)))


@pytest.mark.parametrize("agree", [True, False])
def test_callers_of_other_forms_are_shown_nowhere(agree: bool) -> None:  # noqa: FBT001  a parameter of the test
    """A request that gets through is one of a caller who is known to exist."""
    spared = statement({**NULL, "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}})
    assert not isinstance(witness(uploads(spared, principal_keys_agree=agree)).principal, Unmodelled)


ORIGIN = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2QWRUHEXAMPLE"


@pytest.mark.parametrize(
    "conditions",
    [
        {"StringNotEquals": {"aws:PrincipalArn": ORIGIN}},
        {"ArnNotEquals": {"aws:PrincipalArn": [ROLE, ORIGIN]}, "StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:*"}},
        {"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::cloudfront:user/*"}},
        {"StringNotLike": {"aws:PrincipalArn": "*Origin Access Identity E*"}},
        {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::cloudfront:user/CloudFront*"}},
        {"StringNotEqualsIgnoreCase": {"aws:PrincipalArn": ORIGIN}},
    ],
)
def test_an_origin_access_identity_calls_by_its_own_arn(conditions: Json) -> None:
    """Whoever spares its ARN lets it through; where it is exempt, that is all that was spared."""
    caller = witness(uploads(statement({**NULL, **conditions}), exempt=("111122223333",))).principal
    assert isinstance(caller, OriginAccessIdentity)
    assert caller.arn.startswith("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E")


def test_an_exempt_origin_access_identity_need_not_be_denied() -> None:
    """It, and no other one."""
    spares = statement({**NULL, "StringNotEquals": {"aws:PrincipalArn": ORIGIN}})
    assert denied(uploads(spares, exempt=(ORIGIN,))).assumptions == ("anonymous-has-no-identity", "principal-keys-agree")
    assert witness(uploads(spares, exempt=(ORIGIN + "1",))).principal == OriginAccessIdentity(ORIGIN)
    every = statement({**NULL, "StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::cloudfront:*"}})
    caller = witness(uploads(every, exempt=(ORIGIN,))).principal
    assert isinstance(caller, OriginAccessIdentity)
    assert caller.arn != ORIGIN


def test_an_element_names_an_origin_access_identity_by_its_arn() -> None:
    """A Deny of one leaves the others alone, a NotPrincipal spares it surely, as it is of no account, and a canonical id may be its own."""
    spares = statement({**NULL, "StringNotEquals": {"aws:PrincipalArn": ORIGIN}})
    assert denied(uploads(spares, statement(NULL, Principal={"AWS": ORIGIN}))).statements == (1, 2)
    assert isinstance(witness(uploads(statement(NULL, Principal={"AWS": ORIGIN}))).principal, Anonymous | Identity)
    assert witness(uploads(statement(NULL, Principal=None, NotPrincipal={"AWS": ORIGIN}))).principal == OriginAccessIdentity(ORIGIN)
    denied(uploads(statement(NULL, Principal=None, NotPrincipal={"AWS": ORIGIN}), statement(NULL, Principal={"AWS": [ORIGIN]})))
    canonical = statement(NULL, Principal={"CanonicalUser": "79a5" * 16})
    assert [path for path, _ in reasons(uploads(spares, canonical))] == ["$.Statement[1].Principal"]


IDENTITIES = statement({**NULL, "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::????????????:*"}})
"""A Deny for all identities of accounts, and nobody else who is known."""


@pytest.mark.parametrize("key", ["aws:PrincipalAccount", "aws:userid", "aws:username"])
def test_what_else_an_origin_access_identity_sends_is_open(key: str) -> None:
    """So a request of one that rests on it is not shown."""
    spares = statement({**NULL, "StringNotEquals": {"aws:PrincipalArn": ORIGIN}})
    assert reasons(uploads(spares, statement({**NULL, "StringEquals": {"aws:PrincipalArn": ORIGIN}, "StringNotLike": {key: "x"}})))


def test_an_origin_access_identity_has_neither_tags_nor_an_organization() -> None:
    """A Deny of callers without them reaches it."""
    spares = statement({**NULL, "StringNotEquals": {"aws:PrincipalArn": ORIGIN, "aws:PrincipalTag/team": "x"}})
    assert "aws:principaltag/team" not in dict(witness(uploads(spares)).context)
    lacks = statement({"Null": {SSE: "true", "aws:PrincipalOrgID": "true"}})
    assert reasons(uploads(spares, lacks, IDENTITIES))


def test_the_account_of_a_service_is_open() -> None:
    """It is none of the accounts that are named, and nothing more is known."""
    key = "aws:PrincipalAccount"
    parts = [
        statement({**NULL, "StringLike": {key: ["????????????", "anonymous"]}}),
        statement({"Null": {SSE: "true", key: "true"}}),
    ]
    assert reasons(uploads(*parts))
    services = statement({**NULL, "Bool": {"aws:PrincipalIsAWSService": "true"}})
    denied(uploads(*parts, services, statement({**NULL, "ArnLike": {"aws:PrincipalArn": "arn:aws:*:*:*:*"}})))


def test_accounts_are_found_however_many_are_named() -> None:
    """The example accounts of AWS's documentation may all be taken."""
    taken = ["111122223333", "444455556666", "777788889999", "123456789012"]
    caller = witness(
        uploads(statement(NULL, Principal={"AWS": taken}), statement({**NULL, "Null": {SSE: "true", "aws:PrincipalArn": "true"}}))
    ).principal
    assert isinstance(caller, Identity)
    assert caller.account == "100000000000"


def test_callers_of_a_named_account_are_shown_with_that_account() -> None:
    """Many accounts may be treated alike; the ARN, the account and the session still belong together."""
    accounts = ["111122223333", "444455556666"]
    session = "arn:aws:sts::444455556666:assumed-role/app/session"
    others = statement({**NULL, "StringNotEquals": {"aws:PrincipalAccount": accounts}})
    first = statement({**NULL, "StringEquals": {"aws:PrincipalAccount": "111122223333"}})
    caller = witness(uploads(statement(NULL, Principal={"AWS": session}), others, first, exempt=())).principal
    assert isinstance(caller, Identity)
    assert (caller.account, caller.arn.split(":")[4]) == ("444455556666", "444455556666")
    assert caller.session != "session"


def test_the_root_may_always_manage_the_policy() -> None:
    """The root's Get/Put/DeleteBucketPolicy are in no goal: a Deny of all others is enough, and the rest of the root's calls count."""
    policy = Target(("s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:ListBucket"), "bucket", ())
    whole = {"Resource": "arn:aws:s3:::b", "Action": "s3:*"}
    not_root = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:root"}}
    few = [statement(not_root, **whole), statement(Action="s3:ListBucket", Resource="*")]
    denied(decide_on(*few, target=policy))
    request = witness(decide_on(few[0], target=policy))
    assert isinstance(request.principal, Identity)
    assert (request.principal.kind, request.action, request.resource) == ("root", "s3:ListBucket", "arn:aws:s3:::b")


def test_an_anonymous_request_is_shown_without_a_user_id() -> None:
    """Whether it ever has one is open; whoever signs has one."""
    lacks = statement({"Null": {SSE: "true", "aws:userid": "true"}})
    assert witness(uploads(statement({"Null": {SSE: "true", "aws:userid": "false"}}))).principal == Anonymous()
    signed = statement({"Null": {SSE: "true", "aws:PrincipalArn": "false"}})
    services = statement(NULL, Principal={"Service": "logging.s3.amazonaws.com"})
    assert reasons(uploads(lacks, signed, services, statement({**NULL, "Bool": {"aws:PrincipalIsAWSService": "true"}})))
    shown = witness(uploads(lacks))
    assert shown.principal != Anonymous()
    assert "aws:userid" in dict(shown.context)


def test_a_signed_request_is_not_shown_without_saying_how_it_is_signed() -> None:
    """Whoever sends none of the ways to sign signs nothing."""
    for key, values in (
        ("s3:authType", ["REST-HEADER", "REST-QUERY-STRING", "POST"]),
        ("s3:signatureversion", ["AWS4-HMAC-SHA256", "AWS"]),
    ):
        some = statement({**NULL, "StringEquals": {key: values}})
        assert witness(uploads(some)).principal == Anonymous()
        assert reasons(uploads(some, statement({"Null": {SSE: "true", "aws:PrincipalArn": "true"}})))
