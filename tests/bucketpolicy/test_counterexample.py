"""The one request that stands for a gap: ordinary where it can be, exact where it must be."""

import pytest

from bucketpolicy.goal import SSE, TLS_VERSION, TRANSPORT, Absent, Equal, Target
from bucketpolicy.request import Identity, Service
from bucketpolicy.verdict import Undecided
from tests.bucketpolicy.verdicts import NULL, Json, decide_on, denied, statement, uploads, witness

NOW, EPOCH, AGE, IP, ENDPOINT = "aws:CurrentTime", "aws:EpochTime", "aws:MultiFactorAuthAge", "aws:SourceIp", "aws:SourceVpce"
TAG, ACL, CLASS = "aws:PrincipalTag/team", "s3:x-amz-acl", "s3:x-amz-storage-class"
ALLOW: Json = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}


def shown(key: str, *conditions: Json) -> tuple[str, ...]:
    """What is shown for a key that must be there, where the uploads of these conditions are denied."""
    denies = [statement({**NULL, **condition}) for condition in conditions]
    return dict(witness(uploads(*denies, statement({"Null": {SSE: "true", key: "true"}}))).context)[key.lower()]


OVER_TLS = Target(("s3:PutObject",), "object", (Absent(SSE), Equal(TRANSPORT, "true")))


@pytest.mark.parametrize(
    ("conditions", "version"),
    [
        ([{"NumericNotEquals": {TLS_VERSION: "1.0"}}], "1.0"),
        ([{"NumericNotEquals": {TLS_VERSION: "1.1"}}], "1.1"),
        ([{"NumericNotEquals": {TLS_VERSION: "1.2"}}], "1.2"),
        ([{"NumericNotEquals": {TLS_VERSION: "1.3"}}], "1.3"),
        ([{"NumericNotEquals": {TLS_VERSION: "1"}}], "1.0"),
        ([{"NumericLessThanEquals": {TLS_VERSION: "1.1"}}, {"NumericGreaterThanEquals": {TLS_VERSION: "1.2"}}], "1.11"),
        ([{"NumericLessThanEquals": {TLS_VERSION: "1.3"}}], "2"),
        ([{"NumericLessThanEquals": {TLS_VERSION: "9.5"}}], "10"),
        ([{"NumericGreaterThanEquals": {TLS_VERSION: "1.0"}}], "0"),
        ([{"NumericLessThanEquals": {TLS_VERSION: "0"}}, {"NumericGreaterThanEquals": {TLS_VERSION: "1.0"}}], "0.1"),
    ],
)
def test_versions_of_tls(conditions: list[Json], version: str) -> None:
    """One of the four that exist; without the assumption that there are no others, the shortest number that is left."""
    denies = [statement({**NULL, **condition}) for condition in (*conditions, {"Null": {SSE: "true", TLS_VERSION: "true"}})]
    found = witness(decide_on(*denies, target=OVER_TLS, tls_versions_are_known=False))
    assert dict(found.context)[TLS_VERSION] == (version,)
    known = decide_on(*denies, target=OVER_TLS)
    if version in ("1.0", "1.1", "1.2", "1.3"):
        assert dict(witness(known).context)[TLS_VERSION] == (version,)
    else:
        assert "tls-versions-are-known" in denied(known).assumptions


@pytest.mark.parametrize(
    ("conditions", "value"),
    [
        ([{"NumericNotEquals": {AGE: "0"}}], "0"),
        ([{"NumericNotEquals": {AGE: "7"}}], "7"),
        ([{"NumericLessThan": {AGE: "7"}}], "7"),
        ([{"NumericLessThanEquals": {AGE: "7"}}], "8"),
        ([{"NumericLessThan": {AGE: "7.5"}}], "8"),
        ([{"NumericGreaterThan": {AGE: "7"}}], "0"),
        ([{"NumericLessThanEquals": {AGE: "6"}}, {"NumericGreaterThan": {AGE: "7.5"}}], "7"),
    ],
)
def test_other_numbers_are_whole(conditions: list[Json], value: str) -> None:
    """The smallest that is left, and none below zero."""
    assert shown(AGE, *conditions) == (value,)


@pytest.mark.parametrize(
    ("key", "conditions", "value"),
    [
        (NOW, [{"DateNotEquals": {NOW: "2029-01-01T00:00:00Z"}}], "2029-01-01T00:00:00Z"),
        (NOW, [{"DateNotEquals": {NOW: "2026-10-27T00:00:00Z"}}], "2026-10-27T00:00:00Z"),
        (NOW, [{"DateNotEquals": {NOW: "9999-12-31T23:59:59Z"}}], "9999-12-31T23:59:59Z"),
        (NOW, [{"DateLessThan": {NOW: "2030-01-01T00:00:00Z"}}], "2030-01-01T00:00:00Z"),
        (NOW, [{"DateLessThanEquals": {NOW: "2030-01-01T00:00:00Z"}}], "2030-01-01T00:00:01Z"),
        (NOW, [{"DateGreaterThan": {NOW: "2031-01-01"}}], "2030-01-01T00:00:00Z"),
        (NOW, [{"DateGreaterThanEquals": {NOW: "2027-01-01"}}], "2026-10-27T00:00:00Z"),
        (NOW, [{"DateLessThan": {NOW: "2027-01-01"}}, {"DateGreaterThan": {NOW: "2028-01-01"}}], "2027-01-01T00:00:00Z"),
        (EPOCH, [{"NumericNotEquals": {EPOCH: "1793059200"}}], "1793059200"),
        (EPOCH, [{"NumericNotEquals": {EPOCH: "253402300799"}}], "253402300799"),
        (EPOCH, [{"DateLessThan": {EPOCH: "2029-01-01"}}], "1893456000"),
    ],
)
def test_instants(key: str, conditions: list[Json], value: str) -> None:
    """The first second of 2030 where it will do, else the first of all, or one next to a bound; as a date, or in seconds."""
    assert shown(key, *conditions) == (value,)


