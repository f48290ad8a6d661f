"""One fix for each bucket: what is printed is all that the bucket lacks, in prose and in fields, for every policy and configuration."""

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.offline.cli import (
    ALL_TRANSPORT,
    HAS_POLICY,
    TRANSPORT,
    UPLOADS,
    allow_reading,
    deny_headerless,
    deny_http,
    run,
    write_document,
    write_open,
)
from tests.offline.states import bucket, export, policy, resource

LOGGING, TRAIL = "logging.s3.amazonaws.com", "cloudtrail.amazonaws.com"
CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "algorithms": {UPLOADS: {"algorithms": ["aws:kms"]}},
    "keys": {UPLOADS: {"kmsKeyArns": ["arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"]}},
    "customer-keys": {UPLOADS: {"acceptCustomerProvidedKeys": True}},
    "tls": {TRANSPORT: {"minimumTlsVersion": "1.2"}, ALL_TRANSPORT: {"minimumTlsVersion": "1.3"}},
    "exempt-service": {UPLOADS: {"exemptPrincipals": [TRAIL, LOGGING]}},
    "exempt-account": {each: {"exemptPrincipals": ["111122223333"]} for each in (UPLOADS, TRANSPORT, ALL_TRANSPORT)},
    "partition": {each: {"partition": "aws-cn"} for each in (UPLOADS, TRANSPORT, ALL_TRANSPORT)},
    "no-header": {UPLOADS: "disabled"},
    "header-only": {TRANSPORT: "disabled", ALL_TRANSPORT: "disabled"},
    "exempt-bucket": {UPLOADS: {"exemptions": [{"bucket": "lo*", "reason": "old uploader"}]}},
    "mandatory": {"all": "mandatory"},
}
DOCUMENTS = {
    "none": None,
    "open": write_open(),
    "header": write_document(deny_headerless("logs")),
    "transport": write_document(deny_http("logs")),
    "objects": write_document({**deny_http("logs"), "Resource": "arn:aws:s3:::logs/*"}),
}


def read_statements(message: str) -> list[dict[str, Any]]:
    """The statements that a message prints."""
    lines = [line for line in message.split("\n") if line.startswith(("{", " "))]
    found: list[dict[str, Any]] = json.loads(f"[{' '.join(lines)}]")
    return found


def read_bucket(state: str, configuration: Path) -> dict[str, Any]:
    """What the JSON report says of the bucket `logs`."""
    report = json.loads(run("analyze", "-", "--policy-config", str(configuration), "--format", "json", stdin=state.encode()).out)
    (found,) = (each for each in report["stacks"][0]["buckets"] if each["bucket"] == "logs")
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(("name", "document"), list(product(CONFIGURATIONS, DOCUMENTS)))
def test_what_is_printed_is_all_that_is_missing(name: str, document: str, tmp_path: Path) -> None:
    """Once, and the same in the field `fix`; with it the bucket passes every policy that is in force."""
    configuration, text = tmp_path / "config.json", DOCUMENTS[document]
    configuration.write_text(json.dumps(CONFIGURATIONS[name]), encoding="utf-8")
    attached = [] if text is None else [policy("logs", "logs", text.replace("arn:aws:", "arn:aws-cn:") if name == "partition" else text)]
    before = read_bucket(export(bucket("logs"), *attached), configuration)
    messages = "\n".join(result["message"] for result in before["results"])
    mandatory = any(result["outcome"] == "violation" for result in before["results"])

    # What is too long for a message is named there, and advice is a sentence.
    sids = [statement["Sid"] for statement in before["fix"]]
    assert read_statements(messages) == ([] if "too long for here" in messages or not mandatory else before["fix"])
    assert [messages.count(sid) for sid in sids if mandatory] == [1 for _ in sids if mandatory]
    statements = [] if not attached else json.loads(attached[0]["inputs"]["policy"])["Statement"]
    repaired = write_document(*statements, *before["fix"])
    after = read_bucket(export(bucket("logs"), policy("logs", "logs", repaired)), configuration)
    assert {result["outcome"] for result in after["results"]} <= {"compliant", "exempt"}
    assert after["fix"] == []


@pytest.mark.parametrize("text", [None, write_open(), write_document(deny_http("logs"))])
@pytest.mark.parametrize("last", [False, True])
def test_whom_it_would_silence_is_said_once(text: str | None, last: bool, tmp_path: Path) -> None:  # noqa: FBT001  a table's column
    """Whenever the sender was declared, with the request in its fields; exempt, it is spared and nothing is said."""
    configuration = tmp_path / "config.json"
    attached = [bucket("logs"), *([] if text is None else [policy("logs", "logs", text)])]
    trail = resource("aws:cloudtrail/trail:Trail", "trail", {"s3BucketName": "logs"})
    state = export(*attached, trail) if last else export(trail, *attached)

    configuration.write_text("{}", encoding="utf-8")
    told = read_bucket(state, configuration)
    messages = "".join(result["message"] for result in told["results"])
    assert messages.count(f"would silence `{TRAIL}`") == messages.count(f'`exemptPrincipals: ["{TRAIL}"]`') == 1
    assert all(result["request"] for result in told["results"] if result["verdict"] == "not-denied")
    configuration.write_text(json.dumps(CONFIGURATIONS["exempt-service"]), encoding="utf-8")
    spared = read_bucket(state, configuration)
    assert not any("would silence" in result["message"] for result in spared["results"])
    assert "aws:PrincipalServiceName" in json.dumps(spared["fix"])


