"""Whom `Principal` and `NotPrincipal` cover."""

import pytest

from bucketpolicy.goal import Assumptions
from bucketpolicy.request import Anonymous, OriginAccessIdentity, Principal, Unmodelled
from bucketpolicy.semantics.evaluate import Truth, is_denied
from tests.bucketpolicy.requests import ACCOUNT, DENY, ON, ROLE, ROOT, SERVICE, SESSION, USER, Json, ask, read

ANYBODY = Anonymous()
EVERYBODY: set[Principal] = {ROLE, USER, ROOT, SERVICE, ANYBODY}
NOBODY: set[Principal] = set()


def find_denied(statement: Json, assumptions: Assumptions = ON) -> tuple[set[Principal], set[Principal]]:
    """Who is denied by a document of this statement, and for whom that is open."""
    document = read(statement)
    truths = {caller: is_denied(document, ask(caller), assumptions) for caller in EVERYBODY}
    return {caller for caller, truth in truths.items() if truth}, {caller for caller, truth in truths.items() if truth is None}


@pytest.mark.parametrize(
    ("principal", "denied", "open_"),
    [
        ("*", EVERYBODY, NOBODY),
        ({"AWS": "*"}, EVERYBODY, NOBODY),
        ({"AWS": ACCOUNT}, {ROLE, USER, ROOT}, NOBODY),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, {ROLE, USER, ROOT}, NOBODY),
        ({"AWS": f"arn:aws-cn:iam::{ACCOUNT}:root"}, NOBODY, NOBODY),
        ({"AWS": "444455556666"}, NOBODY, NOBODY),
        ({"AWS": ROLE.arn}, {ROLE}, NOBODY),
        ({"AWS": SESSION}, {ROLE}, NOBODY),
        ({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/app/two"}, NOBODY, NOBODY),
        ({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/team/app/one"}, NOBODY, NOBODY),
        ({"AWS": USER.arn}, {USER}, NOBODY),
        ({"AWS": USER.arn.upper()}, NOBODY, NOBODY),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/*"}, NOBODY, NOBODY),
        ({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}, NOBODY, NOBODY),
        ({"AWS": [USER.arn, ROLE.arn]}, {ROLE, USER}, NOBODY),
        ({"Service": SERVICE.name}, {SERVICE}, NOBODY),
        ({"Service": "*"}, NOBODY, {SERVICE}),
        ({"Service": "s3.amazonaws.com"}, NOBODY, NOBODY),
        ({"Federated": "accounts.google.com"}, NOBODY, {ROLE, USER, ROOT}),
        ({"CanonicalUser": "79a5"}, NOBODY, {ROLE, USER, ROOT}),
        ({"AWS": ROLE.arn, "Service": SERVICE.name}, {ROLE, SERVICE}, NOBODY),
        ({"AWS": []}, NOBODY, NOBODY),
        ({}, NOBODY, NOBODY),
    ],
)
def test_principal_names_callers(principal: object, denied: set[Principal], open_: set[Principal]) -> None:
    """An account stands for all its identities, a role for its sessions, `*` for everybody, and a wildcard inside a name for nobody."""
    assert find_denied({**DENY, "Principal": principal}) == (denied, open_)


def test_whether_the_aws_star_covers_services_is_an_assumption() -> None:
    """Without it, a Deny for `{"AWS": "*"}` may or may not bind a service."""
    off = ON._replace(aws_star_covers_services=False)
    assert find_denied({**DENY, "Principal": {"AWS": "*"}}, off) == (EVERYBODY - {SERVICE}, {SERVICE})


@pytest.mark.parametrize(
    ("principal", "denied", "open_"),
    [
        ("*", NOBODY, NOBODY),
        ({"AWS": "*"}, NOBODY, NOBODY),
        ({"AWS": ACCOUNT}, {SERVICE, ANYBODY}, {ROLE, USER}),
        ({"AWS": USER.arn}, {ROLE, ROOT, SERVICE, ANYBODY}, {USER}),
        ({"AWS": [USER.arn, ACCOUNT]}, {SERVICE, ANYBODY}, {ROLE}),
        ({"AWS": [ROLE.arn, ACCOUNT]}, {SERVICE, ANYBODY}, {ROLE, USER}),
        ({"AWS": [ROLE.arn, f"arn:aws:iam::{ACCOUNT}:root", SESSION]}, {SERVICE, ANYBODY}, {USER}),
        ({"AWS": SESSION}, {USER, ROOT, SERVICE, ANYBODY}, {ROLE}),
        ({"Service": SERVICE.name}, {ROLE, USER, ROOT, ANYBODY}, NOBODY),
        ({"CanonicalUser": "79a5"}, {SERVICE, ANYBODY}, {ROLE, USER, ROOT}),
        ({}, NOBODY, NOBODY),
    ],
)
def test_not_principal_spares_a_caller_with_its_whole_chain(principal: object, denied: set[Principal], open_: set[Principal]) -> None:
    """Account, then role or user, then session: all listed is spared, none listed is denied, and in between AWS does not say."""
    statement = {**{name: value for name, value in DENY.items() if name != "Principal"}, "NotPrincipal": principal}
    assert find_denied(statement) == (denied, open_)


ORIGIN = OriginAccessIdentity("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1")
FEDERATED = Unmodelled(f"arn:aws:sts::{ACCOUNT}:federated-user/eve")


@pytest.mark.parametrize(
    ("principal", "covered", "not_spared"),
    [
        ("*", (True, True), (False, False)),
        ({"AWS": "*"}, (True, True), (False, False)),
        ({"AWS": ORIGIN.arn}, (True, False), (False, True)),
        ({"AWS": ORIGIN.arn + "2"}, (False, False), (True, True)),
        ({"AWS": ACCOUNT}, (False, True), (True, None)),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, (False, True), (True, None)),
        ({"AWS": "444455556666"}, (False, False), (True, True)),
        ({"AWS": "arn:aws:iam::444455556666:user/eve"}, (False, False), (True, True)),
        ({"AWS": USER.arn}, (False, None), (True, None)),
        ({"AWS": FEDERATED.arn}, (False, None), (True, None)),
        ({"CanonicalUser": "79a5"}, (None, None), (None, None)),
        ({"Service": SERVICE.name}, (False, False), (True, True)),
    ],
)
def test_callers_without_an_account(principal: object, covered: tuple[Truth, ...], not_spared: tuple[Truth, ...]) -> None:
    """An origin access identity goes by its ARN alone; whom an entry names of the forms that are not modelled is open."""
    callers = (ORIGIN, FEDERATED)
    statement = {**{name: value for name, value in DENY.items() if name != "Principal"}, "NotPrincipal": principal}
    assert tuple(is_denied(read({**DENY, "Principal": principal}), ask(caller), ON) for caller in callers) == covered
    assert tuple(is_denied(read(statement), ask(caller), ON) for caller in callers) == not_spared
