"""What a release consists of, used as somebody does who downloads it."""

import json
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from offline.pack_info import read_version
from tests.e2e.cli import ROOT, link_environment, settle
from tests.e2e.conftest import MakeProject
from tests.e2e.programs import GOOD_AND_BAD, UPLOADS

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the release workflow uploads."""
    folder = tmp_path_factory.mktemp("release") / "dist"
    command = (sys.executable, str(ROOT / "tools" / "release.py"), str(folder), "--tag", f"v{read_version()}", "--sbom")
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    return folder


def test_the_tarball_blocks_a_bad_stack(release: Path, project: MakeProject, tmp_path: Path) -> None:
    """Checked against its sum, unpacked anywhere, `pulumi install` in it, and named to the CLI: nothing of this checkout is needed."""
    subprocess.run(("sha256sum", "--check", "--quiet", "SHA256SUMS"), cwd=release, check=True)
    with tarfile.open(release / f"s3-encryption-guard-{read_version()}.tar.gz") as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    pack = tmp_path / "unpacked" / "package"
    installed = subprocess.run(("pulumi", "install"), cwd=pack, env=settle(tmp_path / "home"), capture_output=True, text=True, check=False)
    assert installed.returncode == 0, installed.stdout + installed.stderr
    outcome = project(GOOD_AND_BAD).run("preview", "--policy-pack", str(pack))
    assert (outcome.status, outcome.found) == (1, ((UPLOADS, "mandatory", "other-policy"),))


def test_the_tarball_is_a_template(release: Path, project: MakeProject, tmp_path: Path) -> None:
    """`pulumi policy new` makes a pack of one's own of it, which judges the same; the real one needs `pulumi install` then."""
    with tarfile.open(release / f"s3-encryption-guard-{read_version()}.tar.gz") as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    new = tmp_path / "new"
    command = ("pulumi", "policy", "new", str(tmp_path / "unpacked" / "package"), "--dir", str(new), "--generate-only", "--non-interactive")
    made = subprocess.run(command, cwd=tmp_path, env=settle(tmp_path / "home"), capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    outcome = project(GOOD_AND_BAD).run("preview", "--policy-pack", str(link_environment(new)))
    assert (outcome.status, outcome.found) == (1, ((UPLOADS, "mandatory", "other-policy"),))


def test_the_list_of_components_is_valid(release: Path) -> None:
    """By the schema of CycloneDX; it names the SDKs that requirements.txt asks for, and nothing that only the tests need."""
    text = (release / f"s3-encryption-guard-{read_version()}.cdx.json").read_text("utf-8")
    listed = json.loads(text)
    validator = JsonStrictValidator(SchemaVersion.from_version(listed["specVersion"]))
    assert validator.validate_str(text) is None
    assert validator.validate_str(text.replace('"components"', '"parts"')) is not None
    names = {component["name"].lower().replace("_", "-") for component in listed["components"]}
    assert names >= {"pulumi", "pulumi-policy"}
    assert names & {"pytest", "pulumi-aws", "rich"} == set()
