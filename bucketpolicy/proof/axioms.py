"""
What S3 never sends, as cubes beside those of the document: a cube of an axiom takes away requests that do not occur.

Axioms hold for proofs and counterexamples alike; each belongs to a switch of `Assumptions`. Facts keep counterexamples realistic and are
used for nothing else: a request that contradicts one may occur or not, so it neither counts as denied nor as getting through.
Source: AWS "Global condition context keys", the availability of each.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from bucketpolicy.document import Problem
from bucketpolicy.goal import TLS_VERSION, TRANSPORT, Assumptions
from bucketpolicy.proof.classes import PrincipalClasses
from bucketpolicy.proof.conditions import FALSE, TRUE, Constraint, Kind, Ranges, Sets, Texts, presence
from bucketpolicy.proof.cubes import ACTION, PRINCIPAL, Cube, key_variable
from bucketpolicy.proof.domains import ABSENT, EMPTY
from bucketpolicy.proof.globs import ANY, DIGIT, MANY, MANY_IN, Glob
from bucketpolicy.proof.intervals import LINE, UNIT, compare, complement, union
from bucketpolicy.request import Anonymous, Identity, Service
from bucketpolicy.tables.keys import applies, find_key

PRINCIPAL_ARN = "aws:principalarn"
PRINCIPAL_ACCOUNT = "aws:principalaccount"
PRINCIPAL_ORG = "aws:principalorgid"
IS_SERVICE = "aws:principalisawsservice"
SERVICE_NAME = "aws:principalservicename"
SERVICE_NAMES = "aws:principalservicenameslist"
USER_ID = "aws:userid"
USER_NAME = "aws:username"
SOURCE_IP = "aws:sourceip"
ENDPOINT = "aws:sourcevpce"
_ACCOUNT: Glob = (DIGIT,) * 12
_NO_TLS_VERSION = complement(union([compare(version * UNIT // 10, "equals") for version in (10, 11, 12, 13)]), LINE)
_POLICY_ACTIONS = ("s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy")


class World(NamedTuple):
    """What axioms speak about: who calls, the actions of the target, and the keys in play with their kinds and where each is mentioned."""

    classes: PrincipalClasses
    actions: tuple[str, ...]
    kinds: dict[str, Kind]
    paths: dict[str, str]
    exempt_accounts: tuple[str, ...] = ()

    def having(self, key: str, *, present: bool) -> tuple[str, Constraint]:
        """The literal that the key is in the request, or is not."""
        return key_variable(key), presence(self.kinds[key], absent=not present, present=present, empty=present)

    @property
    def anonymous(self) -> tuple[str, int]:
        """The literal that the caller signed nothing."""
        return PRINCIPAL, self.classes.anonymous

    @property
    def services(self) -> tuple[str, int]:
        """The literal that the caller is a service."""
        return PRINCIPAL, self.classes.services

    @property
    def signed(self) -> tuple[str, int]:
        """The literal that the caller is of an account, or CloudFront with an origin access identity."""
        return PRINCIPAL, self.identities[1] | self.classes.origins

    @property
    def identities(self) -> tuple[str, int]:
        """The literal that the caller is of an account."""
        return PRINCIPAL, self.classes.roots | self.classes.users | self.classes.roles

    def besides(self, literal: tuple[str, int]) -> tuple[str, int]:
        """The literal that the caller is any other."""
        return PRINCIPAL, (1 << len(self.classes.all)) - 1 & ~literal[1]


def exclude_root(world: World) -> Iterator[Cube]:
    """The owner's root may always read, write and delete the policy, and no policy tells the owner's root from another's (S-17)."""
    actions = _select_actions(world.actions)
    if actions:
        yield Cube(((PRINCIPAL, world.classes.roots), (ACTION, actions)))


def _select_actions(actions: tuple[str, ...]) -> int:
    return sum((action in _POLICY_ACTIONS) << bit for bit, action in enumerate(actions))


