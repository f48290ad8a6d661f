"""
`make bench-fleet`: a million buckets in ten thousand states, through `analyze` on two processes and on a Dask cluster that loses a worker.

    python benchmarks/fleet.py [SHARE] [--write]     SHARE of the whole, 1 for all of it

Judged are a thousandth, a hundredth, a tenth and all of the states; all of them again with nothing changed; and all of them by two workers,
of which one is killed half-way (its nanny starts another). Each time the report is the same, byte by byte. `--write` puts the figures into
docs/performance.md and the plot beside it. Everything is made in a temporary folder. Linux only.
"""

import argparse
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, cast

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.organization import BUCKETS_A_STATE, write_states  # noqa: E402
from benchmarks.plot import draw  # noqa: E402

STATES = 10_000
PROCESSES = 2
#: Of a small part most of the time goes into the start of the processes.
_START_SECONDS = 30.0
MOST_SECONDS, MOST_MEGABYTES, MOST_AGAIN = 600.0, 500.0, 60.0
PAGE, PLOT = ROOT / "docs" / "performance.md", ROOT / "docs" / "performance-fleet.svg"
_BEGIN, _END = "<!-- bench-fleet -->\n", "<!-- end of bench-fleet -->\n"
#: What a state takes on the disk with its lines of the report, which are there three times, and its entry in the cache.
_BYTES_A_STATE = 1_300_000

#: What is in the command of a process that is not started through `multiprocessing`.
_ROLES = {"dask_scheduler": "scheduler", "dask_worker": "nanny", "\0analyze\0": "analyze", "resource_tracker": "resource tracker"}


class Run(NamedTuple):
    """An `analyze` of these back ends, which hold so many states; `client` is of its cluster, of which a worker is killed half-way."""

    what: str
    sources: list[Path]
    states: int
    options: tuple[str, ...]
    client: Any = None


class Peak(NamedTuple):
    """The most memory that a process has had, and what it was there for."""

    megabytes: float
    role: str


class Measured(NamedTuple):
    """A run: how long it took, its largest process, and the hash of its report."""

    what: str
    states: int
    seconds: float
    largest: Peak
    digest: str

    @property
    def milliseconds(self) -> float:
        """The time that a bucket took."""
        return 1000 * self.seconds / (self.states * BUCKETS_A_STATE)


def main() -> int:
    """0 where all that is promised holds and every report is the same."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("share", nargs="?", type=float, default=1.0)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="s3-encryption-guard-bench-") as folder:
        states = max(PROCESSES, round(STATES * options.share))
        if shutil.disk_usage(folder).free < states * _BYTES_A_STATE:
            sys.exit(f"{states * _BYTES_A_STATE / 10**9:.0f} GB of disk are needed in {folder}")
        started = time.perf_counter()
        parts = make_parts(Path(folder), states)
        print(f"{states:,} states of {BUCKETS_A_STATE} buckets written in {time.perf_counter() - started:.0f} s", flush=True)
        found = list(measure_all(Path(folder), parts))
    if options.write:
        write_page(found)
    return int(not all([*keeps(found, options.share)]))


def make_parts(folder: Path, states: int) -> list[tuple[Path, int]]:
    """Back ends that hold a thousandth, the rest of a hundredth, the rest of a tenth, and the rest of all states."""
    ends = [0, *(max(1, states // divisor) for divisor in (1000, 100, 10)), states]
    parts = []
    for name, start, end in zip("abcd", ends, ends[1:], strict=False):
        if end > start:
            write_states(folder / name, range(start, end))
            parts.append((folder / name, end))
    return parts


def measure_all(folder: Path, parts: list[tuple[Path, int]]) -> Iterator[Measured]:
    """Every run, told as soon as it has ended."""
    everything, whole = [path for path, _ in parts], parts[-1][1]
    # The whole is judged with an empty cache: what the second run needs is written in the first.
    jobs, cache = ("--jobs", str(PROCESSES)), ("--cache", str(folder / "cache"))
    for count, (_, states) in enumerate(parts, start=1):
        options = (*jobs, *cache) if states == whole else jobs
        yield tell(measure(folder, Run("two processes", everything[:count], states, options)))
    yield tell(measure(folder, Run("again, with nothing changed", everything, whole, (*jobs, *cache))))
    with run_cluster(folder / "cluster") as client:
        what = "a Dask cluster of two workers, one killed half-way"
        yield tell(measure(folder, Run(what, everything, whole, ("--cluster", client.scheduler.address), client)))


def tell(found: Measured) -> Measured:
    """Print it."""
    size = f"{found.states * BUCKETS_A_STATE:>10,} buckets {found.seconds:8.1f} s {found.milliseconds:6.2f} ms a bucket"
    print(f"{found.what:52} {size} {found.largest.megabytes:6.0f} MB ({found.largest.role})", flush=True)
    return found


def measure(folder: Path, run: Run) -> Measured:
    """One `analyze`, which finds violations."""
    report = folder / "report.ndjson"
    command = [sys.executable, "-m", "offline", "analyze", *map(str, run.sources), "--format", "ndjson", "--output", str(report)]
    # Reports are compared byte by byte, so they are all of one time.
    environment = os.environ | {"TMPDIR": str(folder), "SOURCE_DATE_EPOCH": "1795780800"}
    started = time.perf_counter()
    process = subprocess.Popen([*command, *run.options], cwd=ROOT, env=environment)
    largest, alive = Peak(0.0, ""), run.client is not None
    try:
        while process.poll() is None:
            watched = list_family(process.pid if run.client is None else os.getpid())
            largest = max([largest, *(Peak(read_peak(each), name_role(each)) for each in watched if each != os.getpid())])
            alive = alive and not kill_half_way(run.client, run.states)
            time.sleep(0.1)
    finally:
        process.terminate()
    seconds = time.perf_counter() - started
    if process.returncode != 1 or alive:
        sys.exit(f"{run.what}: exit status {process.returncode}{', and no worker was killed before the end' if alive else ''}")
    digest = hash_file(report)
    report.unlink()
    return Measured(run.what, run.states, seconds, largest, digest)


def hash_file(path: Path) -> str:
    """SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while content := file.read(2**20):
            digest.update(content)
    return digest.hexdigest()


