"""Whom a Deny of uploads without the header would silence: seen in the document and among the resources, said, and never remediated."""

import json
from collections.abc import Mapping
from datetime import date

import pytest

from bucketpolicy.document import Document
from bucketpolicy.parse import parse
from crossguard.judging.assess import assess
from crossguard.judging.finding import CannotTell, NotDenied, Subject
from crossguard.judging.senders import Sender, asks_for_header, find_allowed, find_deliveries, find_silenced
from crossguard.messages.render import render
from crossguard.pack.rule import Rule
from crossguard.pack.settings import DEFAULTS
from crossguard.resources.source import Found
from policies import ALL
from tests.crossguard.kinds import ABSENT, deny, found
from tests.crossguard.pack import DOCUMENT_POLICIES, UPLOADS, attach, make_double
from tests.crossguard.pack import TRANSPORT as TRANSPORT_NAME

RULES = {rule.name: rule for rule in ALL if isinstance(rule, Rule)}
HEADER, TRANSPORT, REQUESTS = (RULES[name] for name in DOCUMENT_POLICIES)
GOAL = HEADER.goal("logs", "aws", DEFAULTS)
LOGGING = "logging.s3.amazonaws.com"


def allow(principal: object, action: object = "s3:PutObject", **changes: object) -> dict[str, object]:
    """A statement that lets somebody upload."""
    return {"Sid": "Logs", "Effect": "Allow", "Principal": principal, "Action": action, "Resource": "arn:aws:s3:::logs/*", **changes}


def read(*statements: Mapping[str, object]) -> Document:
    """A document of these statements."""
    document = parse(json.dumps({"Version": "2012-10-17", "Statement": statements}))
    assert isinstance(document, Document)
    return document


@pytest.mark.parametrize(
    ("statement", "principals"),
    [
        (allow({"Service": LOGGING}), [LOGGING]),
        (allow({"Service": [LOGGING, "delivery.logs.amazonaws.com"]}, "s3:*"), [LOGGING, "delivery.logs.amazonaws.com"]),
        (allow({"Service": "cloudtrail.amazonaws.com"}, ["s3:GetBucketAcl", "s3:Put*"]), ["cloudtrail.amazonaws.com"]),
        (allow({"AWS": "arn:aws:iam::127311923021:root"}), ["127311923021"]),
        (allow({"AWS": "054676820928"}), ["054676820928"]),
        (allow({"Service": LOGGING}, "s3:GetBucketAcl", Resource="arn:aws:s3:::logs"), []),
        (allow({"AWS": "111122223333"}), []),
        (allow({"AWS": "arn:aws:iam::127311923021:role/x"}), []),
        (allow("*"), []),
        (allow({"Service": "*"}), []),
        (allow({"Service": LOGGING}, Effect="Deny"), []),
    ],
)
def test_who_may_upload(statement: dict[str, object], principals: list[str]) -> None:
    """Services, and the accounts by which load balancers deliver."""
    assert [sender.principal for sender in find_allowed(read(statement))] == principals


def test_exempt_ones_are_not_silenced() -> None:
    """By name, by account, and by the account's ARN; each is told once."""
    document = read(allow({"Service": LOGGING}), allow({"Service": LOGGING}, "s3:*"), allow({"AWS": "127311923021"}))
    assert [sender.principal for sender in find_silenced(document, GOAL)] == [LOGGING, "127311923021"]
    exempt = GOAL._replace(exempt=(LOGGING, "arn:aws:iam::127311923021:root"))
    assert find_silenced(document, exempt) == ()
    assert find_silenced(document, GOAL._replace(exempt=("127311923021", "somebody.amazonaws.com")))[0].principal == LOGGING


def test_only_a_deny_for_lack_of_the_header_silences() -> None:
    """Senders speak TLS."""
    document = read(allow({"Service": LOGGING}))
    assert [rule for rule in (HEADER, TRANSPORT, REQUESTS) if asks_for_header(rule.goal("logs", "aws", DEFAULTS))] == [HEADER]
    assert asks_for_header(HEADER.goal("logs", "aws", DEFAULTS._replace(algorithms=("aws:kms",))))
    assert find_silenced(document, TRANSPORT.goal("logs", "aws", DEFAULTS)) == ()


