"""What the tests of the verifier share."""

from pathlib import Path

import pytest

from tests.verifier.making import Bench


@pytest.fixture
def bench(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Bench:
    """Runs the verifier on certificates."""
    return Bench(tmp_path, capsys)
