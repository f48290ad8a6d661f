"""Whom `Principal` and `NotPrincipal` cover."""

import pytest

from bucketpolicy.request import Anonymous, OriginAccessIdentity, Unmodelled
from bucketpolicy.semantics.evaluate import Truth, is_denied
from tests.bucketpolicy.requests import ACCOUNT, DENY, ON, ROLE, ROOT, SERVICE, SESSION, USER, ask, read

EVERYBODY = (ROLE, USER, ROOT, SERVICE, Anonymous())


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("*", (True, True, True, True, True)),
        ({"AWS": "*"}, (True, True, True, True, True)),
        ({"AWS": ACCOUNT}, (True, True, True, False, False)),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, (True, True, True, False, False)),
        ({"AWS": f"arn:aws-cn:iam::{ACCOUNT}:root"}, (False, False, False, False, False)),
        ({"AWS": "444455556666"}, (False, False, False, False, False)),
        ({"AWS": ROLE.arn}, (True, False, False, False, False)),
        ({"AWS": SESSION}, (True, False, False, False, False)),
        ({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/app/two"}, (False, False, False, False, False)),
        ({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/team/app/one"}, (False, False, False, False, False)),
        ({"AWS": USER.arn}, (False, True, False, False, False)),
        ({"AWS": USER.arn.upper()}, (False, False, False, False, False)),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/*"}, (False, False, False, False, False)),
        ({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}, (False, False, False, False, False)),
        ({"AWS": [USER.arn, ROLE.arn]}, (True, True, False, False, False)),
        ({"Service": SERVICE.name}, (False, False, False, True, False)),
        ({"Service": "*"}, (False, False, False, None, False)),
        ({"Service": "s3.amazonaws.com"}, (False, False, False, False, False)),
        ({"Federated": "accounts.google.com"}, (None, None, None, False, False)),
        ({"CanonicalUser": "79a5"}, (None, None, None, False, False)),
        ({"AWS": ROLE.arn, "Service": SERVICE.name}, (True, False, False, True, False)),
        ({"AWS": []}, (False, False, False, False, False)),
        ({}, (False, False, False, False, False)),
    ],
)
def test_principal_names_callers(principal: object, expected: tuple[Truth, ...]) -> None:
    """An account stands for all its identities, a role for its sessions, `*` for everybody, and a wildcard inside a name for nobody."""
    document = read({**DENY, "Principal": principal})
    assert tuple(is_denied(document, ask(caller), ON) for caller in EVERYBODY) == expected


def test_whether_the_aws_star_covers_services_is_an_assumption() -> None:
    """Without it, a Deny for `{"AWS": "*"}` may or may not bind a service."""
    document = read({**DENY, "Principal": {"AWS": "*"}})
    off = ON._replace(aws_star_covers_services=False)
    assert [is_denied(document, ask(caller), off) for caller in EVERYBODY] == [True, True, True, None, True]


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("*", (False, False, False, False, False)),
        ({"AWS": "*"}, (False, False, False, False, False)),
        ({"AWS": ACCOUNT}, (None, None, False, True, True)),
        ({"AWS": USER.arn}, (True, None, True, True, True)),
        ({"AWS": [USER.arn, ACCOUNT]}, (None, False, False, True, True)),
        ({"AWS": [ROLE.arn, ACCOUNT]}, (None, None, False, True, True)),
        ({"AWS": [ROLE.arn, f"arn:aws:iam::{ACCOUNT}:root", SESSION]}, (False, None, False, True, True)),
        ({"AWS": SESSION}, (None, True, True, True, True)),
        ({"Service": SERVICE.name}, (True, True, True, False, True)),
        ({"CanonicalUser": "79a5"}, (None, None, None, True, True)),
        ({}, (False, False, False, False, False)),
    ],
)
def test_not_principal_spares_a_caller_with_its_whole_chain(principal: object, expected: tuple[Truth, ...]) -> None:
    """Account, then role or user, then session: all listed is spared, none listed is denied, and in between AWS does not say."""
    statement = {**{name: value for name, value in DENY.items() if name != "Principal"}, "NotPrincipal": principal}
    assert tuple(is_denied(read(statement), ask(caller), ON) for caller in EVERYBODY) == expected


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
