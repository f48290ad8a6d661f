"""The folders may import what docs/architecture.md says, and a planted violation is caught."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("bucketpolicy", "crossguard", "policies", "offline", "verifier")


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts of pyproject.toml on the packages below this folder."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the packages, to plant violations in."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_the_contracts_are_kept(copy: Path) -> None:
    """All of them, and there are as many as pyproject.toml names."""
    process = lint_imports(copy)
    contracts = (ROOT / "pyproject.toml").read_text(encoding="utf-8").count("[[tool.importlinter.contracts]]")

    assert (process.returncode, process.stdout.strip().splitlines()[-1]) == (0, f"Contracts: {contracts} kept, 0 broken.")


@pytest.mark.parametrize(
    ("module", "statement", "contract"),
    [
        ("bucketpolicy/verdict.py", "import pulumi_policy", "the proof is pure"),
        ("bucketpolicy/goal.py", "import crossguard.pack.rule", "nothing points back"),
        ("crossguard/judging/finding.py", "import policies", "nothing points back"),
        ("policies/__init__.py", "import pulumi_policy", "rules know no SDK"),
        ("bucketpolicy/proof/decide.py", "import bucketpolicy.semantics.evaluate", "the two readings are independent"),
        ("bucketpolicy/proof/check.py", "import bucketpolicy.proof.cover", "the checker does not search"),
        ("bucketpolicy/proof/domains.py", "import bucketpolicy.proof.decide", "the checker does not search"),
        ("verifier/verify.py", "import bucketpolicy.parse", "the verifier shares nothing with what it verifies"),
        ("offline/about.py", "from verifier import verify", "and is started as a program, never imported"),
    ],
)
def test_a_planted_import_is_caught(copy: Path, module: str, statement: str, contract: str) -> None:
    """An import against the direction fails the check, under the name of the contract it breaks."""
    path = copy / module
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{statement}\n", encoding="utf-8")

    process = lint_imports(copy)

    assert process.returncode == 1
    assert f"{contract} BROKEN" in process.stdout


def test_the_map_names_no_module_that_is_gone() -> None:
    """docs/architecture.md has a place for most modules of the core, and for none that does not exist."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    _, _, rest = page.partition("\nbucketpolicy/\n")
    listed = {word for line in rest.partition("\n\n")[0].splitlines() for word in line[:33].split() if not word.endswith("/")}
    folder = ROOT / "bucketpolicy"
    modules = {path.stem for path in folder.rglob("*.py") if path.stem != "__init__" and path.parent.name != "tables"}

    assert listed - modules == set()
    assert len(modules - listed) <= len(modules) // 10


def test_everything_is_there_on_the_oldest_python() -> None:
    """A generic NamedTuple of the standard library is an error on import before Python 3.11, which neither linter nor types notice."""
    paths = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    texts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}
    generic = {name: text for name, text in texts.items() if "(NamedTuple, Generic" in text}

    assert [name for name, text in generic.items() if "from typing_extensions import NamedTuple" not in text] == []
    assert generic
