"""The pack as a process of its own: how it boots, what it says of itself, and that nothing it is shown brings it down."""

import json
import re
from typing import Any

import jsonschema
import pytest
import yaml
from google.protobuf import json_format

from crossguard.pack.frameworks import list_tags
from crossguard.register import TAGS
from policies import ALL
from tests.crossguard.documents import compliant, snippet, transport_only
from tests.crossguard.pack import (
    ALL_REQUESTS,
    BUCKET,
    BUCKET_POLICY,
    BUCKET_V2,
    DOCUMENT_POLICIES,
    HAS_POLICY,
    NATIVE_BUCKET,
    NATIVE_BUCKET_POLICY,
    POLICIES,
    ROOT,
    TRANSPORT,
    UNKNOWN,
    UPLOADS,
    Double,
    Resource,
    boot,
    secret,
)


def test_the_pack_describes_itself(booted: Double) -> None:
    """Names, kinds and levels are the public contract; every rule is there, in its place."""
    info = json_format.MessageToDict(booted.info())
    shown = [(p["name"], p["policyType"], p.get("enforcementLevel", "ADVISORY")) for p in info["policies"]]
    assert (info["name"], [name for name, _, _ in shown]) == ("s3-encryption-guard", [rule.name for rule in ALL])
    assert [one for one in shown if one[0] in POLICIES] == [
        (UPLOADS, "POLICY_TYPE_RESOURCE", "MANDATORY"),
        (TRANSPORT, "POLICY_TYPE_RESOURCE", "MANDATORY"),
        (ALL_REQUESTS, "POLICY_TYPE_RESOURCE", "ADVISORY"),
        (HAS_POLICY, "POLICY_TYPE_STACK", "MANDATORY"),
    ]


def test_every_policy_carries_its_metadata(booted: Double) -> None:
    """Severity, framework, tags, steps and a link to its page are there for each."""
    for policy in booted.info().policies:
        assert (policy.framework.name, policy.framework.version, policy.framework.reference) == (
            "CIS Three-tier Web Architecture Benchmark",
            "1.0.0",
            "1.16",
        )
        assert [*TAGS, *(tag for tag in list_tags(policy.name) if tag not in TAGS)] == list(policy.tags)
        assert "NIST-800-53-SC-13" in policy.tags
        assert policy.severity != 0
        assert policy.remediation_steps
        assert policy.url.endswith(f"/docs/policies/{policy.name}.md")
        assert (ROOT / "docs" / "policies" / f"{policy.name}.md").is_file()


def test_every_schema_is_one(booted: Double) -> None:
    """The engine validates configurations with these schemas, so they have to be schemas, and name the keys of the policy."""
    for policy, rule in zip(booted.info().policies, ALL, strict=True):
        properties = json_format.MessageToDict(policy.configSchema.properties)
        jsonschema.Draft7Validator.check_schema({"type": "object", "properties": properties})
        assert (policy.name, sorted(rule.keys)) == (rule.name, sorted(properties))


def test_the_project_file_agrees() -> None:
    """What the CLI reads from PulumiPolicy.yaml is what the pack says of itself."""
    project = yaml.safe_load((ROOT / "PulumiPolicy.yaml").read_text(encoding="utf-8"))
    assert (project["runtime"], project["description"]) == (
        {"name": "python", "options": {"toolchain": "pip", "virtualenv": "venv"}},
        "Proves that S3 bucket policies deny uploads without server-side encryption and requests without TLS (CIS 1.16).",
    )
    assert re.fullmatch(r"\d+\.\d+\.\d+", project["version"])


def test_a_foreign_resource_is_not_applicable(booted: Double) -> None:
    """Compliance figures count only what was judged."""
    answer = booted.analyze(Resource("pulumi:pulumi:Stack", "shop-dev", {}))
    assert (answer.said, set(answer.skipped)) == ((), set(DOCUMENT_POLICIES))


def test_the_main_job_over_the_wire() -> None:
    """The header is missing: blocked in a preview. The compliant document passes, and the bucket without one is reported on its own URN."""
    with boot() as pack:
        bad = pack.analyze(Resource(BUCKET_POLICY, "data", {"bucket": "data", "policy": transport_only("data")}))
        good = pack.analyze(Resource(BUCKET_POLICY, "data", {"bucket": "data", "policy": compliant("data")}))
        bare = pack.analyze_stack(Resource(BUCKET, "data", {"bucket": "data", "policy": UNKNOWN}))
    assert bad.levels() == {UPLOADS: "mandatory", ALL_REQUESTS: "advisory"}
    assert "is not denied" in bad.of(UPLOADS)
    assert (good.said, dict(good.skipped)) == ((), {})
    assert [(one.policy, one.level, one.urn) for one in bare.said] == [
        (HAS_POLICY, "mandatory", Resource(BUCKET, "data", {}).urn),
    ]