def test_a_website_is_not_taken_off_the_air() -> None:
    """Its endpoint speaks HTTP: uploads alone are denied, also where there is no policy yet."""
    site = resource("aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration", "site", {"bucket": "logs"})
    ended = run("analyze", "-", "--format", "json", stdin=export(bucket("logs"), site).encode())
    (found,) = json.loads(ended.out)["stacks"][0]["buckets"]

    assert [each["Sid"] for each in found["fix"]] == ["DenyUploadsWithoutEncryptionHeader", "DenyInsecureUploads"]


PROGRAM = """
import json, pulumi, pulumi_aws as aws
{before}
bucket = aws.s3.Bucket("logs", bucket="logs")
aws.s3.BucketPolicy("logs", bucket=bucket.bucket, policy=json.dumps({document}))
bare = aws.s3.Bucket("bare", bucket="bare")
aws.cloudtrail.Trail("bare", s3_bucket_name=bare.bucket)
{after}
"""
FLOW = 'aws.ec2.FlowLog("flow", log_destination_type="s3", log_destination="arn:aws:s3:::logs/vpc", vpc_id="vpc-1")'


@pytest.mark.parametrize(("before", "after"), [(FLOW, ""), ("", FLOW)])
def test_a_program_is_told_of_one_fix_too(before: str, after: str, tmp_path: Path) -> None:
    """The pack knows the senders that were registered before, the report all: both have their requests in fields, and one fix."""
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n", encoding="utf-8")
    document = json.loads(write_open())
    (tmp_path / "__main__.py").write_text(PROGRAM.format(before=before, document=document, after=after), encoding="utf-8")
    report = json.loads(run("preview", str(tmp_path), "--format", "json").out)

    for found in report["stacks"][0]["buckets"]:
        messages = [result["message"] for result in found["results"]]
        assert [statement for message in messages for statement in read_statements(message)] == found["fix"]
        assert [each["Sid"] for each in found["fix"]] == ["DenyUploadsWithoutEncryptionHeader", "DenyInsecureRequests"]
        assert "".join(messages).count("would silence") == 1
        assert all(result["request"] for result in found["results"] if result["verdict"] == "not-denied")
        assert {result["verdict"] for result in found["results"] if result["policy"] == HAS_POLICY} < {"attached", "unattached"}


def test_a_bucket_whose_name_is_not_known_has_one_fix_too() -> None:
    """To be placed by hand: `BUCKET` stands for the name, so there are no statements to apply in the field."""
    nameless = resource("aws:s3/bucket:Bucket", "logs", {}, {})
    state = export(nameless, policy("logs", "04da6b54-80e4-46f7-96ec-b56ff0331ba9", write_open())).encode()
    report = json.loads(run("analyze", "-", "--format", "json", stdin=state).out)
    (found,) = report["stacks"][0]["buckets"]
    assert (found["bucket"], found["fix"]) == (None, [])
    messages = [result["message"] for result in found["results"]]
    printed = [statement for message in messages for statement in read_statements(message)]
    assert [statement["Sid"] for statement in printed] == ["DenyUploadsWithoutEncryptionHeader", "DenyInsecureRequests"]
    assert sum("Fix: " in message for message in messages) == 1
    assert "(`BUCKET` stands for the bucket's name)" in messages[0]


@pytest.mark.parametrize("other", [write_open(), write_document(deny_http("logs")), write_document(deny_headerless("logs"))])
def test_several_policies_of_a_bucket_share_one_fix(other: str) -> None:
    """Since they are to become one, what they lack together is printed once, as in the field."""
    state = export(bucket("logs"), policy("one", "logs", write_open()), policy("two", "logs", other)).encode()
    report = json.loads(run("analyze", "-", "--format", "json", stdin=state).out)
    (found,) = report["stacks"][0]["buckets"]
    printed = [statement for result in found["results"] for statement in read_statements(result["message"])]
    assert printed == found["fix"]
    assert [statement["Sid"] for statement in printed] == ["DenyUploadsWithoutEncryptionHeader", "DenyInsecureRequests"]


@pytest.mark.parametrize("size", [19_900, *range(20_050, 20_490, 30), 20_290, 20_480])
def test_near_the_limit_of_s3_all_say_the_same(size: int) -> None:
    """What is printed, the field and `fix`: all that is missing, what the mandatory policies ask for, or once that there is no room."""
    document = {"Version": "2012-10-17", "Id": "", "Statement": [allow_reading("logs")]}
    document["Id"] = "p" * (size - len(json.dumps(document, separators=(",", ":"))))
    text = json.dumps(document, separators=(",", ":")).encode()
    report = json.loads(run("check", "-", "--bucket", "logs", "--format", "json", stdin=text).out)
    (found,) = report["stacks"][0]["buckets"]
    messages = [result["message"] for result in found["results"]]
    assert [statement for message in messages for statement in read_statements(message)] == found["fix"]
    fixed = run("fix", "-", "--bucket", "logs", stdin=text)
    assert fixed.status == (0 if found["fix"] else 1)
    assert sum("S3 accepts at most" in message for message in messages) == fixed.status
    assert sum("Fix: " in message for message in messages) == 1 - fixed.status
    if found["fix"]:
        sids = [statement["Sid"] for statement in json.loads(fixed.out)["Statement"][1:]]
        assert sids == [statement["Sid"] for statement in found["fix"]]
