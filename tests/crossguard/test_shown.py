"""What the sentence about the nearest statement says of a request holds of the request that is printed."""

import json
from collections.abc import Iterator, Mapping
from datetime import date

import pytest

from bucketpolicy.document import Document
from bucketpolicy.goal import Goal
from bucketpolicy.parse import parse
from bucketpolicy.request import Anonymous, Identity, Request
from bucketpolicy.semantics.evaluate import is_denied
from crossguard.judging.assess import assess
from crossguard.judging.finding import NotDenied, Subject
from crossguard.messages.render import render
from crossguard.pack.rule import Rule
from crossguard.pack.settings import DEFAULTS
from crossguard.resources.source import Found
from policies import ALL

TODAY = date(2026, 11, 24)
RULES = [rule for rule in ALL if isinstance(rule, Rule)]
#: Conditions that some requests of every sort do not meet, on the keys that AWS documents to be in all of them, or in all that are signed.
CONDITIONS: Mapping[str, Mapping[str, object]] = {
    "version": {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
    "version-present": {"NumericEquals": {"s3:TlsVersion": ["1.0", "1.1"]}},
    "time": {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
    "epoch": {"DateLessThan": {"aws:EpochTime": "1577836800"}},
    "time-to-come": {"DateGreaterThan": {"aws:CurrentTime": "2080-01-01T00:00:00Z"}},
    "agent": {"StringLike": {"aws:UserAgent": "*curl*"}},
    "via": {"Bool": {"aws:ViaAWSService": "true"}},
    "type": {"StringEquals": {"aws:PrincipalType": "Account"}},
    "service": {"Bool": {"aws:PrincipalIsAWSService": "true"}},
    "name": {"StringEquals": {"aws:username": "alice"}},
    "id": {"StringLike": {"aws:userid": "AIDA*"}},
    "signed": {"StringEquals": {"s3:authType": "POST"}},
    "signature": {"StringEquals": {"s3:signatureversion": "AWS"}},
    "address": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    "every-address": {"IpAddress": {"aws:SourceIp": ["0.0.0.0/0", "::/0"]}},
    "example-address": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    "account": {"StringEquals": {"aws:PrincipalAccount": "444455556666"}},
    "two": {"NumericLessThan": {"s3:TlsVersion": "1.2"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
}
HEADER = {"Null": {"s3:x-amz-acl": "false"}}


def write(*conditions: Mapping[str, object]) -> str:
    """A document with a Deny of everything for each of these conditions."""
    arns = ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"]
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": arns}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**deny, "Condition": each} for each in conditions]})


def find(rule: Rule, text: str) -> tuple[NotDenied, str]:
    """What the rule finds in the document, and the message."""
    subject = Subject("urn", "aws:s3/bucketPolicy:BucketPolicy", "logs", "logs", "aws")
    finding = assess(rule, DEFAULTS, subject, Found(text, "policy", "logs", raw=True), TODAY)
    assert isinstance(finding, NotDenied)
    return finding, render(rule, finding, subject) or ""


def list_sent(request: Request) -> Iterator[str]:
    """The keys that such a request carries, whatever else it does."""
    context = dict(request.context)
    yield from ("aws:currenttime", "aws:epochtime", "aws:useragent", "aws:viaawsservice", "aws:principaltype", "aws:securetransport")
    if context.get("aws:securetransport") == ("true",):
        yield "s3:tlsversion"
    if "aws:sourcevpce" not in context:
        yield "aws:sourceip"
    if not isinstance(request.principal, Anonymous):
        yield from ("aws:principalisawsservice", "aws:userid", "aws:principalaccount", "s3:authtype", "s3:signatureversion")
    if isinstance(request.principal, Identity) and request.principal.kind == "user":
        yield "aws:username"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@pytest.mark.parametrize("name", CONDITIONS)
def test_what_every_such_request_carries_is_not_said_to_be_absent(rule: Rule, name: str) -> None:
    """The key is shown with a value, in the request and where the statement is told, and the request gets through with it."""
    text = write(CONDITIONS[name])
    finding, message = find(rule, text)
    request, nearest = finding.explanation.shown.request, finding.explanation.nearest
    assert nearest is not None
    assert nearest.condition is not None
    if "here it is absent" in message:
        assert nearest.condition.key not in list_sent(request)
    assert nearest.actual == dict(request.context).get(nearest.condition.key)
    document = parse(text)
    assert isinstance(document, Document)
    assert is_denied(document, request, Goal(None, "aws", ()).assumptions) is False


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_header_that_nobody_must_send_is_absent(rule: Rule) -> None:
    """So it stays out of the request that is shown."""
    finding, message = find(rule, write(HEADER))
    assert "s3:x-amz-acl" not in dict(finding.explanation.shown.request.context)
    assert "is present; here it is absent" in message or rule.level == "advisory"


def test_the_version_is_told_in_the_request_too() -> None:
    """What is said of the request is said in the same words."""
    (uploads,) = [rule for rule in RULES if rule.name.endswith("unencrypted-uploads")]
    first, second, *_ = find(uploads, write(CONDITIONS["version"]))[1].split("\n")
    assert "over TLS 1.2 without the header" in first
    assert second == "Statement 1 is nearest, but applies only where `s3:TlsVersion` is below `1.2`; here it is `1.2`."


def test_an_endpoint_is_told_where_no_address_gets_through() -> None:
    """A request has an address or comes through a VPC endpoint."""
    (uploads,) = [rule for rule in RULES if rule.name.endswith("unencrypted-uploads")]
    first, second, *_ = find(uploads, write(CONDITIONS["every-address"]))[1].split("\n")
    assert "with `aws:SourceVpce` = `vpce-" in first
    assert second.endswith("; here it is absent.")


def test_a_value_that_another_statement_denies_is_not_shown() -> None:
    """What cannot be restored is left out, and the request still gets through."""
    (uploads,) = [rule for rule in RULES if rule.name.endswith("unencrypted-uploads")]
    both = write(CONDITIONS["address"], {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})
    finding, _ = find(uploads, both)
    document = parse(both)
    assert isinstance(document, Document)
    assert is_denied(document, finding.explanation.shown.request, Goal(None, "aws", ()).assumptions) is False