@pytest.mark.parametrize("seconds", ["253402300800", "-1", "1000", "2026", "9999", "0", "1793059199"])
def test_instants_that_no_request_has(seconds: str) -> None:
    """Beyond the years of a calendar, or in the past."""
    denies = [statement({**NULL, "NumericNotEquals": {EPOCH: seconds}})]
    assert isinstance(uploads(*denies), Undecided)


@pytest.mark.parametrize(
    ("block", "address"),
    [
        ("203.0.113.0/24", "203.0.113.10"),
        ("203.0.113.10/32", "203.0.113.10"),
        ("203.0.113.8/31", "203.0.113.8"),
        ("203.0.113.12/30", "203.0.113.12"),
        ("255.255.255.255", "255.255.255.255"),
        ("2001:db8::/32", "2001:db8::10"),
        ("2001:db8::10/128", "2001:db8::10"),
        ("2001:db8::e/127", "2001:db8::e"),
        ("::/128", "::"),
        ("::1/128", "::1"),
    ],
)
def test_addresses(block: str, address: str) -> None:
    """Those of examples where they are left, else the first that is."""
    assert shown(IP, {"NotIpAddress": {IP: block}}) == (address,)


@pytest.mark.parametrize(
    ("values", "value"),
    [(["a"], "other"), (["other"], "other0"), (["other", "other0"], "other1"), (["a", "other", "b"], "other0")],
)
def test_a_text_that_the_document_does_not_name(values: list[str], value: str) -> None:
    """Shown where no named one is left."""
    assert shown(TAG, {"StringEquals": {TAG: values}}) == (value,)


def test_what_the_document_does_not_name_comes_before_what_it_names() -> None:
    """But for values that S3 is known to take, which come first."""
    assert shown(TAG, {"StringEquals": {TAG: ["a", "b"], ACL: "private"}}) == ("other",)
    assert shown(ACL, {"StringEquals": {ACL: ["a", "private"], TAG: "x"}}) == ("private",)
    assert shown(ACL, {"StringEquals": {ACL: ["a", "private"]}}) == ("public-read",)


def test_an_encrypted_connection_comes_first() -> None:
    """Even where a request need not say how it came."""
    insecure = statement({**NULL, "Bool": {TRANSPORT: "false"}})
    assert dict(witness(uploads(insecure, secure_transport_present=False)).context) == {TRANSPORT: ("true",)}


def test_where_a_request_came_from() -> None:
    """Without an address it came through an endpoint, unless nothing is assumed of the two; and never both ways."""
    address = {"Null": {SSE: "true", IP: "false"}}
    by_endpoint = {TRANSPORT: ("true",), ENDPOINT.lower(): ("vpce-0a1b2c3d",)}
    assert dict(witness(uploads(statement(address))).context) == by_endpoint
    assert dict(witness(uploads(statement(address), source_ip_or_vpc_endpoint=False)).context) == {TRANSPORT: ("true",)}
    allow = {**ALLOW, "Condition": {"IpAddress": {IP: "10.0.0.0/8"}}}
    assert dict(witness(uploads(allow, statement({**NULL, "StringNotEquals": {ENDPOINT: "vpce-1"}}))).context) == {
        TRANSPORT: ("true",),
        ENDPOINT.lower(): ("vpce-1",),
    }


def test_a_service_is_the_one_that_its_name_says() -> None:
    """Also where the document names it in a condition only; and what an Allow speaks of is shown."""
    name, fax = "aws:PrincipalServiceName", "fax.amazonaws.com"
    identities = statement({**NULL, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}})
    request = witness(uploads(identities, statement({**NULL, "StringNotEquals": {name: fax}})))
    assert request.principal == Service(fax)
    assert dict(request.context)["aws:principalisawsservice"] == ("true",)
    allow = {**ALLOW, "Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}}}
    context = dict(witness(uploads(allow, statement({"Null": {SSE: "true", name: "true"}}))).context)
    assert context["aws:principalisawsservice"] == ("true",)


@pytest.mark.parametrize(
    ("condition", "arn"),
    [
        ({"StringNotEquals": {"aws:username": "alice"}}, "arn:aws:iam::111122223333:user/alice"),
        ({"StringNotEquals": {"aws:PrincipalAccount": "999999999999"}}, "arn:aws:iam::999999999999:user/example"),
        ({"StringNotEquals": {"aws:PrincipalArn": "arn:aws:iam::999999999999:user/a/b"}}, "arn:aws:iam::999999999999:user/a/b"),
    ],
)
def test_a_caller_is_the_one_that_its_keys_speak_of(condition: Json, arn: str) -> None:
    """Account, ARN and user name belong to the caller that is shown."""
    caller = witness(uploads(statement({**NULL, **condition}))).principal
    assert isinstance(caller, Identity)
    assert caller == Identity("user", arn.split(":")[4], arn)
