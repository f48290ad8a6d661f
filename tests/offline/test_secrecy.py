"""What Pulumi marks secret is judged and never quoted: in no format, and in no message."""

import json
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from offline.command_line import FORMATS
from offline.testing import find_violations
from tests.offline import states
from tests.offline.cli import UPLOADS, Ended, run

pytestmark = pytest.mark.filterwarnings("ignore:.*has been deprecated in favor of:DeprecationWarning")

#: Texts that a document may hold, each of them anywhere.
NEEDLES = ("NeedleSid", "needle-folder", "needle-value", "777788889999", "needle-role", "203.0.113.77")
NAME = "needle-bucket"


def write(bucket: str) -> dict[str, Any]:
    """A document with a secret in every part, which denies nothing that is asked for; a message would tell most of it."""
    return {
        "Version": "2012-10-17",
        "Id": "NeedleSid",
        "Statement": [
            {
                "Sid": "NeedleSid",
                "Effect": "Deny",
                "Principal": "*",
                "NotAction": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{bucket}/needle-folder/*",
                "Condition": {
                    "Null": {"s3:x-amz-server-side-encryption": "true"},
                    "Bool": {"aws:SecureTransport": "false"},
                    "StringNotLike": {"aws:PrincipalTag/needle-value": "needle-value"},
                    "NotIpAddress": {"aws:SourceIp": "203.0.113.77"},
                    "ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::777788889999:role/needle-role"},
                },
            },
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::777788889999:role/needle-role"},
                "Action": "s3:*",
                "Resource": f"arn:aws:s3:::{bucket}",
            },
        ],
    }


def judge(bucket: object, policy: object, *, kind: str = "aws", chosen: str = "json") -> Ended:
    """What `analyze` says of a bucket called `data` with a policy."""
    made = states.bucket("data", NAME)
    named = {**made, "inputs": {"bucket": bucket}, "outputs": {**made["outputs"], "bucket": bucket}}
    attached = states.policy("data", bucket, policy)
    if kind == "aws-native":
        named = states.resource("aws-native:s3:Bucket", "data", {"bucketName": bucket})
        attached = states.resource("aws-native:s3:BucketPolicy", "data", {"bucket": bucket, "policyDocument": policy})
    return run("analyze", "-", "--format", chosen, stdin=states.export(named, attached).encode())


def count(ended: Ended) -> dict[str, int]:
    """How many results have which verdict."""
    found = [result for stack in json.loads(ended.out)["stacks"] for each in stack["buckets"] for result in each["results"]]
    return {verdict: sum(each["verdict"] == verdict for each in found) for verdict in {each["verdict"] for each in found}}


LEAF = write(NAME)
LEAF["Statement"][0]["Condition"]["StringNotLike"] = states.plain(LEAF["Statement"][0]["Condition"]["StringNotLike"])
LEAF["Statement"][0]["Sid"] = states.plain("NeedleSid")


@pytest.mark.parametrize("chosen", FORMATS)
@pytest.mark.parametrize(
    ("kind", "bucket", "policy", "needles"),
    [
        ("aws", NAME, states.plain(json.dumps(write(NAME))), NEEDLES),
        ("aws", states.plain(NAME), states.plain(json.dumps(write(NAME))), (*NEEDLES, NAME)),
        ("aws", states.plain(NAME), json.dumps(write(NAME)), (NAME,)),
        ("aws", NAME, states.plain('{"NeedleSid": [needle-value'), NEEDLES),
        ("aws-native", NAME, states.plain(write(NAME)), NEEDLES),
        ("aws-native", NAME, LEAF, NEEDLES),
        ("aws-native", states.plain(NAME), states.plain(write(NAME)), (*NEEDLES, NAME)),
    ],
)
def test_no_report_quotes_it(kind: str, bucket: object, policy: object, needles: tuple[str, ...], chosen: str) -> None:
    """What is not marked may be quoted."""
    ended = judge(bucket, policy, kind=kind, chosen=chosen)
    assert ended.status == 1
    assert [needle for needle in needles if needle in ended.out + ended.err] == []
    assert UPLOADS.removeprefix("aws-s3-bucket-policy-") in ended.out.replace(" ", "-")


@pytest.mark.parametrize("kind", ["aws", "aws-native"])
def test_the_verdict_is_the_same(kind: str) -> None:
    """Marks take nothing from it."""
    document: Any = write(NAME) if kind == "aws-native" else json.dumps(write(NAME))
    open_, secret = judge(NAME, document, kind=kind), judge(states.plain(NAME), states.plain(document), kind=kind)
    assert count(open_) == count(secret)
    assert "NeedleSid" in open_.out
    said = json.loads(secret.out)["stacks"][0]["buckets"][0]
    assert (said["bucket"], said["label"], said["fix"]) == (None, "data (name is secret)", [])
    first = next(result for result in said["results"] if result["verdict"] == "not-denied")
    assert first["message"].startswith("A request that this policy speaks of is not denied.\nNothing more is shown, since Pulumi marks")
    assert (first["request"], first["nearest"]) == (None, None)
    assert first["document_sha256"] == json.loads(open_.out)["stacks"][0]["buckets"][0]["document_sha256"]


PARTS: list[dict[str, Any]] = [
    {"Resource": f"arn:aws:s3:::{NAME}/needle-folder/*"},
    {"Principal": {"AWS": "arn:aws:iam::777788889999:role/needle-role"}},
    {"Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.77"}}},
    {"Condition": {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::777788889999:role/needle-role"}}},
    {"Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "needle-value"}}},
    {"Action": "s3:PutObject", "Condition": {"Null": {"aws:PrincipalTag/needle-value": "true"}}},
]


@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_a_statement(part: dict[str, Any]) -> None:
    """Which is quoted where nothing is marked."""
    statement = {"Sid": "NeedleSid", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{NAME}/*", **part}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    open_, secret = judge(NAME, document, chosen="text"), judge(NAME, states.plain(document), chosen="text")
    assert any(needle in open_.out for needle in NEEDLES)
    assert [needle for needle in NEEDLES if needle in secret.out] == []


def test_what_is_nested_too_deeply_to_look_through() -> None:
    """Counts as secret."""
    deep: object = "needle-value"
    for _ in range(700):
        deep = [deep]
    ended = judge(NAME, {"Statement": deep}, kind="aws-native", chosen="text")
    assert (ended.status, "needle-value" in ended.out) == (1, False)


def test_whose_name_is_secret() -> None:
    """A bucket of the stack says it itself; of another one, its policy."""
    document = json.dumps(write(NAME))
    attached = states.policy("data", states.plain(NAME), document)
    alone = run("analyze", "-", stdin=states.export(attached).encode())
    beside = run("analyze", "-", stdin=states.export(states.bucket("data", NAME), attached).encode())
    assert (alone.status, NAME in alone.out, "data (name is secret)" in alone.out) == (1, False, True)
    assert (beside.status, NAME in beside.out, "name is secret" in beside.out) == (1, True, False)


PROGRAM = """
import json
import pulumi
import pulumi_aws as aws
name = pulumi.Config().require_secret("name")
document = pulumi.Config().require_secret("document")
bucket = aws.s3.Bucket("data", bucket=name)
aws.s3.BucketPolicy("data", bucket=bucket.bucket, policy=document)
"""


def test_a_preview_quotes_nothing(tmp_path: Path) -> None:
    """The pack is shown no marks, and its messages are not repeated."""
    (tmp_path / "Pulumi.yaml").write_text("name: tried\nruntime: python\n", "utf-8")
    (tmp_path / "__main__.py").write_text(PROGRAM, "utf-8")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {tried:name: {secure: x}, tried:document: {secure: x}}\n", "utf-8")
    for chosen in ("text", "json", "github"):
        given = ("--config", f"name={NAME}", "--config", f"document={json.dumps(write(NAME))}")
        ended = run("preview", str(tmp_path), "--format", chosen, *given)
        assert ended.status == 1
        assert [needle for needle in (*NEEDLES, NAME) if needle in ended.out + ended.err] == []
        assert "is not denied" in ended.out


def test_tests_of_programs_quote_nothing() -> None:
    """Their violations are printed, too."""

    def program() -> None:
        document = pulumi.Output.secret(json.dumps(write(NAME)))
        aws.s3.BucketPolicy("data", bucket=aws.s3.Bucket("data", bucket=NAME).bucket, policy=document)

    found = find_violations(program, advisory=True)
    assert UPLOADS in {each.policy for each in found}
    assert [needle for needle in NEEDLES if needle in str(found)] == []