def axioms(world: World, assumptions: Assumptions) -> Iterator[Cube]:
    """The cubes of all assumptions that are switched on, as far as their keys are in play (S-53)."""
    yield from _network_axioms(world, assumptions)
    if assumptions.anonymous_has_no_identity:
        for key in (PRINCIPAL_ARN, PRINCIPAL_ORG, IS_SERVICE):
            if key in world.kinds:
                yield Cube((world.anonymous, world.having(key, present=True)), assumptions=("anonymous-has-no-identity",))
    if assumptions.service_principal_keys:
        yield from _service_axioms(world)
    if assumptions.principal_keys_agree:
        yield from _identity_axioms(world)
    if assumptions.inapplicable_keys_absent:
        yield from (cube._replace(assumptions=("inapplicable-keys-absent",), problems=()) for cube in _inapplicable(world))


def _network_axioms(world: World, assumptions: Assumptions) -> Iterator[Cube]:
    """What the transport and the way to S3 say about keys (S-50, S-51, S-52, S-60)."""
    kinds = world.kinds
    if assumptions.secure_transport_present and TRANSPORT in kinds:
        yield Cube((world.having(TRANSPORT, present=False),), assumptions=("secure-transport-present",))
    if assumptions.tls_version_absent_on_http and TLS_VERSION in kinds:
        over_http = (key_variable(TRANSPORT), FALSE)
        yield Cube((over_http, world.having(TLS_VERSION, present=True)), assumptions=("tls-version-absent-on-http",))
    if assumptions.tls_versions_are_known and TLS_VERSION in kinds:
        unknown = Ranges("number", absent=False, intervals=_NO_TLS_VERSION)
        yield Cube(((key_variable(TLS_VERSION), unknown),), assumptions=("tls-versions-are-known",))
    if assumptions.source_ip_or_vpc_endpoint and SOURCE_IP in kinds and ENDPOINT in kinds:
        for present in (True, False):
            literals = (world.having(SOURCE_IP, present=present), world.having(ENDPOINT, present=present))
            yield Cube(literals, assumptions=("source-ip-or-vpc-endpoint",))


def _service_axioms(world: World) -> Iterator[Cube]:
    """What services send and others do not (S-54)."""
    name = "service-principal-keys"
    services, others = world.services, world.besides(world.services)
    if IS_SERVICE in world.kinds:
        yield Cube((services, (key_variable(IS_SERVICE), ABSENT | FALSE)), assumptions=(name,))
        yield Cube((others, (key_variable(IS_SERVICE), TRUE)), assumptions=(name,))
    if SERVICE_NAME in world.kinds:
        yield Cube((others, world.having(SERVICE_NAME, present=True)), assumptions=(name,))
        for bit, group in enumerate(world.classes.all):
            if isinstance(group.principal, Service):
                own = Texts(ABSENT | EMPTY, group.arns, inside=False) if group.arns else Texts(ABSENT | EMPTY, group.others, inside=True)
                yield Cube(((PRINCIPAL, 1 << bit), (key_variable(SERVICE_NAME), own)), assumptions=(name,))
    if SERVICE_NAMES in world.kinds:
        yield Cube((others, world.having(SERVICE_NAMES, present=True)), assumptions=(name,))


