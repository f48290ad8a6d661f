"""An existing Dask cluster gives the same report as this machine, also where it loses a worker; it needs none of this project's code."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple, cast

import pytest

from offline.configuration import Configuration, read_configuration
from offline.fleet.cluster import run_on_cluster
from offline.fleet.options import SurveyOptions
from offline.fleet.sources import Item
from offline.fleet.survey import Survey, render, survey
from offline.fleet.work import Task, judge_packed, pack_task
from offline.report.text import Screen
from offline.run import Failure
from tests.offline.fleet.states import good, state

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=timezone.utc)
SCREEN = Screen(100, colour=False, quiet=False)


class Cluster(NamedTuple):
    """A scheduler and its workers."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]


def start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """A process of Dask in an empty folder, without this project on its path."""
    folder.mkdir()
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{arguments[0]}", *arguments[1:]],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def find_port() -> int:
    """A port that was free just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler with two workers of one thread each."""
    address = f"tcp://127.0.0.1:{find_port()}"
    port = address.rpartition(":")[2]
    scheduler_process = start(tmp_path / "scheduler", "dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")
    options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0", "--host", "127.0.0.1")
    workers = [start(tmp_path / f"worker{number}", "dask_worker", address, *options) for number in range(2)]
    try:
        yield Cluster(address, scheduler_process, workers)
    finally:
        for process in (*workers, scheduler_process):
            process.kill()
            process.wait()


def judge(folder: Path, cluster: str | None, kill: subprocess.Popen[bytes] | None = None, cache: Path | None = None) -> str:
    """The lines of the buckets; the worker is killed once the first states are judged."""
    configuration = read_configuration(None)
    assert isinstance(configuration, Configuration)

    def tell(line: str) -> None:
        if kill is not None and kill.poll() is None and line.startswith("judging states"):
            kill.send_signal(signal.SIGKILL)

    with survey(SurveyOptions((str(folder),), jobs=1, cluster=cluster, cache=cache), configuration, NOW, tell) as found:
        assert isinstance(found, Survey), found
        assert found.report.unread == ()
        return "".join(render(found, "ndjson", SCREEN))


@pytest.mark.usefixtures("whole_pack")
def test_a_cluster_gives_the_same_report(cluster: Cluster, tmp_path: Path) -> None:
    """A worker that is killed half-way loses nothing."""
    for number in range(40):
        path = tmp_path / "states" / f"s{number}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(state("shop", f"s{number}", *(good(f"shop-{number}-{place}") for place in range(3)), (f"bare-{number}", None)))
    here = judge(tmp_path / "states", None)
    assert judge(tmp_path / "states", cluster.address, cluster.workers[0]) == here
    assert cluster.workers[0].wait() == -signal.SIGKILL


@pytest.mark.usefixtures("whole_pack")
def test_what_is_kept_here_is_not_asked_for(cluster: Cluster, tmp_path: Path) -> None:
    """The cache is this machine's: the cluster is given what is not in it, and needs none; without a rest it is not asked."""
    states, cache = tmp_path / "states", tmp_path / "cache"
    states.mkdir()
    for number in range(3):
        (states / f"s{number}.json").write_text(state("shop", f"s{number}", good(f"shop-{number}")))
    first = judge(states, cluster.address, cache=cache)
    assert len([path for path in cache.rglob("*") if path.is_file()]) == 3
    assert judge(states, "tcp://127.0.0.1:1", cache=cache) == first
    (states / "s1.json").write_text(state("shop", "s1", ("bare", None)))
    changed = judge(states, cluster.address, cache=cache)
    assert changed == judge(states, None) != first


def read_peak(process: subprocess.Popen[bytes]) -> int:
    """The most megabytes that a process has had."""
    lines = Path(f"/proc/{process.pid}/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) // 1024


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of another process is read from /proc")
def test_the_scheduler_does_not_grow_with_the_states(cluster: Cluster, tmp_path: Path) -> None:
    """It remembers the last thousand messages; in them are 200 MB of states, as they are on the disk."""
    (tmp_path / "states").mkdir()
    for number in range(50):
        whole = json.loads(state("shop", f"s{number}", good(f"shop-{number}")))
        whole["checkpoint"]["latest"]["pending"] = [{"text": f"{place} of many more resources"} for place in range(100_000)]
        (tmp_path / "states" / f"s{number}.json").write_text(json.dumps(whole))
    judge(tmp_path / "states", cluster.address)
    assert read_peak(cluster.scheduler) < 150


@pytest.mark.usefixtures("whole_pack")
def test_the_profiles_of_the_workers_know_nothing_of_a_run(cluster: Cluster, tmp_path: Path) -> None:
    """They are kept for an hour, and would be larger than all that a worker needs."""
    from distributed import Client  # noqa: PLC0415  an import of seconds

    (tmp_path / "states").mkdir()
    for number in range(20):
        text = state("shop", f"s{number}", *(good(f"shop-{number}-{place}") for place in range(100)))
        (tmp_path / "states" / f"s{number}.json").write_text(text)
    with cast("Any", Client)(cluster.address, set_as_default=False) as client:
        judge(tmp_path / "states", cluster.address)
        profiled = json.dumps(client.profile(start=0), default=str)
    assert '"name": "call"' in profiled
    assert "judge_task" not in profiled


def test_few_states_are_under_way_at_once(cluster: Cluster) -> None:
    """However many there are: the next is asked for when one is done, whose result the cluster then forgets."""
    from distributed import Client  # noqa: PLC0415  an import of seconds

    asked: list[int] = []

    def list_tasks() -> Iterator[bytes]:
        for number in range(100):
            asked.append(number)
            yield pack_task(Task(Item("", "s.json", "s.json", "s.json"), b"{}", {}, date(2026, 11, 27), None))

    held = []
    with cast("Any", Client)(cluster.address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
        for count, done in enumerate(run_on_cluster(cluster.address, judge_packed, list_tasks()), start=1):
            assert done.result is not None
            assert "unread" in json.loads(done.result)
            assert len(asked) - count <= 2 * 8
            if count % 20 == 0:
                held.append(sum(map(len, client.has_what().values())) + sum(map(len, client.processing().values())))
    assert len(asked) == 100
    # The cluster is asked twice, while it works.
    assert max(held) <= 3 * 8


def test_no_cluster_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no scheduler answers."""
    monkeypatch.setattr("offline.fleet.cluster._CONNECT_SECONDS", 0.2)
    (tmp_path / "s.json").write_text(state("shop", "prod", good("shop")))
    configuration = read_configuration(None)
    assert isinstance(configuration, Configuration)
    address = f"tcp://127.0.0.1:{find_port()}"
    with survey(SurveyOptions((str(tmp_path),), cluster=address), configuration, NOW, lambda _: None) as found:
        assert isinstance(found, Failure)
        assert (
            found.message
            == f"--cluster {address}: no scheduler answers; expected: the address of a Dask scheduler, such as tcp://HOST:8786"
        )
