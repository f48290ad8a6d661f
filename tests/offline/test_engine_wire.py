"""What a pack is sent of the program in tests/forms: what the recording of the real CLI (tests/forms/wire.py) holds, form by form."""

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from offline.engine.program.run import RunOptions, preview
from offline.engine.protocol.values import UNKNOWN
from offline.run import Run
from tests.crossguard.pack import BUCKET_POLICY, Resource
from tests.forms.table import FORMS
from tests.forms.wire import write_wire

PROGRAM = Path(__file__).parents[1] / "forms" / "program"
RECORDER = Path(__file__).parents[1] / "e2e" / "recorder"

Call = tuple[str, Mapping[str, Any]]

POLICIES = [policy for form in FORMS for policy in write_wire(form, preview=True).inputs if policy.type == BUCKET_POLICY]
by_policy = pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> tuple[Call, ...]:
    """Method and request of each call in the first round of a preview."""
    log = tmp_path_factory.mktemp("record") / "calls.jsonl"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("S3_GUARD_TEST_RECORD", str(log))
        outcome = preview(RunOptions(PROGRAM, pack=RECORDER))
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


def tell_both(properties: Mapping[str, Any]) -> tuple[str, str]:
    """The same of bucket and policy."""
    return tell(properties["bucket"]), tell(properties["policy"])


def name_dependencies(dependencies: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    """The names of the resources that each property was made from."""
    return {key: {urn.split("::")[-1] for urn in urns} for key, urns in dependencies.items()}


@by_policy
def test_a_policy_in_analyze(policy: Resource, calls: tuple[Call, ...]) -> None:
    """Inputs after Check."""
    assert tell_both(policy.props) == tell_both(find(calls, "Analyze", "BucketPolicy", policy.name)["properties"])


@by_policy
def test_a_policy_in_analyze_stack(policy: Resource, calls: tuple[Call, ...]) -> None:
    """Outputs, and property dependencies without the properties that have none."""
    found = find(calls, "AnalyzeStack", "BucketPolicy", policy.name)
    assert tell_both(policy.props) == tell_both(found["properties"])
    sent = {key: value["urns"] for key, value in found.get("propertyDependencies", {}).items()}
    assert name_dependencies(policy.dependencies) == name_dependencies(sent)


def test_depends_on_is_no_property_dependency(calls: tuple[Call, ...]) -> None:
    """It is among the dependencies only."""
    found = find(calls, "AnalyzeStack", "BucketPolicy", "depends-on")
    assert [urn.split("::")[-1] for urn in found["dependencies"]] == ["depends-on"]


def test_the_order_of_calls(calls: tuple[Call, ...]) -> None:
    """The stack, the configuration, each resource's Remediate and Analyze, all of them together."""
    methods = [method for method, _ in calls]
    assert methods[:2] == ["ConfigureStack", "Configure"]
    assert methods[2:-1] == ["Remediate", "Analyze"] * ((len(methods) - 3) // 2)
    assert methods[-1] == "AnalyzeStack"
    asked = [request["urn"] for method, request in calls if method == "Analyze"]
    assert sorted(asked) == sorted(each["urn"] for each in calls[-1][1]["resources"])


def test_what_the_pack_is_told_of_the_stack(calls: tuple[Call, ...]) -> None:
    """Its configuration too, and that of every policy, though none was given."""
    told = dict(calls[0][1])
    assert told.pop("config")["aws:region"] == "eu-central-1"
    assert told == {"dryRun": True, "organization": "organization", "project": "forms", "stack": "dev"}
    assert set(calls[1][1]["policyConfig"]) == {"resources", "stack"}


def test_only_remediate_sees_the_engines_own_keys(calls: tuple[Call, ...]) -> None:
    """As it has to give them back."""
    provider = f"default_{version('pulumi_aws').replace('.', '_')}"
    assert find(calls, "Remediate", "Bucket", "name-name")["properties"]["__defaults"] == ["bucket", "forceDestroy"]
    assert set(find(calls, "Analyze", "Bucket", "name-name")["properties"]) == {"bucket", "forceDestroy"}
    assert {"__internal", "version"} < find(calls, "Remediate", "aws", provider)["properties"].keys()
    assert "__internal" not in find(calls, "Analyze", "aws", provider)["properties"]


def test_what_is_read_is_not_sent(calls: tuple[Call, ...]) -> None:
    """Though others depend on it."""
    assert [each for each in calls[-1][1]["resources"] if each["name"] == "read-bucket" and each["type"].endswith(":Bucket")] == []


def test_a_buckets_outputs_in_a_first_preview(calls: tuple[Call, ...]) -> None:
    """Inputs are known, what AWS computes is not; an inline policy is."""
    outputs = find(calls, "AnalyzeStack", "Bucket", "inline")["properties"]
    assert {key for key, value in outputs.items() if value != UNKNOWN} == {"bucket", "forceDestroy", "policy", "tags"}
    assert {"acl", "arn", "bucketDomainName", "bucketRegion", "hostedZoneId", "id", "region", "tagsAll"} < outputs.keys()


def test_options_and_provider(calls: tuple[Call, ...]) -> None:
    """Of the resource, and what a child inherits."""
    bucket, policy = (find(calls, "AnalyzeStack", kind, "options") for kind in ("Bucket", "BucketPolicy"))
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
    assert policy["urn"] == "urn:pulumi:dev::forms::aws:s3/bucket:Bucket$aws:s3/bucketPolicy:BucketPolicy::options"
    assert (policy["parent"], policy["options"]["protect"], policy["provider"]["name"]) == (bucket["urn"], True, "elsewhere")


def test_components_and_the_stack(calls: tuple[Call, ...]) -> None:
    """Inputs in Analyze, what they register as outputs in AnalyzeStack; secrets keep their mark."""
    assert find(calls, "Analyze", "Store", "component")["properties"] == {}
    assert find(calls, "AnalyzeStack", "Store", "component")["properties"].keys() == {"bucket"}
    outputs = find(calls, "AnalyzeStack", "Stack", "forms-dev")["properties"]
    assert (outputs["name"].startswith("two-policies-"), outputs["hidden"]["value"]) == (True, "hush")
