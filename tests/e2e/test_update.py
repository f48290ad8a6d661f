"""What the real engine does under the pack, from the first preview to the end of a stack."""

import json
from pathlib import Path

import pytest

from tests.e2e.cli import ROOT, Project
from tests.e2e.conftest import MakeProject
from tests.e2e.programs import (
    ALL_REQUESTS,
    BAD,
    BARE,
    GOOD,
    GOOD_AND_BAD,
    HAS_POLICY,
    HOSTILE,
    LATE_BAD,
    LATE_GOOD,
    NATIVE,
    SECRET_BAD,
    TRANSPORT,
    UPLOADS,
)

pytestmark = pytest.mark.e2e


def write_config(folder: Path, config: object) -> str:
    """A file for `--policy-pack-config`."""
    file = folder / "policy-config.json"
    file.write_text(json.dumps(config), "utf-8")
    return str(file)


def get_statements(project: Project) -> list[object]:
    """The statements of the document in the stack's state."""
    statements = json.loads(project.export()["data-policy"]["inputs"]["policy"])["Statement"]
    assert isinstance(statements, list)
    return statements


@pytest.mark.parametrize(
    ("example", "name", "found"),
    [
        ("compliant", "reports", []),
        ("missing-header-deny", "uploads", [(UPLOADS, "mandatory")]),
        ("benchmark-snippet", "audit", [(ALL_REQUESTS, "advisory"), (TRANSPORT, "mandatory"), (UPLOADS, "mandatory")]),
        ("no-policy", "scratch", [(HAS_POLICY, "mandatory")]),
    ],
)
def test_a_preview_of_each_example_ends_as_its_folder_says(
    project: MakeProject, pack: str, example: str, name: str, found: list[tuple[str, str]]
) -> None:
    """The compliant one passes; each other is blocked, and a request that gets through is named."""
    outcome = project(ROOT / "examples" / example).run("preview", "--policy-pack", pack)
    assert outcome.found == tuple((policy, level, name) for policy, level in found)
    assert outcome.status == (1 if found else 0)
    assert outcome.text.count("is not denied") == len(found)
    assert ("error: preview failed" in outcome.text) == bool(found)


def test_the_snippet_of_the_benchmark_is_said_to_be_anded(project: MakeProject, pack: str) -> None:
    """Whoever pasted it learns why it does not protect."""
    outcome = project(ROOT / "examples" / "benchmark-snippet").run("preview", "--policy-pack", pack)
    assert outcome.status == 1
    assert all("AND" in each.message for each in outcome.violations if each.level == "mandatory")


def test_an_update_stops_before_a_bad_policy_exists_and_can_be_undone(project: MakeProject, pack: str) -> None:
    """The bucket is there, its policy is not; a destroy leaves nothing."""
    program = project(BAD)
    outcome = program.run("up", "--skip-preview", "--policy-pack", pack)
    assert outcome.status == 1
    assert outcome.found == ((UPLOADS, "mandatory", "data-policy"),)
    # Older CLIs show the type in full.
    shown = outcome.text.replace("aws:s3/bucketPolicy:BucketPolicy", "aws:s3:BucketPolicy")
    assert f"[mandatory] [severity: high]  {UPLOADS}  (aws:s3:BucketPolicy: data-policy)" in shown
    assert "is not denied" in outcome.text
    resources = program.export()
    assert "data" in resources
    assert "data-policy" not in resources
    assert program.run("destroy").status == 0
    assert program.export() == {}


def test_an_update_that_previews_first_creates_nothing(project: MakeProject, pack: str) -> None:
    """The preview of a bad stack ends it."""
    program = project(BAD)
    outcome = program.run("up", "--policy-pack", pack)
    assert (outcome.status, outcome.found) == (1, ((UPLOADS, "mandatory", "data-policy"),))
    assert program.export() == {}


def test_a_bad_document_unknown_in_the_preview_is_found_in_the_update(project: MakeProject, pack: str) -> None:
    """A note from each mandatory policy in the preview; a violation once the ARN is known."""
    program = project(LATE_BAD)
    preview = program.run("preview", "--policy-pack", pack)
    assert preview.status == 0
    assert preview.found == ((TRANSPORT, "advisory", "data-policy"), (UPLOADS, "advisory", "data-policy"))
    assert all("is not known" in each.message for each in preview.violations)
    update = program.run("up", "--skip-preview", "--policy-pack", pack)
    assert (update.status, update.found) == (1, ((UPLOADS, "mandatory", "data-policy"),))
    assert "data-policy" not in program.export()


def test_a_good_document_unknown_in_the_preview_passes_the_update(project: MakeProject, pack: str) -> None:
    """After the update it is known in a preview too."""
    program = project(LATE_GOOD)
    assert program.run("preview", "--policy-pack", pack).status == 0
    update = program.run("up", "--skip-preview", "--policy-pack", pack)
    assert (update.status, update.found) == (0, ())
    again = program.run("preview", "--policy-pack", pack)
    assert (again.status, again.found) == (0, ())


def test_an_unknown_document_can_be_made_to_block(project: MakeProject, pack: str, tmp_path: Path) -> None:
    """`whenUnknown: mandatory` on one policy leaves the other advisory."""
    config = write_config(tmp_path, {UPLOADS: {"whenUnknown": "mandatory"}})
    outcome = project(LATE_GOOD).run("preview", "--policy-pack", pack, "--policy-pack-config", config)
    assert outcome.status == 1
    assert outcome.found == ((TRANSPORT, "advisory", "data-policy"), (UPLOADS, "mandatory", "data-policy"))


