"""Workflows, jobs to paste and the image, by the linters that people run on such files."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.e2e.cli import ROOT
from tests.offline.cli import write_open
from tools.build_cli import CACHE, go

pytestmark = pytest.mark.e2e

_VERSION = "v1.7.12"
WORKFLOWS = sorted([*ROOT.glob(".github/workflows/*.yml"), *ROOT.glob("docs/ci/*-actions.yml")])
#: Beside the interpreter of the tests, which its packages bring.
BIN = Path(sys.prefix, "bin")


@pytest.fixture(scope="module")
def actionlint() -> Path:
    """The linter of workflows, built from its Go module once a machine."""
    folder = CACHE / f"actionlint-{_VERSION}"
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "actionlint").exists():
        assert go("install", f"github.com/rhysd/actionlint/cmd/actionlint@{_VERSION}", folder=str(folder), GOBIN=str(folder))
    return folder / "actionlint"


def lint(command: Path, *arguments: Path | str) -> subprocess.CompletedProcess[str]:
    """A linter, which finds shellcheck beside the interpreter of the tests."""
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run((command, *arguments), env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_have_nothing_wrong(path: Path, actionlint: Path) -> None:
    """Expressions, contexts, inputs of actions, and the shell in them."""
    process = lint(actionlint, "-no-color", path)
    assert process.returncode == 0, process.stdout


def test_the_linter_of_workflows_sees_the_shell(tmp_path: Path, actionlint: Path) -> None:
    """So that the test above can fail."""
    copy = tmp_path / "release.yml"
    copy.write_text(
        (ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8").replace('"$GITHUB_REF_NAME" --sbom', "$TAG"), "utf-8"
    )
    assert "shellcheck" in lint(actionlint, "-no-color", copy).stdout


def test_the_shell_of_the_action_has_nothing_wrong(tmp_path: Path) -> None:
    """GitHub runs it with these options."""
    steps = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["runs"]["steps"]
    script = tmp_path / "run.sh"
    script.write_text("#!/bin/bash\nset -eo pipefail\n" + "\n".join(step["run"] for step in steps if "run" in step), "utf-8")
    process = lint(BIN / "shellcheck", script)
    assert process.returncode == 0, process.stdout


def test_the_image_has_nothing_wrong(tmp_path: Path) -> None:
    """Whether it can be built here or not."""
    assert lint(BIN / "hadolint", ROOT / "Dockerfile").stdout == ""
    copy = tmp_path / "Dockerfile"
    copy.write_text((ROOT / "Dockerfile").read_text("utf-8").replace(":3.12.12-slim-bookworm", ":latest"), "utf-8")
    assert "DL3007" in lint(BIN / "hadolint", copy).stdout


def test_the_image_judges_where_it_can_be_built(tmp_path: Path) -> None:
    """As nobody, with the documents read only; where no engine runs, nothing is tried and the file is only linted, above."""
    docker = shutil.which("docker")
    if docker is None or lint(Path(docker), "info").returncode != 0:
        return
    built = lint(Path(docker), "build", "--quiet", "--tag", "s3-encryption-guard:test", ROOT)
    assert built.returncode == 0, built.stderr
    (tmp_path / "open.json").write_text(write_open(), "utf-8")
    ran = lint(
        Path(docker), "run", "--rm", "-v", f"{tmp_path}:/work:ro", "s3-encryption-guard:test", "check", "open.json", "--bucket", "logs"
    )
    assert ran.returncode == 1, ran.stdout + ran.stderr
