"""
`make attack`: hostile requests, states and documents, each made from its number, and faults of the machine.

    python tools/attack.py [SHARE] [--write]     SHARE of the whole campaign, 1 for all of it

A crash is an internal error, an exception, a pack that ends, or a status that there is none of. The limit is five seconds of CPU; for the
pack, its own where the system tells it (Linux), else of the clock. `--write` replaces the rows of the table in docs/security-tests.md.
"""

import io
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from unittest.mock import patch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pulumi.runtime.proto import analyzer_pb2  # noqa: E402

from offline.__main__ import main as run_command  # noqa: E402
from offline.command_line import FORMATS  # noqa: E402
from offline.engine.pack.boot import Booted, PackError, StackSettings, boot  # noqa: E402
from offline.engine.protocol import values  # noqa: E402
from tools import hostile  # noqa: E402

SECONDS = 5.0
REQUESTS, STATES, DOCUMENTS, FAULTS = 30_000, 3_000, 2_000, 40
TABLE = ROOT / "docs" / "security-tests.md"
_OPTIONS = analyzer_pb2.AnalyzerResourceOptions()


class Tally(NamedTuple):
    """What came of one kind of input; `wrong` are the numbers of the inputs that crashed or lost something."""

    kind: str
    tried: int
    wrong: tuple[int, ...]
    slow: tuple[int, ...]
    slowest: float


def tally(kind: str, numbers: range, attempt: Callable[[int], bool], clock: Callable[[], float]) -> Tally:
    """Try each number; an attempt is true where all is well."""
    wrong, slow, slowest = [], [], 0.0
    for number in numbers:
        started = clock()
        if not attempt(number):
            wrong.append(number)
        spent = clock() - started
        slowest = max(slowest, spent)
        if spent > SECONDS:
            slow.append(number)
    return Tally(kind, len(numbers), tuple(wrong), tuple(slow), slowest)


def attack_pack(count: int) -> Tally:
    """Requests to a booted pack: Remediate, Analyze and, of a few resources, AnalyzeStack."""
    with boot(ROOT, StackSettings("shop", "prod"), {"aws-s3-bucket-policy-denies-insecure-transport": "remediate"}) as pack:
        process = list_children(os.getpid())[0]
        return tally("requests to the booted pack", range(count), lambda number: ask(pack, number), lambda: read_clock(process))


def read_clock(process: int) -> float:
    """The CPU seconds that a process has had: not what it takes here to make a request."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return time.monotonic()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def ask(pack: Booted, number: int) -> bool:
    """Whether the pack answers, and without an internal error."""
    rng = Random(number)  # noqa: S311  not for secrets
    try:
        if number % 10 == 9:  # noqa: PLR2004  one in ten
            said = pack.analyze_stack([analyzer_pb2.AnalyzerResource(**describe(rng)) for _ in range(rng.randrange(6))]).diagnostics
        elif number % 3 == 0:
            return all("internal error" not in each.diagnostic for each in pack.remediate(make_request(rng)).remediations)
        else:
            said = pack.analyze([make_request(rng)])[0].diagnostics
    except PackError:
        return False
    return all("internal error" not in each.message for each in said)


def make_request(rng: Random) -> analyzer_pb2.AnalyzeRequest:
    """One resource."""
    return analyzer_pb2.AnalyzeRequest(**describe(rng))


def describe(rng: Random) -> dict[str, Any]:
    """A resource in the words of the protocol."""
    kind, name = rng.choice(hostile.TYPES), hostile.make_name(rng)
    return {
        "type": kind,
        "name": name,
        "urn": f"{hostile.STACK}::{kind}::{name}",
        "properties": values.write(hostile.make_properties(rng, kind)),
        "options": _OPTIONS,
    }


def attack_commands(kind: str, count: int, arguments: tuple[str, ...], make: Callable[[Random], bytes]) -> Tally:
    """Inputs of a command, each through every format."""
    with tempfile.TemporaryDirectory() as folder:
        reports = [word for chosen in FORMATS for word in ("--report", f"{chosen}={folder}/{chosen}")]

        def attempt(number: int) -> bool:
            return run_once([*arguments, *reports], make(Random(number)))  # noqa: S311  not for secrets

        return tally(kind, range(count), attempt, time.process_time)


def run_once(arguments: list[str], content: bytes) -> bool:
    """Whether a command ends with a status of its own, and with status 2 in one line."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    with (
        patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(content))),
        patch.object(sys, "stdout", out),
        patch.object(sys, "stderr", err),
    ):
        try:
            status = run_command(arguments)
        except Exception:  # noqa: BLE001  that is what is looked for
            return False
    buffer = err.buffer
    said = buffer.getvalue().decode("utf-8", "replace") if isinstance(buffer, io.BytesIO) else ""
    return status in (0, 1, 2, 3) and "internal error" not in said and (status != 2 or said.count("\n") >= 1)  # noqa: PLR2004  as documented


