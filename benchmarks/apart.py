"""A solver asked in a process of its own, which it may exhaust or crash without anyone else noticing."""

import multiprocessing
import resource
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Literal, NamedTuple

#: (script, seconds) -> `sat`, `unsat` or `unknown`
Ask = Callable[[str, float], str]
Ending = Literal["answered", "gave up", "out of memory", "failed"]

_GIGABYTE = 2**30
#: A solver looks at its own clock now and then only.
_GRACE_SECONDS = 10
_FORK = multiprocessing.get_context("fork")


class Ended(NamedTuple):
    """How a solver ended, and the processor time it took until then, in seconds."""

    how: Ending
    seconds: float


def ask_apart(ask: Ask, script: str, seconds: float, gigabytes: int) -> Ended:
    """Ask a solver within these limits; it is killed where it does not keep the one of time by itself."""
    receiver, sender = _FORK.Pipe(duplex=False)
    child = _FORK.Process(target=_answer, args=(ask, script, seconds, gigabytes, sender))
    before = _read_spent()
    child.start()
    sender.close()
    ended: Ended | None = None
    how: Ending = "gave up"
    try:
        if receiver.poll(seconds + _GRACE_SECONDS):
            ended = receiver.recv()
    except EOFError:
        how = "failed"
    finally:
        child.kill()
        child.join()
    return ended or Ended(how, _read_spent() - before)


def _read_spent() -> float:
    """Processor time of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _answer(ask: Ask, script: str, seconds: float, gigabytes: int, sender: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (gigabytes * _GIGABYTE, gigabytes * _GIGABYTE))
    started = time.process_time()
    how: Ending = "answered"
    try:
        how = "gave up" if ask(script, seconds) == "unknown" else "answered"
    except Exception as error:  # noqa: BLE001  each solver has an error of its own for it
        how = "out of memory" if isinstance(error, MemoryError) or "memory" in str(error) else "failed"
    sender.send(Ended(how, time.process_time() - started))
