"""`check`: raw documents and the output of the AWS CLI, under every kind of configuration."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bucketpolicy.canonical import hash_document
from crossguard.pack.partitions import PARTITIONS
from offline.check import find_bucket, unwrap
from tests.crossguard.control_tower import PV5
from tests.offline.cli import (
    ALL_TRANSPORT,
    SSE,
    TRANSPORT,
    UPLOADS,
    allow_reading,
    deny_headerless,
    deny_http,
    run,
    write_compliant,
    write_document,
    write_open,
)

SNIPPET = write_document(
    {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::logs/*",
        "Condition": {"Null": {SSE: "true"}, "Bool": {"aws:SecureTransport": "false"}},
    }
)


def check(document: str, *arguments: str, config: dict[str, Any] | None = None, folder: Path | None = None) -> dict[str, Any]:
    """The JSON report on one document, with its exit status as `status`."""
    extra: list[str] = []
    if config is not None:
        assert folder is not None
        (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
        extra = ["--policy-config", str(folder / "config.json")]
    ended = run("check", "-", "--bucket", "logs", "--format", "json", *extra, *arguments, stdin=document.encode())
    assert ended.err == ""
    return {"status": ended.status, **json.loads(ended.out)}


def list_outcomes(report: dict[str, Any]) -> dict[str, str]:
    """Policy to outcome, of a report on one document."""
    return {result["policy"]: result["outcome"] for result in report["stacks"][0]["buckets"][0]["results"]}


def test_a_compliant_document_says_what_proves_each_promise() -> None:
    """Every policy names the statements that deny what it asks for; the exit status is 0."""
    report = check(write_document(allow_reading("logs"), deny_headerless("logs"), deny_http("logs")))
    results = {result["policy"]: result for result in report["stacks"][0]["buckets"][0]["results"]}

    assert report["status"] == 0
    assert set(list_outcomes(report).values()) == {"compliant"}
    assert 2 in results[UPLOADS]["statements"]
    assert results[ALL_TRANSPORT]["statements"] == [3]


def test_an_open_document_is_blocked() -> None:
    """Two mandatory violations with a request that gets through, and an advisory: exit status 1."""
    report = check(write_document(allow_reading("logs")))

    assert report["status"] == 1
    assert list_outcomes(report) == {UPLOADS: "violation", TRANSPORT: "violation", ALL_TRANSPORT: "advisory"}
    assert all("is not denied" in result["message"] for result in report["stacks"][0]["buckets"][0]["results"])


def test_an_advisory_alone_does_not_block() -> None:
    """Uploads over HTTP are denied and reading is not: only the advisory policy speaks, and the exit status is 0."""
    half = deny_http("logs") | {"Action": "s3:PutObject", "Resource": "arn:aws:s3:::logs/*"}
    report = check(write_document(deny_headerless("logs"), half))

    assert report["status"] == 0
    assert list_outcomes(report) == {UPLOADS: "compliant", TRANSPORT: "compliant", ALL_TRANSPORT: "advisory"}


def test_text_tells_statements_and_request() -> None:
    """The text report names the proof of what holds, and the request that gets through what does not."""
    ended = run("check", "-", "--bucket", "logs", stdin=write_document(deny_headerless("logs")).encode())

    assert ended.status == 1
    assert f"✓ {UPLOADS}  denied by statement 1" in ended.out
    assert f"✗ mandatory  {TRANSPORT}  severity high" in ended.out
    assert "is not denied" in ended.out


@pytest.mark.parametrize(
    "wrapped",
    [
        json.dumps({"Policy": write_compliant()}, indent=4),
        "\ufeff" + json.dumps({"Policy": write_compliant()}),
        json.dumps(write_compliant()),
        json.dumps({"Policy": write_compliant(), "ResponseMetadata": {"HTTPStatusCode": 200}}),
    ],
)
def test_output_of_the_aws_cli_is_unwrapped(wrapped: str) -> None:
    """What `aws s3api get-bucket-policy` prints, also through `--query Policy`, is judged as the document in it."""
    assert check(wrapped)["status"] == 0


@pytest.mark.parametrize("text", [write_compliant(), '{"Policy": 3}', '{"Policy": "x", "Statement": []}', "[", '{"Policy"'])
def test_everything_else_is_taken_as_it_is(text: str) -> None:
    """A document is never looked for inside of something that is no output of the AWS CLI."""
    assert unwrap(text) == text


def test_output_of_windows_powershell_is_read(tmp_path: Path) -> None:
    """Its redirection writes UTF-16 with a byte order mark."""
    path = tmp_path / "policy.json"
    path.write_text(json.dumps({"Policy": write_compliant()}), encoding="utf-16")

    assert run("check", str(path), "--bucket", "logs").status == 0


def test_several_files_are_told_in_order(tmp_path: Path) -> None:
    """One that does not pass blocks; each file is named at its verdicts."""
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(write_compliant(), encoding="utf-8")
    bad.write_text(write_open(), encoding="utf-8")
    ended = run("check", str(bad), str(good), "--bucket", "logs", "--format", "json")
    report = json.loads(ended.out)

    assert ended.status == 1
    assert [bucket["results"][0]["place"]["file"] for stack in report["stacks"] for bucket in stack["buckets"]] == [str(bad), str(good)]
    assert [bucket["outcome"] for stack in report["stacks"] for bucket in stack["buckets"]] == ["violation", "compliant"]


def test_another_bucket_is_another_verdict() -> None:
    """`--bucket` says which bucket the document hangs on."""
    assert run("check", "-", "--bucket", "other", stdin=write_compliant().encode()).status == 1


@pytest.mark.parametrize("partition", PARTITIONS)
def test_partitions(partition: str) -> None:
    """Every partition is accepted, and ARNs of another one do not count."""
    document = write_compliant().replace("arn:aws:", f"arn:{partition}:")
    other = "aws" if partition != "aws" else "aws-cn"

    assert check(document, "--partition", partition)["status"] == 0
    assert check(document, "--partition", other)["status"] == 1


def test_a_partition_that_only_the_document_names_is_an_assumption() -> None:
    """Without `--partition` the ARNs of the bucket decide, and the report says so."""
    report = check(write_compliant().replace("arn:aws:", "arn:aws-cn:"))

    assert report["status"] == 0
    assert all("partition-from-document" in result["assumptions"] for result in report["stacks"][0]["buckets"][0]["results"])


@pytest.mark.parametrize(
    ("config", "status", "outcomes"),
    [
        ({"all": "advisory"}, 0, {UPLOADS: "advisory", TRANSPORT: "advisory", ALL_TRANSPORT: "advisory"}),
        ({"all": "mandatory"}, 1, {UPLOADS: "violation", TRANSPORT: "violation", ALL_TRANSPORT: "violation"}),
        ({"all": "remediate"}, 1, {UPLOADS: "violation", TRANSPORT: "violation", ALL_TRANSPORT: "violation"}),
        ({"all": {"enforcementLevel": "advisory"}}, 0, {UPLOADS: "advisory", TRANSPORT: "advisory", ALL_TRANSPORT: "advisory"}),
        ({UPLOADS: "disabled", TRANSPORT: "advisory"}, 0, {TRANSPORT: "advisory", ALL_TRANSPORT: "advisory"}),
        ({"all": "disabled", TRANSPORT: {"enforcementLevel": "mandatory"}}, 1, {TRANSPORT: "violation"}),
        ({"all": "disabled"}, 0, {}),
    ],
)
def test_levels(config: dict[str, Any], status: int, outcomes: dict[str, str], tmp_path: Path) -> None:
    """Levels of single policies win over `all`; what is disabled says nothing."""
    report = check(write_open(), config=config, folder=tmp_path)

    assert report["status"] == status
    assert list_outcomes(report) == outcomes


def test_an_exemption_is_listed_with_reason_owner_and_last_day(tmp_path: Path) -> None:
    """An exempted bucket does not block, and the report shows why, in every format."""
    entry = {"bucket": "lo*", "reason": "public mirror", "owner": "storage@example.com", "expires": "2999-12-31"}
    config = {name: {"exemptions": [entry]} for name in (UPLOADS, TRANSPORT, ALL_TRANSPORT)}
    report = check(write_open(), config=config, folder=tmp_path)
    exemption = {"reason": "public mirror", "owner": "storage@example.com", "expires": "2999-12-31"}

    assert report["status"] == 0
    assert [result["exemption"] for result in report["stacks"][0]["buckets"][0]["results"]] == [exemption] * 3
    for chosen in ("text", "sarif", "junit", "html"):
        arguments = ("--format", chosen, "--policy-config", str(tmp_path / "config.json"))
        ended = run("check", "-", "--bucket", "logs", *arguments, stdin=write_open().encode())
        assert ended.status == 0
        assert all(text in ended.out for text in ("public mirror", "storage@example.com", "2999-12-31"))


def test_an_expired_exemption_is_told(tmp_path: Path) -> None:
    """After its last day the bucket is judged, and the message says that the exemption expired."""
    config = {UPLOADS: {"exemptions": [{"bucket": "logs", "reason": "migration", "expires": "2020-01-31"}]}}
    report = check(write_open(), config=config, folder=tmp_path)
    message = report["stacks"][0]["buckets"][0]["results"][0]["message"]

    assert report["status"] == 1
    assert "2020-01-31" in message


def test_the_snippet_of_the_benchmark_is_rejected() -> None:
    """Its conditions are ANDed, and the message says that neither half is enforced."""
    report = check(SNIPPET)

    assert report["status"] == 1
    assert "enforces neither half" in report["stacks"][0]["buckets"][0]["results"][0]["message"]


def test_the_accepted_snippet_says_what_it_is_worth(tmp_path: Path) -> None:
    """Where the configuration accepts it the verdict is compliant, and every format says that it enforces neither half."""
    config = {name: {"acceptBenchmarkSnippet": True} for name in (UPLOADS, TRANSPORT)}
    report = check(SNIPPET, config=config, folder=tmp_path)

    assert report["status"] == 0
    assert list_outcomes(report) == {UPLOADS: "compliant", TRANSPORT: "compliant", ALL_TRANSPORT: "advisory"}
    for chosen in ("text", "json", "junit", "html"):
        arguments = ("--format", chosen, "--policy-config", str(tmp_path / "config.json"))
        ended = run("check", "-", "--bucket", "logs", *arguments, stdin=SNIPPET.encode())
        assert "enforces neither half of the control" in ended.out.replace("&#39;", "'")


def test_a_document_that_shuts_everybody_out_is_told() -> None:
    """It is compliant, and every format says that nothing gets through."""
    document = write_document(
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"]}
    )
    report = check(document)

    assert (report["status"], set(list_outcomes(report).values())) == (0, {"compliant"})
    for chosen in ("text", "json", "junit", "html"):
        ended = run("check", "-", "--bucket", "logs", "--format", chosen, stdin=document.encode())
        assert "Statement 1 denies every action to everyone, without a condition: nothing gets through" in ended.out


@pytest.mark.parametrize(
    "change",
    [
        {"Action": "s3:PutObject"},
        {"Resource": "arn:aws:s3:::logs/private/*"},
        {"Principal": {"AWS": "111122223333"}},
        {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Effect": "Allow"},
    ],
)
def test_nothing_is_said_of_a_narrower_statement(change: dict[str, Any]) -> None:
    """The remark is for statements that deny every action on everything to everyone."""
    wide = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::logs/*"}
    ended = run("check", "-", "--bucket", "logs", stdin=write_document(deny_headerless("logs"), deny_http("logs"), wide | change).encode())

    assert "nothing gets through" not in ended.out


def test_settings_reach_the_verdict(tmp_path: Path) -> None:
    """A document that takes any header is not enough where only `aws:kms` is accepted."""
    report = check(write_compliant(), config={UPLOADS: {"algorithms": ["aws:kms"]}}, folder=tmp_path)

    assert list_outcomes(report)[UPLOADS] == "violation"


def test_values_that_may_be_secrets_are_never_shown() -> None:
    """A shared secret in `aws:Referer` appears in no format."""
    secret = "hunter2-s3cret"  # noqa: S105  a made-up one, to look for
    statement = deny_http("logs")
    statement["Condition"]["StringNotEquals"] = {"aws:Referer": secret}
    document = write_document(deny_headerless("logs"), statement).encode()
    outputs = [
        run("check", "-", "--bucket", "logs", "--format", chosen, stdin=document) for chosen in ("text", "json", "sarif", "junit", "html")
    ]

    assert [ended.status for ended in outputs] == [1] * 5
    assert not any(secret in ended.out + ended.err for ended in outputs)


def test_json_tells_the_request_in_fields() -> None:
    """Who, what, on what, with which keys; the nearest statement and its part that does not apply; and the statements to add."""
    statement = {**deny_headerless("logs"), "Sid": "Header", "Principal": {"AWS": "111122223333"}}
    report = check(write_document(statement, deny_http("logs")))
    bucket = report["stacks"][0]["buckets"][0]
    uploads, transport, _ = bucket["results"]

    assert (uploads["level"], uploads["verdict"], uploads["layer"]) == ("mandatory", "not-denied", None)
    assert set(uploads["request"]["principal"]) == {"kind", "arn", "account", "name"}
    assert uploads["request"]["action"] == "s3:PutObject"
    assert uploads["request"]["resource"].startswith("arn:aws:s3:::logs/")
    assert uploads["request"]["context"]["aws:securetransport"] == ["true"]
    assert uploads["nearest"] == {"statement": 1, "sid": "Header", "obstacle": "principal"}
    assert [each["Sid"] for each in bucket["fix"]] == ["DenyUploadsWithoutEncryptionHeader"]
    assert (transport["verdict"], transport["statements"], transport["layer"]) == ("denied", [2], "bucket-policy")


def test_json_withholds_what_may_be_secret() -> None:
    """Values of such keys are null, and a key that AWS does not document has no name of its own either."""
    secret = {"aws:Referer": "hunter2", "custom:Secret": "hunter2"}
    statement = {**deny_headerless("logs"), "Condition": {"Null": {SSE: "true"}, "StringNotEquals": secret}}
    found = check(write_document(statement, deny_http("logs")))["stacks"][0]["buckets"][0]["results"][0]

    assert found["request"]["context"]["aws:referer"] == [None]
    assert found["request"]["context"].get("undocumented-key-1", [None]) == [None]
    assert "hunter2" not in json.dumps(found)
    assert "custom:" not in json.dumps(found)


def test_documents_are_hashed_however_they_are_written() -> None:
    """The hash is that of the canonical text, at the bucket and at each result."""
    found = [check(text)["stacks"][0]["buckets"][0] for text in (write_compliant(), json.dumps(json.loads(write_compliant()), indent=7))]

    assert {bucket["document_sha256"] for bucket in found} == {hash_document(write_compliant())}
    assert {result["document_sha256"] for bucket in found for result in bucket["results"]} == {hash_document(write_compliant())}


@pytest.mark.parametrize("document", [write_compliant(), write_open()])
def test_what_s3_may_refuse_is_a_remark(document: str) -> None:
    """The verdict stays, and the reader is told."""
    statements = json.loads(document)["Statement"]
    odd = {"Effect": "Allow", "Principal": {"AWS": "somebody"}, "Action": "s3:NoSuchAction", "Resource": "arn:aws:s3:::logs/*"}
    plain, remarked = (
        run("check", "-", "--bucket", "logs", stdin=json.dumps({"Version": "2012-10-17", "Statement": parts}).encode())
        for parts in (statements, [*statements, odd])
    )
    assert plain.status == remarked.status
    assert "S3 may refuse" not in plain.out
    assert f"S3 may refuse Statement {len(statements) + 1}, `Action`: " in remarked.out
    assert "And 1 more of that kind." in remarked.out


def test_a_folder_stands_for_its_documents(tmp_path: Path) -> None:
    """For its `*.json`, in the order of their names; the bucket of each is the one that its own ARNs name."""
    for bucket in ("b-logs", "a-logs"):
        (tmp_path / f"{bucket}.json").write_text(write_compliant(bucket), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("nothing", encoding="utf-8")
    (tmp_path / "sub.json").mkdir()
    ended = run("check", str(tmp_path), "--format", "json")
    stacks = json.loads(ended.out)["stacks"]

    assert (ended.status, ended.err) == (0, "")
    assert [(stack["source"], stack["buckets"][0]["bucket"]) for stack in stacks] == [
        (str(tmp_path / "a-logs.json"), "a-logs"),
        (str(tmp_path / "b-logs.json"), "b-logs"),
    ]


def test_a_folder_without_documents_is_wrong_usage(tmp_path: Path) -> None:
    """Nothing to judge there is no pass."""
    ended = run("check", str(tmp_path))

    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert ended.err.startswith(f"{tmp_path}: a folder without any `*.json`")


@pytest.mark.parametrize(
    ("resources", "found"),
    [
        (["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"], "logs"),
        (["arn:aws-cn:s3:::logs/a/*"], "logs"),
        ("arn:aws:s3:::logs/*", "logs"),
        (["arn:aws:s3:::logs/*", "arn:aws:s3:::logs*", "*", 3], "logs"),
        (["arn:aws:s3:::b", "arn:aws:s3:::a/*"], ("a", "b")),
        (["arn:aws:s3:::*", "arn:aws:s3:::${b}/*", "arn:aws:s3:::data--use1-az4--x-s3/*", "x"], ()),
        (None, ()),
    ],
)
@pytest.mark.parametrize("element", ["Resource", "NotResource"])
def test_the_bucket_that_a_document_names(element: str, resources: Any, found: str | tuple[str, ...]) -> None:
    """By its resources: an ARN in a condition is another bucket's."""
    source = {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::another"}}}

    assert find_bucket(json.dumps({"Statement": {element: resources, **source}})) == found
    assert find_bucket("\ufeff" + json.dumps({"Statement": [{element: resources, **source}, 3]})) == found


@pytest.mark.parametrize("text", ["[]", "3", "{}", "[" * 100_000])
def test_a_document_without_statements_names_no_bucket(text: str) -> None:
    """Whatever it is."""
    assert find_bucket(text) == ()


@pytest.mark.parametrize("command", ["check", "fix"])
def test_a_document_that_names_no_bucket_needs_one(command: str) -> None:
    """One line that says so, and which ones it names where they are several."""
    none = run(command, "-", stdin=b'{"Version": "2012-10-17", "Statement": []}')
    several = run(command, "-", stdin=write_document(deny_http("a"), deny_http("b")).encode())

    assert (none.status, none.out, none.err) == (2, "", "standard input: its ARNs name no bucket; expected: --bucket NAME\n")
    assert (several.status, several.err) == (2, "standard input: its ARNs name 2 buckets (a, b); expected: --bucket NAME\n")
    assert run(command, "-", stdin=write_compliant("a-logs").encode()).status == 0


def find_edits(path: Path) -> list[dict[str, Any]]:
    """The fixes of the SARIF report on a file."""
    runs = json.loads(run("check", str(path), "--format", "sarif").out)["runs"]
    return [fix for each in runs for result in each["results"] for fix in result.get("fixes", [])]


@pytest.mark.parametrize("indent", [None, 2, 4])
def test_a_fix_in_sarif_is_an_edit_of_the_file(indent: int | None, tmp_path: Path) -> None:
    """Done as it is told it makes the document compliant; nothing that stands there is deleted or quoted."""
    path = tmp_path / "logs.json"
    statement = deny_http("logs") | {"Action": "s3:GetObject", "Condition": {"StringEquals": {"aws:Referer": "hunter2"}}}
    path.write_text(json.dumps(json.loads(write_document(statement)), indent=indent), encoding="utf-8")
    edits = find_edits(path)
    change = edits[0]["artifactChanges"][0]
    replacement = change["replacements"][0]
    offset, text = replacement["deletedRegion"]["charOffset"], path.read_text(encoding="utf-8")

    assert len(edits) == 2
    assert edits[0] == edits[1]
    assert change["artifactLocation"]["uri"] == f"file://{path}"
    assert replacement["deletedRegion"]["charLength"] == 0
    assert "hunter2" not in json.dumps(edits)

    path.write_text(text[:offset] + replacement["insertedContent"]["text"] + text[offset:], encoding="utf-8")
    assert run("check", str(path)).status == 0


def test_a_fix_that_is_no_edit_of_the_file_is_not_in_sarif(tmp_path: Path) -> None:
    """A document within another, a single statement (which becomes a list), and one without room."""
    path = tmp_path / "logs.json"
    full = deny_http("logs") | {"Resource": [f"arn:aws:s3:::logs/{number:0>83}" for number in range(193)]}
    documents = (
        json.dumps({"Policy": write_open()}),
        json.dumps({"Version": "2012-10-17", "Statement": allow_reading("logs")}),
        write_document(full),
    )
    for document in documents:
        path.write_text(document, encoding="utf-8")
        assert find_edits(path) == []


@pytest.mark.parametrize("chosen", ["text", "json", "ndjson", "sarif", "junit", "html", "markdown", "github", "gitlab", "csv"])
def test_every_report_names_the_layer_that_denies(chosen: str, tmp_path: Path) -> None:
    """Compliant by a resource control policy is not compliant by the bucket policy, and nobody must take the one for the other."""
    config = tmp_path / "config.json"
    config.write_text(json.dumps({TRANSPORT: {"resourceControlPolicies": [PV5]}}), encoding="utf-8")
    document = tmp_path / "policy.json"
    document.write_text(write_document(deny_headerless("logs")), encoding="utf-8")
    ended = run("check", str(document), "--bucket", "logs", "--policy-config", str(config), "--format", chosen)

    assert ended.status == 0
    assert re.search(r"denied by resource control policy .{0,20}CTS3PV5.{0,20}, not by the bucket policy", ended.out)


@pytest.mark.parametrize("chosen", ["text", "markdown", "html", "junit", "json"])
def test_one_fix_is_printed_for_a_bucket(chosen: str) -> None:
    """What all failing policies lack, once: at the first of them, and nowhere else."""
    out = run("check", "-", "--bucket", "logs", "--format", chosen, stdin=write_open().encode()).out
    told = out.partition('<details class="fix"')[0].replace("&#34;", '"').replace("&quot;", '"')
    assert told.count("Fix: ") == 1
    assert told.count("DenyUploadsWithoutEncryptionHeader") == (2 if chosen == "json" else 1)
    assert "DenyInsecureUploads" not in told


def test_the_fix_is_shown_in_every_language() -> None:
    """In the evidence report, closed until somebody asks."""
    out = run("check", "-", "--bucket", "logs", "--format", "html", stdin=write_open().encode()).out
    assert '<details class="fix">' in out
    assert all(f'<p class="says">{name}</p>' in out for name in ("Python", "TypeScript", "Go", "YAML", "Java", "C#"))
    assert "Sid: &#34;DenyInsecureRequests&#34;," in out
    compliant = run("check", "-", "--bucket", "logs", "--format", "html", stdin=write_compliant().encode()).out
    assert '<details class="fix"' not in compliant
