"""What a pack is sent: the recording of the real CLI, row by row (the table of `docs/offline.md`)."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from offline.engine.run import Request, preview
from offline.engine.values import UNKNOWN
from offline.outcome import Run

PROGRAM = Path(__file__).parent / "programs" / "forms"
RECORDER = Path(__file__).parents[1] / "e2e" / "recorder"

Call = tuple[str, Mapping[str, Any]]

#: name -> bucket, policy, what each depends on; "secret": known, with the mark
ROWS: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "f01": ("unknown", "unknown", {"bucket": "f01", "policy": "f01"}),
    "f02": ("known", "known", {"bucket": "f02", "policy": "f02"}),
    "f03": ("known", "known", {"bucket": "f03", "policy": "f03"}),
    "f04": ("known", "unknown", {"bucket": "f04", "policy": "f04"}),
    "f05": ("known", "unknown", {"bucket": "f05", "policy": "f05"}),
    "f06": ("known", "known", {}),
    "f07": ("known", "known", {}),
    "f08": ("unknown", "unknown", {"bucket": "f08"}),
    "f09": ("known", "unknown", {"bucket": "f09"}),
    "f10": ("known", "unknown", {"bucket": "f10"}),
    "f11": ("known", "known", {"bucket": "f11", "policy": "f11"}),
    "f12": ("known", "unknown", {"bucket": "f12", "policy": "f12"}),
    "f13": ("unknown", "unknown", {"bucket": "f13", "policy": "f13"}),
    "f14": ("known", "known", {"bucket": "f14", "policy": "f14"}),
    "f15": ("known", "secret", {}),
    "f16-inner": ("unknown", "unknown", {"bucket": "f16-inner", "policy": "f16-inner"}),
    "f17": ("unknown", "unknown", {"bucket": "f17", "policy": "f17"}),
    "f18": ("known", "known", {"bucket": "f18", "policy": "f18"}),
    "f19": ("unknown", "known", {"bucket": "f19"}),
    "f20": ("unknown", "known", {"bucket": "f20"}),
    "f21": ("known", "known", {}),
    "f22": ("known", "secret", {"bucket": "f22"}),
}
by_row = pytest.mark.parametrize("name", ROWS)


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> tuple[Call, ...]:
    """Method and request of each call in the first round of a preview."""
    log = tmp_path_factory.mktemp("record") / "calls.jsonl"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("S3_GUARD_TEST_RECORD", str(log))
        outcome = preview(Request(PROGRAM, pack=RECORDER))
    assert isinstance(outcome, Run)
    recorded = [(line["method"], line["request"]) for line in map(json.loads, log.read_text("utf-8").splitlines())]
    second = [index for index, (method, _) in enumerate(recorded) if method == "ConfigureStack"][1]
    return tuple(recorded[:second])


def find(calls: tuple[Call, ...], method: str, kind: str, name: str) -> Mapping[str, Any]:
    """The only request of this method about a resource."""
    requests = [each for called, request in calls if called == method for each in request.get("resources", [request])]
    found: Mapping[str, Any]
    (found,) = [each for each in requests if each.get("name") == name and each["type"].endswith(f":{kind}")]
    return found


def tell(value: Any) -> str:
    """Known, unknown or secret."""
    if isinstance(value, dict):
        return "secret"
    return "unknown" if value == UNKNOWN else "known"


@by_row
def test_a_row_in_analyze(name: str, calls: tuple[Call, ...]) -> None:
    """Inputs after Check."""
    properties = find(calls, "Analyze", "BucketPolicy", name)["properties"]
    assert (tell(properties["bucket"]), tell(properties["policy"])) == ROWS[name][:2]


@by_row
def test_a_row_in_analyze_stack(name: str, calls: tuple[Call, ...]) -> None:
    """Outputs, and property dependencies without the properties that have none."""
    found = find(calls, "AnalyzeStack", "BucketPolicy", name)
    properties = found["properties"]
    assert (tell(properties["bucket"]), tell(properties["policy"])) == ROWS[name][:2]
    dependencies = {key: {urn.split("::")[-1] for urn in value["urns"]} for key, value in found.get("propertyDependencies", {}).items()}
    assert dependencies == {key: {target} for key, target in ROWS[name][2].items()}


def test_depends_on_is_no_property_dependency(calls: tuple[Call, ...]) -> None:
    """It is among the dependencies only."""
    assert [urn.split("::")[-1] for urn in find(calls, "AnalyzeStack", "BucketPolicy", "f21")["dependencies"]] == ["f21"]


def test_the_order_of_calls(calls: tuple[Call, ...]) -> None:
    """The stack, the configuration, each resource's Remediate and Analyze, all of them together."""
    methods = [method for method, _ in calls]
    assert methods[:2] == ["ConfigureStack", "Configure"]
    assert methods[2:-1] == ["Remediate", "Analyze"] * ((len(methods) - 3) // 2)
    assert methods[-1] == "AnalyzeStack"
    asked = [request["urn"] for method, request in calls if method == "Analyze"]
    assert sorted(asked) == sorted(each["urn"] for each in calls[-1][1]["resources"])


def test_what_the_pack_is_told_of_the_stack(calls: tuple[Call, ...]) -> None:
    """And the configuration of every policy, though none was given."""
    assert calls[0][1] == {"dryRun": True, "organization": "organization", "project": "forms", "stack": "dev"}
    assert set(calls[1][1]["policyConfig"]) == {"resources", "stack"}


def test_only_remediate_sees_the_engines_own_keys(calls: tuple[Call, ...]) -> None:
    """As it has to give them back."""
    assert find(calls, "Remediate", "Bucket", "f02")["properties"]["__defaults"] == ["bucket", "forceDestroy"]
    assert set(find(calls, "Analyze", "Bucket", "f02")["properties"]) == {"bucket", "forceDestroy"}
    assert find(calls, "Remediate", "aws", "default_7_51_1")["properties"].keys() == {"__internal", "version"}


def test_what_is_read_is_not_sent(calls: tuple[Call, ...]) -> None:
    """Though others depend on it."""
    assert [each for each in calls[-1][1]["resources"] if each["name"] == "f14" and each["type"].endswith(":Bucket")] == []


def test_a_buckets_outputs_in_a_first_preview(calls: tuple[Call, ...]) -> None:
    """Inputs are known, what AWS computes is not; an inline policy is."""
    outputs = find(calls, "AnalyzeStack", "Bucket", "f24")["properties"]
    assert {key for key, value in outputs.items() if value != UNKNOWN} == {"bucket", "forceDestroy", "policy", "tags"}
    assert {"acl", "arn", "bucketDomainName", "bucketRegion", "hostedZoneId", "id", "region", "tagsAll"} < outputs.keys()


def test_options_and_provider(calls: tuple[Call, ...]) -> None:
    """Of the resource, and what a child inherits."""
    bucket, policy = (find(calls, "AnalyzeStack", kind, "f23") for kind in ("Bucket", "BucketPolicy"))
    stack = "urn:pulumi:dev::forms::pulumi:pulumi:Stack::forms-dev"
    assert bucket["options"] == {
        "additionalSecretOutputs": ["arn"],
        "customTimeouts": {"create": 5400.0, "delete": 45.0},
        "ignoreChanges": ["tags"],
        "parent": stack,
        "protect": True,
    }
    assert bucket["properties"]["arn"]["value"] == UNKNOWN
    assert (bucket["provider"]["name"], bucket["provider"]["properties"]["region"]) == ("elsewhere", "eu-west-3")
    assert policy["urn"] == "urn:pulumi:dev::forms::aws:s3/bucket:Bucket$aws:s3/bucketPolicy:BucketPolicy::f23"
    assert (policy["parent"], policy["options"]["protect"], policy["provider"]["name"]) == (bucket["urn"], True, "elsewhere")


def test_components_and_the_stack(calls: tuple[Call, ...]) -> None:
    """Inputs in Analyze, what they register as outputs in AnalyzeStack; secrets keep their mark."""
    assert find(calls, "Analyze", "Store", "f16")["properties"] == {}
    assert find(calls, "AnalyzeStack", "Store", "f16")["properties"].keys() == {"bucket"}
    outputs = find(calls, "AnalyzeStack", "Stack", "forms-dev")["properties"]
    assert (outputs["bucket"].startswith("f23-"), outputs["hidden"]["value"]) == (True, "hush")