def write_document(rng: Random) -> bytes:
    """A document as a file."""
    return hostile.write_document(rng).encode("utf-8", "surrogatepass")


FAULTY: tuple[tuple[str, str], ...] = (
    ("full disk", ""),
    ("standard output closed", ">&-"),
    ("standard error closed", "2>&-"),
    ("all streams closed", "<&- >&- 2>&-"),
    ("standard output full", ">/dev/full"),
    ("signal", "SIGTERM"),
    ("signal", "SIGHUP"),
    ("pack killed", ""),
    ("program killed", ""),
)
OPEN = json.dumps({"Version": "2012-10-17", "Statement": []})
PROGRAM = "import pathlib, time\nimport pulumi\npathlib.Path('up').touch()\ntime.sleep(30)\n"


def inject(number: int) -> bool:
    """Whether a command comes to its right end under this fault, with every file as it was and no process left."""
    name, how = FAULTY[number % len(FAULTY)]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "p.json").write_text(OPEN, "utf-8")
        if name in ("signal", "pack killed", "program killed"):
            return interrupt(folder, name, how)
        # Python leaves half a file of bytecode on a full disk, and cannot read it the next time (CPython 126606).
        command = [sys.executable, "-B", "-m", "offline", "fix", str(folder / "p.json"), "--bucket", "logs"]
        if name == "full disk":
            command += ["--output", str(folder / "p.json")]
        words = ["sh", "-c", f'exec "$@" {how}', "sh", *command]
        limit = _limit_files if name == "full disk" else None
        ended = subprocess.run(words, cwd=ROOT, capture_output=True, check=False, preexec_fn=limit)
        wanted = 0 if name == "standard error closed" else 2
        intact = [path.name for path in folder.iterdir()] == ["p.json"] and (folder / "p.json").read_text("utf-8") == OPEN
        return ended.returncode == wanted and intact


def _limit_files() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60, 60))


def _listen() -> None:
    """A signal that was ignored when this was started, as under nohup, stays ignored otherwise."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def interrupt(folder: Path, name: str, how: str) -> bool:
    """A preview that is waiting for its program, and then something ends."""
    for file, text in (("Pulumi.yaml", "name: tried\nruntime: python\n"), ("__main__.py", PROGRAM)):
        (folder / file).write_text(text, "utf-8")
    scratch = folder / "scratch"
    scratch.mkdir()
    command = [sys.executable, "-B", "-m", "offline", "preview", str(folder)]
    environment = os.environ | {"TMPDIR": str(scratch)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=_listen)  # noqa: PLW1509  one thread
    while not (folder / "up").exists() and process.poll() is None:
        time.sleep(0.02)
    children = list_children(process.pid)
    if name == "signal":
        process.send_signal(getattr(signal, how))
    elif children:
        # The pack is started first.
        os.kill(children[0] if name == "pack killed" else children[-1], signal.SIGKILL)
    wanted = 128 + getattr(signal, how) if name == "signal" else 2
    # A program that is waiting does not ask the pack: that it is gone shows when the program goes on.
    ended = process.wait(120)
    gone = not any(Path(f"/proc/{child}").exists() for child in children)
    return len(children) > 1 and ended == wanted and gone and not list(scratch.iterdir())


def list_children(process: int) -> list[int]:
    """The processes that this one has started, in that order."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True, check=False).stdout
    return sorted(int(each) for each in found.split())


def list_tallies(share: float) -> Iterator[Tally]:
    """The campaign, a part of it or all."""
    yield attack_pack(round(REQUESTS * share))
    yield attack_commands("states, each through all formats", round(STATES * share), ("analyze", "-"), hostile.write_state)
    yield attack_commands(
        "documents, each through all formats", round(DOCUMENTS * share), ("check", "-", "--bucket", "logs"), write_document
    )
    yield tally("faults: full disk, streams, signals, killed processes", range(max(9, round(FAULTS * share))), inject, lambda: 0.0)


def write_row(found: Tally) -> str:
    """A row of the table."""
    # A fault is no work: how long it takes is said by nothing.
    slowest = f"{found.slowest:.2f} s" if found.slowest else "-"
    return f"| {found.kind} | {found.tried:,} | {len(found.wrong)} | {len(found.slow)} | {slowest} |"


def main(arguments: list[str]) -> int:
    """Status 1 where anything crashed, was lost or took too long."""
    share = float(next((word for word in arguments if not word.startswith("--")), "1"))
    rows, failed = [], False
    for found in list_tallies(share):
        rows.append(write_row(found))
        failed = failed or bool(found.wrong or found.slow)
        print(rows[-1], *(f"numbers {found.wrong[:9]} {found.slow[:9]}" for _ in range(bool(found.wrong or found.slow))), flush=True)
    if "--write" in arguments:
        before, _, rest = TABLE.read_text("utf-8").partition("|---|---:|---:|---:|---:|\n")
        after = rest[rest.index("\n\n") :]
        TABLE.write_text(before + "|---|---:|---:|---:|---:|\n" + "\n".join(rows) + after, "utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
