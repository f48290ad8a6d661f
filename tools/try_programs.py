"""
Run public programs through `python -m offline preview`, as their authors left them, and print what docs/programs.md says of them.

`python tools/try_programs.py LIST`: LIST names a folder with a Pulumi.yaml on each line, as OWNER+NAME/PATH below one folder. After it may
come options of `preview` that the program needs, which count as help, and after ` # ` why nobody could run it: what a person found out
where the last line does not tell. A program whose message names the command that starts it (`--exec '...'`) is run again with that command.
Nothing is installed, and nothing of the programs is kept. `--patience` ends one that takes too long, `--details` prints each program with
what became of it.
"""

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import yaml

ROOT = Path(__file__).resolve().parent.parent
#: Whose own programs are counted apart.
_MAKER = "pulumi"
_COMMAND = re.compile(r"need a command: --exec '([^']+)'")
#: What the last line says, and the kind of cause that it is; the first that fits.
_CAUSES = (
    ("give the configuration|asks for configuration", "its configuration is not in the repository"),
    ("there is no Pulumi", "none of its several stacks is named"),
    ("is not installed|lacks |SDK is not installed", "its packages are not installed"),
    ("need a command|--exec", "its language is built by the user's command"),
    ("automation API", "it is a script that drives the CLI"),
    ("PYTHONPATH", "a part of it is not on PYTHONPATH"),
    ("nobody answered", "it cannot live with a made-up answer"),
    ("took longer", "it takes too long"),
)
#: The causes for which `pulumi preview` ends without a verdict, too.
_FOREIGN = frozenset(cause for _, cause in _CAUSES[:3]) | {"it is a script that drives the CLI"}

#: "no", "message": by the command that the message names, "options": by those that the list gives.
Help = Literal["no", "message", "options"]


class Listed(NamedTuple):
    """A line of the list. `lack` is why nobody could run the program, "" where nothing is said."""

    folder: Path
    options: tuple[str, ...] = ()
    lack: str = ""


class Tried(NamedTuple):
    """A program, the language it is in, and what became of it; `foreign` where its cause is none of ours."""

    folder: Path
    language: str
    outcome: str
    cause: str = ""
    help: Help = "no"
    foreign: bool = False
    told: bool = True
    seconds: float = 0.0


def main(arguments: list[str]) -> int:
    """0 where every program that could be run reached a verdict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("list", type=Path)
    parser.add_argument("--patience", type=float, default=180.0, metavar="SECONDS")
    parser.add_argument("--details", action="store_true")
    options = parser.parse_args(arguments)
    tried = []
    for listed in read_list(options.list):
        tried.append(try_program(listed, options.patience))
        if options.details:
            print(write_details(tried[-1]), file=sys.stderr, flush=True)
    print("\n".join(write_section(tried)))
    return int(any(each.cause and not each.foreign for each in tried))


def read_list(file: Path) -> Iterator[Listed]:
    """The programs of a list, a line each; empty lines and those that begin with `#` are none."""
    for line in file.read_text("utf-8").splitlines():
        written, _, lack = line.partition(" # ")
        if written.strip() and not written.startswith("#"):
            folder, *options = shlex.split(written)
            yield Listed(Path(folder), tuple(options), lack.strip())


def try_program(listed: Listed, patience: float) -> Tried:
    """One program, run once; a second time where the message says by which command."""
    begun = time.monotonic()
    status, report, errors = _run(listed.folder, listed.options, patience)
    help_: Help = "options" if listed.options else "no"
    if not listed.options and (command := _COMMAND.search(errors)) is not None:
        status, report, errors = _run(listed.folder, ("--exec", command[1]), patience)
        help_ = "message"
    outcome, cause = judge(status, report, errors)
    told = not (cause and listed.lack)
    named = cause if told else listed.lack
    return Tried(
        listed.folder,
        read_language(listed.folder),
        outcome,
        named,
        help_,
        foreign=not told or named in _FOREIGN,
        told=told,
        seconds=time.monotonic() - begun,
    )


def _run(folder: Path, options: tuple[str, ...], patience: float) -> tuple[int, str, str]:
    """Status, report and standard error of one preview."""
    command = [sys.executable, "-m", "offline", "preview", str(folder), "--format", "json", "--quiet", *options]
    try:
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=patience, check=False)
    except subprocess.TimeoutExpired:
        return 2, "", f"it took longer than {patience:.0f} seconds"
    return ended.returncode, ended.stdout, ended.stderr


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


def write_section(tried: Sequence[Tried]) -> Iterator[str]:
    """What docs/programs.md says of them: where they are from, the table, and how many of those that could be run have a verdict."""
    yield from _write_origin(tried)
    yield from _write_table(tried)
    yield from _write_result(tried)


def _write_origin(tried: Sequence[Tried]) -> Iterator[str]:
    above = Path(os.path.commonpath([each.folder.absolute().parent for each in tried]))
    repositories = Counter(each.folder.absolute().relative_to(above).parts[0] for each in tried)
    foreign = sum(count for name, count in repositories.items() if name.partition("+")[0] != _MAKER)
    languages = Counter(each.language for each in tried)
    counted = ", ".join(f"{language} {count}" for language, count in sorted(languages.items()))
    most = " and ".join(str(count) for _, count in repositories.most_common(2))
    yield f"{len(tried)} programs from {len(repositories)} repositories, {foreign} of them not Pulumi's own: {counted}."
    yield f"The repositories with the most of them have {most}.\n"


def _write_table(tried: Sequence[Tried]) -> Iterator[str]:
    languages = sorted({each.language for each in tried})
    yield f"| outcome | {' | '.join(languages)} | all |"
    yield f"|---|{'---|' * (len(languages) + 1)}"
    counts = Counter((f"{each.outcome}: {each.cause}" if each.cause else each.outcome, each.language) for each in tried)
    for outcome in sorted({outcome for outcome, _ in counts}):
        row = [counts[outcome, language] for language in languages]
        yield f"| {outcome} |{''.join(f' {each} |' if each else ' |' for each in row)} {sum(row)} |"


def _write_result(tried: Sequence[Tried]) -> Iterator[str]:
    helped = Counter(each.help for each in tried if not each.cause)
    foreign = [each for each in tried if each.foreign]
    runnable = len(tried) - len(foreign)
    read = sum(not each.told for each in foreign)
    alone = f"{helped['no']} without help ({_write_share(helped['no'], runnable)})"
    yield f"\n{len(foreign)} could not be run by anyone who has only the repository; of {read} of them a person found out why."
    yield f"{helped.total()} of the other {runnable} reached a verdict: {alone},"
    yield f"{helped['message']} by the command that the message names, {helped['options']} with options."


def _write_share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "none"


def write_details(tried: Tried) -> str:
    """One program on a line."""
    return f"{tried.folder}: {tried.language}, {tried.outcome}{f' ({tried.cause})' if tried.cause else ''}, {tried.seconds:.0f} s"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
