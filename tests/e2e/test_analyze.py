"""`pulumi policy analyze` on what is deployed already, from a file and from a stack."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.cli import Outcome, Project, Violation, read_violations
from tests.e2e.conftest import MakeProject
from tests.e2e.programs import BAD, BARE, GOOD, HAS_POLICY, READ, SECRET_BAD, TRANSPORT, UPLOADS

pytestmark = pytest.mark.e2e


def deploy(project: Project, folder: Path, *options: str) -> Path:
    """Create the stack without the pack; gives its exported state."""
    assert project.run("up", "--skip-preview").status == 0
    file = folder / "state.json"
    file.write_text(project.run("stack", "export", "--stack", "dev", *options).output, "utf-8")
    return file


def analyze(project: Project, pack: str, *arguments: str) -> tuple[int, tuple[Violation, ...]]:
    """Exit status and violations, as `--json` gives them."""
    outcome: Outcome = project.run("policy", "analyze", "--policy-pack", pack, "--json", *arguments)
    events: list[dict[str, Any]] = [json.loads(line) for line in outcome.output.splitlines() if line.startswith("{")]
    return outcome.status, read_violations(events)


def test_a_bad_stack_is_found_from_its_state_and_its_name(project: MakeProject, pack: str, tmp_path: Path) -> None:
    """Exit status 1, with the resource and the request that gets through; the same from the file and the stack."""
    program = project(BAD)
    state = str(deploy(program, tmp_path))
    status, violations = analyze(program, pack, "--file", state)
    assert status == 1
    assert [(each.policy, each.level, each.type, each.name) for each in violations] == [
        (UPLOADS, "mandatory", "aws:s3/bucketPolicy:BucketPolicy", "data-policy")
    ]
    assert "is not denied" in violations[0].message
    assert analyze(program, pack, "--stack", "dev") == (status, violations)
    text = program.run("policy", "analyze", "--policy-pack", pack, "--file", state)
    assert text.status == 1
    assert UPLOADS in text.text
    assert "is not denied" in text.text


def test_a_good_stack_passes(project: MakeProject, pack: str, tmp_path: Path) -> None:
    """Nothing is reported of what denies both."""
    program = project(GOOD)
    state = str(deploy(program, tmp_path))
    assert analyze(program, pack, "--file", state) == (0, ())
    assert analyze(program, pack, "--stack", "dev") == (0, ())


def test_a_configuration_applies_to_a_state(project: MakeProject, pack: str, tmp_path: Path) -> None:
    """An exempted bucket may be without a policy."""
    program = project(BARE)
    state = str(deploy(program, tmp_path))
    status, violations = analyze(program, pack, "--file", state)
    assert (status, [(each.policy, each.name) for each in violations]) == (1, [(HAS_POLICY, "data")])
    config = tmp_path / "config.json"
    config.write_text(json.dumps({HAS_POLICY: {"exemptions": [{"bucket": "data-*", "reason": "attached by the network team"}]}}))
    assert analyze(program, pack, "--file", state, "--policy-pack-config", str(config)) == (0, ())


def test_an_encrypted_document_is_no_compliant_one(project: MakeProject, pack: str, tmp_path: Path) -> None:
    """What nobody can read cannot be decided; the message says how to export it readably, and then it is judged."""
    program = project(SECRET_BAD)
    sealed = str(deploy(program, tmp_path))
    stranger = program._replace(environment=program.environment | {"PULUMI_CONFIG_PASSPHRASE": "another"})
    status, violations = analyze(stranger, pack, "--file", sealed)
    assert (status, sorted({each.policy for each in violations if each.level == "mandatory"})) == (1, [TRANSPORT, UPLOADS])
    assert all("cannot be decided" in each.message for each in violations)
    assert all("pulumi stack export --show-secrets" in each.message for each in violations)
    opened = tmp_path / "opened.json"
    opened.write_text(program.run("stack", "export", "--stack", "dev", "--show-secrets").output, "utf-8")
    status, violations = analyze(program, pack, "--file", str(opened))
    assert (status, [(each.policy, each.name) for each in violations]) == (1, [(UPLOADS, "data-policy")])


def test_a_bucket_that_is_only_read_is_judged_in_a_state(project: MakeProject, pack: str, tmp_path: Path) -> None:
    """An update never shows it to the pack; a state does, and a policy that is only read, without inputs, is none of the stack's."""
    program = project(READ)
    update = program.run("up", "--skip-preview", "--policy-pack", pack)
    assert (update.status, update.found) == (0, ())
    state = tmp_path / "state.json"
    state.write_text(program.run("stack", "export", "--stack", "dev").output, "utf-8")
    status, violations = analyze(program, pack, "--file", str(state))
    assert (status, [(each.policy, each.level, each.name) for each in violations]) == (1, [(HAS_POLICY, "mandatory", "elsewhere")])
    assert "`BucketPolicy.get`" in violations[0].message
