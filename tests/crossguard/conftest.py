"""Packs to ask: `preview` and `update` in this process, `booted` as a process of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

import pulumi.runtime
import pytest

from tests.crossguard.pack import Double, boot, make_double


@contextmanager
def _announce(monkeypatch: pytest.MonkeyPatch, *, dry_run: bool) -> Iterator[None]:
    """What the engine says in the environment of a pack: the SDK reads it again at every request. Afterwards nothing is going on."""
    monkeypatch.setenv("PULUMI_PROJECT", "shop")
    monkeypatch.setenv("PULUMI_STACK", "dev")
    monkeypatch.setenv("PULUMI_DRY_RUN", "true" if dry_run else "false")
    pulumi.runtime.configure(pulumi.runtime.Settings(project="shop", stack="dev", dry_run=dry_run))
    yield
    pulumi.runtime.configure(pulumi.runtime.Settings(project="project", stack="stack"))


@pytest.fixture
def preview(monkeypatch: pytest.MonkeyPatch) -> Iterator[Double]:
    """The pack during `pulumi preview`."""
    with _announce(monkeypatch, dry_run=True):
        yield make_double()


@pytest.fixture
def update(monkeypatch: pytest.MonkeyPatch) -> Iterator[Double]:
    """The pack during `pulumi up`."""
    with _announce(monkeypatch, dry_run=False):
        yield make_double()


@pytest.fixture(scope="session")
def booted() -> Iterator[Double]:
    """The pack as a process of its own, during a preview; not for tests that configure it."""
    with boot() as double:
        yield double
