"""Processes that end with whoever started them, and whatever they have started themselves."""

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO, Any

from offline.streams import hold_signals

_MARGIN_SECONDS = 5.0


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