def test_a_bucket_without_a_policy_fails_the_update_when_all_is_created(project: MakeProject, pack: str) -> None:
    """The stack policy runs last: the bucket exists, and the update has failed."""
    program = project(BARE)
    outcome = program.run("up", "--skip-preview", "--policy-pack", pack)
    assert (outcome.status, outcome.found) == (1, ((HAS_POLICY, "mandatory", "data"),))
    assert "data" in program.export()


def test_a_remediation_is_applied_and_kept_in_the_state(project: MakeProject, pack: str, tmp_path: Path) -> None:
    """The missing statement is in the state after the update; a second update changes nothing."""
    program = project(BAD)
    arguments = ("up", "--skip-preview", "--policy-pack", pack, "--policy-pack-config", write_config(tmp_path, {UPLOADS: "remediate"}))
    outcome = program.run(*arguments)
    assert (outcome.status, outcome.found) == (0, ())
    assert [event["policyRemediationEvent"]["policyName"] for event in outcome.events if "policyRemediationEvent" in event] == [UPLOADS]
    assert len(get_statements(program)) == 2
    assert program.export()["data-policy"]["outputs"]["policy"] == program.export()["data-policy"]["inputs"]["policy"]
    again = program.run(*arguments)
    assert (again.status, again.found) == (0, ())
    assert "3 unchanged" in again.text
    assert len(get_statements(program)) == 2


def test_a_remediated_secret_stays_a_secret(project: MakeProject, pack: str, tmp_path: Path) -> None:
    """It is encrypted in the state, with the missing statement in it."""
    program = project(SECRET_BAD)
    config = write_config(tmp_path, {UPLOADS: "remediate"})
    outcome = program.run("up", "--skip-preview", "--policy-pack", pack, "--policy-pack-config", config)
    assert (outcome.status, outcome.found) == (0, ())
    assert "ciphertext" in program.export()["data-policy"]["inputs"]["policy"]
    shown = json.loads(program.run("stack", "export", "--stack", "dev", "--show-secrets").output)
    texts = [each["inputs"]["policy"]["plaintext"] for each in shown["deployment"]["resources"] if each["urn"].endswith("::data-policy")]
    assert [len(json.loads(json.loads(text))["Statement"]) for text in texts] == [2]


def test_a_document_that_is_none_is_a_violation_and_no_accident(project: MakeProject, pack: str) -> None:
    """Whatever stands in its place: each resource is reported by both mandatory policies, and nothing escapes into the engine."""
    outcome = project(HOSTILE).run("preview", "--policy-pack", pack)
    assert outcome.status == 1
    assert "failed to run" not in outcome.text
    mandatory = [each for each in outcome.violations if each.level == "mandatory"]
    names = ("duplicate-keys", "large", "nested", "no-json", "nothing", "number", "odd-text")
    assert [(each.policy, each.name) for each in mandatory] == [(policy, name) for policy in (TRANSPORT, UPLOADS) for name in names]
    assert all("cannot be decided" in each.message for each in mandatory)


def test_an_object_is_judged_and_remediated_as_an_object(project: MakeProject, pack: str, tmp_path: Path) -> None:
    """aws-native: the bad document is found; remediated, it is still an object in the state, with the missing statement."""
    program = project(NATIVE)
    preview = program.run("preview", "--policy-pack", pack)
    assert (preview.status, preview.found) == (1, ((UPLOADS, "mandatory", "bad-policy"),))
    config = write_config(tmp_path, {UPLOADS: "remediate"})
    update = program.run("up", "--skip-preview", "--policy-pack", pack, "--policy-pack-config", config)
    assert (update.status, update.found) == (0, ())
    documents = {name: program.export()[name]["inputs"]["policyDocument"] for name in ("good-policy", "bad-policy")}
    assert {name: len(document["Statement"]) for name, document in documents.items()} == {"good-policy": 2, "bad-policy": 2}


def test_a_policy_taken_out_of_the_program_is_missed(project: MakeProject, pack: str) -> None:
    """What a refresh read into the bucket's outputs is no evidence, neither in the preview nor in the update that removes the policy."""
    program = project(GOOD)
    assert program.run("up", "--skip-preview", "--policy-pack", pack).status == 0
    assert program.run("refresh").status == 0
    assert "aws:SecureTransport" in program.export()["data"]["outputs"]["policy"]
    program.write(BARE)
    for operation in (("preview",), ("up", "--skip-preview"), ("preview",)):
        outcome = program.run(*operation, "--policy-pack", pack)
        assert (outcome.status, outcome.found) == (1, ((HAS_POLICY, "mandatory", "data"),))
        assert "had one when last read" in outcome.text
    assert "data-policy" not in program.export()


def test_what_is_not_targeted_is_not_judged(project: MakeProject, pack: str) -> None:
    """Resources outside `--target` have no properties yet: the good bucket passes beside a bad one, which is found without targets."""
    program = project(GOOD_AND_BAD)
    targets = [part for name in ("bucket:Bucket::data", "bucketPolicy:BucketPolicy::data-policy") for part in ("--target", f"**{name}")]
    for operation in (("preview",), ("up", "--skip-preview")):
        outcome = program.run(*operation, *targets, "--policy-pack", pack)
        assert (outcome.status, outcome.found) == (0, ())
    assert "other" not in program.export()
    outcome = program.run("preview", "--policy-pack", pack)
    assert (outcome.status, outcome.found) == (1, ((UPLOADS, "mandatory", "other-policy"),))