def list_family(pid: int) -> list[int]:
    """A process and all that it has started, from whichever of its threads: a nanny starts its worker from a second one."""
    found: list[str] = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += children.read_text("ascii").split()
    return [pid, *(member for child in found for member in list_family(int(child)))]


def read_peak(pid: int) -> float:
    """The most megabytes that a process has had."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("utf-8", "replace").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


def name_role(pid: int) -> str:
    """What a process is there for: `analyze` itself, what it has started, or one of Dask's."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace")
        parent = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1]
    except OSError:
        return "a process that has ended"
    named = next((role for mark, role in _ROLES.items() if mark in command), None)
    return named or ("worker of Dask" if name_role(int(parent)) == "nanny" else "process of analyze")


@contextmanager
def run_cluster(folder: Path) -> Iterator[Any]:
    """A client of a scheduler and two workers of one thread each, on this machine, without this project on their path."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
    scheduler = ("dask_scheduler", "--host", "127.0.0.1", "--port", address.rpartition(":")[2], "--no-dashboard")
    worker = ("dask_worker", address, "--nthreads", "1", "--no-dashboard", "--memory-limit", "0", "--host", "127.0.0.1")
    started = [start(folder / name, *arguments) for name, arguments in (("scheduler", scheduler), ("one", worker), ("two", worker))]
    try:
        with connect(address) as client:
            yield client
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()


def start(folder: Path, module: str, *arguments: str) -> "subprocess.Popen[bytes]":
    """A process of Dask in a folder of its own."""
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments]
    environment = {**os.environ, "PYTHONPATH": ""}
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextmanager
def connect(address: str) -> Iterator[Any]:
    """A client of the cluster, once both workers are there."""
    from distributed import Client  # noqa: PLC0415  only the last run needs it

    with cast("Any", Client)(address, timeout=60, set_as_default=False) as client:
        client.wait_for_workers(PROCESSES, timeout=60)
        yield client


def kill_half_way(client: Any, states: int) -> bool:
    """Kill a worker, as the kernel does for want of memory, if half of the states are judged; whether it was killed."""
    found: Mapping[str, tuple[int, int]] = client.run(lambda dask_worker: (dask_worker.state.executed_count, os.getpid()))
    if sum(executed for executed, _ in found.values()) < states / 2:
        return False
    os.kill(min(process for _, process in found.values()), signal.SIGKILL)
    return True


def keeps(found: list[Measured], share: float) -> Iterator[bool]:
    """Whether each promise holds, told where it does not; of a part of the whole that part of the time is asked."""
    *parts, again, cluster = found
    whole = parts[-1]
    for name, figure, most in (
        ("seconds", whole.seconds, max(MOST_SECONDS * share, _START_SECONDS)),
        ("seconds again", again.seconds, max(MOST_AGAIN * share, _START_SECONDS)),
        ("megabytes a process", max(each.largest.megabytes for each in found), MOST_MEGABYTES),
        ("reports that differ", float(len({each.digest for each in (whole, again, cluster)}) - 1), 0.0),
    ):
        if figure > most:
            print(f"{name}: {figure:.0f}, at most {most:.0f}")
        yield figure <= most


def write_page(found: list[Measured]) -> None:
    """Replace the figures and the plot."""
    *parts, _, _ = found
    PLOT.write_text(draw([(each.states * BUCKETS_A_STATE, each.seconds) for each in parts]), "utf-8")
    before, _, rest = PAGE.read_text("utf-8").partition(_BEGIN)
    plot = f"![Time against buckets, both logarithmic]({PLOT.name})"
    PAGE.write_text(f"{before}{_BEGIN}\n{write_table(found)}\n{plot}\n\n{_END}{rest.partition(_END)[2]}", "utf-8")


def write_table(found: list[Measured]) -> str:
    """A row for each run."""
    rows = (
        f"| {each.what} | {each.states * BUCKETS_A_STATE:,} | {each.seconds:.1f} "
        f"| {each.largest.megabytes:.0f} MB ({each.largest.role}) | {each.milliseconds:.2f} ms |\n"
        for each in found
    )
    return "".join(["| what | buckets | seconds | largest process | a bucket |\n|---|---|---|---|---|\n", *rows])


if __name__ == "__main__":
    sys.exit(main())
