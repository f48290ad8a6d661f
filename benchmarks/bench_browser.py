"""
How fast a browser opens the HTML report on 10,000 buckets.

A report on a hundred stacks, five of each hundred buckets with a finding, and an empty page, painted in turn by Chromium: the seconds of
CPU of all its processes, and those on the clock. Exit status 1 where the median, less that of the empty page, is over the limit.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.fleet import list_family
from benchmarks.organization import write_states
from offline.pack_info import ROOT

#: Seconds on an idle machine.
LIMIT = 3.0
_ROUNDS = 5
_STACKS = 100
#: Chromium without a window, and without asking anybody for anything.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


class Opened(NamedTuple):
    """What it took to paint a page, in seconds."""

    cpu: float
    clock: float


def main() -> int:
    """Measure, print, compare with the limit."""
    browser = find_browser()
    if browser is None:
        print("no Chromium here: not measured")
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        page, empty = write_report(folder), folder / "empty.html"
        empty.write_text("<p>nothing", "utf-8")
        rounds = [(open_page(browser, folder, empty), open_page(browser, folder, page)) for _ in range(_ROUNDS)]
    cpu = statistics.median(full.cpu - bare.cpu for bare, full in rounds)
    clock = statistics.median(full.clock - bare.clock for bare, full in rounds)
    print(f"HTML on {_STACKS * 100:,} buckets, beyond an empty page: {clock:.2f} s on the clock (limit {LIMIT:.0f} s), {cpu:.2f} s of CPU")
    return 1 if clock > LIMIT else 0


def find_browser() -> str | None:
    """Chromium, by whatever name it is installed."""
    return next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)


def write_report(folder: Path) -> Path:
    """The page, as the command writes it: of a report that has violations."""
    report = folder / "many.html"
    write_states(folder / "states", range(_STACKS))
    command = (sys.executable, "-m", "offline", "analyze", str(folder / "states"), "--format", "html", "--output", str(report))
    status = subprocess.run(command, cwd=ROOT, check=False).returncode
    if status != 1:
        raise subprocess.CalledProcessError(status, command)
    return report


def open_page(browser: str, folder: Path, page: Path) -> Opened:
    """One page, painted with a profile that has seen the others."""
    picture = f"--screenshot={folder / 'shot.png'}"
    command = [browser, *FLAGS, f"--user-data-dir={folder / 'profile'}", picture, "--window-size=1280,900", page.as_uri()]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    spent: dict[int, int] = {}
    while process.poll() is None:
        for each in list_family(process.pid):
            with suppress(OSError):
                fields = Path(f"/proc/{each}/stat").read_text("utf-8").rpartition(")")[2].split()
                spent[each] = int(fields[11]) + int(fields[12])
        time.sleep(0.02)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Opened(sum(spent.values()) / os.sysconf("SC_CLK_TCK"), time.perf_counter() - started)


if __name__ == "__main__":
    raise SystemExit(main())