def _identity_axioms(world: World) -> Iterator[Cube]:
    """What `aws:PrincipalArn` and `aws:PrincipalAccount` are, class by class (S-55)."""
    name = "principal-keys-agree"
    arn, account = key_variable(PRINCIPAL_ARN), key_variable(PRINCIPAL_ACCOUNT)
    if PRINCIPAL_ARN in world.kinds:
        yield Cube((world.services, world.having(PRINCIPAL_ARN, present=True)), assumptions=(name,))
        for bit, group in enumerate(world.classes.all):
            if not isinstance(group.principal, Anonymous | Service):
                who = (PRINCIPAL, 1 << bit)
                yield Cube((who, (arn, Texts(ABSENT | EMPTY, group.arns, inside=False))), assumptions=(name,))
                if group.others:
                    yield Cube((who, (arn, Texts(0, group.others, inside=True))), assumptions=(name,))
    if PRINCIPAL_ACCOUNT in world.kinds:
        named = tuple(dict.fromkeys(account for group in world.classes.all for account in (*group.accounts, *group.other_accounts)))
        yield Cube((world.services, (account, Texts(0, named, inside=True))), assumptions=(name,))
        yield Cube((world.anonymous, (account, Texts(EMPTY, ("anonymous",), inside=False))), assumptions=(name,))
        elsewhere = PRINCIPAL, world.classes.origins | world.classes.unmodelled
        yield Cube((elsewhere, world.having(PRINCIPAL_ACCOUNT, present=False)), assumptions=(name,))
        if world.exempt_accounts:
            yield Cube((elsewhere, (account, Texts(0, world.exempt_accounts, inside=True))), assumptions=(name,))
        for (fresh, accounts, others), bits in _group_by_account(world).items():
            own: tuple[Glob, ...] = (_ACCOUNT,) if fresh else accounts
            yield Cube(((PRINCIPAL, bits), (account, Texts(ABSENT | EMPTY, own, inside=False))), assumptions=(name,))
            if others:
                yield Cube(((PRINCIPAL, bits), (account, Texts(0, others, inside=True))), assumptions=(name,))


def _group_by_account(world: World) -> dict[tuple[bool, tuple[str, ...], tuple[str, ...]], int]:
    """The identities of the same accounts, as bits."""
    bits: dict[tuple[bool, tuple[str, ...], tuple[str, ...]], int] = {}
    for bit, group in enumerate(world.classes.all):
        if isinstance(group.principal, Identity):
            key = (group.fresh, group.accounts, group.other_accounts)
            bits[key] = bits.get(key, 0) | 1 << bit
    return bits


def _inapplicable(world: World) -> Iterator[Cube]:
    """A key that an action does not know is absent from its requests (the table is known to have gaps) (S-56)."""
    for key in world.kinds:
        actions = _select_ignorant(world.actions, key)
        if actions:
            reason = "whether a request carries a key that its action is not documented to know is open"
            yield Cube(((ACTION, actions), world.having(key, present=True)), problems=(Problem(world.paths.get(key, "$"), reason),))


@lru_cache(maxsize=256)
def _select_ignorant(actions: tuple[str, ...], key: str) -> int:
    return sum((not applies(action, key)) << bit for bit, action in enumerate(actions))


