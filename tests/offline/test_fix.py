"""`fix`: the document with what it lacks, ready for put-bucket-policy."""

import json
from pathlib import Path

import pytest

from tests.offline.cli import (
    ALL_TRANSPORT,
    TRANSPORT,
    UPLOADS,
    allow_reading,
    deny_headerless,
    run,
    write_compliant,
    write_document,
    write_open,
)


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
    assert [statement["Sid"] for statement in statements[1:]] == ["DenyUploadsWithoutEncryptionHeader", "DenyInsecureRequests"]


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
    assert [statement["Resource"] for statement in added] == [
        "arn:aws-us-gov:s3:::logs/*",
        ["arn:aws-us-gov:s3:::logs", "arn:aws-us-gov:s3:::logs/*"],
    ]


def list_added(document: str, *arguments: str) -> list[str]:
    """The Sids of what `fix` adds."""
    before = json.loads(document)["Statement"]
    after = json.loads(fix(document, *arguments)[1])["Statement"]
    return [statement["Sid"] for statement in after[len(before) :]]


def configure(folder: Path, **policies: object) -> tuple[str, str]:
    """The option for a configuration; `uploads`, `transport` and `requests` are short for the policies."""
    names = {"uploads": UPLOADS, "transport": TRANSPORT, "requests": ALL_TRANSPORT}
    path = folder / "config.json"
    path.write_text(json.dumps({names[name]: given for name, given in policies.items()}), encoding="utf-8")
    return "--policy-config", str(path)


SPARED = {"exemptions": [{"bucket": "logs", "reason": "mirror"}]}


@pytest.mark.parametrize(
    ("policies", "added"),
    [
        ({}, ["DenyUploadsWithoutEncryptionHeader", "DenyInsecureRequests"]),
        ({"uploads": "disabled", "transport": "remediate"}, ["DenyInsecureRequests"]),
        ({"requests": "disabled"}, ["DenyUploadsWithoutEncryptionHeader", "DenyInsecureUploads"]),
        ({"uploads": SPARED}, ["DenyInsecureRequests"]),
        ({"uploads": SPARED, "transport": SPARED}, []),
        ({"requests": SPARED}, ["DenyUploadsWithoutEncryptionHeader", "DenyInsecureUploads"]),
        (
            {"transport": {"minimumTlsVersion": "1.2"}},
            ["DenyUploadsWithoutEncryptionHeader", "DenyInsecureRequests", "DenyUploadsBelowTls12"],
        ),
    ],
)
def test_one_fix_holds_what_all_policies_lack(policies: dict[str, object], added: list[str], tmp_path: Path) -> None:
    """Each statement once, all of TLS in one; nothing for a policy that is off or exempts the bucket, nor what a wider one asks as well."""
    assert list_added(write_open(), *configure(tmp_path, **policies)) == added


def test_only_uploads_if_asked() -> None:
    """`--uploads-only`: what the control asks for, and no more."""
    assert list_added(write_open(), "--uploads-only") == ["DenyUploadsWithoutEncryptionHeader", "DenyInsecureUploads"]


