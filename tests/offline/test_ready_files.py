"""The files that people paste: valid in their formats, and the hooks run under pre-commit itself."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from offline.command_line import Preview, parse
from tests.offline.cli import write_compliant, write_open

ROOT = Path(__file__).resolve().parent.parent.parent
LINTERS = {
    "docs/ci/github-actions.yml": ("--builtin-schema", "vendor.github-workflows"),
    "docs/ci/pulumi-actions.yml": ("--builtin-schema", "vendor.github-workflows"),
    "docs/ci/gitlab-ci.yml": ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"),
}


def run(*command: str, folder: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command with what it printed."""
    return subprocess.run(command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False)


def lint(path: Path, name: str) -> subprocess.CompletedProcess[str]:
    """The linter for the format of a ready file, on this file."""
    return run(sys.executable, "-m", "check_jsonschema", *LINTERS[name], str(path))


@pytest.mark.parametrize("name", LINTERS)
def test_ci_jobs_are_valid(name: str) -> None:
    """The published schemas of GitHub Actions and GitLab CI accept the jobs."""
    process = lint(ROOT / name, name)

    assert process.returncode == 0, process.stdout


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("docs/ci/github-actions.yml", "runs-on:", "run-on:"),
        ("docs/ci/pulumi-actions.yml", "runs-on:", "run-on:"),
        ("docs/ci/gitlab-ci.yml", "when: always", "when: sometimes"),
    ],
)
def test_the_linters_notice_a_mistake(name: str, right: str, wrong: str, tmp_path: Path) -> None:
    """A planted mistake in either job fails, so the test above can."""
    path = tmp_path / "job.yml"
    path.write_text((ROOT / name).read_text(encoding="utf-8").replace(right, wrong), encoding="utf-8")

    assert lint(path, name).returncode == 1


@pytest.mark.parametrize("name", ["docs/ci/github-actions.yml", "docs/ci/gitlab-ci.yml"])
def test_ci_jobs_call_what_exists(name: str) -> None:
    """The one command in a job is one that the tool accepts, and every report that it writes is used further on."""
    text = (ROOT / name).read_text(encoding="utf-8")
    found = re.search(r"bin/s3-encryption-guard\"? (preview [^\n]*)\n\s*([^\n]*)\n", text)
    assert found is not None
    command = parse(shlex.split(f"{found[1]} {found[2]}".replace("$", "")))
    assert isinstance(command, Preview)

    assert {target.format for target in command.writing.others} > {"html"}
    assert [target.path for target in command.writing.others if text.count(str(target.path)) < 2] == []
    assert os.access(ROOT / "bin" / "s3-encryption-guard", os.X_OK)


@pytest.mark.parametrize("name", ["docs/ci/github-actions.yml", "docs/ci/pulumi-actions.yml"])
def test_the_actions_are_current(name: str) -> None:
    """Major versions as of November 2026: what is older warns, or is shut off."""
    used = dict(line.split("@") for line in re.findall(r"uses: (\S+)", (ROOT / name).read_text(encoding="utf-8")))

    assert (
        used.items()
        <= {
            "actions/checkout": "v7",
            "actions/setup-python": "v7",
            "actions/upload-artifact": "v7",
            "github/codeql-action/upload-sarif": "v4",
            "pulumi/actions": "v7",
        }.items()
    )


