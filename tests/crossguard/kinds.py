"""One example of each kind of message, from documents as people write them; their texts are pinned in tests/snapshots."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from bucketpolicy.document import Document
from bucketpolicy.explain import explain
from bucketpolicy.parse import parse
from bucketpolicy.repair import repair
from bucketpolicy.request import Request, Service
from bucketpolicy.verdict import Counterexample
from crossguard.failure import describe_failure
from crossguard.judging.assess import assess, locate
from crossguard.judging.finding import Finding, Lapsed, Misdirected, NotDenied, NotKnown, SeveralPolicies, Sham, Subject, Unattached
from crossguard.judging.senders import Sender, Silenced
from crossguard.messages.render import render
from crossguard.messages.stack import render_note
from crossguard.pack.rule import Rule, StackRule
from crossguard.pack.settings import Exemption, Settings, read_settings
from crossguard.resources.source import Bare, Found, Missing, NoDocument, Source, Unknown
from policies import ALL

RULES = {rule.name: rule for rule in ALL}
HEADER = RULES["aws-s3-bucket-policy-denies-unencrypted-uploads"]
TRANSPORT = RULES["aws-s3-bucket-policy-denies-insecure-transport"]
REQUESTS = RULES["aws-s3-bucket-policy-denies-all-insecure-requests"]
HAS_POLICY = RULES["aws-s3-bucket-has-policy"]
TODAY = date(2026, 11, 24)
BUCKET = "example-audit-trail"
ARN = f"arn:aws:s3:::{BUCKET}"
OBJECTS = f"{ARN}/*"
SSE = "s3:x-amz-server-side-encryption"
ABSENT = {"Null": {SSE: "true"}}
HTTP = {"Bool": {"aws:SecureTransport": "false"}}
TRAIL_SENDER = Sender("cloudtrail.amazonaws.com", resource="Trail `audit`")
ANY_FIX = '{"Sid":"Mine","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}'
LONG = "x" * 300
HOSTILE = "\x1b[2J\u202e\n`<{%fg 1%}>"


class Kind(NamedTuple):
    """What a rule is shown, with its configuration; or a finding as it is."""

    rule: Rule | StackRule
    shown: Source | Finding
    config: Mapping[str, Any] = {}
    bucket: str | None = BUCKET
    type: str = "aws:s3/bucketPolicy:BucketPolicy"

    def render(self) -> str:
        """The message."""
        subject = Subject(f"urn:pulumi:dev::shop::{self.type}::audit", self.type, "audit")
        finding = self.shown
        if isinstance(finding, Found | Unknown | Missing | NoDocument | Bare):
            assert isinstance(self.rule, Rule)
            settings = read_settings(self.config, self.rule.keys)
            subject = locate(subject, settings, finding)
            finding = assess(self.rule, settings, subject, finding, TODAY)
        else:
            subject = subject._replace(bucket=self.bucket, partition="aws")
        return render(self.rule, finding, subject) or "(nothing)"


def deny(condition: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """A Deny of uploads to any object, by anyone, under a condition."""
    statement = {"Sid": "Mine", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": OBJECTS, "Condition": condition}
    return {name: value for name, value in (statement | changes).items() if value is not None}


def found(*statements: Mapping[str, Any], bucket: str | None = BUCKET) -> Found:
    """A document of these statements, on the bucket."""
    return Found(json.dumps({"Version": "2012-10-17", "Statement": statements}), "policy", bucket, "eu-west-1")


def text(document: str, bucket: str | None = BUCKET) -> Found:
    """A text as the document of the bucket."""
    return Found(document, "policy", bucket, "eu-west-1")


def spare_delivery() -> NotDenied:
    """A log delivery that `NotPrincipal` spares, explained whatever can be decided of `NotPrincipal`."""
    assert isinstance(HEADER, Rule)
    shown = found(deny(ABSENT, Principal=None, NotPrincipal={"Service": "logging.s3.amazonaws.com"}))
    document, goal = parse(shown.text), HEADER.goal(BUCKET, "aws", Settings())
    assert isinstance(document, Document)
    context = (
        ("aws:principalisawsservice", ("true",)),
        ("aws:principalservicename", ("logging.s3.amazonaws.com",)),
        ("aws:securetransport", ("true",)),
    )
    request = Request(Service("logging.s3.amazonaws.com"), "s3:PutObject", f"{ARN}/example.txt", context)
    return NotDenied(Counterexample(request, ()), explain(document, goal, request), repair(shown.text, goal), document)


ALLOW = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": [ARN, OBJECTS]}
ENDED = {"bucket": "example-*", "reason": "the old uploader is being replaced", "owner": "data team", "expires": "2026-10-31"}
HASH = f"sha256:{64 * '0'}"
EXEMPTION = Exemption("example-*", "moves to the new uploader", "data team", date(2027, 3, 31))

COUNTEREXAMPLES: dict[str, Kind] = {
    "header-forgotten": Kind(HEADER, found(deny(HTTP, Sid="DenyHttp", Action="s3:*", Resource=[ARN, OBJECTS]))),
    "transport-forgotten": Kind(TRANSPORT, found(deny(ABSENT, Sid="DenyNoHeader"))),
    "nearest-action": Kind(HEADER, found(deny(ABSENT, Action=["s3:GetObject", "s3:ListBucket"]))),
    "nearest-not-action": Kind(HEADER, found(deny(ABSENT, Action=None, NotAction="s3:Put*"))),
    "nearest-resource": Kind(HEADER, found(deny(ABSENT, Resource=f"{ARN}/logs/*"))),
    "nearest-not-resource": Kind(HEADER, found(deny(ABSENT, Resource=None, NotResource=f"{ARN}/public/*"))),
    "nearest-condition-absent": Kind(HEADER, found(deny({**ABSENT, "StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}))),
    "nearest-condition-negated": Kind(HEADER, found(deny({**ABSENT, "StringNotEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}}))),
    "nearest-of-several-values": Kind(
        TRANSPORT,
        found(deny({**HTTP, "IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "198.51.100.0/24"]}})),
    ),
    "secret-another": Kind(
        HEADER,
        found(
            deny({"Null": {SSE: "true", "aws:Referer": "true"}}),
            deny({**ABSENT, "StringLike": {"aws:Referer": "https://hunter2.example/*"}}),
        ),
    ),
    "secret-the-same": Kind(HEADER, found(deny({**ABSENT, "StringNotEquals": {"aws:UserAgent": "hunter2"}}))),
    "other-algorithm": Kind(HEADER, found(deny(ABSENT)), {"algorithms": ["aws:kms"]}),
    "other-key": Kind(
        HEADER,
        found(deny({"StringNotEquals": {SSE: "aws:kms"}})),
        {"algorithms": ["aws:kms"], "kmsKeyArns": ["arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"]},
    ),
    "old-tls": Kind(TRANSPORT, found(deny(HTTP)), {"minimumTlsVersion": "1.2"}),
    "exempt-principals": Kind(HEADER, found(ALLOW), {"exemptPrincipals": ["logging.s3.amazonaws.com", "444455556666"]}),
    "many-exempt-principals": Kind(
        HEADER, found(ALLOW), {"exemptPrincipals": [f"arn:aws:iam::111122223333:role/team/uploader-{number}" for number in range(40)]}
    ),
    "exempt-principals-unproved": Kind(
        HEADER,
        found(ALLOW),
        {"exemptPrincipals": ["logging.s3.amazonaws.com"], "assumptions": {"service-principal-keys": False}},
    ),
    "exemption-changed": Kind(HEADER, found(deny(HTTP)), {"exemptions": [{**ENDED, "expires": "2027-10-31", "document": HASH}]}),
    "exemption-expired": Kind(HEADER, found(deny(HTTP)), {"exemptions": [ENDED]}),
    "name-not-known": Kind(HEADER, found(ALLOW, bucket=None)),
    "too-long-to-repair": Kind(HEADER, text('{"Id":"' + "x" * 20_250 + '","Statement":' + json.dumps(ALLOW) + "}")),
    "assumption": Kind(TRANSPORT, Found(found(deny(HTTP, Resource=f"arn:aws-cn:s3:::{BUCKET}/logs/*")).text, "policy", BUCKET)),
    "autonamed": Kind(HEADER, found(deny(HTTP, Resource="arn:aws:s3:::data-0a1b2c3/*"), bucket="data-0a1b2c3")),
    "anonymous": Kind(HEADER, found(deny({**ABSENT, "Null": {SSE: "true", "aws:PrincipalIsAWSService": "false"}}))),
    "root": Kind(HEADER, found(deny({**ABSENT, "ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:root"}}))),
    "service": Kind(HEADER, found(deny({**ABSENT, "StringNotEquals": {"aws:PrincipalServiceName": "logging.s3.amazonaws.com"}}))),
    "empty-list": Kind(HEADER, found(deny({**ABSENT, "ForAnyValue:StringEquals": {"aws:TagKeys": []}}))),
    "malformed-texts": Kind(
        HEADER,
        found(
            deny(
                {"DateLessThan": {"aws:CurrentTime": ["hunter2", "2020-01-01T00:00:00Z"]}, **ABSENT},
                Principal={"AWS": ["hunter2", "111122223333"]},
                Resource=["hunter2", f"{ARN}/${{aws:Referer, 'hunter2'}}/*"],
            )
        ),
    ),
    "placeholder": Kind(HEADER, found(deny({**ABSENT, **HTTP}, Resource="arn:aws:s3:::${BUCKET}/hunter2/*"))),
    "placeholder-for-name": Kind(
        HEADER, text(found(deny(ABSENT, Resource="arn:aws:s3:::${BUCKET}/*")).text.replace("2012-10-17", "2008-10-17"))
    ),
    "hostile": Kind(
        HEADER,
        found(deny({**ABSENT, "StringNotEquals": {"aws:PrincipalTag/t": HOSTILE}}, Sid=HOSTILE, Resource=f"{ARN}/{HOSTILE}*")),
    ),
    "endless": Kind(
        TRANSPORT,
        found(
            deny(
                {**HTTP, "StringNotLike": {"aws:PrincipalTag/" + LONG: [f"{LONG}{number}*" for number in range(20)]}},
                Sid=LONG,
                Resource=f"arn:aws:s3:::{'b' * 63}/{LONG}*",
            ),
            bucket="b" * 63,
        ),
        {"exemptions": [{"bucket": "b*", "reason": "y" * 500, "expires": "2026-01-01"}]},
    ),
}

MISTAKES: dict[str, Kind] = {
    "no-deny": Kind(HEADER, found(ALLOW)),
    "allow-instead-of-deny": Kind(TRANSPORT, found(deny({"Bool": {"aws:SecureTransport": "true"}}, Effect="Allow"))),
    "anded-halves": Kind(HEADER, found(deny({**ABSENT, **HTTP}, Sid="RequireEncryption"))),
    "anded-conditions": Kind(HEADER, found(deny({"Null": {SSE: "true", f"{SSE}-aws-kms-key-id": "true"}}))),
    "customer-key-left-out": Kind(HEADER, found(deny({"Null": {SSE: "true", f"{SSE}-customer-algorithm": "true"}}))),
    "anded-halves-transport": Kind(TRANSPORT, found(deny({**ABSENT, **HTTP}, Sid="RequireEncryption"))),
    "anded-halves-name-not-known": Kind(HEADER, found(deny({**ABSENT, **HTTP}, Resource="arn:aws:s3:::*"), bucket=None)),
    "anded-halves-china": Kind(
        HEADER,
        Found(found(deny({**ABSENT, **HTTP}, Resource=f"arn:aws-cn:s3:::{BUCKET}/*")).text, "policy", BUCKET, "cn-north-1"),
    ),
    "other-partition-china": Kind(HEADER, Found(found(deny(ABSENT)).text, "policy", BUCKET, "cn-north-1")),
    "inverted-value": Kind(TRANSPORT, found(deny({"Bool": {"aws:SecureTransport": "true"}}))),
    "objects-left-out": Kind(TRANSPORT, found(deny(HTTP, Action="s3:*", Resource=ARN))),
    "bucket-left-out": Kind(REQUESTS, found(deny(HTTP, Action="s3:*"))),
    "other-bucket": Kind(HEADER, found(deny(ABSENT, Resource="arn:aws:s3:::example-audit-trial/*"))),
    "other-partition": Kind(HEADER, found(deny(ABSENT, Resource=f"arn:aws-cn:s3:::{BUCKET}/*"))),
    "not-equals-but-present": Kind(HEADER, found(deny({"StringNotEqualsIfExists": {SSE: "aws:kms"}, "Null": {SSE: "false"}}))),
    "bool-on-header": Kind(HEADER, found(deny({"Bool": {SSE: "false"}}))),
    "key-id-instead-of-header": Kind(HEADER, found(deny({"Null": {f"{SSE}-aws-kms-key-id": "true"}}))),
    "one-principal": Kind(HEADER, found(deny(ABSENT, Principal={"AWS": "arn:aws:iam::111122223333:role/uploader"}))),
    "not-principal": Kind(HEADER, spare_delivery()),
    "tls-version-only": Kind(TRANSPORT, found(deny({"NumericLessThan": {"s3:TlsVersion": "1.2"}}, Action="s3:*"))),
}

#: What each SDK writes for an Output in a string.
WRITTEN = {
    "python": "Calling __str__ on an Output[T] is not supported.\n\nTo get the value of an Output[T] as an Output[str] consider:\n"
    '1. o.apply(lambda v: f"prefix{v}suffix")\n\nSee https://www.pulumi.com/docs/concepts/inputs-outputs for more details.',
    "python-repr": "<pulumi.output.Output object at 0x7f31a2b4c1d0>",
    "nodejs": "Calling [toString] on an [Output<T>] is not supported.\n\n"
    "To get the value of an Output<T> as an Output<string> consider either:\n"
    "1: o.apply(v => `prefix${v}suffix`)\n2: pulumi.interpolate `prefix${v}suffix`\n\n"
    "See https://www.pulumi.com/docs/concepts/inputs-outputs for more details.\nThis function may throw in a future version.",
    "nodejs-json": "Calling [toJSON] on an [Output<T>] is not supported.\n\nTo get the value ...: v.apply(v => ${v})",
    "go": "{0xc0001c8000}",
    "go-verb": "{%!s(*pulumi.OutputState=&{{{} [0 0 0]} 0})}",
    "dotnet": "Calling [ToString] on an [Output<T>] is not supported.\n\nTo get the value of an Output<T> as an Output<string> consider:\n"
    '1. o.Apply(v => $"prefix{v}suffix")\n2. Output.Format($"prefix{hostname}suffix");',
    "dotnet-old": "Pulumi.Output`1[System.String]",
    "java": "Calling 'toString' on an 'Output<T>' is not supported.\nThis is because the value of an 'Output' is asynchronous.",
    "java-old": "com.pulumi.core.internal.OutputInternal@1b2c3d4e",
}
OUTPUTS: dict[str, Kind] = {
    f"output-of-{name}": Kind(HEADER, found(deny(ABSENT, Resource=f"arn:aws:s3:::{written}/*"))) for name, written in WRITTEN.items()
}

ADVICE: dict[str, Kind] = {
    "advisory-no-deny": Kind(REQUESTS, found(ALLOW)),
    "advisory-uploads-only": Kind(REQUESTS, found(deny(HTTP))),
    "advisory-old-tls": Kind(REQUESTS, found(deny(HTTP, Action="s3:*", Resource=[ARN, OBJECTS])), {"minimumTlsVersion": "1.3"}),
    "advisory-both": Kind(REQUESTS, found(deny(HTTP)), {"minimumTlsVersion": "1.2"}),
    "advisory-exempt-principals": Kind(REQUESTS, found(deny(HTTP)), {"exemptPrincipals": ["logging.s3.amazonaws.com", "444455556666"]}),
    "advisory-unproved": Kind(
        REQUESTS,
        found(deny(HTTP)),
        {"exemptPrincipals": ["logging.s3.amazonaws.com"], "assumptions": {"service-principal-keys": False}},
    ),
    "advisory-assumption": Kind(REQUESTS, Found(found(deny(HTTP, Resource=f"arn:aws-cn:s3:::{BUCKET}/*")).text, "policy", BUCKET)),
    "advisory-assumption-long": Kind(
        REQUESTS,
        Found(found(deny(HTTP, Sid="x" * 36, Resource=f"arn:aws-cn:s3:::{BUCKET}/*"), bucket=BUCKET).text, "policy", BUCKET),
    ),
    "advisory-expired": Kind(REQUESTS, found(deny(HTTP)), {"exemptions": [ENDED]}),
    "advisory-long": Kind(
        REQUESTS,
        found(
            deny({**HTTP, "StringNotLike": {"aws:PrincipalTag/" + LONG: [LONG, "b", "c", "d"]}}, Sid=LONG, Action="s3:*"), bucket="b" * 63
        ),
    ),
}

DOUBTS: dict[str, Kind] = {
    "undecided": Kind(HEADER, found(deny({"StringEquals": {SSE: []}}))),
    "secret-undocumented": Kind(HEADER, found(deny({**ABSENT, "StringNotEquals": {"aws:MyToken": "hunter2"}}))),
    "malformed": Kind(HEADER, text('{"Statement": [{"Effect": "deny hunter2"}], "hunter2": 1}')),
    "not-json": Kind(HEADER, text("{hunter2")),
    "too-big": Kind(HEADER, text("{" + " " * 30_000 + "}")),
    "no-document": Kind(HEADER, Missing("policy", "the resource has no `policy`", BUCKET)),
    "undecided-expired": Kind(HEADER, text("{hunter2"), {"exemptions": [ENDED]}),
    "advisory-undecided": Kind(REQUESTS, found(deny({"StringEquals": {"aws:PrincipalTag/x": []}}, Action="*", Resource="arn:aws:s3:::*"))),
    "advisory-malformed": Kind(REQUESTS, text('{"Statement": [{"Effect": "deny hunter2"}], "hunter2": 1}'), {"exemptions": [ENDED]}),
    "advisory-output": Kind(REQUESTS, text("Calling __str__ on an Output[T] is not supported."), {"exemptions": [ENDED]}),
    "native-not-known": Kind(HEADER, Unknown("policyDocument", None), type="aws-native:s3:BucketPolicy"),
    "output-as-document": Kind(HEADER, text("Calling __str__ on an Output[T] is not supported.\n\nTo get the value of an Output[T] ...")),
    "output-as-name": Kind(HEADER, found(deny(ABSENT), bucket="Calling __str__ on an Output[T] is not supported.")),
    "document-not-known": Kind(HEADER, Unknown("policy", BUCKET)),
    "part-not-known": Kind(HEADER, Unknown("policyDocument.Statement[0].Condition.StringEquals.hunter2", BUCKET)),
    "name-decides": Kind(HEADER, found(deny(ABSENT), bucket=None)),
    "exemption-may-apply": Kind(HEADER, found(ALLOW, bucket=None), {"exemptions": [{"bucket": "a*", "reason": "r"}]}),
    "document-not-known-in-update": Kind(HEADER, NotKnown("policy", "document", "update")),
    "name-not-known-in-update": Kind(HEADER, NotKnown("bucket", "bucket-name", "update")),
    "exemption-not-known-in-update": Kind(HEADER, NotKnown("bucket", "exemption", "update")),
    "attachment-not-known": Kind(HAS_POLICY, NotKnown("bucket", "attachment")),
    "attachment-not-known-in-update": Kind(HAS_POLICY, NotKnown("bucket", "attachment", "update")),
}

OTHERS: dict[str, Kind] = {
    "misconfigured": Kind(HEADER, found(ALLOW), {"algorithms": ["none"], "colour": "blue", "exemptions": [{"bucket": "a", "reason": " "}]}),
    "advisory-misconfigured": Kind(REQUESTS, found(ALLOW), {"colour": "blue"}),
    "advisory-misconfigured-long": Kind(REQUESTS, found(ALLOW), {"assumptions": {"x": True}}),
    "advisory-misconfigured-much": Kind(REQUESTS, found(ALLOW), {"partition": "mars", "minimumTlsVersion": "0.9"}),
    "misconfigured-much": Kind(HEADER, found(ALLOW), {f"key{number}\x1b": number for number in range(20)}),
    "exempted": Kind(HEADER, found(ALLOW), {"exemptions": [{**ENDED, "expires": "2026-11-24"}]}),
    "exempted-without-end": Kind(HEADER, found(ALLOW), {"exemptions": [{"bucket": "name:aud*", "reason": "a\nb"}]}),
    "not-applicable": Kind(HEADER, NoDocument("the resource is neither an S3 bucket nor an S3 bucket policy")),
    "compliant": Kind(HEADER, found(deny(ABSENT))),
    "snippet-accepted": Kind(HEADER, found(deny({**ABSENT, **HTTP})), {"acceptBenchmarkSnippet": True}),
    "bare": Kind(HEADER, Bare(BUCKET, "eu-west-1")),
    "bare-transport": Kind(TRANSPORT, Bare(BUCKET), {"minimumTlsVersion": "1.3"}),
    "bare-name-not-known": Kind(HEADER, Bare(None)),
    "advisory-bare": Kind(REQUESTS, Bare(BUCKET, "cn-north-1")),
    "unattached": Kind(HAS_POLICY, Unattached()),
    "unattached-last-read": Kind(HAS_POLICY, Unattached(last_read=True)),
    "unattached-expired": Kind(HAS_POLICY, Unattached(last_read=True, lapsed=Lapsed(EXEMPTION, "expired")), bucket="b" * 63),
    "unattached-only-read": Kind(HAS_POLICY, Unattached(last_read=True, only_read=True)),
    "unattached-in-preview": Kind(HAS_POLICY, Unattached(when="preview")),
    "unattached-in-preview-expired": Kind(HAS_POLICY, Unattached(lapsed=Lapsed(EXEMPTION, "expired"), when="preview"), bucket="b" * 63),
    "unattached-component": Kind(HAS_POLICY, Unattached(sham=Sham("audit-policy", "component"), when="preview")),
    "unattached-endpoints": Kind(HAS_POLICY, Unattached(sham=Sham("a" * 300, "endpoints"))),
    "unattached-silencing": Kind(HAS_POLICY, Unattached(when="preview", senders=(TRAIL_SENDER,))),
    "unattached-with-fix": Kind(HAS_POLICY, Unattached(fix=(ANY_FIX,))),
    "unattached-changed": Kind(HAS_POLICY, Unattached(lapsed=Lapsed(EXEMPTION, "changed"))),
    "misdirected": Kind(HAS_POLICY, Misdirected("audit-policy", "example-uploads")),
    "misdirected-name-not-known": Kind(HAS_POLICY, Misdirected("audit", "b" * 63, Lapsed(EXEMPTION, "expired")), bucket=None),
    "unattached-name-not-known": Kind(HAS_POLICY, Unattached(), bucket=None),
    "contested": Kind(HAS_POLICY, SeveralPolicies(("audit", "audit-extra"))),
    "contested-much": Kind(HAS_POLICY, SeveralPolicies(tuple(f"{'audit' * 12}-{number:02}" for number in range(30)))),
    "contested-by-thousands": Kind(HAS_POLICY, SeveralPolicies(tuple(f"audit-{number:02}" for number in range(50)), others=99_950)),
    "contested-inline": Kind(HAS_POLICY, SeveralPolicies(("audit",), inline=True, lapsed=Lapsed(EXEMPTION, "expired"))),
}

KINDS = {**COUNTEREXAMPLES, **MISTAKES, **OUTPUTS, **ADVICE, **DOUBTS, **OTHERS}


def render_all() -> dict[str, str]:
    """Every message by the name of its snapshot."""
    subjects = tuple(Subject(f"urn:{name}", "aws:s3/bucket:Bucket", name) for name in ("audit", "logs", "reports"))
    return {
        **{name: kind.render() for name, kind in KINDS.items()},
        "note-on-attachments": render_note(_stack_rule(), subjects),
        "note-on-doors": render_note(_stack_rule(), (), (), subjects[:1]),
        "note-on-all": render_note(_stack_rule(), subjects[:1], subjects[1:2], subjects[2:]),
        "note-on-silenced": render_note(_stack_rule(), (), silenced=(Silenced("Trail `audit`", BUCKET, "cloudtrail.amazonaws.com"),)),
        "note-on-both": render_note(_stack_rule(), subjects[:1], subjects[1:]),
        "internal-error": describe_failure(HEADER, ValueError("hunter2")),
    }


def _stack_rule() -> StackRule:
    assert isinstance(HAS_POLICY, StackRule)
    return HAS_POLICY