@pytest.mark.parametrize(
    ("changes", "added"),
    [
        ({}, "DenyInsecureUploads"),
        ({"Principal": {"AWS": "*"}}, "DenyInsecureUploads"),
        ({"Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}, "DenyInsecureUploads"),
        ({"Principal": {"AWS": "111122223333"}}, "DenyInsecureRequests"),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, "DenyInsecureRequests"),
        ({"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}, "DenyInsecureRequests"),
        ({"Action": "s3:ListBucket", "Resource": "arn:aws:s3:::logs"}, "DenyInsecureRequests"),
    ],
)
def test_what_anybody_reads_over_http_is_not_shut_off(changes: dict[str, object], added: str) -> None:
    """Where anonymous callers may read over HTTP, as from a website, TLS is asked of uploads only."""
    assert list_added(write_document(allow_reading("logs") | {"Principal": "*"} | changes))[-1] == added


def test_an_exempted_bucket_is_left_alone(tmp_path: Path) -> None:
    """Nothing is added for a policy that exempts the bucket."""
    assert fix(write_open(), *configure(tmp_path, uploads=SPARED, transport=SPARED)) == (0, write_open() + "\n", "")


def test_there_may_be_room_for_uploads_only() -> None:
    """Where all of TLS would pass the limit of S3, what the control asks for is still added."""
    filled = allow_reading("logs") | {"Resource": [f"arn:aws:s3:::logs/{number:0>84}" for number in range(183)]}
    document = write_document(filled)
    padding = next(size for size in range(2000) if "DenyInsecureRequests" not in fix(pad(document, size))[1])
    status, out, _ = fix(pad(document, padding))
    assert (status, "DenyInsecureUploads" in out) == (0, True)


def pad(document: str, size: int) -> str:
    """The document with a longer Id."""
    return json.dumps({"Id": "x" * (size + 200), **json.loads(document)}, separators=(",", ":"))


@pytest.mark.parametrize("blank", ["", " \n", "{}", '{"Version": "2012-10-17", "Statement": []}', '{"Statement": [], "Id": "x"}'])
def test_a_blank_document_is_begun_anew(blank: str) -> None:
    """As `--new` does, which needs no file."""
    status, out, err = fix(blank)
    assert (status, err) == (0, "")
    assert run("check", "-", "--bucket", "logs", stdin=out.encode()).status == 0
    assert run("fix", "--new", "--bucket", "logs") == (0, out, "")


def test_a_blank_document_is_begun_for_the_policies_that_are_in_force(tmp_path: Path) -> None:
    """Those that exempt the bucket ask for nothing."""
    _, out, _ = fix("", *configure(tmp_path, uploads=SPARED))
    assert [statement["Sid"] for statement in json.loads(out)["Statement"]] == ["DenyInsecureRequests"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("fix",), "neither a file nor --new"),
        (("fix", "a.json", "--new", "--bucket", "logs"), "both a file and --new"),
        (("fix", "--new"), "the bucket is not named"),
        (("fix", "-"), "its ARNs name no bucket"),
    ],
)
def test_what_is_to_be_fixed_must_be_said(arguments: tuple[str, ...], says: str) -> None:
    """One line, and status 2."""
    ended = run(*arguments)
    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert says in ended.err


DELIVERS = {"Sid": "Logs", "Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject"}


def test_whom_it_would_silence_is_said(tmp_path: Path) -> None:
    """On standard error, with the setting that spares it; with that set, the statement spares it and nothing is said."""
    document = write_document(DELIVERS | {"Resource": "arn:aws:s3:::logs/*"})
    status, out, err = fix(document)
    assert (status, "DenyUploadsWithoutEncryptionHeader" in out) == (0, True)
    assert "would silence `logging.s3.amazonaws.com`" in err
    assert "Statement 1 (`Logs`)" in err
    assert 'exemptPrincipals: ["logging.s3.amazonaws.com"]' in err
    status, out, err = fix(document, *configure(tmp_path, uploads={"exemptPrincipals": ["logging.s3.amazonaws.com"]}))
    assert (status, err) == (0, "")
    assert json.loads(out)["Statement"][1]["Condition"]["StringNotEquals"] == {"aws:PrincipalServiceName": "logging.s3.amazonaws.com"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"Statement": [{"Resource": "Calling __str__ on an Output[T] is not supported."}]}', "Pulumi's Python SDK"),
        ('{"Statement": {"Effect": "deny"}}', "(Statement 1)"),
    ],
)
def test_why_it_cannot_be_fixed(text: str, says: str) -> None:
    """In the words of the messages: a statement by its number, an Output as one."""
    status, out, err = fix(text)
    assert (status, out) == (1, "")
    assert says in err


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
