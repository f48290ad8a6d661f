"""
Instructions of the pack's process, counted by callgrind, beside those of a pack of four policies that do nothing.

They do not depend on what else the machine does. Only the pack's own end is counted, without the kernel: the ratios are a little higher
than those of processor time at both ends, and are told without a limit. Callgrind slows a boot down fifty times, so that the part of it
that runs in the background is counted as well. Nothing is counted where valgrind is not installed.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.bench_pack import ROOT, Running, ask, ask_about, make_floor, run, write_request


class Counted(NamedTuple):
    """A pack under callgrind, and where it dumps its counts."""

    pack: Running
    folder: Path


def main() -> int:
    """0; there is no limit here."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("calls", nargs="?", type=int, default=100, help="resources of each kind")
    calls = parser.parse_args().calls
    if shutil.which("callgrind_control") is None:
        print("not counted: valgrind is not installed")
        return 0
    with make_floor() as floor:
        for folder in (ROOT, floor):
            with run(folder):
                pass  # so that its byte code is there
        ours, bare = (list(count(folder, calls)) for folder in (ROOT, floor))
    for (name, one), (_, other) in zip(ours, bare, strict=True):
        print(f"{name:<44} {one:9.3f} M    floor {other:9.3f} M    {one / other:.3f}x, own {one - other:.3f} M")
    return 0


def count(folder: Path, calls: int) -> Iterator[tuple[str, float]]:
    """Millions of instructions: of the boot, and of one resource of each kind."""
    policies = [write_request(number) for number in range(calls)]
    foreign = [ask("aws:s3/bucketVersioning:BucketVersioning", f"v{n}", {"bucket": f"data-{n}"}) for n in range(calls)]
    buckets = [ask("aws:s3/bucket:Bucket", f"b{n}", {"bucket": f"data-{n}"}) for n in range(calls)]
    with _run(folder) as counted:
        yield "boot to the port line", read_count(counted)
        _settle(counted)
        kinds = (("a resource that is none of ours", foreign), ("a bucket", buckets), ("a BucketPolicy, first time", policies))
        for name, requests in (*kinds, ("a BucketPolicy, again", policies)):
            ask_about(counted.pack, requests)
            yield name, read_count(counted) / calls


def _settle(counted: Counted) -> None:
    """Until the pack has loaded in the background what judges, which makes thousands of times as many instructions as waiting does."""
    spent = 1.0
    while spent > 0.1:  # noqa: PLR2004  millions
        time.sleep(3)
        spent = read_count(counted)
    ask_about(counted.pack, [write_request(-1)])
    read_count(counted)


@contextmanager
def _run(folder: Path) -> Iterator[Counted]:
    with (
        tempfile.TemporaryDirectory() as dumps,
        run(folder, "valgrind", "--tool=callgrind", f"--callgrind-out-file={dumps}/counts") as pack,
    ):
        yield Counted(pack, Path(dumps))


def read_count(counted: Counted) -> float:
    """Millions of instructions since this was asked last."""
    subprocess.run(["callgrind_control", "--dump", str(counted.pack.pid)], check=True, capture_output=True)
    newest = max(counted.folder.glob("counts.*"), key=lambda dump: int(dump.suffix[1:]))
    totals = next(line for line in newest.read_text(encoding="ascii", errors="replace").splitlines() if line.startswith("totals:"))
    return int(totals.split()[1]) / 1e6


if __name__ == "__main__":
    sys.exit(main())
