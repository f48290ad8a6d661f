"""Configuration as users give it to the real engine, good and wrong, and the results as machines read them."""

import json
from pathlib import Path

import pytest

from tests.e2e.cli import Outcome, read_violations
from tests.e2e.conftest import MakeProject
from tests.e2e.programs import BAD, BARE, GOOD, HAS_POLICY, TRANSPORT, UPLOADS

pytestmark = pytest.mark.e2e

REASON = "the build system writes here and encrypts by default"


def preview(project: MakeProject, pack: str, program: str, folder: Path, config: object) -> Outcome:
    """A preview with this configuration."""
    file = folder / "policy-config.json"
    file.write_text(json.dumps(config), "utf-8")
    return project(program).run("preview", "--policy-pack", pack, "--policy-pack-config", str(file))


def test_a_policy_can_be_advisory_or_off(project: MakeProject, pack: str, tmp_path: Path) -> None:
    """Pulumi's own key."""
    outcome = preview(project, pack, BAD, tmp_path, {UPLOADS: "advisory", TRANSPORT: "disabled"})
    assert (outcome.status, outcome.found) == (0, ((UPLOADS, "advisory", "data-policy"),))


@pytest.mark.parametrize("bucket", ["data-*", "name:data-policy", "urn:pulumi:dev::test::aws:s3/bucketPolicy:BucketPolicy::data-policy"])
def test_a_bucket_can_be_exempt(project: MakeProject, pack: str, tmp_path: Path, bucket: str) -> None:
    """By a glob over its name, which has another suffix in every preview, by the resource's name, by its URN."""
    outcome = preview(project, pack, BAD, tmp_path, {UPLOADS: {"exemptions": [{"bucket": bucket, "reason": REASON}]}})
    assert (outcome.status, outcome.found) == (0, ())


def test_an_expired_exemption_is_said_to_be_over(project: MakeProject, pack: str, tmp_path: Path) -> None:
    """The violation is back, and names the day."""
    exemption = {"bucket": "data-*", "reason": REASON, "expires": "2020-02-29"}
    outcome = preview(project, pack, BAD, tmp_path, {UPLOADS: {"exemptions": [exemption]}})
    assert (outcome.status, outcome.found) == (1, ((UPLOADS, "mandatory", "data-policy"),))
    assert "2020-02-29" in outcome.text


@pytest.mark.parametrize(
    ("config", "refusal"),
    [
        ({"exemptions": [{"bucket": "data-*", "reason": ""}]}, "exemptions.0.reason: String length must be greater than or equal to 1"),
        ({"exemptions": [{"bucket": "data-*"}]}, "reason is required"),
        ({"exemptions": [{"bucket": "data-*", "reason": REASON, "owners": "me"}]}, "owners is not allowed"),
        ({"whenUnknown": "disabled"}, "whenUnknown"),
        ({"assumptions": {"secure-transport": True}}, "secure-transport is not allowed"),
    ],
)
def test_the_engine_refuses_what_the_schema_forbids(project: MakeProject, pack: str, tmp_path: Path, config: object, refusal: str) -> None:
    """Before the program runs, naming policy and key."""
    outcome = preview(project, pack, GOOD, tmp_path, {UPLOADS: config})
    assert (outcome.status, outcome.found) == (1, ())
    assert "validating policy config" in outcome.text
    assert UPLOADS in outcome.text
    assert refusal in outcome.text
    assert "aws:s3:Bucket" not in outcome.text


def test_the_policy_itself_refuses_a_key_that_nobody_knows(project: MakeProject, pack: str, tmp_path: Path) -> None:
    """The engine lets it through; the good document is not judged by a configuration that may mean something else."""
    outcome = preview(project, pack, GOOD, tmp_path, {UPLOADS: {"algorithm": ["aws:kms"]}})
    assert (outcome.status, outcome.found) == (1, ((UPLOADS, "mandatory", "data-policy"),))
    assert "algorithm" in outcome.text
    assert "algorithms" in outcome.text


def test_the_stack_policy_refuses_it_once(project: MakeProject, pack: str, tmp_path: Path) -> None:
    """On the stack, however many buckets there are."""
    outcome = preview(project, pack, GOOD, tmp_path, {HAS_POLICY: {"exemption": []}})
    assert (outcome.status, outcome.found) == (1, ((HAS_POLICY, "mandatory", "test-dev"),))
    assert "exemptions" in outcome.text


def test_an_unknown_policy_is_refused_when_it_is_given_properties(project: MakeProject, pack: str, tmp_path: Path) -> None:
    """A misspelt name does not pass for a configured policy."""
    outcome = preview(project, pack, GOOD, tmp_path, {"aws-s3-bucket-policy": {"whenUnknown": "mandatory"}})
    assert (outcome.status, outcome.found) == (1, ())
    assert 'invalid enforcement level ""' in outcome.text


def test_the_preview_as_json_fails_too(project: MakeProject, pack: str) -> None:
    """The plain form leaves policies out, and only its exit status tells; the streaming form has them."""
    program = project(BARE)
    plain = program.run("preview", "--json", "--policy-pack", pack)
    assert plain.status == 1
    assert HAS_POLICY not in plain.output
    streaming = program.run("preview", "--json", "--policy-pack", pack, PULUMI_ENABLE_STREAMING_JSON_PREVIEW="true")
    assert streaming.status == 1
    events = [json.loads(line) for line in streaming.output.splitlines() if line.startswith("{")]
    violations = read_violations(events)
    assert [(each.policy, each.level, each.name) for each in violations] == [(HAS_POLICY, "mandatory", "data")]
