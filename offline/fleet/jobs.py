"""
Work spread over the processes of this machine: one state each at a time, results as they come, nothing lost when a process is killed.

What is handed over must be picklable, and the work a function of a module. A process that is killed (by the kernel, for want of memory)
takes the others with it, as `concurrent.futures` has it: what was under way is then done again, one at a time, and only what kills a
process when it is alone is given up.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context
from typing import Generic, TypeVar

from typing_extensions import NamedTuple  # a generic one, which Python 3.10 itself does not have

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")

#: Enough for no process to wait, and few enough for their results to fit into memory.
_AHEAD = 4
_LOOK_SECONDS = 1.0
_TRIES = 2


class Done(NamedTuple, Generic[_Result]):
    """The result of the task at this place of the sequence; None where the task killed its process."""

    number: int
    result: _Result | None


def run_tasks(work: Callable[[_Task], _Result], tasks: Sequence[_Task], processes: int) -> Iterator[Done[_Result]]:
    """The results in the order in which they are ready; with one process, or one task, in this one."""
    if processes == 1 or len(tasks) == 1:
        yield from (Done(number, work(task)) for number, task in enumerate(tasks))
        return
    waiting = deque(range(len(tasks)))
    while waiting:
        interrupted: list[int] = []
        yield from _run_pool(work, tasks, waiting, processes, interrupted)
        for number in interrupted:
            yield Done(number, _run_alone(work, tasks[number]))


def _run_pool(
    work: Callable[[_Task], _Result], tasks: Sequence[_Task], waiting: deque[int], processes: int, interrupted: list[int]
) -> Iterator[Done[_Result]]:
    """Work off `waiting`; ends early, with what was under way in `interrupted`, where a process is killed."""
    running: dict[Future[_Result], int] = {}
    with _open_pool(processes) as pool:
        try:
            while waiting or running:
                while waiting and len(running) < processes * _AHEAD:
                    number = waiting.popleft()
                    running[pool.submit(work, tasks[number])] = number
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    done = Done(running[future], future.result())
                    del running[future]
                    yield done
        except BrokenProcessPool:
            interrupted += sorted(running.values())
        except BaseException:
            _stop(pool)
            raise


def _run_alone(work: Callable[[_Task], _Result], task: _Task) -> _Result | None:
    """The result of a task that was under way when a process was killed; None where it is killed again and again."""
    for _ in range(_TRIES):
        with _open_pool(1) as pool, suppress(BrokenProcessPool):
            return pool.submit(work, task).result()
    return None


def _open_pool(processes: int) -> ProcessPoolExecutor:
    # Not `fork`: threads of gRPC may be running here.
    return ProcessPoolExecutor(processes, get_context("spawn"), initializer=_watch_parent, initargs=(os.getpid(),))


def _stop(pool: ProcessPoolExecutor) -> None:
    """End the processes now: whoever interrupts a run does not wait for the states under way."""
    for process in list(getattr(pool, "_processes", {}).values()):
        process.terminate()
    pool.shutdown(wait=False, cancel_futures=True)


def _watch_parent(parent: int) -> None:
    """End this process once its parent is gone: a pool's processes wait for work for ever."""

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_SECONDS)
        os._exit(1)

    threading.Thread(target=look, daemon=True).start()
