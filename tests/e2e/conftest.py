"""Fixtures of the tests with real parts: a fresh project for a test, and the pack as a user has it."""

import fcntl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.cli import Project, install_pack, make_project
from tools.build_cli import CACHE

MakeProject = Callable[[Path | str], Project]

_NODE = CACHE / "node-program"
#: The SDK takes ES modules in TypeScript with these only.
_WANTED = '{"private": true, "dependencies": {"@pulumi/pulumi": "^3.204.0", "ts-node": "^10.9.2", "typescript": "^5.0.0"}}\n'


@pytest.fixture
def project(tmp_path: Path) -> MakeProject:
    """A function that makes the test's project from a folder or the text of a program."""
    return lambda program: make_project(tmp_path / "project", program)


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of this pack, installed."""
    return str(install_pack(tmp_path_factory.mktemp("pack") / "s3-encryption-guard"))


@pytest.fixture(scope="session")
def packages() -> Path:
    """The folder that npm has installed the SDK into."""
    with own(_NODE):
        (_NODE / "package.json").write_text(_WANTED, "utf-8")
        if not all((_NODE / "node_modules" / name).is_dir() for name in ("@pulumi/pulumi", "ts-node", "typescript")):
            subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=_NODE, check=True)
    return _NODE / "node_modules"


@contextmanager
def own(folder: Path) -> Iterator[None]:
    """A folder of the cache, which other workers leave alone in the meantime."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
