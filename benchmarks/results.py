"""
`make results`: all benchmarks one after the other, and what they printed into benchmarks/RESULTS.md and the plots of docs/performance.md.

With the commit, the machine, the load average before and after each of them, its method and its limits. On a machine that does something
else the load averages say so. The exit status is 1 where a limit was missed. `--small` tries the command itself in a minute.
"""

import argparse
import ast
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "benchmarks" / "RESULTS.md"


class Bench(NamedTuple):
    """A script beside this one: what is asked in it, and its arguments at full and at small scale; None where there is no small one."""

    script: str
    title: str
    full: tuple[str, ...] = ()
    small: tuple[str, ...] | None = None


class Outcome(NamedTuple):
    """What came of a benchmark; `loads`: the average of the minute before it and after it."""

    bench: Bench
    status: int
    output: str
    loads: tuple[float, float]
    seconds: float


BENCHES = (
    Bench("bench_pack", "The pack beside a pack that does nothing"),
    Bench("bench_preview", "A preview under the real CLI", small=("5", "--rounds", "1")),
    Bench("instructions", "The pack's share in instructions", small=("10",)),
    Bench("growth", "Growth", ("--plots", "docs"), ("--largest", "30", "--rounds", "1")),
    Bench("bench_decide", "Deciding, and the hard families beside two solvers"),
    Bench("bench_guard", "Looking at a denial a second time"),
    Bench("bench_analyze", "`analyze` of a large state", small=("100",)),
    Bench("bench_offline", "`preview` without the CLI", small=("5", "--rounds", "1")),
    Bench("bench_browser", "Opening a large report"),
)


def main() -> int:
    """0 where every limit is kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="what can be asked in small, printed and not written")
    parser.add_argument("--only", action="append", choices=[bench.script for bench in BENCHES], help="this one; repeatable, printed only")
    options = parser.parse_args()
    wanted = [bench for bench in BENCHES if bench.script in (options.only or [each.script for each in BENCHES])]
    if options.small:
        wanted = [bench._replace(full=bench.small) for bench in wanted if bench.small is not None]
    outcomes = [run(bench) for bench in wanted]
    page = "\n".join(write(outcomes)) + "\n"
    if options.small or options.only:
        print(page)
    else:
        PAGE.write_text(page, encoding="utf-8")
        print(f"written: {PAGE.relative_to(ROOT)}, and the plots of docs/performance.md")
    return max(outcome.status for outcome in outcomes)


def run(bench: Bench) -> Outcome:
    """One benchmark to its end; its errors are shown, not written."""
    print(f"== {bench.script}", file=sys.stderr, flush=True)
    before, start = os.getloadavg()[0], time.perf_counter()
    command = [sys.executable, str(ROOT / "benchmarks" / f"{bench.script}.py"), *bench.full]
    process = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    return Outcome(bench, process.returncode, process.stdout, (before, os.getloadavg()[0]), time.perf_counter() - start)


def write(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The page, line by line."""
    yield "# Results of the benchmarks"
    yield ""
    yield "Written by `make results`, not edited. docs/performance.md says what dominates, and why."
    yield ""
    yield f"* Commit {_ask_git('rev-parse', '--short=12', 'HEAD')}{', with changes' if _ask_git('status', '--porcelain') else ''}"
    yield f"* {datetime.now(timezone.utc):%d %B %Y}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    minutes = sum(outcome.seconds for outcome in outcomes) / 60
    yield f"* {minutes:.0f} minutes; a figure is an idle machine's where the load was about 1, which is the benchmark itself"
    for outcome in outcomes:
        yield from _write_one(outcome)


def _write_one(outcome: Outcome) -> Iterator[str]:
    bench = outcome.bench
    verdict = {0: "within every limit", 1: "**a limit was missed**"}.get(outcome.status, f"failed with exit status {outcome.status}")
    before, after = outcome.loads
    yield from ("", f"## {bench.title}", "")
    source = (ROOT / "benchmarks" / f"{bench.script}.py").read_text(encoding="utf-8")
    yield " ".join((ast.get_docstring(ast.parse(source)) or "").split())
    yield ""
    command = " ".join((f"benchmarks/{bench.script}.py", *bench.full))
    yield f"`{command}`: {verdict}; {outcome.seconds:.0f} s, load {before:.1f} to {after:.1f}"
    yield from ("", "```text", outcome.output.rstrip(), "```")


def _ask_git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
