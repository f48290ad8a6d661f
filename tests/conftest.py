"""What holds for every test: no skips in CI, and the same random examples in every run there."""

import os

import pytest
from hypothesis import settings

# Test programs run with the tests' own interpreter, whichever environment the caller has active.
os.environ.pop("VIRTUAL_ENV", None)

settings.register_profile("ci", derandomize=True, deadline=None, database=None)
settings.register_profile("desk", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test counts as a failed run in CI: what is not run there is not shown."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
