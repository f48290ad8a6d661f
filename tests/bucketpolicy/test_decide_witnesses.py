"""The request that a counterexample shows."""

import pytest

from bucketpolicy.goal import SSE, TRANSPORT, Absent, Goal, Target
from bucketpolicy.proof.decide import decide
from bucketpolicy.request import Service
from bucketpolicy.verdict import Undecided
from tests.bucketpolicy.verdicts import NULL, Json, document, reasons, statement, uploads, witness


@pytest.mark.parametrize(
    ("condition", "context"),
    [
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, {"aws:principalorgid": ("o-1",)}),
        ({"Bool": {"aws:ViaAWSService": "false"}}, {"aws:viaawsservice": ("true",)}),
        ({"DateLessThan": {"aws:CurrentTime": "2029-01-01T00:00:00Z"}}, {"aws:currenttime": ("2030-01-01T00:00:00Z",)}),
        ({"DateLessThan": {"aws:CurrentTime": "2031-01-01T00:00:00Z"}}, {"aws:currenttime": ("2031-01-01T00:00:00Z",)}),
        ({"DateGreaterThan": {"aws:CurrentTime": "2027-01-01"}}, {"aws:currenttime": ("2026-10-27T00:00:00Z",)}),
        ({"DateGreaterThan": {"aws:CurrentTime": "2026-01-01"}}, {"undecided": ()}),
        ({"NumericGreaterThan": {"aws:EpochTime": "1798761600"}}, {"aws:epochtime": ("1793059200",)}),
        ({"NumericGreaterThan": {"s3:max-keys": "10"}, "Null": {"s3:max-keys": "false", SSE: "true"}}, {}),
        ({"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}, {"aws:sourceip": ("198.51.100.0",)}),
        ({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, {"aws:sourceip": ("203.0.113.10",)}),
        ({"NotIpAddress": {"aws:SourceIp": "2001:db8::/32"}}, {"aws:sourceip": ("2001:db8::10",)}),
        ({"NotIpAddress": {"aws:SourceIp": "fe80::/64"}}, {"aws:sourceip": ("fe80::",)}),
        ({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, {"aws:sourcevpce": ("vpce-1",)}),
        ({"StringNotEquals": {"aws:username": "alice"}}, {"aws:username": ("alice",)}),
        ({"StringNotEqualsIgnoreCase": {"aws:username": "ab"}}, {"aws:username": ("AB",)}),
        ({"ForAllValues:StringEquals": {"s3:RequestObjectTagKeys": "a"}}, {"s3:requestobjecttagkeys": ("x",)}),
        (
            {"ForAllValues:StringEquals": {"s3:RequestObjectTagKeys": ["a", "b"]}, "StringNotEquals": {"aws:SourceAccount": "1"}},
            {"s3:requestobjecttagkeys": ("x",)},
        ),
        ({"ForAllValues:StringNotEquals": {"aws:TagKeys": "a"}}, {"aws:tagkeys": ("a",)}),
        ({"StringNotEquals": {"aws:PrincipalType": "Account"}}, {"aws:principaltype": ("Account",)}),
        ({"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}, {"aws:sourcevpc": ("vpc-1",)}),
        ({"Null": {"aws:TypoKey": "true", SSE: "true"}}, {"undecided": ()}),
        ({"ArnNotEquals": {"aws:SourceArn": "arn:aws:s3:::c"}}, {"aws:sourcearn": ("arn:aws:s3:::c",)}),
        ({"ForAllValues:StringNotEquals": {"aws:PrincipalServiceNamesList": "s3.amazonaws.com"}}, {}),
        ({"StringNotEquals": {"aws:PrincipalTag/team": "a"}}, {"aws:principaltag/team": ("a",)}),
        ({"StringNotLike": {"aws:UserId": ["AROA*:*"]}}, {"aws:userid": ("AROA:",)}),
        ({"NumericLessThan": {"s3:TlsVersion": "1.2"}}, {}),
    ],
)
def test_what_a_counterexample_shows(condition: Json, context: dict[str, tuple[str, ...]]) -> None:
    """Only what the document asks for, with values that occur; the caller is one that can send them."""
    verdict = uploads(statement({**NULL, **condition}))
    if "undecided" in context:
        assert reasons(verdict)
        return
    shown = dict(witness(verdict).context)
    assert shown.pop(TRANSPORT) == ("true",)
    if context:
        assert shown == context


def test_what_the_target_leaves_open_but_the_document_mentions_is_shown_as_it_is() -> None:
    """An Allow may mention keys that every such request has."""
    allow = {
        **statement({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "StringEquals": {"aws:PrincipalArn": "a", "aws:PrincipalAccount": "1"}}),
        "Effect": "Allow",
    }
    context = dict(witness(uploads(allow)).context)
    assert context == {
        TRANSPORT: ("true",),
        "aws:sourceip": ("203.0.113.10",),
        "aws:principalarn": ("arn:aws:iam::111122223333:user/example",),
        "aws:principalaccount": ("111122223333",),
    }
    services = {**allow, "Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}, "StringEquals": {"aws:PrincipalServiceName": "a"}}}
    everybody_else = statement({**NULL, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}})
    request = witness(uploads(services, everybody_else))
    assert isinstance(request.principal, Service)
    assert dict(request.context)["aws:principalservicename"] == (request.principal.name,)


def test_values_that_cannot_be_written_are_no_witness() -> None:
    """Numbers of parts between whole ones, below zero, and instants beyond the years of a calendar."""
    key = "s3:max-keys"
    for bounds in (
        ({"NumericLessThanEquals": {key: "1"}}, {"NumericGreaterThanEquals": {key: "2"}}),
        ({"NumericGreaterThanEquals": {key: "0"}}, {"Null": {SSE: "true", key: "true"}}),
    ):
        parts = [statement({**NULL, **bound}) for bound in bounds]
        parts.append(statement({"Null": {SSE: "true", key: "true"}}))
        goal = Goal("b", "aws", (Target(("s3:ListBucket",), "bucket", (Absent(SSE),)),))
        everywhere = document(*({**part, "Resource": "*", "Action": "*"} for part in parts))
        assert isinstance(decide(everywhere, goal), Undecided)
    late = statement({**NULL, "DateLessThan": {"aws:CurrentTime": "9999-12-31T23:59:59Z"}})
    later = statement({**NULL, "DateEquals": {"aws:CurrentTime": "9999-12-31T23:59:59Z"}})
    assert isinstance(uploads(late, later), Undecided)
    whole = statement({**NULL, "NumericLessThanEquals": {key: "7.5"}}, Action="*", Resource="*")
    rest = statement({"Null": {SSE: "true", key: "true"}}, Action="*", Resource="*")
    goal = Goal("b", "aws", (Target(("s3:ListBucket",), "bucket", (Absent(SSE),)),))
    assert dict(witness(decide(document(whole, rest), goal)).context)[key] == ("8",)
