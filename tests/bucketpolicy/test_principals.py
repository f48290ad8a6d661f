"""Who may call: what a text names, which principals a document tells apart, and whom an element covers."""

import pytest

from bucketpolicy.document import Principals
from bucketpolicy.proof.globs import ANY, MANY
from bucketpolicy.proof.principals import (
    ParsedPrincipal,
    Representative,
    Representatives,
    list_representatives,
    match_principals,
    read_principal,
    represent_unnamed,
)
from bucketpolicy.request import Anonymous, Identity, Principal, Service
from tests.bucketpolicy.verdicts import Json, document, statement

ACCOUNT, OTHER = "111122223333", "444455556666"
IAM, STS = f"arn:aws:iam::{ACCOUNT}:", f"arn:aws:sts::{ACCOUNT}:"
BOB, APP, SESSION = f"{IAM}user/bob", f"{IAM}role/team/app", f"{STS}assumed-role/app/one"
LOGGING, TRAIL = "logging.s3.amazonaws.com", "cloudtrail.amazonaws.com"
NOT_PRINCIPAL = "a Deny with `NotPrincipal` may also deny principals it lists (permissions boundaries, account and session)"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (ACCOUNT, ParsedPrincipal("account", ACCOUNT)),
        (f"{IAM}root", ParsedPrincipal("root", ACCOUNT, f"{IAM}root")),
        (BOB, ParsedPrincipal("user", ACCOUNT, BOB)),
        (f"{IAM}user/a/b", ParsedPrincipal("user", ACCOUNT, f"{IAM}user/a/b")),
        (APP, ParsedPrincipal("role", ACCOUNT, APP)),
        (SESSION, ParsedPrincipal("session", ACCOUNT, "app", "one")),
        ("11112222333", None),
        (f"{ACCOUNT}4", None),
        ("*", None),
        (f"arn:aws-cn:iam::{ACCOUNT}:root", None),
        (f"arn:aws:s3::{ACCOUNT}:root", None),
        ("arn:aws:iam::1:root", None),
        (f"{IAM}root/x", None),
        (f"{IAM}group/a", None),
        (f"{IAM}user", None),
        (f"{IAM}user/", None),
        (f"{IAM}user/a/", None),
        (f"{IAM}user/*", None),
        (f"{IAM}user/a?", None),
        (f"{IAM}user/${{x}}", None),
        (f"{STS}assumed-role/app", None),
        (f"{STS}assumed-role/app/", None),
        (f"{STS}assumed-role//one", None),
        (f"{STS}assumed-role/team/app/one", None),
        (f"{STS}federated-user/eve", None),
        (f"{STS}root", None),
    ],
)
def test_a_text_names_one_principal_or_nobody(text: str, named: ParsedPrincipal | None) -> None:
    """Accounts, roots, users, roles and sessions of this partition, written out."""
    assert read_principal(text, "aws") == named


def representatives(*names: str, services: tuple[str, ...] = (), exempt: tuple[str, ...] = ()) -> Representatives:
    """Everybody to be told apart where a Deny names these."""
    return list_representatives(document(statement(Principal={"AWS": list(names), "Service": list(services)})), exempt, "aws")


def strangers(account: str = OTHER, service: str = LOGGING) -> list[Representative]:
    """Those that nobody names."""
    arn = f"arn:aws:iam::{account}"
    return [
        Representative(Identity("user", account, f"{arn}:user/example"), None),
        Representative(Anonymous(), None),
        Representative(Identity("role", account, f"{arn}:role/example", "session"), None),
        Representative(Service(service), None),
        Representative(Identity("root", account, f"{arn}:root"), None),
    ]


def test_where_nobody_is_named_one_of_each_sort_stands_for_all() -> None:
    """With the account of AWS's examples, in the document's partition."""
    assert representatives() == Representatives(tuple(strangers(ACCOUNT)), {}, 0, "aws")
    chinese = represent_unnamed("aws-cn", arns=False)
    assert chinese.all[0].principal == Identity("user", ACCOUNT, f"arn:aws-cn:iam::{ACCOUNT}:user/example")


def test_a_named_account_has_its_named_principals_and_the_others() -> None:
    """A session is one of the named roles of its name, and of one with any other path, which the session's ARN does not tell."""
    everybody = representatives(BOB, APP, SESSION, services=(TRAIL,))
    paths = (f"{IAM}role/app", (*f"{IAM}role/", ANY, MANY, *"/app"))
    assert everybody.all == (
        *strangers(),
        Representative(Identity("user", ACCOUNT, f"{IAM}user/example"), ACCOUNT),
        Representative(Identity("role", ACCOUNT, f"{IAM}role/example", "session"), ACCOUNT),
        Representative(Identity("root", ACCOUNT, f"{IAM}root"), ACCOUNT),
        Representative(Identity("user", ACCOUNT, BOB), ACCOUNT, named=True),
        Representative(Identity("role", ACCOUNT, APP, "session"), ACCOUNT, named=True),
        Representative(Identity("role", ACCOUNT, APP, "one"), ACCOUNT, named=True),
        Representative(Identity("role", ACCOUNT, f"{IAM}role/app", "one"), ACCOUNT, named=True, arns=paths, others=(APP,)),
        Representative(Service(TRAIL), None, named=True),
    )
    assert everybody.places == {ACCOUNT: (5, 6, 7, 8, 9, 10, 11)}


