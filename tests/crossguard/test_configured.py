"""What the configuration changes in what the document policies say: settings, exemptions, the snippet, the partition."""

import json
from datetime import date
from typing import Any

import pytest

from tests.crossguard.documents import FORMATTED, HEADER_ABSENT, OVER_HTTP, compliant, deny, snippet, write
from tests.crossguard.pack import (
    ALL_REQUESTS,
    BUCKET,
    TRANSPORT,
    UNKNOWN,
    UPLOADS,
    Double,
    Resource,
    attach,
    make_double,
)

ROLE = "arn:aws:iam::111122223333:role/uploader"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SSE = "s3:x-amz-server-side-encryption"
KEY_ID = "s3:x-amz-server-side-encryption-aws-kms-key-id"
BLOCKED = {UPLOADS: "mandatory", TRANSPORT: "mandatory", ALL_REQUESTS: "advisory"}
NOTED = {UPLOADS: "advisory", TRANSPORT: "advisory"}


@pytest.mark.parametrize(
    ("settings", "statements"),
    [
        ({"algorithms": ["aws:kms"]}, [deny("data", {"StringNotEquals": {SSE: "aws:kms"}})]),
        (
            {"kmsKeyArns": [KEY]},
            [deny("data", {"Null": {SSE: "true"}}), deny("data", {"StringNotEquals": {KEY_ID: KEY}})],
        ),
        (
            {"acceptCustomerProvidedKeys": True},
            [deny("data", {"Null": {SSE: "true", "s3:x-amz-server-side-encryption-customer-algorithm": "true"}})],
        ),
        ({"exemptPrincipals": [ROLE]}, [deny("data", {**HEADER_ABSENT, "ArnNotEquals": {"aws:PrincipalArn": ROLE}})]),
        ({"acceptBenchmarkSnippet": True}, [deny("data", {**HEADER_ABSENT, **OVER_HTTP})]),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_setting_of_uploads_decides(settings: dict[str, Any], statements: list[dict[str, Any]], preview: Double) -> None:
    """The document complies with the setting; the promise itself changes, in one direction or the other."""
    text = write(*statements)
    default = UPLOADS in preview.analyze(attach(text)).levels()
    preview.configure(uploads=settings)
    assert UPLOADS not in preview.analyze(attach(text)).levels()
    preview.configure()
    weaker = write(deny("data", HEADER_ABSENT))
    passes_by_default = UPLOADS not in preview.analyze(attach(weaker)).levels()
    preview.configure(uploads=settings)
    passes_with_setting = UPLOADS not in preview.analyze(attach(weaker)).levels()
    assert passes_by_default is True
    assert passes_with_setting is not ("algorithms" in settings or "kmsKeyArns" in settings)
    assert default is ("algorithms" not in settings and "kmsKeyArns" not in settings)


@pytest.mark.parametrize("version", ["1.2", 1.2])
def test_a_minimum_tls_version_is_part_of_the_promise(version: object, preview: Double) -> None:
    """Of both transport policies, and a number is as good as a text."""
    old = {"NumericLessThan": {"s3:TlsVersion": "1.2"}}
    arns = ["arn:aws:s3:::data", "arn:aws:s3:::data/*"]
    below = deny("data", old, Action="s3:*", Resource=arns)
    http = deny("data", OVER_HTTP, Action="s3:*", Resource=arns)
    for settings in ({}, {"minimumTlsVersion": version}):
        preview.configure(transport=settings, all_requests=settings)
        said = preview.analyze(attach(write(http))).levels()
        assert [name in said for name in (TRANSPORT, ALL_REQUESTS)] == [bool(settings)] * 2
        assert preview.analyze(attach(write(http, below))).levels() == {UPLOADS: "mandatory"}


def test_the_advisory_policy_spares_the_exempt_as_well(preview: Double) -> None:
    """Its three lines name the test for insecure transport, and not the one that spares the exempt."""
    preview.configure(all_requests={"exemptPrincipals": [ROLE]})
    text = preview.analyze(attach(snippet("data"))).of(ALL_REQUESTS)
    assert "Fix: deny `s3:*`" in text
    assert ROLE not in text
    assert text.count("\n") <= 2


def test_an_assumption_can_be_withdrawn(preview: Double) -> None:
    """What AWS implies is believed by default; without it the document is no longer enough."""
    text = write(deny("data", {"StringEquals": {"aws:SecureTransport": "false"}}))
    assert TRANSPORT not in preview.analyze(attach(text)).levels()
    preview.configure(transport={"assumptions": {"string-op-on-bool-key": False}})
    assert preview.analyze(attach(text)).levels()[TRANSPORT] == "mandatory"


@pytest.mark.parametrize(
    "value",
    [{"Effect": "Deny"}, UNKNOWN, compliant("data"), "{"],
)
def test_a_wrong_configuration_judges_nothing(value: Any, preview: Double) -> None:
    """One violation at the policy's own level on each resource that it would have judged, naming key, value and what is accepted."""
    preview.configure(uploads={"whenUnknown": "never", "x": 1.0}, all_requests={"algorithms": ["aws:kms"]})
    answer = preview.analyze(attach(value))
    text = answer.of(UPLOADS)
    assert (answer.levels()[UPLOADS], answer.levels()[ALL_REQUESTS]) == ("mandatory", "advisory")
    assert all(part in text for part in ("`whenUnknown`", '"never"', '"advisory" or "mandatory"', "`x`", "`exemptions`"))
    assert preview.analyze(Resource(BUCKET, "data", {"bucket": "data"})).said == ()


# Exemptions


@pytest.mark.parametrize("value", [snippet("data"), UNKNOWN, "{", compliant("data"), None])
def test_an_exempted_resource_is_not_applicable(value: Any, preview: Double) -> None:
    """With reason and owner, whatever its document is, so that compliance figures stay honest."""
    entry = {"bucket": "da*", "reason": "moved next quarter", "owner": "data team", "expires": "2026-11-24"}
    preview.configure(uploads={"exemptions": [entry]})
    answer = preview.analyze(attach(value))
    assert UPLOADS not in answer.levels()
    assert [words for words in ("moved next quarter", "data team") if words not in answer.skipped[UPLOADS]] == []


@pytest.mark.parametrize("text", [snippet("data"), "{", write(deny(FORMATTED, {}))])
def test_an_expired_exemption_is_told(text: str, preview: Double) -> None:
    """The resource is judged, and the violation says that the exemption has expired."""
    preview.configure(uploads={"exemptions": [{"bucket": "name:data-*", "reason": "r", "expires": "2026-11-23"}]})
    answer = preview.analyze(attach(text))
    assert answer.levels() == BLOCKED
    assert [name for name in (UPLOADS, TRANSPORT) if "2026-11-23" in answer.of(name)] == [UPLOADS]


def test_the_clock_is_the_packs_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day later the same exemption has expired."""
    monkeypatch.setenv("PULUMI_DRY_RUN", "true")
    levels = []
    for today in (date(2026, 12, 31), date(2027, 1, 1)):
        double = make_double(today)
        double.configure(uploads={"exemptions": [{"bucket": "data", "reason": "r", "expires": "2026-12-31"}]})
        levels.append(UPLOADS in double.analyze(attach(snippet("data"))).levels())
    assert levels == [False, True]


def test_a_glob_that_might_match_an_unknown_name_leaves_it_unknown(preview: Double) -> None:
    """Neither violation nor exemption can be told; a document that complies for every name needs neither."""
    preview.configure(uploads={"exemptions": [{"bucket": "logs-*", "reason": "r"}]})
    no_deny = write({**deny("data", {}), "Effect": "Allow"})
    answer = preview.analyze(attach(no_deny, UNKNOWN))
    assert answer.levels() == {**BLOCKED, UPLOADS: "advisory"}
    assert "is not known" in answer.of(UPLOADS)
    assert preview.analyze(attach(write(deny("", HEADER_ABSENT, Resource="arn:aws:s3:::*")), UNKNOWN)).levels().get(UPLOADS) is None


def test_autonamed_buckets_are_exempted_by_glob_or_resource_name(preview: Double) -> None:
    """Their suffix is another one in every preview."""
    preview.configure(uploads={"exemptions": [{"bucket": "data-???????", "reason": "r"}]})
    for suffix in ("1a2b3c4", "5d6e7f8"):
        assert UPLOADS in preview.analyze(attach(snippet("data"), f"data-{suffix}")).skipped


# The benchmark's snippet, accepted literally


@pytest.mark.parametrize(
    "condition",
    [
        {**HEADER_ABSENT, **OVER_HTTP},
        {"Null": {SSE.upper(): True}, "Bool": {"AWS:SecureTransport": False}},
        {"Null": {SSE: ["true"]}, "StringEquals": {"aws:SecureTransport": "false"}},
        {"StringNotLike": {SSE: "*"}, "Bool": {"aws:SecureTransport": ["false"]}},
    ],
)
@pytest.mark.parametrize("action", ["s3:PutObject", "s3:Put*", ["s3:GetObject", "s3:*"]])
def test_the_snippet_is_accepted_in_any_spelling(condition: dict[str, Any], action: Any, preview: Double) -> None:
    """By both halves, each by its own setting."""
    text = write(deny("data", condition, Action=action))
    preview.configure(uploads={"acceptBenchmarkSnippet": True}, transport={"acceptBenchmarkSnippet": True})
    assert preview.analyze(attach(text)).levels() == {ALL_REQUESTS: "advisory"}
    preview.configure(transport={"acceptBenchmarkSnippet": True})
    assert preview.analyze(attach(text)).levels() == {UPLOADS: "mandatory", ALL_REQUESTS: "advisory"}


@pytest.mark.parametrize(
    "statement",
    [
        deny("data", {**HEADER_ABSENT, **OVER_HTTP}, Principal={"AWS": "111122223333"}),
        deny("data", {**HEADER_ABSENT, **OVER_HTTP}, Resource="arn:aws:s3:::data/public/*"),
        deny("other", {**HEADER_ABSENT, **OVER_HTTP}),
        deny("data", {**HEADER_ABSENT, **OVER_HTTP}, Action="s3:GetObject"),
        deny("data", {**HEADER_ABSENT, **OVER_HTTP}, Effect="Allow"),
        deny("data", {**HEADER_ABSENT, "Bool": {"aws:SecureTransport": "true"}}),
        deny("data", {"Null": {SSE: "false"}, **OVER_HTTP}),
        deny("data", {"StringNotEquals": {SSE: ["AES256", "aws:kms"]}, **OVER_HTTP}),
        deny("data", {**HEADER_ABSENT, "Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "false"}}),
    ],
)
def test_what_is_not_the_snippet_is_not_accepted(statement: dict[str, Any], preview: Double) -> None:
    """For everyone, all objects of this bucket, uploads, and exactly this condition: nothing less and nothing else."""
    preview.configure(uploads={"acceptBenchmarkSnippet": True})
    assert preview.analyze(attach(write(statement))).levels()[UPLOADS] == "mandatory"


def test_the_snippet_of_an_unknown_bucket_is_not_known(preview: Double) -> None:
    """It would be accepted if its ARN is this bucket's."""
    preview.configure(uploads={"acceptBenchmarkSnippet": True}, transport={"acceptBenchmarkSnippet": True})
    assert preview.analyze(attach(snippet("data"), UNKNOWN)).levels() == {**NOTED, ALL_REQUESTS: "advisory"}
    everywhere = write(deny("", {**HEADER_ABSENT, **OVER_HTTP}, Resource="arn:aws:s3:::*"))
    assert preview.analyze(attach(everywhere, UNKNOWN)).levels() == {ALL_REQUESTS: "advisory"}


# Partitions


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-central-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("us-isof-south-1", "aws-iso-f"),
        ("eusc-de-east-1", "aws-eusc"),
    ],
)
def test_the_partition_follows_the_region(region: str, partition: str, preview: Double) -> None:
    """The resource's own, else its provider's; ARNs of another partition do not count."""
    wrong = "aws-cn" if partition == "aws" else "aws"
    for resource in (attach("", region=region), attach("")._replace(region=region)):
        for written, levels in ((partition, {}), (wrong, BLOCKED)):
            shown = resource._replace(props={**resource.props, "policy": compliant("data", written)})
            assert levels == preview.analyze(shown).levels()


@pytest.mark.parametrize(
    ("resource", "settings", "levels"),
    [
        (attach(compliant("data", "aws-cn")), {}, {}),
        (attach(compliant("data", "aws-cn"))._replace(region=""), {}, {}),
        (attach(compliant("data", "aws-cn")), {"assumptions": {"partition-from-document": False}}, BLOCKED),
        (attach(compliant("data", "aws-cn")), {"partition": "aws"}, BLOCKED),
        (attach(compliant("data", "aws-cn"))._replace(region="eu-west-1"), {"partition": "aws-cn"}, {}),
        (attach(compliant("data", "aws-mars")), {}, BLOCKED),
        (attach(compliant("other", "aws-cn")), {}, BLOCKED),
        (
            attach(write(*json.loads(compliant("data", "aws-cn"))["Statement"], *json.loads(compliant("data"))["Statement"])),
            {},
            {},
        ),
    ],
)
def test_the_partition_without_a_region(resource: Resource, settings: dict[str, Any], levels: dict[str, str], preview: Double) -> None:
    """As configured, else the one that the document's ARNs of this bucket name, else `aws`."""
    preview.configure(uploads=settings, transport=settings, all_requests=settings)
    assert levels == preview.analyze(resource).levels()
