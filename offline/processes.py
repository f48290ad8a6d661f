"""Processes that end with whoever started them, and whatever they have started themselves; and where programs are found."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO, Any

from offline.streams import hold_signals

_MARGIN_SECONDS = 5.0


def find_tool(name: str) -> str | None:
    """The program of this name on PATH, whose empty and relative entries would mean the current folder."""
    return shutil.which(name, path=os.pathsep.join(entry for entry in os.get_exec_path() if os.path.isabs(entry)))  # noqa: PTH117  plain text


@contextmanager
def run_group(command: Sequence[str], *, output: IO[bytes], error: IO[bytes], **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A process with a group of its own, until the block ends, however it ends. Raises `OSError`."""
    process = None
    try:
        with hold_signals():
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=error, start_new_session=True, **options)
        yield process
    finally:
        if process is not None:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(_MARGIN_SECONDS)
