"""From a run of the engine to a report: `preview` on the command line, and what each thing the pack says becomes."""

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from bucketpolicy.canonical import hash_document
from offline.assemble import REMEDIABLE_REMARK, REMEDIATED_REMARK, Judged, assemble
from offline.configuration import Configuration, interpret
from offline.engine.protocol.values import UNKNOWN, conceal
from offline.report.content import Report, list_buckets
from offline.run import Diagnostic, Mode, Pack, Remediated, Run, Seen
from tests.offline import states
from tests.offline.cli import (
    ALL_TRANSPORT,
    HAS_POLICY,
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

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = ROOT / "examples"
NOW = datetime(2026, 11, 24, tzinfo=timezone.utc)
STACK = "urn:pulumi:dev::shop"
BUCKET = f"{STACK}::aws:s3/bucket:Bucket::logs"
POLICY = f"{STACK}::aws:s3/bucketPolicy:BucketPolicy::logs"


def see(kind: str, name: str, inputs: dict[str, Any], **more: Any) -> Seen:
    """A resource of a run."""
    return Seen(f"{STACK}::{kind}::{name}", kind, name, inputs, inputs, more.pop("dependencies", {}), more.pop("source", ""), **more)


def make_run(*resources: Seen, said: tuple[Diagnostic, ...] = (), mode: Mode = "preview", **more: Any) -> Run:
    """A run in which the pack said this."""
    return Run(mode, "shop", "dev", Pack("s3-encryption-guard", "1.0.0", ()), resources, said, **more)


def report_on(judged: Run, configuration: dict[str, Any] | None = None, *, proofs: bool = True) -> Report:
    """The report on a run."""
    configured = interpret(configuration or {}, "config.json")
    assert isinstance(configured, Configuration)
    return assemble((Judged(judged, "app"),), configured, "preview", NOW, "proofs" if proofs else "verdicts")


def list_outcomes(report: Report) -> dict[str, dict[str, str]]:
    """By bucket label what each policy said."""
    return {
        found.label: {result.policy: result.outcome for result in found.results if result.outcome != "not-applicable"}
        for _, found in list_buckets(report)
    }


LOGS = see("aws:s3/bucket:Bucket", "logs", {"bucket": "logs"}, source="main.py:3")
ATTACHED = see("aws:s3/bucketPolicy:BucketPolicy", "logs", {"bucket": "logs", "policy": write_compliant()}, source="main.py:7")
PENDING = see(
    "aws:s3/bucketPolicy:BucketPolicy",
    "logs",
    {"bucket": UNKNOWN, "policy": UNKNOWN},
    dependencies={"bucket": (BUCKET,), "policy": (BUCKET,)},
)


@pytest.mark.parametrize("proofs", [True, False])
def test_silence_of_the_pack_is_explained(proofs: bool) -> None:  # noqa: FBT001  a parameter of the test
    """Where the pack is silent the report says that the policy holds, with proofs or without."""
    found = list_outcomes(report_on(make_run(LOGS, ATTACHED), proofs=proofs))

    assert found == {"logs": dict.fromkeys((UPLOADS, TRANSPORT, ALL_TRANSPORT, HAS_POLICY), "compliant")}


def test_what_the_pack_says_counts() -> None:
    """Its violation is in the report with its words, level and place, whatever this process would find."""
    said = Diagnostic(UPLOADS, "mandatory", POLICY, "It is not denied.")
    report = report_on(make_run(LOGS, ATTACHED, said=(said,)))
    result = next(result for result in report.stacks[0].buckets[0].results if result.policy == UPLOADS)

    assert (result.outcome, result.message, result.place.file, result.place.line) == ("violation", "It is not denied.", "app/main.py", 7)


@pytest.mark.parametrize("proofs", [True, False])
def test_silence_about_an_unknown_document_is_no_proof(proofs: bool) -> None:  # noqa: FBT001  a parameter of the test
    """The policy that is silent about unknown documents is reported as not known, never as compliant."""
    notes = tuple(Diagnostic(name, "advisory", POLICY, "The document is not known.") for name in (UPLOADS, TRANSPORT))
    found = list_outcomes(report_on(make_run(LOGS, PENDING, said=notes), proofs=proofs))

    assert found == {"logs": {UPLOADS: "unknown", TRANSPORT: "unknown", ALL_TRANSPORT: "unknown", HAS_POLICY: "compliant"}}


def test_silence_about_an_open_document_is_no_proof() -> None:
    """Where the pack is silent and this process finds a hole, nothing is claimed."""
    hole = ATTACHED._replace(inputs={"bucket": "logs", "policy": write_open()})

    assert list_outcomes(report_on(make_run(LOGS, hole))) == {"logs": {HAS_POLICY: "compliant"}}


def test_secrets_are_looked_into_and_not_shown() -> None:
    """A secret document is judged like any other."""
    secret = ATTACHED._replace(inputs={"bucket": conceal("logs"), "policy": conceal(write_compliant())})

    assert set(list_outcomes(report_on(make_run(LOGS, secret)))["logs"].values()) == {"compliant"}


def test_notes_on_the_stack_are_about_no_bucket() -> None:
    """What is said at the root stack is kept, apart from the buckets."""
    root = see("pulumi:pulumi:Stack", "shop-dev", {})
    said = (
        Diagnostic(HAS_POLICY, "advisory", root.urn, "Whether they have a policy is not known."),
        Diagnostic(HAS_POLICY, "mandatory", "urn:pulumi:dev::shop::gone::gone", "Something else."),
    )
    report = report_on(make_run(root, LOGS, ATTACHED, said=said))

    assert [(result.outcome, result.place.name) for result in report.stacks[0].others] == [("unknown", "shop-dev"), ("violation", "")]


@pytest.mark.parametrize(("mode", "said", "outcome", "remark"), [
    ("preview", (), "remediated", REMEDIATED_REMARK),
    ("state", (Diagnostic(UPLOADS, "mandatory", POLICY, "It is not denied."),), "violation", REMEDIABLE_REMARK),
])  # fmt: skip
def test_remediations_are_told(mode: Mode, said: tuple[Diagnostic, ...], outcome: str, remark: str) -> None:
    """In a program the document is repaired; in a state it would be."""
    done = (Remediated(UPLOADS, POLICY, {}, {}),)
    report = report_on(make_run(LOGS, ATTACHED, said=said, mode=mode, remediated=done), {UPLOADS: "remediate"})
    result = next(result for result in report.stacks[0].buckets[0].results if result.policy == UPLOADS)

    assert (result.outcome, result.remark) == (outcome, remark)


def test_a_policy_of_a_bucket_elsewhere_is_told_under_its_name() -> None:
    """A bucket that is none of the stack's is still a bucket of the report."""
    assert list(list_outcomes(report_on(make_run(ATTACHED)))) == ["logs"]


def test_a_policy_whose_bucket_is_not_known_stands_alone() -> None:
    """Nothing leads to its bucket, so it is told under its own name."""
    adrift = see("aws:s3/bucketPolicy:BucketPolicy", "adrift", {"bucket": UNKNOWN, "policy": write_compliant()})

    assert list(list_outcomes(report_on(make_run(adrift)))) == ["adrift (name not known)"]


def test_dependencies_lead_to_the_bucket() -> None:
    """A policy that hangs on another resource's `bucket` is told under the bucket that this leads to, also through a circle."""
    circle = {"bucket": (f"{STACK}::x:y:Block::block", f"{STACK}::x:y:Block::block2")}
    block = see("x:y:Block", "block", {}, dependencies={"bucket": (BUCKET, f"{STACK}::x:y:Block::block2")})
    block2 = see("x:y:Block", "block2", {}, dependencies=circle)
    hanging = PENDING._replace(property_dependencies=circle)

    assert list(list_outcomes(report_on(make_run(LOGS, block, block2, hanging)))) == ["logs"]


def test_the_region_of_the_provider_decides_the_partition() -> None:
    """Evidence sees the same partition as the pack, so it needs no assumption."""
    provider = see("pulumi:providers:aws", "cn", {"region": "cn-north-1"})
    chinese = ATTACHED._replace(
        inputs={"bucket": "logs", "policy": write_compliant().replace("arn:aws:", "arn:aws-cn:")}, provider=provider.urn
    )
    report = report_on(make_run(provider, LOGS, chinese))

    assert {result.assumptions for result in report.stacks[0].buckets[0].results} == {()}


def test_a_source_that_is_not_known_is_the_project_file() -> None:
    """Code hosts want a file for each alert; without a line of the program it is the Pulumi.yaml."""
    report = report_on(make_run(ATTACHED._replace(source="odd")))

    assert {result.place.file for result in report.stacks[0].buckets[0].results} == {"app/Pulumi.yaml"}


def test_every_bucket_is_listed() -> None:
    """Also one of which no policy says anything; but not what is no general purpose bucket, or no part of the operation."""
    directory = see("aws:s3/bucket:Bucket", "directory", {"bucket": "d--use1-az4--x-s3"})
    untouched = see("aws:s3/bucket:Bucket", "untouched", {})

    assert list_outcomes(report_on(make_run(LOGS, directory, untouched), {HAS_POLICY: "disabled"})) == {"logs": {}}


def preview(name: str, *arguments: str) -> tuple[int, dict[str, Any], str]:
    """The outcome of `preview` on an example, as JSON."""
    ended = run("preview", str(EXAMPLES / name), "--format", "json", *arguments)
    return ended.status, json.loads(ended.out) if ended.out else {}, ended.err


@pytest.mark.parametrize(
    ("name", "status", "outcomes"),
    [
        ("compliant", 0, {UPLOADS: "compliant", TRANSPORT: "compliant", ALL_TRANSPORT: "compliant", HAS_POLICY: "compliant"}),
        ("missing-header-deny", 1, {UPLOADS: "violation", TRANSPORT: "compliant", ALL_TRANSPORT: "compliant", HAS_POLICY: "compliant"}),
        ("benchmark-snippet", 1, {UPLOADS: "violation", TRANSPORT: "violation", ALL_TRANSPORT: "advisory", HAS_POLICY: "compliant"}),
        ("no-policy", 1, {HAS_POLICY: "violation"}),
    ],
)
def test_examples(name: str, status: int, outcomes: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The examples end as their names promise, and every result names a line of the program, by a path from here."""
    monkeypatch.chdir(ROOT)
    ended, report, _ = preview(name)
    results = [result for result in report["stacks"][0]["buckets"][0]["results"] if result["outcome"] != "not-applicable"]

    assert ended == status
    assert {result["policy"]: result["outcome"] for result in results} == outcomes
    assert {result["place"]["file"] for result in results} == {f"examples/{name}/__main__.py"}
    assert all(result["place"]["line"] for result in results)


def test_a_configuration_reaches_the_pack(tmp_path: Path) -> None:
    """Levels and exemptions hold for a program as they do for a document."""
    path = tmp_path / "config.json"
    exemption = {"bucket": "name:*", "reason": "demo", "expires": "2999-01-01"}
    path.write_text(json.dumps({HAS_POLICY: {"exemptions": [exemption]}}), encoding="utf-8")
    status, report, _ = preview("no-policy", "--policy-config", str(path))

    assert (status, report["summary"]["counts"]["exempt"]) == (0, 1)


@pytest.fixture
def failing(tmp_path: Path) -> Path:
    """A program that prints and then fails."""
    (tmp_path / "Pulumi.yaml").write_text("name: failing\nruntime: python\n", encoding="utf-8")
    (tmp_path / "__main__.py").write_text(
        "print('\\x1b[31mabout to fail\\x1b]0;x\\x07')\nraise RuntimeError('no luck')\n", encoding="utf-8"
    )
    return tmp_path


def test_a_program_that_fails_is_told_in_one_line_after_its_own(failing: Path) -> None:
    """Status 2: the program's own words first, made safe to show, then one line of ours; nothing on standard output."""
    ended = run("preview", str(failing))
    lines = ended.err.rstrip("\n").split("\n")

    assert (ended.status, ended.out) == (2, "")
    assert "about to fail" in ended.err
    assert "no luck" in ended.err
    assert lines[-1].startswith(str(failing)) or "failed" in lines[-1]
    assert not set(ended.err) & set("\x1b\x07")


def test_what_a_program_prints_is_no_part_of_the_report(tmp_path: Path) -> None:
    """It goes to standard error, and not at all with `--quiet`."""
    (tmp_path / "Pulumi.yaml").write_text("name: chatty\nruntime: python\n", encoding="utf-8")
    (tmp_path / "__main__.py").write_text("print('hello')\n", encoding="utf-8")
    loud, quiet = run("preview", str(tmp_path)), run("preview", str(tmp_path), "--quiet")

    assert (loud.status, loud.err, "hello" in loud.out) == (0, "hello\n", False)
    assert quiet == (0, "", "")


def list_verdicts(text: str) -> list[tuple[str, str]]:
    """Of a state, each policy with its verdict."""
    report = json.loads(run("analyze", "-", "--format", "json", stdin=text.encode()).out)
    return [(each["policy"], each["verdict"]) for stack in report["stacks"] for found in stack["buckets"] for each in found["results"]]


def test_verdicts_of_the_stack_policy() -> None:
    """None, one or several policies on a bucket; the policies for documents do not apply to a bucket without one."""
    other = write_document(deny_headerless("logs"), deny_http("logs"), allow_reading("logs"))
    logs, one, two = states.bucket("logs"), states.policy("a", "logs", write_compliant()), states.policy("b", "logs", other)
    idle = [(name, "not-applicable") for name in (UPLOADS, TRANSPORT, ALL_TRANSPORT)]
    denied = [(name, "denied") for name in (UPLOADS, TRANSPORT, ALL_TRANSPORT)]

    assert list_verdicts(states.export(logs)) == [*idle, (HAS_POLICY, "unattached")]
    assert list_verdicts(states.export(logs, one)) == [(HAS_POLICY, "attached"), *denied]
    assert list_verdicts(states.export(logs, one, two)) == [(HAS_POLICY, "several"), *denied, *denied]


@pytest.mark.parametrize(
    ("message", "verdict"),
    [("It is not denied.", "not-denied"), ("It cannot be decided.", "undecided"), ("It is not known.", "unknown"), ("Odd.", "undecided")],
)
def test_the_verdict_where_this_process_sees_another(message: str, verdict: str) -> None:
    """Is read from the stable phrases of the message, and nothing else is claimed."""
    report = report_on(make_run(LOGS, ATTACHED, said=(Diagnostic(UPLOADS, "mandatory", POLICY, message),)))
    result = next(result for result in report.stacks[0].buckets[0].results if result.policy == UPLOADS)

    assert (result.verdict, result.request, result.statements, result.layer) == (verdict, None, (), None)


def test_other_words_of_the_pack_take_no_request_from_here() -> None:
    """The verdict is the same, but the request that the pack told of may be another."""
    hole = ATTACHED._replace(inputs={"bucket": "logs", "policy": write_open()})
    report = report_on(make_run(LOGS, hole, said=(Diagnostic(UPLOADS, "mandatory", POLICY, "Something is not denied."),)))
    result = next(result for result in report.stacks[0].buckets[0].results if result.policy == UPLOADS)

    assert (result.message, result.verdict, result.request) == ("Something is not denied.", "not-denied", None)
    assert result.document == hash_document(write_open())


def test_a_bucket_has_the_urn_of_what_the_stack_declares() -> None:
    """Its own, or that of the policy where the bucket is none of the stack's."""
    assert [bucket.urn for _, bucket in list_buckets(report_on(make_run(LOGS, ATTACHED)))] == [BUCKET]
    assert [bucket.urn for _, bucket in list_buckets(report_on(make_run(ATTACHED)))] == [POLICY]
