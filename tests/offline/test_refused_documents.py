"""What S3 refuses is to be corrected first: no report prints statements that would be refused with the rest, in no format."""

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.offline.cli import ALL_TRANSPORT, TRANSPORT, UPLOADS, allow_reading, deny_headerless, deny_http, run, write_document
from tests.offline.states import bucket, export, policy, resource

FIRST = "There is no ready-made fix: correct what S3 refuses first."
FORMATS = ("text", "json", "ndjson", "sarif", "junit", "html", "markdown", "github", "gitlab", "csv")
#: A document for each of S3's errors, and for what each policy can find besides.
REFUSED = {
    "another-bucket": write_document(deny_headerless("other"), deny_http("other")),
    "everything": write_document({**deny_http("logs"), "Resource": "*"}),
    "action": write_document({**deny_headerless("logs"), "Resource": "arn:aws:s3:::logs"}),
    "principal": write_document({**allow_reading("logs"), "Principal": {"AWS": "arn:aws:iam::111122223333:role/*"}}),
    "first-byte": f" {write_document(allow_reading('logs'))}",
    "one-half": write_document(deny_headerless("logs"), {**allow_reading("logs"), "Resource": "arn:aws:s3:::other/*"}),
    "sender": write_document(
        {**allow_reading("logs"), "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject"}, deny_http("other")
    ),
}
STATEMENTS = ("DenyUploadsWithoutEncryptionHeader", "DenyInsecureUploads", "DenyInsecureRequests", "to the document", "Fix: deny")


def read_bucket(out: str) -> dict[str, Any]:
    """The one bucket of a JSON report."""
    (stack,) = json.loads(out)["stacks"]
    (found,) = stack["buckets"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(("name", "form"), list(product(REFUSED, FORMATS)))
def test_no_format_prints_what_would_be_refused(name: str, form: str) -> None:
    """Neither as JSON nor in a sentence, nor as an edit of the file; what comes first is said once."""
    ended = run("check", "-", "--bucket", "logs", "--format", form, stdin=REFUSED[name].encode())
    assert ended.status == 1
    assert [each for each in (*STATEMENTS, "would silence", '"fixes"') if each in ended.out] == []
    # HTML shows a message where it stands in the page, and again in what is copied.
    assert ended.out.count(FIRST) == 1 or form == "html"
    assert FIRST in ended.out


@pytest.mark.parametrize("name", REFUSED)
def test_the_field_and_the_command_agree(name: str) -> None:
    """No statements in `fix`, and `fix` says what to correct."""
    text = REFUSED[name].encode()
    assert read_bucket(run("check", "-", "--bucket", "logs", "--format", "json", stdin=text).out)["fix"] == []
    ended = run("fix", "-", "--bucket", "logs", stdin=text)
    assert (ended.status, ended.out) == (1, "")
    assert "S3" in ended.err


@pytest.mark.parametrize("name", [name for name in REFUSED if name != "first-byte"])
def test_of_a_state_too(name: str) -> None:
    """Whatever delivers into the bucket: nothing that is printed would silence it."""
    trail = resource("aws:cloudtrail/trail:Trail", "trail", {"s3BucketName": "logs"})
    state = export(trail, bucket("logs"), policy("logs", "logs", REFUSED[name]))
    ended = run("analyze", "-", stdin=state.encode())
    assert [each for each in (*STATEMENTS, "would silence") if each in ended.out] == []
    assert ended.out.count(FIRST) == 1


@pytest.mark.parametrize("alone", [UPLOADS, TRANSPORT, ALL_TRANSPORT])
def test_also_where_one_policy_is_asked(alone: str, tmp_path: Path) -> None:
    """What is said once is said by whichever fails."""
    others = {name: "disabled" for name in (UPLOADS, TRANSPORT, ALL_TRANSPORT) if name != alone}
    configuration = tmp_path / "config.json"
    configuration.write_text(json.dumps(others), encoding="utf-8")
    text = REFUSED["another-bucket"].encode()
    ended = run("check", "-", "--bucket", "logs", "--policy-config", str(configuration), stdin=text)
    assert ended.out.count(FIRST) == 1
    assert [each for each in STATEMENTS if each in ended.out] == []


def test_what_is_judged_by_its_meaning_has_its_fix(tmp_path: Path) -> None:
    """The refusal is an assumption: with it off the document is in force, and what it lacks can be added."""
    configuration = tmp_path / "config.json"
    off = {"assumptions": {"refused-by-s3": False}}
    configuration.write_text(json.dumps({UPLOADS: off, TRANSPORT: off, ALL_TRANSPORT: off}), encoding="utf-8")
    text = REFUSED["another-bucket"].encode()
    ended = run("check", "-", "--bucket", "logs", "--policy-config", str(configuration), "--format", "json", stdin=text)
    assert [each["Sid"] for each in read_bucket(ended.out)["fix"]] == ["DenyUploadsWithoutEncryptionHeader", "DenyInsecureRequests"]
    assert FIRST not in ended.out
