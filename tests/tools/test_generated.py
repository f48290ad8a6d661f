"""The generated pages and the pinned messages are up to date, and the tools notice when they are not."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder."""
    return subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what the tools read and write."""
    for folder in ("bucketpolicy", "crossguard", "policies", "tools", "docs", "tests"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "cases", "e2e", "venv"))
    shutil.copy(ROOT / "README.md", tmp_path)
    return tmp_path


@pytest.mark.parametrize("tool", ["tools/gen_docs.py", "tools/refresh_snapshots.py"])
def test_everything_generated_is_up_to_date(tool: str) -> None:
    """What is checked in is what the tools would write."""
    process = run(ROOT, tool, "--check")
    assert (process.returncode, process.stderr) == (0, "")


@pytest.mark.parametrize(
    ("tool", "path", "cure"),
    [
        ("tools/gen_docs.py", "docs/policies/aws-s3-bucket-has-policy.md", "make docs"),
        ("tools/refresh_snapshots.py", "tests/snapshots/no-deny.txt", "python tools/refresh_snapshots.py"),
    ],
)
def test_a_page_that_was_edited_is_noticed_and_written_anew(copy: Path, tool: str, path: str, cure: str) -> None:
    """One line names the file and the cure; `--check` itself writes nothing."""
    right = (copy / path).read_text(encoding="utf-8")
    (copy / path).write_text("edited", encoding="utf-8")
    process = run(copy, tool, "--check")
    assert process.returncode == 1
    assert len(process.stderr.splitlines()) == 1
    assert Path(path).name in process.stderr
    assert cure in process.stderr
    assert (copy / path).read_text(encoding="utf-8") == "edited"
    assert run(copy, tool).returncode == 0
    assert (copy / path).read_text(encoding="utf-8") == right
    assert run(copy, tool, "--check").returncode == 0


def test_a_message_that_is_gone_takes_its_pinned_text_along(copy: Path) -> None:
    """No snapshot is left over."""
    stray = copy / "tests" / "snapshots" / "stray.txt"
    stray.write_text("stray\n", encoding="utf-8")
    assert run(copy, "tools/refresh_snapshots.py").stdout == "refreshed stray.txt\n"
    assert not stray.exists()
