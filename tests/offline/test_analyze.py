"""`analyze`: state exports of every shape, secrets open and encrypted, and the same answers as a booted pack gives."""

import json
import random
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from offline import analyze, pack_info, state
from offline.configuration import Configuration, interpret
from offline.engine.pack.boot import boot
from offline.run import Diagnostic, Run
from offline.state import State
from tests.offline import booted
from tests.offline.cli import ALL_TRANSPORT, HAS_POLICY, TRANSPORT, UPLOADS, Ended, run, write_compliant, write_open
from tests.offline.states import PROVIDER_URN, ROOT, bucket, encrypted, export, plain, policy, provider, resource, urn

TODAY = datetime.now(timezone.utc).date()


def analyze_state(text: str, *arguments: str) -> tuple[Ended, dict[str, dict[str, str]]]:
    """The outcome of `analyze`, and by bucket label what each policy said."""
    ended = run("analyze", "-", "--format", "json", *arguments, stdin=text.encode())
    report = json.loads(ended.out) if ended.out else {"stacks": []}
    return ended, {
        found["label"]: {result["policy"]: result["outcome"] for result in found["results"] if result["outcome"] != "not-applicable"}
        for stack in report["stacks"]
        for found in stack["buckets"]
    }


def read(text: str) -> State:
    """The state in an export."""
    found = state.parse(text, "state.json")
    assert isinstance(found, State)
    return found


COMPLIANT = {UPLOADS: "compliant", TRANSPORT: "compliant", ALL_TRANSPORT: "compliant", HAS_POLICY: "compliant"}


def test_a_compliant_stack() -> None:
    """Status 0, with proofs for the document and the attachment."""
    ended, found = analyze_state(export(bucket("logs"), policy("logs", "logs", write_compliant())))

    assert (ended.status, ended.err) == (0, "")
    assert found == {"logs": COMPLIANT}


def test_an_open_document_blocks() -> None:
    """Status 1, and the report names the stack, the file and the resource."""
    ended, found = analyze_state(export(bucket("logs"), policy("main", "logs", write_open())))
    report = json.loads(ended.out)
    place = report["stacks"][0]["buckets"][0]["results"][-1]["place"]

    assert ended.status == 1
    assert found["logs"] == {UPLOADS: "violation", TRANSPORT: "violation", ALL_TRANSPORT: "advisory", HAS_POLICY: "compliant"}
    assert report["report"]["subject"] == "shop/prod"
    assert (place["file"], place["name"]) == ("standard input", "main")


def test_a_bucket_without_a_policy_blocks() -> None:
    """The stack policy speaks at the bucket; a leftover `policy` output is no evidence of one."""
    left = bucket("logs")
    left["outputs"]["policy"] = write_compliant()
    ended, found = analyze_state(export(left))

    assert ended.status == 1
    assert found == {"logs": {HAS_POLICY: "violation"}}


def test_an_inline_policy_counts() -> None:
    """A policy among the inputs of the bucket is judged, and is the bucket's one policy."""
    inline = resource("aws:s3/bucket:Bucket", "logs", {"bucket": "logs", "policy": write_compliant()})
    ended, found = analyze_state(export(inline))

    assert (ended.status, found) == (0, {"logs": COMPLIANT})


def test_aws_native() -> None:
    """A document that is an object is judged like one that is a text."""
    native = [
        resource("aws-native:s3:Bucket", "logs", {"bucketName": "logs"}),
        resource("aws-native:s3:BucketPolicy", "logs", {"bucket": "logs", "policyDocument": json.loads(write_compliant())}),
    ]
    ended, found = analyze_state(export(*native))

    assert (ended.status, found) == (0, {"logs": COMPLIANT})


def test_resources_that_were_read_are_judged_alike() -> None:
    """An external bucket has no inputs; it still is a bucket without a policy."""
    external = bucket("logs", external=True) | {"inputs": {}}
    ended, found = analyze_state(export(external))

    assert (ended.status, found) == (1, {"logs": {HAS_POLICY: "violation"}})


@pytest.mark.parametrize("external", [True, False])
def test_a_policy_that_was_only_read_is_no_attached_one(external: bool) -> None:  # noqa: FBT001  a parameter of the test
    """Its inputs are empty, so the policies for documents cannot judge it: the bucket is not compliant, whatever the outputs allow."""
    read_only = policy("p", "logs", write_open(), external=external) | {"inputs": {}}
    ended, found = analyze_state(export(bucket("logs"), read_only))

    assert (ended.status, found) == (1, {"logs": {HAS_POLICY: "violation"}})