def test_names_that_are_taken_are_not_taken_again() -> None:
    """Whoever stands for those that nobody names has a name of its own."""
    names = [f"{IAM}user/example", f"{IAM}user/example0", f"{IAM}role/example", f"{STS}assumed-role/example/session"]
    found = [caller.principal for caller in representatives(*names).all if caller.account == ACCOUNT and not caller.named]
    assert found == [
        Identity("user", ACCOUNT, f"{IAM}user/example1"),
        Identity("role", ACCOUNT, f"{IAM}role/example0", "session0"),
        Identity("root", ACCOUNT, f"{IAM}root"),
    ]
    services = (LOGGING, TRAIL, "delivery.logs.amazonaws.com", "s3.amazonaws.com")
    assert representatives(services=services).all[3] == Representative(Service("fresh.amazonaws.com"), None)
    roles = [f"{IAM}role/app", f"{IAM}role/path0/app", SESSION]
    assert representatives(*roles).all[-1].principal == Identity("role", ACCOUNT, f"{IAM}role/path1/app", "one")


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("fax.amazonaws.com", True),
        ("logging", False),
        ("*.amazonaws.com", False),
        ("s?.amazonaws.com", False),
        ("${x}.amazonaws.com", False),
        ("arn:aws.com", False),
        ("a/b.com", False),
        ("a b.com", False),
        (".", True),
    ],
)
def test_a_service_has_a_domain_for_a_name(text: str, *, known: bool) -> None:
    """Other texts name no service."""
    assert (Service(text) in [caller.principal for caller in representatives(services=(text,)).all]) is known


WHO = ("user", "anonymous", "role", "service", "root", "his user", "his role", "his root", "bob", "app", "app one", "another one", "trail")
FULL = frozenset(WHO)
HIS = frozenset(WHO[5:12])
IDENTITIES = FULL - {"anonymous", "service", "trail"}
FEDERATED = "AWS does not say whom a `Federated` principal covers in S3"
CANONICAL = "a canonical user id does not say whose account it is"


def tell(bits: int) -> frozenset[str]:
    """The callers of these bits, of which there are no more."""
    assert 0 <= bits < 1 << len(WHO)
    return frozenset(name for place, name in enumerate(WHO) if bits >> place & 1)


@pytest.mark.parametrize(
    ("entries", "sure", "maybe", "doubt"),
    [
        ((), (), (), ""),
        ((("AWS", ACCOUNT),), HIS, HIS, ""),
        ((("AWS", f"{IAM}root"),), HIS, HIS, ""),
        ((("AWS", OTHER),), (), (), ""),
        ((("AWS", BOB),), ["bob"], ["bob"], ""),
        ((("AWS", APP),), ["app", "app one"], ["app", "app one"], ""),
        ((("AWS", SESSION),), ["app one", "another one"], ["app one", "another one"], ""),
        ((("AWS", "AIDAEXAMPLEID"),), (), (), ""),
        ((("Service", TRAIL),), ["trail"], ["trail"], ""),
        ((("Service", "*"),), (), ["service", "trail"], "S3 is not known to take a wildcard for the name of a service"),
        ((("AWS", BOB), ("Service", TRAIL)), ["bob", "trail"], ["bob", "trail"], ""),
        ((("CanonicalUser", "79a5"),), (), IDENTITIES, CANONICAL),
        ((("Federated", "accounts.google.com"),), (), IDENTITIES, FEDERATED),
        ((("Service", TRAIL), ("Federated", "a"), ("CanonicalUser", "b")), ["trail"], IDENTITIES | {"trail"}, FEDERATED),
    ],
)
def test_a_principal_element_covers_those_it_names(entries: Json, sure: Json, maybe: Json, doubt: str) -> None:
    """Surely, and possibly; where the two differ the doubt says why."""
    element = Principals(negated=False, everyone=False, entries=entries, path="$")
    found = match_principals(element, representatives(BOB, APP, SESSION, services=(TRAIL,)), star_covers_services=True)
    assert (tell(found.sure), tell(found.maybe), found.doubt, found.assumption) == (frozenset(sure), frozenset(maybe), doubt, "")


