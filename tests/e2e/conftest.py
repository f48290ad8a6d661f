"""Fixtures of the tests with real parts: a fresh project for a test, and the pack as a user has it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.cli import Project, install_pack, make_project

MakeProject = Callable[[Path | str], Project]


@pytest.fixture
def project(tmp_path: Path) -> MakeProject:
    """A function that makes the test's project from a folder or the text of a program."""
    return lambda program: make_project(tmp_path / "project", program)


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of this pack, installed."""
    return str(install_pack(tmp_path_factory.mktemp("pack") / "s3-encryption-guard"))