def test_what_is_about_to_be_deleted_is_left_out() -> None:
    """The old half of a replacement is not judged."""
    ended, found = analyze_state(export(bucket("logs", delete=True), policy("logs", "logs", write_open(), delete=True)))

    assert (ended.status, found) == (0, {})


def test_other_resources_say_nothing() -> None:
    """Directory buckets, buckets of other services and everything else are not judged."""
    others = [
        resource("aws:s3/directoryBucket:DirectoryBucket", "d", {"bucket": "d--use1-az4--x-s3"}),
        resource("aws:lightsail/bucket:Bucket", "l", {"name": "l"}),
        resource("aws:s3/bucketPolicy:BucketPolicy", "p", {"bucket": "d--use1-az4--x-s3", "policy": write_open()}),
        resource("random:index/randomId:RandomId", "r", {"byteLength": 4}),
    ]
    ended, found = analyze_state(export(*others))

    assert (ended.status, found) == (0, {})


@pytest.mark.parametrize(
    "text",
    [
        '{"version": 3, "deployment": {}}',
        '{"version": 3, "deployment": {"resources": null}}',
        '{"version": 3, "deployment": {"resources": []}}',
        '{"version": 3, "deployment": null}',
        '{"version": 3, "checkpoint": {"stack": "x", "latest": null}}',
        "\ufeff" + export(),
    ],
)
def test_an_empty_state_is_no_violation(text: str) -> None:
    """A stack without resources is analyzed, whatever its file looks like."""
    ended, found = analyze_state(text)

    assert (ended.status, ended.err, found) == (0, "", {})


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "[]",
        "3",
        '{"Version": "2012-10-17", "Statement": []}',
        '{"deployment": []}',
        '{"deployment": {"resources": {}}}',
        '{"deployment": {"resources": [3]}}',
        '{"deployment": {"resources": [{"urn": "x", "type": "y"}]}}',
        '{"deployment": {"resources": [{"urn": "urn:pulumi:s::p::t::n", "type": "t", "inputs": []}]}}',
        "[" * 200_000,
        '{"deployment": ' * 200_000 + "1" + "}" * 200_000,
        export(bucket("logs"))[:-30],
    ],
)
def test_what_is_no_export_is_refused_in_one_line(text: str) -> None:
    """Status 2; the line says what was expected."""
    ended, _ = analyze_state(text)

    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert "`pulumi stack export`" in ended.err


@pytest.mark.parametrize("document", [encrypted(), json.loads(write_compliant()) | {"Id": encrypted()}, plain({"Version": encrypted()})])
def test_an_encrypted_document_cannot_be_decided(document: dict[str, Any]) -> None:
    """It is a violation, and the message names the export that can be judged; one encrypted leaf hides the whole document."""
    text = export(bucket("logs"), policy("logs", "logs", document))
    ended, found = analyze_state(text)
    message = json.loads(ended.out)["stacks"][0]["buckets"][0]["results"][-1]["message"]

    assert ended.status == 1
    assert found["logs"] == {UPLOADS: "violation", TRANSPORT: "violation", ALL_TRANSPORT: "advisory", HAS_POLICY: "compliant"}
    assert "cannot be decided" in message
    assert "pulumi stack export --show-secrets" in message


@pytest.mark.parametrize("document", [plain(write_compliant()), plain(json.loads(write_compliant()))])
def test_a_secret_in_plain_text_is_judged(document: dict[str, Any]) -> None:
    """With `--show-secrets` the document is there, and is not printed."""
    ended, found = analyze_state(export(bucket("logs"), policy("logs", "logs", document)))

    assert (ended.status, found) == (0, {"logs": COMPLIANT})


def test_an_encrypted_bucket_name_is_not_guessed() -> None:
    """The policy is then attached by its dependencies, and a verdict that needs the name is not given."""
    hanging = policy("logs", encrypted(), write_compliant(), propertyDependencies={"bucket": [urn("aws:s3/bucket:Bucket", "logs")]})
    ended, found = analyze_state(export(bucket("logs"), hanging))

    assert ended.status == 1
    assert found["logs"][UPLOADS] == "violation"
    assert found["logs"][HAS_POLICY] == "compliant"


