"""Tasks give their results whatever happens to the processes."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from offline.fleet.jobs import Done, run_tasks
from offline.fleet.shards import Shard, is_in_shard

ROOT = Path(__file__).resolve().parents[3]


def square(number: int) -> int:
    """Work that succeeds."""
    return number * number


def die_of_two(number: int) -> int:
    """Work that kills its process at one of its tasks, as the kernel does for want of memory."""
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die_once(path: str) -> str:
    """Work whose process is killed the first time only."""
    if not Path(path).exists():
        Path(path).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return path


@pytest.mark.parametrize("processes", [1, 2])
def test_every_task_gives_its_result(processes: int) -> None:
    """In any order, and each once."""
    assert sorted(run_tasks(square, range(20), processes)) == [Done(number, number * number) for number in range(20)]


def test_a_task_that_kills_its_process_is_given_up_alone() -> None:
    """The others are judged, also those that were under way beside it."""
    assert sorted(run_tasks(die_of_two, range(12), 2)) == [Done(number, None if number == 2 else number) for number in range(12)]


def test_a_killed_process_loses_nothing(tmp_path: Path) -> None:
    """What was under way is done again."""
    tasks = [str(tmp_path / str(number)) for number in range(3)]
    assert sorted(run_tasks(die_once, tasks, 2)) == [Done(number, task) for number, task in enumerate(tasks)]


def test_a_run_that_is_abandoned_leaves_no_process(tmp_path: Path) -> None:
    """Whoever stops reading results ends the processes."""
    program = textwrap.dedent(
        f"""
        import os, sys, time
        sys.path.insert(0, {str(tmp_path)!r})
        sys.path.insert(0, {str(ROOT)!r})
        import work
        from offline.fleet.jobs import run_tasks
        if __name__ == "__main__":
            results = run_tasks(work.note, range(1000), 2)
            next(results)
            if sys.argv[1] == "killed":
                os.kill(os.getpid(), 9)
            results.close()
        """
    )
    (tmp_path / "program.py").write_text(program)
    (tmp_path / "work.py").write_text(
        "import os, pathlib, time\n\ndef note(number):\n"
        f"    pathlib.Path({str(tmp_path)!r}, str(os.getpid()) + '.pid').touch()\n    time.sleep(0.05)\n"
    )
    for how in ("closed", "killed"):
        subprocess.run([sys.executable, str(tmp_path / "program.py"), how], check=False, timeout=60, cwd=tmp_path)
        numbers = [int(path.stem) for path in tmp_path.glob("*.pid")]
        assert numbers
        deadline = time.monotonic() + 30
        while any(Path(f"/proc/{number}").exists() for number in numbers) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert [number for number in numbers if Path(f"/proc/{number}").exists()] == []


def test_shards_take_each_state_once() -> None:
    """Every place belongs to exactly one of the shards, the same in every run, and the parts are about equal."""
    places = [f"project{number % 7}/stack{number}.json" for number in range(1000)]
    owners = [[number for number in range(1, 4) if is_in_shard(place, Shard(number, 3))] for place in places]
    assert all(len(found) == 1 for found in owners)
    assert [owners.count([number]) for number in (1, 2, 3)] == [323, 342, 335]
