"""The standard streams, any of which may be closed or full, and signals that end the command: what is written, and the exit status then."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

_WRONG = 2
_BY_SIGNAL = 128
_ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class EndedError(BaseException):
    """A signal asks the command to end; whatever it has started ends first. Its argument is the exit status that shells expect."""


def run_process(main: Callable[[list[str]], int]) -> int:
    """The exit status of a command that has this process to itself."""
    _fill_gaps()
    try:
        with _raise_on_signals():
            status = main(sys.argv[1:])
    except EndedError as ended:
        status = ended.args[0]
    except SystemExit as left:
        status = left.code if isinstance(left.code, int) else 0
    return _settle(status)


def write_output(content: bytes) -> OSError | None:
    """Write to standard output; what kept it from there, None where all of it went. Raises `BrokenPipeError`."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _discard(sys.stdout)
        return error
    return None


def write_error(text: str) -> None:
    """Write to standard error, if it takes anything: the exit status says the same."""
    try:
        sys.stderr.flush()
        sys.stderr.buffer.write(text.encode(sys.stderr.encoding or "utf-8", "backslashreplace"))
        sys.stderr.flush()
    except OSError:
        _discard(sys.stderr)


@contextmanager
def hold_signals() -> Iterator[None]:
    """Signals that end the command wait until the block has ended: what is started there is known to whoever has to end it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, *_ENDING)}
    caught = {number: handler for number, handler in before.items() if callable(handler)}
    for number in caught:
        signal.signal(number, lambda which, _frame: held.append(which))
    try:
        yield
    finally:
        for number, handler in caught.items():
            signal.signal(number, handler)
        for number in held[:1]:
            signal.raise_signal(number)


@contextmanager
def _raise_on_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP raise `EndedError`, once; one that is ignored, as under nohup, stays so."""
    own = os.getpid()

    def end(number: int, _frame: object) -> None:
        if os.getpid() != own:
            # A process that was forked from this one has nothing of it to clean up.
            os._exit(_BY_SIGNAL + number)
        for each in listened:
            signal.signal(each, signal.SIG_IGN)
        raise EndedError(_BY_SIGNAL + number)

    listened = [number for number in _ENDING if signal.getsignal(number) is signal.SIG_DFL]
    for number in listened:
        signal.signal(number, end)
    yield


def _fill_gaps() -> None:
    """
    Give the null device to streams that are closed, so that no other file gets their number and what is meant for them.

    Standard output then still refuses what is written: a report that nobody gets is not a success.
    """
    for number, mode in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        if not _is_open(number):
            # The lowest number that is free, which is this one.
            os.open(os.devnull, mode)
    sys.stdin = sys.stdin or os.fdopen(0)
    sys.stdout = sys.stdout or os.fdopen(1, "w")
    sys.stderr = sys.stderr or os.fdopen(2, "w")


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _settle(status: int) -> int:
    """The status once all is written: Python would end with one of its own where a stream takes nothing."""
    try:
        sys.stdout.flush()
    except OSError:
        _discard(sys.stdout)
        status = status or _WRONG
    with suppress(OSError):
        sys.stderr.flush()
    return status


def _discard(stream: TextIO) -> None:
    """What the stream holds, and whatever comes, goes nowhere."""
    with suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