def test_other_secrets_do_not_matter() -> None:
    """Ciphertext, assets and references elsewhere in the state are passed over."""
    odd = {
        "password": encrypted(),
        "archive": {"4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7", "hash": "x", "assets": {}},
        "reference": {"4dabf18193072939515e22adb298388d": "5cf8f73096256a8f31e491e813e4eb8e", "urn": "u", "id": encrypted()},
        "broken": {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": "{"},
        "number": {"4dabf18193072939515e22adb298388d": 7},
    }
    other = resource("x:y:Z", "other", odd)
    ended, found = analyze_state(export(bucket("logs", tags=odd), policy("logs", "logs", write_compliant()), other))

    assert (ended.status, found) == (0, {"logs": COMPLIANT})


def test_no_secret_is_printed() -> None:
    """The plain text of a secret document does not reach a report."""
    document = plain(write_open().replace("111122223333", "s3cret-value"))
    text = export(bucket("logs"), policy("logs", "logs", document))
    outputs = [run("analyze", "-", "--format", chosen, stdin=text.encode()).out for chosen in ("text", "json", "sarif", "junit", "html")]

    assert not any("s3cret-value" in out for out in outputs)


def test_several_states_are_one_report(tmp_path: Path) -> None:
    """Each bucket names its file, stacks are in the order of their names and files, and one open stack blocks."""
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    other_stack = export(bucket("a-logs"), policy("a", "a-logs", write_compliant("a-logs"))).replace("urn:pulumi:prod:", "urn:pulumi:test:")
    good.write_text(other_stack, encoding="utf-8")
    bad.write_text(export(bucket("b-logs"), policy("b", "b-logs", write_open())), encoding="utf-8")
    ended = run("analyze", str(bad), str(good), "--format", "json")
    report = json.loads(ended.out)

    assert ended.status == 1
    assert [(found["label"], found["source"]) for stack in report["stacks"] for found in stack["buckets"]] == [
        ("b-logs", str(bad)),
        ("a-logs", str(good)),
    ]


def test_the_order_of_the_file_does_not_matter() -> None:
    """The same resources in any order give the same report, but for the hash of the file."""
    made = [each for name in ("c", "a", "b") for each in (bucket(f"{name}-logs"), policy(name, f"{name}-logs", write_open()))]
    shuffled = made.copy()
    random.Random(7).shuffle(shuffled)
    reports = [json.loads(run("analyze", "-", "--format", "json", stdin=export(*each).encode()).out) for each in (made, shuffled)]

    stacks = [report["stacks"][0] for report in reports]

    assert stacks[0].pop("sha256") != stacks[1].pop("sha256")
    assert stacks[0] == stacks[1]


@pytest.mark.parametrize("chosen", ["text", "json"])
def test_both_ways_of_reporting_agree(chosen: str) -> None:
    """Formats that prove again and those that do not have the same exit status and the same totals."""
    made = export(
        bucket("logs"), policy("logs", "logs", write_compliant()), bucket("open"), policy("open", "open", write_open()), bucket("bare")
    )
    ended = run("analyze", "-", "--format", chosen, stdin=made.encode())
    totals = {"text": "3 mandatory violations, 1 advisory, 5 compliant.", "json": '"violation": 3,\n      "advisory": 1,'}

    assert ended.status == 1
    assert totals[chosen] in ended.out


@pytest.mark.parametrize("depth", [100, 300, 450, 900])
@pytest.mark.parametrize("key", ["policyDocument", "tags"])
@pytest.mark.parametrize("marked", [True, False])
def test_deep_values_are_a_verdict_or_one_line(depth: int, key: str, marked: bool) -> None:  # noqa: FBT001  a parameter of the test
    """Values nested as deeply as JSON can be read are undecided where they are a document, and passed over elsewhere; never a traceback."""
    deep: dict[str, Any] = {"Version": plain("2012-10-17")} if marked else {}
    for _ in range(depth):
        deep = {"Statement": deep}
    native = resource("aws-native:s3:BucketPolicy", "logs", {"bucket": "logs", "policyDocument": json.loads(write_compliant()), key: deep})
    ended = run("analyze", "-", stdin=export(bucket("logs"), native).encode())

    assert ended.status in ((1, 2) if key == "policyDocument" else (0, 2))
    assert "internal error" not in ended.err
    assert ended.err.count("\n") == (ended.status == 2)


def test_hostile_names_do_nothing(tmp_path: Path) -> None:
    """Names with markup and terminal escapes are text in every format."""
    name = "\x1b[31m<script>alert(1)</script>]]>\x00\u202e\ud800"
    text = export(bucket(name, "logs"), policy(name, "logs", write_open()), bucket(f"{name}2", name))
    path = tmp_path / "state.json"
    path.write_text(text, encoding="utf-8")
    for chosen in ("text", "json", "sarif", "junit", "html"):
        ended = run("analyze", str(path), "--format", chosen)
        assert (ended.status, ended.err) == (1, "")
        assert not set(ended.out) & set("\x1b\x00\u202e")
        assert chosen in ("json", "sarif", "text") or "<script>" not in ended.out


STATES = {
    "compliant": export(bucket("logs"), policy("logs", "logs", write_compliant())),
    "open": export(bucket("logs"), policy("logs", "logs", write_open())),
    "bare": export(bucket("logs"), bucket("more")),
    "inline": export(resource("aws:s3/bucket:Bucket", "logs", {"bucket": "logs", "policy": write_open()})),
    "inline and attached": export(
        resource("aws:s3/bucketV2:BucketV2", "logs", {"bucket": "logs", "policy": write_compliant()}),
        policy("p", "logs", write_compliant()),
    ),
    "two policies": export(bucket("logs"), policy("one", "logs", write_compliant()), policy("two", "logs", write_open())),
    "native": export(
        resource("aws-native:s3:Bucket", "logs", {"bucketName": "logs"}),
        resource("aws-native:s3:BucketPolicy", "logs", {"bucket": "logs", "policyDocument": json.loads(write_open())}),
    ),
    "ways past": export(
        bucket("logs"),
        policy("component", "logs", write_compliant(), custom=False, provider=""),
        resource("aws:cloudformation/stack:Stack", "old", {"templateBody": '{"Type": "AWS::S3::Bucket"}'}),
        resource("aws-native:cloudformation:Stack", "native", {"templateBody": {"Type": "AWS::S3::Bucket"}}),
        bucket("twice"),
        policy("twice", "twice", write_compliant()),
        policy("again", "twice", write_compliant()),
    ),
    "senders": export(
        # One pack is asked about all of these states, and remembers by a bucket's name who delivers there.
        bucket("trails"),
        policy("trails", "trails", write_compliant("trails")),
        resource("aws:cloudtrail/trail:Trail", "trail", {"s3BucketName": "trails"}),
        bucket("open-trails"),
        policy("open-trails", "open-trails", write_open()),
        bucket("bare-trails"),
        *(resource("aws:cloudtrail/trail:Trail", name, {"s3BucketName": f"{name}-trails"}) for name in ("open", "bare")),
    ),
    "discovered": export(
        resource("aws:s3/bucket:Bucket", "bare", {"bucket": "bare", "arn": "arn:aws:s3:::bare", "policy": ""}, provider=""),
        resource("aws:s3/bucket:Bucket", "logs", {"bucket": "logs", "arn": "arn:aws:s3:::logs", "policy": write_compliant()}, provider=""),
    ),
    "by dependency": export(
        bucket("logs"),
        resource(
            "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
            "pab",
            {"bucket": "logs"},
            propertyDependencies={"bucket": [urn("aws:s3/bucket:Bucket", "logs")]},
        ),
        policy(
            "logs",
            encrypted(),
            write_compliant(),
            propertyDependencies={"bucket": [urn("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "pab")]},
        ),
    ),
    "adrift": export(bucket("logs"), policy("logs", encrypted(), write_compliant())),
    "secret": export(bucket("logs"), policy("logs", plain("logs"), plain(write_open()))),
    "external": export(bucket("logs", external=True) | {"inputs": {}}, policy("p", "logs", write_open(), external=True) | {"inputs": {}}),
    "encrypted": export(bucket("logs"), policy("logs", "logs", encrypted())),
    "malformed": export(bucket("logs"), policy("logs", "logs", "nonsense")),
    "no document": export(bucket("logs"), resource("aws:s3/bucketPolicy:BucketPolicy", "logs", {"bucket": "logs"})),
    "numbers": export(bucket("logs"), policy("logs", 3, 4.5)),
    "others": export(
        resource("x:y:Z", "z", {"a": [1, None, {"b": True}]}),
        resource("aws:s3/directoryBucket:DirectoryBucket", "d", {"bucket": "d--a--x-s3"}),
    ),
    "empty": export(),
    "read beside one's own": export(
        bucket("logs"), policy("p", "logs", write_compliant()), policy("q", "logs", write_open(), external=True) | {"inputs": {}}
    ),
    "bare in china": json.dumps({"deployment": {"resources": [ROOT, provider(region="cn-north-1"), bucket("logs")]}}),
    "china": json.dumps(
        {
            "deployment": {
                "resources": [
                    ROOT,
                    provider(region="cn-north-1"),
                    bucket("logs"),
                    policy("logs", "logs", write_compliant().replace("arn:aws:", "arn:aws-cn:")),
                ]
            }
        }
    ),
}
EXEMPT = {"exemptions": [{"bucket": "logs", "reason": "mirror"}]}
CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "none": {},
    "levels": {"all": "advisory", UPLOADS: "disabled"},
    "exemptions": {UPLOADS: EXEMPT, HAS_POLICY: EXEMPT | {"enforcementLevel": "mandatory"}},
    "unknown": {TRANSPORT: {"whenUnknown": "mandatory"}, HAS_POLICY: {"whenUnknown": "mandatory"}},
}


def _normalize_diagnostic(said: Diagnostic) -> tuple[str, ...]:
    """The SDK puts words before a note, and has no severity for it."""
    note = said.message.rpartition("during preview: ")[2]
    return said.policy, said.level, said.urn, note, "" if "More: " in note and said.level == "advisory" else said.severity


def normalize(found: Run) -> tuple[object, ...]:
    """What two runs must have in common."""
    said = sorted(map(_normalize_diagnostic, found.diagnostics))
    return found.pack, said, {seen.urn: seen for seen in found.resources}


@pytest.mark.parametrize("configured", CONFIGURATIONS)
def test_a_booted_pack_says_the_same(configured: str) -> None:
    """What this process finds in a state is what the pack says that `pulumi policy analyze` would boot: levels, places and words."""
    written = CONFIGURATIONS[configured]
    configuration = interpret(written, "config.json")
    assert isinstance(configuration, Configuration)
    with boot(pack_info.ROOT, None, written) as pack:
        for name, text in STATES.items():
            here = normalize(analyze.judge_state(read(text), configuration, TODAY))
            there = normalize(booted.judge(read(text), pack))
            assert (name, here) == (name, there)


def test_a_remediation_is_reported_and_not_applied(tmp_path: Path) -> None:
    """The violation stays, and the report says that an update would repair the document."""
    path = tmp_path / "config.json"
    path.write_text(json.dumps({UPLOADS: "remediate"}), encoding="utf-8")
    text = export(bucket("logs"), policy("logs", "logs", write_open()))
    ended = run("analyze", "-", "--policy-config", str(path), stdin=text.encode())

    assert ended.status == 1
    assert "During an update the policy would add the statements that are missing." in ended.out


def test_providers_are_found_by_their_urn() -> None:
    """A resource refers to its provider by URN and id."""
    found = read(export(bucket("logs")))

    assert [each.provider for each in found.resources if each.name == "logs"] == [PROVIDER_URN]


@pytest.mark.parametrize(
    ("envelope", "expected"),
    [
        ({"version": 3, "checkpoint": {"stack": "organization/shop/prod"}}, ("shop", "prod", "")),
        ({"version": 3, "checkpoint": {"stack": "prod", "latest": None}}, ("", "prod", "")),
        ({"version": 3, "checkpoint": {"latest": {"manifest": {"time": "2026-11-01T10:00:00Z"}}}}, ("", "", "2026-11-01T10:00:00Z")),
        ({"version": 3, "deployment": {"manifest": {"time": 7}, "resources": []}}, ("", "", "")),
        ({"version": 3, "deployment": None}, ("", "", "")),
    ],
)
def test_a_stack_without_resources_is_valid(envelope: object, expected: tuple[str, str, str]) -> None:
    """Also one that was never updated; its name is that of the envelope, and its time that of the manifest, where they are texts."""
    found = state.parse(json.dumps(envelope), "state.json")
    assert isinstance(found, state.State)
    assert (found.project, found.stack, found.time, found.resources) == (*expected, ())


def attach_drifted(inputs: object, outputs: object, kind: str = "aws:s3/bucketPolicy:BucketPolicy", key: str = "policy") -> str:
    """A state whose bucket policy was read again, and is another one now."""
    return export(bucket("logs"), resource(kind, "logs", {"bucket": "logs", key: inputs}, {"bucket": "logs", key: outputs}))


def judge_drifted(text: str) -> tuple[int, dict[str, Any], dict[str, str], dict[str, str]]:
    """Status, and by policy what differs, the verdict, the remark."""
    ended = run("analyze", "-", "--format", "json", stdin=text.encode())
    results = json.loads(ended.out)["stacks"][0]["buckets"][0]["results"]
    return (
        ended.status,
        {each["policy"]: each["drift"] for each in results if each["drift"]},
        {each["policy"]: each["verdict"] for each in results},
        {each["policy"]: each["remark"] for each in results if each["remark"]},
    )


@pytest.mark.parametrize("native", [False, True])
@pytest.mark.parametrize("fixed_in", ["inputs", "outputs"])
def test_inputs_and_outputs_are_judged_and_the_worse_counts(fixed_in: str, native: bool) -> None:  # noqa: FBT001
    """Whichever of the two it is; the report says both."""
    good, bad = write_compliant(), write_open()
    kind, key = ("aws-native:s3:BucketPolicy", "policyDocument") if native else ("aws:s3/bucketPolicy:BucketPolicy", "policy")
    pair = (good, bad) if fixed_in == "inputs" else (bad, good)
    inputs, outputs = (json.loads(each) if native else each for each in pair)
    state_text = attach_drifted(inputs, outputs, kind, key)
    status, drifts, verdicts, remarks = judge_drifted(state_text)
    documents = {UPLOADS, TRANSPORT, ALL_TRANSPORT}
    expected = {"inputs": "denied", "outputs": "not-denied"} if fixed_in == "inputs" else {"inputs": "not-denied", "outputs": "denied"}
    assert status == 1
    assert drifts == dict.fromkeys(documents, expected)
    assert {verdicts[name] for name in documents} == {"not-denied"}
    said = f"by the inputs {expected['inputs']}, by the outputs {expected['outputs']}; the worse one counts"
    assert all(said in remarks[name] for name in documents)


def test_an_inline_policy_that_drifted() -> None:
    """The same."""
    text = export(
        resource(
            "aws:s3/bucket:Bucket", "logs", {"bucket": "logs", "policy": write_compliant()}, {"bucket": "logs", "policy": write_open()}
        )
    )
    status, drifts, _, _ = judge_drifted(text)
    assert (status, drifts[UPLOADS]) == (1, {"inputs": "denied", "outputs": "not-denied"})


@pytest.mark.parametrize(
    "outputs",
    [
        json.dumps(json.loads(write_compliant()), indent=4, sort_keys=True),
        json.loads(write_compliant()),
        encrypted(),
        "",
        None,
        write_compliant().replace("2012-10-17", "2008-10-17"),
    ],
    ids=["written otherwise", "an object", "encrypted", "blank", "none", "another document, the same verdict"],
)
def test_what_is_no_drift(outputs: object) -> None:
    """The same document, none to be seen, or the same verdict."""
    status, drifts, verdicts, _ = judge_drifted(attach_drifted(write_compliant(), outputs))
    assert (status, drifts, verdicts[UPLOADS]) == (0, {}, "denied")


def test_a_component_is_reported_and_the_same_document_twice_is_a_remark() -> None:
    """A state tells a component by what it is not: custom."""
    report = json.loads(run("analyze", "-", "--format", "json", stdin=STATES["ways past"].encode()).out)
    buckets = report["stacks"][0]["buckets"]
    told = {bucket["bucket"]: next(each for each in bucket["results"] if each["policy"] == HAS_POLICY) for bucket in buckets}

    assert (told["logs"]["verdict"], "is a component" in told["logs"]["message"]) == ("unattached", True)
    assert (told["twice"]["verdict"], "attached more than once" in told["twice"]["remark"]) == ("attached", True)
