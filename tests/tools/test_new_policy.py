"""What the scaffold writes is a policy at once: it is imported, judged, documented, and clean."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAME = "aws-s3-bucket-policy-denies-something"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what a policy consists of."""
    for folder in ("bucketpolicy", "crossguard", "policies", "offline", "tools", "docs"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / file, tmp_path)
    return tmp_path


def run(copy: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the copy."""
    return subprocess.run([sys.executable, *command], cwd=copy, capture_output=True, text=True, check=False)


def test_a_new_policy_works_at_once(copy: Path) -> None:
    """Its cases get the verdicts of their folders, it has a page and a line in the README, and the linters have nothing to say."""
    assert run(copy, "tools/new_policy.py", "denies_something").returncode == 0
    text = (copy / "policies" / "__init__.py").read_text(encoding="utf-8")
    assert "denies_insecure_transport, denies_something, denies_unencrypted_uploads, has_policy" in text
    assert "    denies_something.RULE,\n    has_policy.RULE,\n" in text
    judged = run(copy, "-c", JUDGE)
    assert (judged.stdout, judged.stderr) == ("compliant Compliant\nundecided CannotTell\nviolating NotDenied\n", "")
    assert run(copy, "tools/gen_docs.py").returncode == 0
    assert (copy / "docs" / "policies" / f"{NAME}.md").read_text(encoding="utf-8").startswith(f"# {NAME}\n")
    assert f"[{NAME}](docs/policies/{NAME}.md)" in (copy / "README.md").read_text(encoding="utf-8")
    for linter in (("ruff", "check", "policies"), ("ruff", "format", "--check", "policies"), ("mypy", "policies/denies_something.py")):
        process = run(copy, "-m", *linter)
        assert process.returncode == 0, process.stdout


def test_a_second_new_policy_finds_its_place(copy: Path) -> None:
    """A line of imports that has become too long is wrapped as the formatter does, and read again."""
    for name in ("denies_requests_from_elsewhere", "denies_deletions_by_everyone_else"):
        assert run(copy, "tools/new_policy.py", name).returncode == 0
    assert run(copy, "-c", "from policies import ALL; print(len(ALL))").stdout == "6\n"
    assert run(copy, "-m", "ruff", "format", "--check", "policies").returncode == 0


JUDGE = f"""
import json
from datetime import date
from pathlib import Path
from crossguard.judging.assess import assess
from crossguard.judging.finding import Subject
from crossguard.pack.settings import Settings
from crossguard.resources.source import Found
from policies.denies_something import RULE

for path in sorted(Path("tests/cases/{NAME}").glob("*/first.json")):
    text = json.dumps(json.loads(path.read_text())["document"])
    source = Found(text, "policy", "example-bucket", "eu-west-1")
    finding = assess(RULE, Settings(), Subject("urn", "type", "name"), source, date(2026, 11, 24))
    print(path.parent.name, type(finding).__name__)
"""


@pytest.mark.parametrize("arguments", [(), ("Denies",), ("denies",), ("denies_a", "denies_b"), ("../denies_a",), ("has_policy",)])
def test_a_name_that_is_none_is_refused(copy: Path, arguments: tuple[str, ...]) -> None:
    """One line says what is wrong, and nothing is written."""
    before = sorted(path.name for path in (copy / "policies").iterdir())
    process = run(copy, "tools/new_policy.py", *arguments)
    assert (process.returncode, len(process.stderr.splitlines())) == (2, 1)
    assert sorted(path.name for path in (copy / "policies").iterdir()) == before
