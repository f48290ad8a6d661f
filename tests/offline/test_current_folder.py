"""Nothing of the current folder runs: not in the commands, not in what they start, not while they set themselves up."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from offline.processes import find_tool
from tests.offline.cli import write_compliant

ROOT = Path(__file__).resolve().parent.parent.parent
WRAPPER = ROOT / "bin" / "s3-encryption-guard"
#: Modules that the interpreter, venv, pip, the commands and the pack import, at their start or later.
NAMES = (
    *("types", "venv", "pip", "runpy", "os", "traceback", "json", "re", "typing", "subprocess", "ensurepip", "sitecustomize"),
    *("usercustomize", "rich", "jinja2", "grpc", "pulumi", "pulumi_policy", "offline", "crossguard", "policies", "__main__"),
)
#: What `python -m` itself imports only after it has put the current folder first.
LATER = ("traceback", "rich", "jinja2", "grpc", "pulumi", "pulumi_policy", "crossguard", "policies", "bucketpolicy")


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A folder with a policy, and modules that say that they were run."""
    folder = tmp_path / "trap"
    folder.mkdir()
    (folder / "p.json").write_text(write_compliant(), "utf-8")
    return folder


def plant(folder: Path, names: tuple[str, ...]) -> None:
    """Modules of these names, each of which leaves a mark when it runs."""
    for name in names:
        (folder / f"{name}.py").write_text(f"open({str(folder / 'PWNED')!r}, 'a').write('{name} ')\n", "utf-8")


def run(*command: str | Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command in a folder, which must leave no mark there."""
    ended = subprocess.run(command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert not (folder / "PWNED").exists(), (folder / "PWNED").read_text("utf-8")
    return ended


@pytest.mark.parametrize("path", ["", ":", f"{os.sep}nowhere:", ".", "..:trap"])
def test_the_command_imports_nothing_from_here(trap: Path, path: str) -> None:
    """Whatever PYTHONPATH says: an empty entry of it is the current folder."""
    plant(trap, NAMES)
    ended = run(WRAPPER, "check", "p.json", "--bucket", "logs", folder=trap, PYTHONPATH=path, S3_ENCRYPTION_GUARD_PYTHON=sys.executable)
    assert ended.returncode == 0, ended.stderr


def test_the_pack_imports_nothing_from_here(trap: Path, tmp_path: Path) -> None:
    """A program in another folder is run, and judged by the pack, from here."""
    plant(trap, NAMES)
    program = tmp_path / "program"
    program.mkdir()
    (program / "Pulumi.yaml").write_text("name: tried\nruntime: python\n", "utf-8")
    (program / "__main__.py").write_text("import pulumi\nimport own\n", "utf-8")
    (program / "own.py").write_text("", "utf-8")
    ended = run(WRAPPER, "preview", program, folder=trap, PYTHONPATH="", S3_ENCRYPTION_GUARD_PYTHON=sys.executable)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("path", [str(ROOT), f"{ROOT}:", f":{ROOT}"])
def test_python_m_behaves_alike(trap: Path, path: str) -> None:
    """As far as Python lets it: what `-m` imports before us is Python's own."""
    plant(trap, LATER)
    ended = run(sys.executable, "-m", "offline", "check", "p.json", "--bucket", "logs", folder=trap, PYTHONPATH=path)
    assert ended.returncode == 0, ended.stderr


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of which nothing is set up, and which needs nothing that would have to be fetched."""
    root = tmp_path / "pack"
    root.mkdir()
    shutil.copytree(ROOT / "bin", root / "bin")
    shutil.copytree(ROOT / "offline", root / "offline", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("requirements.txt", "requirements-offline.txt"):
        (root / name).write_text("", "utf-8")
    return root


def test_two_who_set_it_up_at_once(trap: Path, tmp_path: Path, checkout: Path) -> None:
    """In the checkout, though they call it by a link, and from a folder that has a `venv.py`; one of them does it, the other waits."""
    plant(trap, NAMES)
    links = tmp_path / "links"
    links.mkdir()
    (links / "far").symlink_to(checkout / "bin" / "s3-encryption-guard")
    (links / "guard").symlink_to("far")
    environment = {**os.environ, "PYTHONPATH": "", "S3_ENCRYPTION_GUARD_PYTHON": ""}
    command = [str(links / "guard"), "check", "p.json"]
    both = [subprocess.Popen(command, cwd=trap, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [each.communicate()[1] for each in both]
    assert not (trap / "PWNED").exists(), (trap / "PWNED").read_text("utf-8")
    assert sorted(text.count("installing what it needs into") for text in said) == [0, 1]
    # What it needs was left out here.
    assert [text.splitlines()[-1].partition(" is not installed here")[1] for text in said] == [" is not installed here"] * 2
    assert (checkout / ".venv" / ".offline").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["links", "pack", "trap"]


def test_what_cannot_be_set_up_is_told(checkout: Path, trap: Path) -> None:
    """In one line, with status 2, and the next call tries again."""
    (checkout / "requirements-offline.txt").write_text("-r no-such-file.txt\n", "utf-8")
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").symlink_to(sys.executable)
    for _ in range(2):
        ended = run(checkout / "bin" / "s3-encryption-guard", folder=trap, S3_ENCRYPTION_GUARD_PYTHON="")
        assert ended.returncode == 2
        assert ended.stderr.splitlines()[-1].startswith(f"s3-encryption-guard: cannot set up {checkout}/.venv; Python 3.10 or newer")


@pytest.mark.parametrize("before", ["", ".", "tools"])
def test_a_tool_of_the_current_folder_is_not_found(trap: Path, monkeypatch: pytest.MonkeyPatch, before: str) -> None:
    """Where PATH has an empty or a relative entry; what is asked for by an absolute one is."""
    for place in (trap, trap / "tools", trap / "bin"):
        place.mkdir(exist_ok=True)
        (place / "node").write_text("#!/bin/sh\n", "utf-8")
        (place / "node").chmod(0o755)
    monkeypatch.chdir(trap)
    monkeypatch.setenv("PATH", before)
    assert find_tool("node") is None
    monkeypatch.setenv("PATH", f"{before}:{trap / 'bin'}")
    assert find_tool("node") == str(trap / "bin" / "node")


@pytest.mark.parametrize("entry", [".", ""])
def test_no_program_of_the_current_folder_runs(trap: Path, entry: str) -> None:
    """Neither of those that the wrapper needs, through a symbolic link, nor git, which tells a report the commit."""
    for name in ("git", "dirname", "readlink", "python3"):
        (trap / name).write_text(f"#!/bin/sh\necho {name} >> {trap / 'PWNED'}\n", "utf-8")
        (trap / name).chmod(0o755)
    (trap / "guard").symlink_to(WRAPPER)
    environment = {"PATH": os.pathsep.join((entry, os.environ["PATH"])), "S3_ENCRYPTION_GUARD_PYTHON": sys.executable}
    ended = run(trap / "guard", "check", "p.json", "--bucket", "logs", "--format", "json", folder=trap, **environment)
    assert ended.returncode == 0, ended.stderr
