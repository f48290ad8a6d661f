"""A release is what Git has, the same every time, under one version and one address; its workflows run nothing that may change."""

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from crossguard.pack.rule import REPOSITORY
from offline.pack_info import read_version

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def load(name: str) -> ModuleType:
    """A tool as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


release, address = load("release"), load("set_address")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with the files of a pack, committed, and one file that is not."""
    for name in ("PulumiPolicy.yaml", "CHANGELOG.md", "__main__.py"):
        shutil.copy(ROOT / name, tmp_path)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-C", str(tmp_path)]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *command], check=True)
    (tmp_path / "untracked").touch()
    return tmp_path


def test_the_tarball_is_what_git_has(checkout: Path) -> None:
    """In the folder that Pulumi calls `package`, and the same bytes every time."""
    packed = release.pack(checkout)
    assert release.list_files(packed) == ["CHANGELOG.md", "PulumiPolicy.yaml", "__main__.py"]
    assert release.pack(checkout) == packed


def test_a_release_has_notes_and_checksums(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notes are those of the version in CHANGELOG.md."""
    monkeypatch.setattr(release, "ROOT", checkout)
    folder = tmp_path / "dist"
    monkeypatch.setattr(sys, "argv", ["release.py", str(folder), "--tag", f"v{read_version()}"])
    assert release.main() == 0
    tarball = folder / f"s3-encryption-guard-{read_version()}.tar.gz"
    sums = subprocess.run(["sha256sum", "--check", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=True).stdout
    assert sums == f"{tarball.name}: OK\n"
    assert "★" in (folder / "NOTES.md").read_text("utf-8")


def test_another_tag_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is built under a version that the pack does not have."""
    monkeypatch.setattr(sys, "argv", ["release.py", str(tmp_path / "dist"), "--tag", "v9.9.9"])
    assert release.main() == 1
    assert read_version() in capsys.readouterr().err
    assert not (tmp_path / "dist").exists()


@pytest.mark.parametrize("path", [*WORKFLOWS, ROOT / "action.yml"], ids=lambda path: path.name)
def test_actions_are_pinned(path: Path) -> None:
    """To a commit, with the version beside it: a tag can be moved."""
    used = re.findall(r"uses: (.+)", path.read_text("utf-8"))
    assert used
    assert [line for line in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", WORKFLOWS),
        ("vendor.github-actions", [ROOT / "action.yml"]),
        ("vendor.dependabot", [ROOT / ".github" / "dependabot.yml"]),
    ],
)
def test_github_takes_them(schema: str, files: list[Path]) -> None:
    """By the schemas that GitHub's files have."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, files)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("path", [ROOT / ".github" / "ISSUE_TEMPLATE" / f"{name}.yml" for name in ("bug", "wrong-verdict")])
def test_issue_forms_ask_for_the_version(path: Path) -> None:
    """A report without one cannot be followed up."""
    fields = [field.get("id") for field in yaml.safe_load(path.read_text("utf-8"))["body"]]
    assert {"version", "versions"} & set(fields)


def test_one_address_stands_everywhere() -> None:
    """Every link to a repository of this name is to the one in `crossguard/pack/rule.py`."""
    own = REPOSITORY.removeprefix("https://")
    assert address.read_address(ROOT) == own
    named = re.compile(r"https://([\w.-]+/[\w.-]+/s3-encryption-guard)\b")
    for path in address.list_files(ROOT):
        if path.parent.name != "tests" and "tests" not in path.parts:
            assert set(named.findall(path.read_text("utf-8"))) <= {own, "git.example.com/team/s3-encryption-guard"}, path


def test_the_address_can_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In all files at once, code and pages alike."""
    for name in ("crossguard/pack/rule.py", "docs/ci/gitlab-ci.yml", "docs/ci/github-actions.yml", "PulumiPolicy.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    monkeypatch.setattr(address, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "argv", ["set_address.py", "https://git.example.com/team/s3-encryption-guard"])
    assert address.main() == 0
    assert address.read_address(tmp_path) == "git.example.com/team/s3-encryption-guard"
    assert [path for path in address.list_files(tmp_path) if "s3-encryption-guard/s3-encryption-guard" in path.read_text("utf-8")] == []
    monkeypatch.setattr(sys, "argv", ["set_address.py", "here"])
    assert address.main() == 2


def test_the_image_holds_what_runs() -> None:
    """Every file that the image copies is there, it runs as nobody, and the base is a version."""
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    copied = [name for line in lines if line.startswith("COPY ") and "--from" not in line for name in line.split()[1:-1]]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    let_in = [line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")]
    assert [name for name in let_in if "*" not in name and name not in copied] == []
    assert {line.split()[1] for line in lines if line.startswith("FROM ")} == {"python:3.12.12-slim-bookworm"}
    assert "USER 65532:65532" in lines