@pytest.mark.parametrize(
    ("resource_type", "props", "expected"),
    [
        ("aws:s3/bucketLogging:BucketLogging", {"bucket": "data", "targetBucket": "logs"}, LOGGING),
        ("aws:s3/bucket:Bucket", {"loggings": [{"targetBucket": "logs"}]}, LOGGING),
        ("aws:s3/bucket:Bucket", {"logging": {"targetBucket": "logs"}}, LOGGING),
        ("aws-native:s3:Bucket", {"loggingConfiguration": {"destinationBucketName": "logs"}}, LOGGING),
        ("aws:ec2/flowLog:FlowLog", {"logDestinationType": "s3", "logDestination": "arn:aws:s3:::logs/vpc"}, "delivery.logs.amazonaws.com"),
        ("aws:cloudtrail/trail:Trail", {"s3BucketName": "logs"}, "cloudtrail.amazonaws.com"),
        ("aws:cfg/deliveryChannel:DeliveryChannel", {"s3BucketName": "logs"}, "config.amazonaws.com"),
        (
            "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig",
            {"destinationArn": "arn:aws-us-gov:s3:::logs"},
            "delivery.logs.amazonaws.com",
        ),
        (
            "aws:lb/loadBalancer:LoadBalancer",
            {"accessLogs": {"bucket": "logs", "enabled": True}},
            "logdelivery.elasticloadbalancing.amazonaws.com",
        ),
        (
            "aws:lb/loadBalancer:LoadBalancer",
            {"loadBalancerType": "network", "accessLogs": {"bucket": "logs"}},
            "delivery.logs.amazonaws.com",
        ),
        (
            "aws-native:elasticloadbalancingv2:LoadBalancer",
            {
                "loadBalancerAttributes": [
                    {"key": "access_logs.s3.enabled", "value": "true"},
                    {"key": "access_logs.s3.bucket", "value": "logs"},
                ]
            },
            "logdelivery.elasticloadbalancing.amazonaws.com",
        ),
    ],
)
def test_what_a_resource_has_delivered(resource_type: str, props: dict[str, object], expected: str) -> None:
    """The bucket, the service, and the resource as it is told of."""
    (delivery,) = find_deliveries(resource_type, "it", props.get)
    assert (delivery.bucket, delivery.sender.principal) == ("logs", expected)
    assert delivery.sender.resource == f"{resource_type.rpartition(':')[2]} `it`"


@pytest.mark.parametrize(
    ("resource_type", "props"),
    [
        ("aws:s3/bucketLogging:BucketLogging", {}),
        ("aws:s3/bucket:Bucket", {"bucket": "logs"}),
        ("aws:s3/bucket:Bucket", {"loggings": ["x"]}),
        ("aws:ec2/flowLog:FlowLog", {"logDestination": "arn:aws:logs:eu-west-1:111122223333:log-group:x"}),
        ("aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig", {"destinationArn": "arn:aws:firehose:eu-west-1:111122223333:x"}),
        ("aws:lb/loadBalancer:LoadBalancer", {"accessLogs": {"bucket": "logs", "enabled": False}}),
        ("aws:lambda/function:Function", {"s3BucketName": "logs"}),
    ],
)
def test_what_delivers_nothing(resource_type: str, props: dict[str, object]) -> None:
    """No bucket, another destination, or switched off."""
    assert find_deliveries(resource_type, "it", props.get) == ()


def say(*statements: Mapping[str, object], senders: tuple[Sender, ...] = ()) -> str:
    """The message of the policy about uploads, where the stack has these senders."""
    subject = Subject("urn", "aws:s3/bucketPolicy:BucketPolicy", "logs", "example-audit-trail", "aws", senders)
    finding = assess(HEADER, DEFAULTS, subject, found(*statements), date(2026, 11, 24))
    assert isinstance(finding, NotDenied | CannotTell)
    return render(HEADER, finding, subject) or ""


LETS = {"Sid": "Logs", "Effect": "Allow", "Principal": {"Service": LOGGING}, "Action": "s3:PutObject"}
OBJECTS = {"Resource": "arn:aws:s3:::example-audit-trail/*"}


def test_the_message_says_whom_the_fix_would_silence() -> None:
    """Where that is known from, and the setting that spares them."""
    text = say({**LETS, **OBJECTS})
    assert f"This fix would silence `{LOGGING}`, which may not send the header (Statement 1 (`Logs`) lets it upload)." in text
    assert f'To spare it, set `exemptPrincipals: ["{LOGGING}"]`; until then `remediate` adds nothing.' in text
    text = say(deny({**ABSENT, "StringEquals": {"aws:PrincipalTag/x": []}}), {**LETS, **OBJECTS})
    assert f"This fix would silence `{LOGGING}`" in text


def test_a_resource_of_the_stack_is_named() -> None:
    """And how many others there are."""
    trail = Sender("cloudtrail.amazonaws.com", resource="Trail `org`")
    text = say({**LETS, **OBJECTS}, senders=(trail,))
    assert f"`cloudtrail.amazonaws.com` and `{LOGGING}`, which may not send the header (Trail `org` delivers here, and 1 more)." in text
    assert f'To spare them, set `exemptPrincipals: ["cloudtrail.amazonaws.com", "{LOGGING}"]`' in text


def test_remediation_reports_instead_of_silencing() -> None:
    """The header's Deny is not added until the sender is exempt; the transport's is, since senders speak TLS."""
    text = json.dumps({"Version": "2012-10-17", "Statement": [{**LETS, "Resource": "arn:aws:s3:::data/*"}]})
    double = make_double()
    double.configure(uploads={"enforcementLevel": "remediate"}, transport={"enforcementLevel": "remediate"})
    assert list(double.remediate(attach(text))) == [TRANSPORT_NAME]
    assert "would silence" in double.analyze(attach(text)).of(UPLOADS)
    double.configure(uploads={"enforcementLevel": "remediate", "exemptPrincipals": [LOGGING]}, transport={"enforcementLevel": "remediate"})
    assert list(double.remediate(attach(text))) == [UPLOADS, TRANSPORT_NAME]


def test_nothing_is_said_where_nothing_can_be_fixed() -> None:
    """A document that S3 would refuse for its form has no fix."""
    finding = assess(HEADER, DEFAULTS, Subject("u", "t", "n", senders=(Sender(LOGGING),)), Found("{", "policy", "logs"), date(2026, 11, 24))
    assert isinstance(finding, CannotTell)
    assert finding.senders == ()