def test_a_booted_pack_knows_an_update_from_a_preview() -> None:
    """`PULUMI_DRY_RUN` is what the real host sets; in an update nothing unknown is let through."""
    unknown = Resource(BUCKET_POLICY, "data", {"bucket": "data", "policy": UNKNOWN})
    with boot(dry_run=False) as pack:
        assert pack.analyze(unknown).levels() == {UPLOADS: "mandatory", TRANSPORT: "mandatory", ALL_REQUESTS: "advisory"}


def test_configuration_reaches_a_booted_pack() -> None:
    """Numbers come as floats and objects as they are."""
    with boot() as pack:
        pack.configure(
            uploads={"acceptBenchmarkSnippet": True},
            transport={"acceptBenchmarkSnippet": True, "minimumTlsVersion": 1.2},
            all_requests={"exemptions": [{"bucket": "d*", "reason": "not yet", "owner": "data team"}]},
        )
        answer = pack.analyze(Resource(BUCKET_POLICY, "data", {"bucket": "data", "policy": snippet("data")}))
    assert answer.said == ()
    assert [words for words in ("not yet", "data team") if words not in answer.skipped[ALL_REQUESTS]] == []


DEEP: Any = "x"
for _ in range(40):
    DEEP = {"Statement": [DEEP]}
ODD_VALUES: list[Any] = [
    None,
    True,
    5.0,
    -0.5,
    "",
    " ",
    "null",
    "[]",
    "{}",
    "not JSON",
    "\ufeff{}",
    "\x00",
    '{"Statement": [{"Effect": "Deny", "Effect": "Allow"}]}',
    "[" * 100_000,
    '{"a":' * 100_000,
    "x" * 5_000_000,
    "1e999999999",
    UNKNOWN,
    secret(UNKNOWN),
    secret("{"),
    secret(secret("{}")),
    [],
    ["{}", UNKNOWN],
    {},
    {"Statement": UNKNOWN},
    {"Statement": [{"Effect": "Deny", "Resource": [UNKNOWN]}]},
    {"Version": 2012.0, "Statement": {"Effect": ["Deny"]}},
    {"__target": "x", "": {"__class__": []}},
    DEEP,
    {"4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", "text": "an asset"},
]


@pytest.mark.parametrize("kind", [BUCKET, BUCKET_V2, BUCKET_POLICY, NATIVE_BUCKET, NATIVE_BUCKET_POLICY])
def test_nothing_odd_brings_the_pack_down(kind: str, booted: Double) -> None:
    """Whatever stands in a property, the engine gets an answer: an exception would abort the user's operation."""
    document = "policyDocument" if "native" in kind else "policy"
    name = "bucketName" if kind == NATIVE_BUCKET else "bucket"
    for value in ODD_VALUES:
        for props in ({name: "data", document: value}, {name: value, document: compliant("data")}, {name: value}):
            booted.analyze(Resource(kind, "data", props))
            booted.remediate(Resource(kind, "data", props))
            booted.analyze_stack(Resource(kind, "data", props), Resource(BUCKET_POLICY, "other", {"bucket": UNKNOWN}))


@pytest.mark.parametrize("value", [value for value in ODD_VALUES if not isinstance(value, dict | list) or value == {}], ids=repr)
def test_nothing_odd_passes(value: Any, booted: Double) -> None:
    """A document that is none is a violation or a note, and never compliant."""
    answer = booted.analyze(Resource(BUCKET_POLICY, "data", {"bucket": "data", "policy": value}))
    assert {UPLOADS, TRANSPORT} <= answer.levels().keys()
    assert sum(len(one.text) for one in answer.said) < 20_000


def test_an_answer_never_shows_a_secret(booted: Double) -> None:
    """The SDK takes the mark of a secret off before a pack sees the document."""
    text = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:PutObject",
                    "Resource": "arn:aws:s3:::data/*",
                    "Condition": {"StringNotEquals": {"aws:Referer": "hunter2"}},
                }
            ],
        }
    )
    answer = booted.analyze(Resource(BUCKET_POLICY, "data", {"bucket": "data", "policy": secret(text)}))
    assert [one.policy for one in answer.said] == [UPLOADS, TRANSPORT, ALL_REQUESTS]
    assert not any("hunter2" in one.text for one in answer.said)