_ALWAYS = (
    "aws:currenttime",
    "aws:epochtime",
    "aws:useragent",
    "aws:viaawsservice",
    "aws:principaltype",
)
_SERVICES_ONLY = ("aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths")
_ENDPOINT_ONLY = ("aws:sourcevpc", "aws:vpcsourceip", "aws:sourcevpcarn", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths")
_SIGNATURE = ("s3:authtype", "s3:signatureversion")
_SEVEN_SEGMENTS: Glob = (MANY, *((":", MANY) * 6))
_ORIGIN = "CloudFront Origin Access Identity "
_SPACE = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005"
    "\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_SERVICE_DOMAIN: Glob = (ANY, MANY, *".amazonaws.com")
_EVERY_ENDPOINT = ("aws:sourcevpc", "aws:vpcsourceip")
_IDENTITY_ONLY = (USER_NAME, "aws:tokenissuetime", "aws:multifactorauthpresent", "aws:multifactorauthage", "aws:sourceidentity")
_IDENTITY_FAMILIES = (
    "aws:principaltag/",
    "aws:principalorg",
    "aws:federatedprovider",
    "aws:calledvia",
    "aws:assumedroot",
    "aws:chatbotsourcearn",
    "aws:ec2instancesource",
    "aws:signinsessionarn",
    "codebuild:",
    "ec2:",
    "glue:",
    "identitystore:",
    "lambda:",
    "ssm:",
)


def facts(world: World) -> Iterator[Cube]:
    """The cubes of what is documented, or plausible, but too thin to prove anything with."""
    for key in filter(_has_facts, world.kinds):
        for literals, reason in _facts_of(key, world):
            yield Cube(literals, problems=(Problem(world.paths.get(key, "$"), reason),))
    yield from _inapplicable(world)
    if world.classes.unmodelled:
        path = world.paths.get(PRINCIPAL_ARN, world.paths.get(PRINCIPAL_ACCOUNT, "$"))
        yield Cube(((PRINCIPAL, world.classes.unmodelled),), problems=(Problem(path, _FORMS),))


_FORMS = "whether somebody calls whose ARN is of another form (a federated user, a form yet to come) is open"
_Fact = tuple[tuple[tuple[str, Constraint], ...], str]


@lru_cache(maxsize=256)
def _has_facts(key: str) -> bool:
    special = (
        *_ALWAYS,
        *_SERVICES_ONLY,
        *_IDENTITY_ONLY,
        *_ENDPOINT_ONLY,
        *_SIGNATURE,
        TLS_VERSION,
        IS_SERVICE,
        SERVICE_NAMES,
        PRINCIPAL_ACCOUNT,
        PRINCIPAL_ARN,
        USER_ID,
    )
    return find_key(key) is None or key in special or key.startswith(_IDENTITY_FAMILIES)


def _facts_of(key: str, world: World) -> Iterator[_Fact]:
    present, absent = world.having(key, present=True), world.having(key, present=False)
    if find_key(key) is None:
        yield (present,), "the condition key is not one that S3 is documented to send"
    if key in _ALWAYS:
        yield (absent,), "the condition key is documented to be in every request"
    if key == TLS_VERSION:
        yield ((key_variable(TRANSPORT), TRUE), absent), "whether every HTTPS request carries a TLS version is open"
    yield from _caller_facts(key, world)
    yield from _name_facts(key, world)
    if key in _ENDPOINT_ONLY:
        yield from _endpoint_facts(key, world)


def _caller_facts(key: str, world: World) -> Iterator[_Fact]:
    """The keys that are sent by some callers only, or by all of a sort (S-66)."""
    present, absent = world.having(key, present=True), world.having(key, present=False)
    if key in _SERVICES_ONLY:
        yield (world.besides(world.services), present), "the condition key is sent for AWS services only"
    if key in _IDENTITY_ONLY or key.startswith(_IDENTITY_FAMILIES):
        yield (world.besides(world.identities), present), "the condition key is sent for identities of an account only"
    if key in (USER_NAME, PRINCIPAL_ARN):
        spaced = Texts(0, ((MANY, _SPACE, MANY),), inside=True)
        yield (world.identities, (key_variable(key), spaced)), "no user or role has white space in its name"
    if key == IS_SERVICE:
        yield (world.signed, absent), "the condition key is documented to be in every signed request"
    if key in _SIGNATURE:
        reason = "whether a signed request lacks the condition key, which says how it is signed, is open"
        yield (world.signed, absent), reason
    if key in (PRINCIPAL_ARN, PRINCIPAL_ACCOUNT):
        yield from _identity_facts(key, world)
    if key == SERVICE_NAMES:
        yield from _names_of_services(world)
    if key == "aws:principaltype":
        classes = world.classes
        for bits, text in ((classes.roots, "Account"), (classes.users, "User"), (classes.roles, "AssumedRole")):
            own = key_variable(key), Texts(ABSENT, (text,), inside=False)
            yield ((PRINCIPAL, bits), own), "the type of a principal follows from the principal"
        yield (world.besides(world.identities),), "the type of this principal is not known"


def _name_facts(key: str, world: World) -> Iterator[_Fact]:
    """The keys that name the caller in words of their own (S-65)."""
    present, absent = world.having(key, present=True), world.having(key, present=False)
    if key == USER_ID:
        yield (world.besides(world.anonymous), absent), "the condition key is documented to be in every signed request"
        yield (world.anonymous, present), "whether the condition key is in anonymous requests is open"
    if key == USER_NAME:
        yield ((PRINCIPAL, world.classes.roots | world.classes.roles), present), "the condition key is sent for users only"
        yield ((PRINCIPAL, world.classes.users), absent), "the condition key is documented to be in every request of a user"
    if key in (USER_NAME, USER_ID, PRINCIPAL_ACCOUNT) and world.classes.origins:
        yield ((PRINCIPAL, world.classes.origins),), "the condition key is not documented for origin access identities"


def _identity_facts(key: str, world: World) -> Iterator[_Fact]:
    if key == PRINCIPAL_ARN:
        colon = Texts(0, (_SEVEN_SEGMENTS,), inside=True)
        yield (world.identities, (key_variable(key), colon)), "a colon in the path of a user or role is not looked at"
        head: Glob = (*"arn:", MANY_IN, *f":iam::cloudfront:user/{_ORIGIN}")
        other, spaced = Texts(0, ((*head, ANY, MANY),), inside=False), Texts(0, ((*head, MANY, _SPACE, MANY),), inside=True)
        for form in (other, spaced):
            yield ((PRINCIPAL, world.classes.origins), (key_variable(key), form)), "the ARN of an origin access identity ends in its id"
    if key == PRINCIPAL_ACCOUNT:
        yield (world.services, world.having(key, present=True)), "whether a service sends an account is open"
        yield (world.anonymous, world.having(key, present=False)), "the condition key is documented to be in every request"
    if key == PRINCIPAL_ACCOUNT and PRINCIPAL_ARN in world.kinds:
        yield from _several_accounts(world)


def _several_accounts(world: World) -> Iterator[_Fact]:
    """The account of an ARN is the account: told for one account only, as both are texts of their own."""
    for bit, group in enumerate(world.classes.all):
        if isinstance(group.principal, Identity) and (group.fresh or len(group.accounts) > 1):
            who, account = (PRINCIPAL, 1 << bit), group.principal.account
            here: Glob = (MANY, *f":{account}:", MANY)
            reason = "whether the account and the ARN of a principal agree is not looked at in every account"
            yield (who, (key_variable(PRINCIPAL_ACCOUNT), Texts(ABSENT, (account,), inside=False))), reason
            yield (who, (key_variable(PRINCIPAL_ARN), Texts(ABSENT, (here,), inside=False))), reason


def _endpoint_facts(key: str, world: World) -> Iterator[_Fact]:
    for other, through in ((ENDPOINT, True), (SOURCE_IP, False)):
        if other in world.kinds:
            yield (
                (world.having(key, present=True), world.having(other, present=not through)),
                "the condition key is sent through a VPC endpoint only",
            )
            if key in _EVERY_ENDPOINT:
                yield (
                    (world.having(key, present=False), world.having(other, present=through)),
                    "the condition key is sent through every VPC endpoint",
                )


def _names_of_services(world: World) -> Iterator[_Fact]:
    """A service sends its names, its own among them."""
    services, variable = world.services, key_variable(SERVICE_NAMES)
    yield (services, world.having(SERVICE_NAMES, present=False)), "the condition key is sent for every service"
    yield (
        (services, (variable, Sets(EMPTY, every=False, globs=(_SERVICE_DOMAIN,), inside=False))),
        "the names of services end in `.amazonaws.com`",
    )
    for bit, group in enumerate(world.classes.all):
        if isinstance(group.principal, Service):
            own = (
                Sets(EMPTY, every=True, globs=group.arns, inside=False)
                if group.arns
                else Sets(EMPTY, every=False, globs=group.others, inside=True)
            )
            yield ((PRINCIPAL, 1 << bit), (variable, own)), "the names of a service hold its own"
