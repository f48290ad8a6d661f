"""A bound on the memory that reading a file may take: a few bytes of JSON become a hundred times as many."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import resource
except ImportError:  # pragma: no cover  Windows
    resource = None  # type: ignore[assignment]

MEGABYTE = 2**20
_STATUS = Path("/proc/self/statm")


@contextmanager
def limit_memory(megabytes: int) -> Iterator[None]:
    """
    Raises `MemoryError` where the block takes more than this.

    Only where the system tells how much the process has (Linux), and in the main thread: another one would limit those beside it, too.
    """
    if resource is None or not _STATUS.exists() or threading.current_thread() is not threading.main_thread():
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = int(_STATUS.read_text("ascii").split()[0]) * resource.getpagesize() + megabytes * MEGABYTE
    allowed = min((each for each in (wanted, soft, hard) if each != resource.RLIM_INFINITY), default=wanted)
    resource.setrlimit(resource.RLIMIT_AS, (allowed, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
