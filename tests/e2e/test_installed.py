"""The pack in environments of their own: both ends of the range in requirements.txt, and a real installation with pip."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.cli import ROOT, check_out, install_pack, settle
from tests.e2e.conftest import MakeProject
from tests.e2e.organization import found
from tests.e2e.programs import GOOD_AND_BAD, UPLOADS

pytestmark = pytest.mark.e2e


def make_environment(folder: Path, *requirements: str) -> Path:
    """A virtual environment with these requirements and nothing of this one."""
    subprocess.run((sys.executable, "-m", "venv", str(folder)), check=True)
    pip = (str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    subprocess.run((*pip, *requirements), check=True)
    return folder


def read_oldest() -> list[str]:
    """Each requirement at the lower end of its range."""
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    return [re.sub(r">=([0-9.]+),<.*", r"==\1", line) for line in lines if not line.startswith("#")]


def test_the_pack_runs_at_the_lower_end_of_its_range(project: MakeProject, tmp_path: Path) -> None:
    """A good and a bad document are told apart, with the oldest SDKs that requirements.txt allows and nothing else."""
    pack = install_pack(tmp_path / "pack", make_environment(tmp_path / "venv", *read_oldest()))
    outcome = project(GOOD_AND_BAD).run("preview", "--policy-pack", str(pack))
    assert (outcome.status, outcome.found) == (1, ((UPLOADS, "mandatory", "other-policy"),))


def test_what_is_published_runs_after_an_installation_with_pip(project: MakeProject, tmp_path: Path) -> None:
    """As the engine installs it: unpacked, and the newest SDKs that requirements.txt allows in its `venv`."""
    with found(tmp_path) as organization:
        assert organization.publish().status == 0
        with organization.open_archive() as archive:
            archive.extractall(tmp_path / "unpacked", filter="data")
    package = tmp_path / "unpacked" / "package"
    make_environment(package / "venv", "-r", str(package / "requirements.txt"))
    outcome = project(GOOD_AND_BAD).run("preview", "--policy-pack", str(package))
    assert (outcome.status, outcome.found) == (1, ((UPLOADS, "mandatory", "other-policy"),))


def test_the_demo_with_the_real_cli_installs_the_pack_and_ends_as_promised(tmp_path: Path) -> None:
    """In a fresh checkout: `pulumi install`, a preview of each example, and a summary."""
    checkout = check_out(tmp_path / "checkout")
    demo = (sys.executable, str(checkout / "tools" / "demo.py"), "--engine", "pulumi")
    process = subprocess.run(demo, cwd=checkout, env=settle(tmp_path / "home"), capture_output=True, text=True, check=False)
    summary = process.stdout.partition("Summary")[2]
    assert process.returncode == 0, process.stdout + process.stderr
    assert (summary.count("passes "), summary.count("blocked "), summary.count("NOT as promised")) == (1, 3, 0)


def test_the_lower_end_is_read_from_the_file() -> None:
    """Exact versions, so that the test above tries what it says."""
    assert all(re.fullmatch(r"[a-z-]+==[0-9.]+", requirement) for requirement in read_oldest())
