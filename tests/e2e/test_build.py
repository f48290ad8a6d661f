"""Making what these tests need says what is missing."""

import subprocess
import sys
from pathlib import Path

from tests.e2e.cli import ROOT


def test_without_go_and_cli_one_line_says_what_is_missing(tmp_path: Path) -> None:
    """Exit status 1, and nothing is left behind."""
    process = subprocess.run(
        (sys.executable, str(ROOT / "tools" / "build_cli.py")),
        env={"PATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    parts = "the Pulumi CLI, Pulumi's language host for YAML, a MinIO server, the evaluators of S3 servers"
    missing = f"Go is not on PATH, and {parts} would have to be built: install Go\n"
    assert (process.returncode, process.stdout, process.stderr) == (1, "", missing)
    assert list(tmp_path.iterdir()) == []
