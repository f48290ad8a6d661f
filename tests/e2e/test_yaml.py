"""A program in YAML, through Pulumi's own language host and through the evaluator of `python -m offline preview`."""

from pathlib import Path

import pytest

from tests.e2e.conftest import MakeProject
from tests.e2e.recording import RECORD, compare, record, record_offline

pytestmark = pytest.mark.e2e

PROGRAM = Path(__file__).parent / "yaml_program"


def test_both_send_the_same(project: MakeProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every field of every call, in a preview and in the update after it."""
    real = project(PROGRAM)
    for operation in ("preview", "up"):
        log = tmp_path / f"{operation}.jsonl"
        monkeypatch.setenv(RECORD, str(log))
        calls = record(real, operation)
        assert len(calls) > len(("ConfigureStack", "Configure", "AnalyzeStack"))
        assert compare(calls, record_offline(PROGRAM, log, operation)) == set()