def test_everybody_is_covered_by_a_star() -> None:
    """The bare one for certain; whether the one under `AWS` covers services is an assumption."""
    everybody = representatives(BOB, APP, SESSION, services=(TRAIL,))
    bare = match_principals(Principals(negated=False, everyone=True, entries=(), path="$"), everybody, star_covers_services=False)
    assert (tell(bare.sure), tell(bare.maybe), bare.doubt, bare.assumption) == (FULL, FULL, "", "")
    star = Principals(negated=False, everyone=False, entries=(("AWS", "*"),), path="$")
    on, off = (match_principals(star, everybody, star_covers_services=switch) for switch in (True, False))
    assert (tell(on.sure), tell(on.maybe), on.doubt, on.assumption) == (FULL, FULL, "", "aws-star-covers-services")
    doubt = 'whether `{"AWS": "*"}` covers AWS services is open'
    assert (tell(off.sure), tell(off.maybe), off.doubt, off.assumption) == (FULL - {"service", "trail"}, FULL, doubt, "")


@pytest.mark.parametrize(
    ("entries", "denied", "spared"),
    [
        ((("AWS", BOB),), FULL - HIS, ()),
        ((("AWS", ACCOUNT),), FULL - HIS, ["his root"]),
        ((("AWS", f"{IAM}root"), ("AWS", BOB)), FULL - HIS, ["his root", "bob"]),
        ((("AWS", ACCOUNT), ("AWS", APP)), FULL - HIS, ["his root"]),
        ((("AWS", ACCOUNT), ("AWS", SESSION)), FULL - HIS, ["his root"]),
        ((("AWS", ACCOUNT), ("AWS", APP), ("AWS", SESSION)), FULL - HIS, ["his root", "app one"]),
        ((("AWS", APP), ("AWS", SESSION)), FULL - HIS, ()),
        ((("AWS", "AIDAEXAMPLEID"),), (), ()),
        ((("Service", TRAIL),), FULL - {"trail"}, ["trail"]),
        ((("Service", "*"),), FULL - {"trail", "service"}, ()),
        ((("CanonicalUser", "79a5"),), FULL - IDENTITIES, ()),
        ((("Federated", "a"), ("Service", TRAIL)), FULL - IDENTITIES - {"trail"}, ["trail"]),
    ],
)
def test_not_principal_spares_those_it_lists_with_their_whole_chain(entries: Json, denied: Json, spared: Json) -> None:
    """Surely denied is who shares nothing with those listed, surely spared who is listed with account, role and session."""
    element = Principals(negated=True, everyone=False, entries=entries, path="$")
    found = match_principals(element, representatives(BOB, APP, SESSION, services=(TRAIL,)), star_covers_services=True)
    assert (tell(found.sure), tell(found.maybe), found.doubt) == (frozenset(denied), FULL - frozenset(spared), NOT_PRINCIPAL)


@pytest.mark.parametrize(
    ("everyone", "entries", "star", "maybe"),
    [
        (True, (), True, ()),
        (False, (), True, ()),
        (False, (("AWS", "*"),), True, ()),
        (False, (("AWS", "*"),), False, ("service", "trail")),
        (False, (("AWS", "*"), ("Service", TRAIL)), False, ("service",)),
    ],
)
def test_who_spares_everybody_denies_nobody(everyone: bool, entries: Json, star: bool, maybe: tuple[str, ...]) -> None:  # noqa: FBT001 - parameters
    """Nor does an element that lists nobody; of services the star for AWS leaves it open."""
    element = Principals(negated=True, everyone=everyone, entries=entries, path="$")
    found = match_principals(element, representatives(BOB, APP, SESSION, services=(TRAIL,)), star_covers_services=star)
    assert (found.sure, tell(found.maybe)) == (0, frozenset(maybe))


@pytest.mark.parametrize(
    ("exempt", "expected"),
    [
        ((), ()),
        ((ACCOUNT,), HIS),
        ((f"{IAM}root",), ["his root"]),
        ((BOB,), ["bob"]),
        ((APP, TRAIL), ["app", "app one", "trail"]),
        ((SESSION,), ["app one", "another one"]),
        (("arn:aws-cn:iam::111122223333:root",), ()),
    ],
)
def test_who_is_exempt(exempt: tuple[str, ...], expected: Json) -> None:
    """An account with everybody in it, a role with its sessions, and the root alone."""
    assert tell(representatives(BOB, APP, SESSION, services=(TRAIL,), exempt=exempt).exempt) == frozenset(expected)


def test_an_exempt_name_is_told_apart_as_well() -> None:
    """Though no statement speaks of it."""
    everybody: list[Principal] = [caller.principal for caller in representatives(exempt=(BOB, TRAIL)).all]
    assert Identity("user", ACCOUNT, BOB) in everybody
    assert Service(TRAIL) in everybody
