"""`benchmarks/fleet.py` measures every process, says which was the largest, and writes the table that the page has."""

import os
import subprocess
import sys
import threading

import pytest

from benchmarks.fleet import _BEGIN, _END, PAGE, Measured, Peak, list_family, name_role, write_table

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def test_the_table_is_the_one_of_the_page() -> None:
    """The same columns, a row for each run."""
    table = write_table([Measured("two processes", 100, 5.25, Peak(83.2, "analyze"), "")])
    heading, rule, row = table.splitlines()
    assert row == "| two processes | 10,000 | 5.2 | 83 MB (analyze) | 0.53 ms |"
    page = PAGE.read_text("utf-8").partition(_BEGIN)[2].partition(_END)[0]
    assert f"\n{heading}\n{rule}\n| two processes | " in page


@linux
def test_what_another_thread_has_started_is_measured() -> None:
    """As a nanny of Dask starts its worker."""
    started: list[subprocess.Popen[bytes]] = []
    ready, leave = threading.Event(), threading.Event()

    def start() -> None:
        code = "print(flush=True); input()"
        process = subprocess.Popen([sys.executable, "-c", code, "analyze", "x"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        started.append(process)
        ready.set()
        leave.wait(60)

    thread = threading.Thread(target=start)
    thread.start()
    try:
        assert ready.wait(60)
        # Until a process has begun, it has no command in /proc.
        assert started[0].stdout is not None
        started[0].stdout.readline()
        assert started[0].pid in list_family(os.getpid())
        assert name_role(started[0].pid) == "analyze"
    finally:
        leave.set()
        thread.join()
        started[0].communicate(b"\n")


@linux
def test_a_process_that_has_ended_has_no_role() -> None:
    """It may end between two looks."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert name_role(process.pid) == "a process that has ended"
    assert list_family(process.pid) == [process.pid]
