"""
`pulumi preview` of 100 buckets with policies under the real CLI, beside the same preview with a pack of four policies that do nothing.

Previews are run in turn, each of them first every other time; of the ratios of the pairs the median is compared with what is promised, and
the exit status is 1 above it. It is wall-clock time of the whole command, since the engine's plug-ins are processes that it kills: a figure
of a busy machine says little. `make e2e` builds the CLI.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.bench_offline import _PROGRAM
from benchmarks.bench_pack import FLOOR, compare, pair_up, show_figure
from tests.e2e.cli import Project, install_pack, link_environment, make_project
from tools.build_cli import PULUMI_HOME, is_installed

MOST_TIMES = 1.05


def main() -> int:
    """0 where the figure keeps to what is promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("buckets", nargs="?", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=15, help="pairs of previews")
    options = parser.parse_args()
    if not is_installed() and not (PULUMI_HOME / "pulumi").exists():
        print("not measured: the Pulumi CLI is not here; `make e2e` builds it")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return _measure(Path(folder), options.buckets, options.rounds)


def _measure(folder: Path, buckets: int, rounds: int) -> int:
    made = make_project(folder / "project", _PROGRAM % buckets)
    # Byte code is written, as it is for a user.
    project = made._replace(environment={name: value for name, value in made.environment.items() if name != "PYTHONDONTWRITEBYTECODE"})
    ours, floor = install_pack(folder / "s3-encryption-guard"), _install_floor(folder / "floor")
    for pack in (ours, floor):
        preview(project, pack)
    pairs = [pair_up(lambda pack: preview(project, pack), ours, floor, number) for number in range(rounds)]
    figure = compare(f"pulumi preview, {buckets:,} buckets with policies", "s", MOST_TIMES, pairs)
    return show_figure(figure)


def _install_floor(folder: Path) -> Path:
    folder.mkdir()
    manifest = "runtime:\n  name: python\n  options:\n    virtualenv: venv\n"
    (folder / "PulumiPolicy.yaml").write_text(manifest, encoding="utf-8")
    (folder / "__main__.py").write_text(FLOOR, encoding="utf-8")
    return link_environment(folder)


def preview(project: Project, pack: Path) -> float:
    """Seconds of one preview, which has to pass."""
    start = time.perf_counter()
    outcome = project.run("preview", "--policy-pack", str(pack))
    spent = time.perf_counter() - start
    if outcome.status:
        sys.exit(outcome.text)
    return spent


if __name__ == "__main__":
    sys.exit(main())
