"""What the tool is called, in usage and errors."""

import sys
from pathlib import Path


def name_tool() -> str:
    """As it was called: from a checkout's `bin`, or as a module."""
    return "s3-encryption-guard" if Path(sys.argv[0]).name == "launch.py" else "python -m offline"
