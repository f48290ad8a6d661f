"""`fix`: the document with what it lacks, ready for put-bucket-policy."""

import json
from pathlib import Path

import pytest

from tests.offline.cli import TRANSPORT, UPLOADS, allow_reading, deny_headerless, run, write_compliant, write_document, write_open


def fix(document: str, *arguments: str) -> tuple[int, str, str]:
    """The outcome of `fix` on one document."""
    return run("fix", "-", "--bucket", "logs", *arguments, stdin=document.encode())


@pytest.mark.parametrize(
    "document",
    [
        write_open(),
        write_document(deny_headerless("logs")),
        json.dumps({"Statement": allow_reading("logs")}, indent=2),
        json.dumps({"Policy": write_document(allow_reading("logs"))}),
    ],
)
def test_the_output_is_compliant(document: str) -> None:
    """Status 0, and `check` is content with what was printed."""
    status, out, err = fix(document)

    assert (status, err) == (0, "")
    assert run("check", "-", "--bucket", "logs", stdin=out.encode()).status == 0


def test_what_is_there_stays() -> None:
    """Statements are added behind those of the document; nothing else is changed."""
    _, out, _ = fix(write_document(allow_reading("logs")))
    statements = json.loads(out)["Statement"]

    assert statements[0] == allow_reading("logs")
    assert [statement["Sid"] for statement in statements[1:]] == ["DenyUploadsWithoutEncryptionHeader", "DenyInsecureUploads"]


@pytest.mark.parametrize("document", [write_compliant(), write_compliant() + "\n"])
def test_a_compliant_document_is_printed_as_it_is(document: str) -> None:
    """Fixing twice is fixing once; the output ends with a line break."""
    assert fix(document) == (0, document.rstrip() + "\n", "")


def test_a_document_without_room_is_not_fixed() -> None:
    """Beyond 20,480 bytes there is no compliant document: status 1, nothing printed, and one line that says so."""
    statement = allow_reading("logs") | {"Resource": [f"arn:aws:s3:::logs/{number:0>83}" for number in range(193)]}
    status, out, err = fix(write_document(statement))

    assert (status, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("standard input: cannot be fixed: ")
    assert "20480" in err.replace(",", "")


@pytest.mark.parametrize("document", ["null", "[]", '{"Statement": 3}', "\ufeff" + write_open()])
def test_a_malformed_document_is_not_fixed(document: str) -> None:
    """What S3 refuses is not built upon: status 1 and one line that says where."""
    status, out, err = fix(document)

    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "cannot be fixed" in err


def test_partition_and_output(tmp_path: Path) -> None:
    """The statements speak of the partition that is given; `--output` takes the document."""
    path = tmp_path / "fixed.json"
    status, out, _ = fix(write_open(), "--partition", "aws-us-gov", "--output", str(path))

    assert (status, out) == (0, "")
    added = json.loads(path.read_text(encoding="utf-8"))["Statement"][1:]
    assert [statement["Resource"] for statement in added] == ["arn:aws-us-gov:s3:::logs/*"] * 2


def test_only_mandatory_policies_are_fixed(tmp_path: Path) -> None:
    """A policy that is advisory or disabled adds nothing."""
    path = tmp_path / "config.json"
    path.write_text(json.dumps({UPLOADS: "disabled", TRANSPORT: "remediate"}), encoding="utf-8")
    _, out, _ = fix(write_open(), "--policy-config", str(path))

    assert [statement["Sid"] for statement in json.loads(out)["Statement"][1:]] == ["DenyInsecureUploads"]


def test_an_exempted_bucket_is_left_alone(tmp_path: Path) -> None:
    """Nothing is added for a policy that exempts the bucket."""
    path = tmp_path / "config.json"
    exemption = {"exemptions": [{"bucket": "logs", "reason": "mirror"}]}
    path.write_text(json.dumps({UPLOADS: exemption, TRANSPORT: exemption}), encoding="utf-8")

    assert fix(write_open(), "--policy-config", str(path)) == (0, write_open() + "\n", "")


@pytest.mark.parametrize(
    ("chosen", "mark"), [("json", '"Version"'), ("sarif", '"2.1.0"'), ("junit", "<testsuites"), ("html", "<!doctype html>")]
)
def test_formats(chosen: str, mark: str) -> None:
    """`text` and `json` are the document; the others report on the document after the fix."""
    status, out, _ = fix(write_open(), "--format", chosen)

    assert status == 0
    assert mark in out


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ("\n" + write_compliant(), "first byte must be '{'"),
        (write_document(deny_headerless("logs"), allow_reading("logs") | {"Resource": "*"}), "Policy has invalid resource"),
        (write_document(allow_reading("elsewhere")), "Policy has invalid resource"),
    ],
)
def test_a_document_that_s3_refuses_is_not_fixed(document: str, error: str) -> None:
    """What is added would not be in force: status 1, nothing printed, and S3's own error."""
    status, out, err = fix(document)

    assert (status, out, err.count("\n")) == (1, "", 1)
    assert error in err
