"""
These tests are about the published policies: what a report says of them, to the number.

A policy that is added later has tests of its own, and is left out of the pack that is asked here, in this process and booted.
What lists policies, or compares this process with others, takes the `whole_pack`.
"""

import shutil
from collections.abc import Iterator

import pytest

import policies
from offline import pack_info, testing
from offline.engine.program.run import RunOptions
from offline.fleet import work
from tests.crossguard.pack import POLICIES

ROOT = pack_info.ROOT
ALL = policies.ALL
LATER = tuple(rule for rule in ALL if rule.name not in POLICIES)


@pytest.fixture(scope="session", autouse=LATER != ())
def _ask_about_the_published_policies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    published = tuple(rule for rule in ALL if rule.name in POLICIES)
    folder = tmp_path_factory.mktemp("pack")
    for name in ("bucketpolicy", "crossguard", "policies"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "PulumiPolicy.yaml", folder)
    program = (ROOT / "__main__.py").read_text(encoding="utf-8")
    names = repr(set(POLICIES))
    (folder / "__main__.py").write_text(
        program.replace("build(ALL)", f"build(tuple(rule for rule in ALL if rule.name in {names}))"), "utf-8"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(policies, "ALL", published)
        patch.setattr(testing, "ROOT", folder)
        patch.setattr(pack_info, "ROOT", folder)
        defaults = RunOptions.__new__.__defaults__ or ()
        patch.setattr(RunOptions.__new__, "__defaults__", tuple(folder if default == ROOT else default for default in defaults))
        yield


@pytest.fixture
def whole_pack(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every policy that there is, as processes of their own see it; what was remembered of the others is forgotten."""
    monkeypatch.setattr(policies, "ALL", ALL)
    work._read_configuration.cache_clear()
    yield
    work._read_configuration.cache_clear()