def test_the_hooks_of_the_page_are_valid() -> None:
    """pre-commit accepts the configuration, which asks for hooks that there are."""
    process = run(sys.executable, "-m", "pre_commit", "validate-config", "docs/ci/pre-commit-config.yaml")
    ids = re.findall(r"- id: (\S+)", (ROOT / "docs/ci/pre-commit-config.yaml").read_text(encoding="utf-8"))

    assert process.returncode == 0, process.stdout
    assert ids == re.findall(r"- id: (\S+)", (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


def test_hooks_are_valid() -> None:
    """pre-commit accepts the manifest."""
    process = run(sys.executable, "-m", "pre_commit", "validate-manifest", ".pre-commit-hooks.yaml")

    assert process.returncode == 0, process.stdout


@pytest.fixture
def hooks(tmp_path: Path) -> Path:
    """A git repository with what a checkout of the pack needs for its hooks."""
    pack = tmp_path / "pack"
    pack.mkdir()
    for name in ("bin", "offline", "policies", "crossguard", "bucketpolicy"):
        shutil.copytree(ROOT / name, pack / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (".pre-commit-hooks.yaml", "PulumiPolicy.yaml", "requirements.txt", "requirements-offline.txt"):
        shutil.copy(ROOT / name, pack)
    commit(pack)
    return pack


def commit(folder: Path) -> None:
    """Everything in the folder, as the one commit of a repository."""
    identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com", "-c", "commit.gpgsign=false")
    for command in (("init", "-q"), ("add", "-A"), (*identity, "commit", "-q", "-m", "All")):
        assert run("git", *command, folder=folder).returncode == 0


def run_hooks(project: Path) -> subprocess.CompletedProcess[str]:
    """What pre-commit says of the project, once all of it is committed."""
    commit(project)
    return run(
        sys.executable,
        *("-m", "pre_commit", "run", "--all-files", "--color", "never"),
        folder=project,
        PRE_COMMIT_HOME=str(project.with_name("cache")),
        S3_ENCRYPTION_GUARD_PYTHON=sys.executable,
    )


@pytest.mark.parametrize(("document", "status", "says"), [(write_compliant(), 0, "Passed"), (write_open(), 1, "is not denied")])
def test_the_hook_runs_under_pre_commit(hooks: Path, tmp_path: Path, document: str, status: int, says: str) -> None:
    """pre-commit passes a compliant document, and fails an open one with the request that gets through."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "logs.json").write_text(document, encoding="utf-8")
    config = (
        f"repos:\n  - repo: {hooks}\n    rev: HEAD\n    hooks:\n      - id: s3-encryption-guard-check\n        args: [--bucket, logs]\n"
    )
    (project / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
    process = run_hooks(project)

    assert process.returncode == status, process.stdout
    assert says in process.stdout


def test_the_hook_judges_many_buckets(hooks: Path, tmp_path: Path) -> None:
    """Each document as the policy of the bucket that it names."""
    project = tmp_path / "project"
    (project / "policies").mkdir(parents=True)
    for bucket in ("a-logs", "b-logs"):
        (project / "policies" / f"{bucket}.json").write_text(write_compliant(bucket), encoding="utf-8")
    (project / "policies" / "open.json").write_text(write_open(), encoding="utf-8")
    config = f"repos:\n  - repo: {hooks}\n    rev: HEAD\n    hooks:\n      - id: s3-encryption-guard-check\n        files: ^policies/\n"
    (project / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
    process = run_hooks(project)

    assert process.returncode == 1
    assert "check of" in process.stdout
    assert "3 buckets" in process.stdout
    assert process.stdout.count("✗ mandatory") + process.stdout.count("x mandatory") == 2


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose interpreters write down what they are asked to do, and do nothing."""
    root = tmp_path / "pack"
    (root / ".venv" / "bin").mkdir(parents=True)
    shutil.copytree(ROOT / "bin", root / "bin")
    for name in ("requirements.txt", "requirements-offline.txt"):
        shutil.copy(ROOT / name, root)
    path = root / ".venv" / "bin" / "python"
    path.write_text(f'#!/bin/sh\necho "${{3:-}} ${{4:-}}" >> {tmp_path}/asked\n', encoding="utf-8")
    path.chmod(0o755)
    return root


def start(checkout: Path) -> list[str]:
    """Start the command; gives what was done before it, by the third word and the fourth."""
    asked = checkout.parent / "asked"
    asked.unlink(missing_ok=True)
    process = run(str(checkout / "bin" / "s3-encryption-guard"), S3_ENCRYPTION_GUARD_PYTHON="")
    assert process.returncode == 0, process.stderr
    return asked.read_text(encoding="utf-8").splitlines()[:-1]


def test_the_command_sets_itself_up_once(checkout: Path) -> None:
    """And again when the requirements have changed, as after a pull."""
    expected = ["pip install"]

    assert expected == start(checkout)
    assert start(checkout) == []

    made = (checkout / ".venv" / ".offline").stat().st_mtime
    os.utime(checkout / "requirements-offline.txt", (made + 10, made + 10))

    assert expected == start(checkout)


def test_the_command_takes_what_make_set_up(checkout: Path) -> None:
    """Which has all that the command needs, and more."""
    (checkout / ".venv" / ".ready").touch()

    assert start(checkout) == []
