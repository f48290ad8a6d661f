"""
Run public programs through `python -m offline preview`, as their authors left them, and print the table of docs/programs.md.

`python tools/try_programs.py LIST`: LIST names a folder with a Pulumi.yaml on each line, and after it any options of `preview` that the
program needs, which counts as help. Nothing is installed, and nothing of the programs is kept. `--patience` ends one that takes too long,
`--details` prints each program with what became of it.
"""

import argparse
import json
import re
import shlex
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).resolve().parent.parent
#: What the last line says, and the kind of cause that it is; the first that fits.
_CAUSES = (
    ("give the configuration|asks for configuration", "its configuration is not in the repository"),
    ("is not installed|lacks |does not compile|SDK is not installed", "its packages are not installed"),
    ("need a command|--exec", "its language is built by the user's command"),
    ("automation API", "it drives the CLI by the automation API"),
    ("PYTHONPATH", "a part of it is not on PYTHONPATH"),
    ("no Pulumi.*yaml|there is no Pulumi", "its stack is not named"),
    ("nobody answered", "it cannot live with a made-up answer"),
    ("took longer", "it takes too long"),
)


class Tried(NamedTuple):
    """A program, the language it is in, whether it was helped, and what became of it."""

    folder: Path
    language: str
    helped: bool
    outcome: str
    cause: str = ""
    seconds: float = 0.0


def main(arguments: list[str]) -> int:
    """0 where every program reached a verdict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("list", type=Path)
    parser.add_argument("--patience", type=float, default=180.0, metavar="SECONDS")
    parser.add_argument("--details", action="store_true")
    options = parser.parse_args(arguments)
    tried = []
    for line in read_list(options.list):
        tried.append(try_program(line, options.patience))
        if options.details:
            print(write_details(tried[-1]), file=sys.stderr, flush=True)
    print("\n".join(write_table(tried)))
    return int(any(each.cause for each in tried))


def read_list(file: Path) -> Iterator[tuple[str, ...]]:
    """Folder and options of each line that is neither empty nor a comment."""
    for line in file.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield tuple(shlex.split(line))


def try_program(line: tuple[str, ...], patience: float) -> Tried:
    """One program, run once."""
    folder, *options = line
    command = [sys.executable, "-m", "offline", "preview", folder, "--format", "json", "--quiet", *options]
    begun = time.monotonic()
    language = read_language(Path(folder))
    try:
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=patience, check=False)
    except subprocess.TimeoutExpired:
        return Tried(
            Path(folder), language, bool(options), "no verdict", find_cause(f"it took longer than {patience:.0f} seconds"), patience
        )
    seconds = time.monotonic() - begun
    outcome, cause = judge(ended.returncode, ended.stdout, ended.stderr)
    return Tried(Path(folder), language, bool(options), outcome, cause, seconds)


def read_language(folder: Path) -> str:
    """The runtime of its Pulumi.yaml, "?" where there is none to be read."""
    file = next((folder / name for name in ("Pulumi.yaml", "Pulumi.yml") if (folder / name).is_file()), None)
    try:
        content = yaml.safe_load(file.read_text("utf-8")) if file is not None else {}
    except yaml.YAMLError:
        return "?"
    runtime = content.get("runtime") if isinstance(content, dict) else None
    return str(runtime.get("name") if isinstance(runtime, dict) else runtime or "?")


def judge(status: int, report: str, errors: str) -> tuple[str, str]:
    """What became of a program: the outcome, and the cause where there is no verdict."""
    if status not in (0, 1, 3):
        lines = errors.strip().splitlines()
        return "no verdict", find_cause(lines[-1] if lines else "")
    buckets = [bucket for stack in json.loads(report)["stacks"] for bucket in stack["buckets"]]
    if status == 3:  # noqa: PLR2004  the status of blind spots
        return "cannot be looked into, which it says", ""
    if not buckets:
        return "has no bucket of its own", ""
    if status == 0:
        return "passes", ""
    found = {
        (result["policy"], result["verdict"]) for bucket in buckets for result in bucket["results"] if result["outcome"] == "violation"
    }
    bare = any(verdict == "unattached" for _, verdict in found)
    opened = any(verdict in ("not-denied", "undecided") for _, verdict in found)
    return (
        f"blocked: {' and '.join(filter(None, ('a bucket without a policy' * bare, 'a policy that lets too much through' * opened)))}",
        "",
    )


def find_cause(line: str) -> str:
    """The kind of cause that the last line names."""
    return next((cause for pattern, cause in _CAUSES if re.search(pattern, line)), "an error of its own")


def write_table(tried: Iterable[Tried]) -> Iterator[str]:
    """The table of docs/programs.md: outcomes and causes with their counts, by language."""
    every = list(tried)
    languages = sorted({each.language for each in every})
    yield f"| outcome | {' | '.join(languages)} | all |"
    yield f"|---|{'---|' * (len(languages) + 1)}"
    counts = Counter((f"{each.outcome}: {each.cause}" if each.cause else each.outcome, each.language) for each in every)
    for outcome in sorted({outcome for outcome, _ in counts}):
        row = [counts[outcome, language] for language in languages]
        yield f"| {outcome} | {' | '.join(str(each or '') for each in row)} | {sum(row)} |"
    right = [each for each in every if not each.cause]
    alone = sum(not each.helped for each in right)
    yield f"\n{len(right)} of {len(every)} reached a verdict, {alone} of them without help."


def write_details(tried: Tried) -> str:
    """One program on a line."""
    return f"{tried.folder}: {tried.language}, {tried.outcome}{f' ({tried.cause})' if tried.cause else ''}, {tried.seconds:.0f} s"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
