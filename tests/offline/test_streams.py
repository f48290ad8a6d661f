"""What is written where: nothing is lost on a full disk, no status is wrong on a closed stream, and a signal leaves nothing behind."""

import os
import resource
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from offline import files, processes, streams
from offline.command_line import FORMATS
from offline.report.visible import disarm
from tests.offline.cli import run, write_compliant, write_open

ROOT = Path(__file__).resolve().parent.parent.parent
FULL = Path("/dev/full")
Folder = Callable[[str], Path]


def start(redirected: str, *arguments: str, **environment: str) -> tuple[int, str, str]:
    """The command as a process whose streams a shell has redirected: status, output and errors."""
    command = f'exec "{sys.executable}" -m offline "$@" {redirected}'
    done = subprocess.run(
        ["sh", "-c", command, "sh", *arguments], cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def documents(tmp_path: Path) -> dict[str, str]:
    """A file for each status."""
    for name, text in (("0", write_compliant()), ("1", write_open())):
        (tmp_path / name).write_text(text, "utf-8")
    return {status: str(tmp_path / status) for status in "012"}


@pytest.mark.parametrize("redirected", ["2>&-", "2>/dev/full", "<&-", "<&- 2>&-"])
@pytest.mark.parametrize("status", [0, 1, 2])
def test_a_stream_that_takes_no_errors_changes_no_status(documents: dict[str, str], redirected: str, status: int) -> None:
    """Which says all that matters; the report is whole."""
    ended, out, _ = start(redirected, "check", documents[str(status)], "--bucket", "logs")
    assert ended == status
    assert ("s3-encryption-guard" in out) == (status != 2)


@pytest.mark.parametrize(("redirected", "why"), [(">&-", "bad file descriptor"), (">/dev/full", "no space left on device")])
def test_a_report_that_nobody_gets_is_no_success(documents: dict[str, str], redirected: str, why: str) -> None:
    """Whatever is in it; one line says why."""
    for status in "01":
        assert start(redirected, "check", documents[status], "--bucket", "logs") == (2, "", f"standard output: {why}\n")
    assert start(f"{redirected} 2>&1", "check", documents["0"], "--bucket", "logs")[0] == 2


def test_standard_input_that_is_closed_is_told() -> None:
    """As empty."""
    status, _, error = start("<&-", "check", "-", "--bucket", "logs")
    assert (status, error.count("\n")) == (2, 1)
    assert error.startswith("standard input: is empty; expected: ")


def test_a_reader_who_has_seen_enough(documents: dict[str, str]) -> None:
    """Ends it without a word."""
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m offline check {documents["0"]} --bucket logs | true'],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("", "")


def limit_size() -> None:
    """Files of the process may hold 100 bytes, as on a disk that is all but full."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))


@pytest.mark.parametrize("command", ["fix", "check"])
def test_a_full_disk_destroys_nothing(tmp_path: Path, command: str) -> None:
    """Neither a document that is fixed in place, nor a report that was there; no part of a file stays."""
    document = tmp_path / "p.json"
    document.write_text(write_open(), "utf-8")
    output = document if command == "fix" else tmp_path / "report.txt"
    output.write_text(output.read_text("utf-8") if command == "fix" else "yesterday's", "utf-8")
    before = output.read_bytes()
    done = subprocess.run(
        [sys.executable, "-B", "-m", "offline", command, str(document), "--bucket", "logs", "--output", str(output)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit_size,
    )
    assert (done.returncode, done.stderr) == (2, f"{output}: file too large; expected: a file to write to\n")
    assert output.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {document.name, output.name}


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    """With the mode that it had, or the usual one; a link stays, and its target is replaced; a device is written to."""
    old = tmp_path / "old"
    old.write_text("old", "utf-8")
    old.chmod(0o640)
    link = tmp_path / "link"
    link.symlink_to(old)
    files.write_whole(link, [b"new"])
    assert (link.is_symlink(), old.read_bytes(), stat.S_IMODE(old.stat().st_mode)) == (True, b"new", 0o640)
    before = os.umask(0o027)
    try:
        files.write_whole(tmp_path / "fresh", [b"x"])
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "fresh").stat().st_mode) == 0o640
    files.write_whole(Path(os.devnull), [b"x"])
    with pytest.raises(OSError, match="No space left"):
        files.write_whole(FULL, [b"x"])
    with pytest.raises(ValueError, match="null"):
        files.write_whole(tmp_path / "a\0b", [b"x"])
    assert {path.name for path in tmp_path.iterdir()} == {"old", "link", "fresh"}


@pytest.mark.parametrize(
    ("arguments", "output"),
    [
        (("check", "p.json", "--bucket", "logs"), "p.json"),
        (("check", "p.json", "--bucket", "logs"), "link.json"),
        (("check", "p.json", "--bucket", "logs", "--policy-config", "config.json"), "config.json"),
        (("fix", "p.json", "--bucket", "logs", "--format", "sarif"), "p.json"),
        (("fix", "p.json", "--bucket", "logs", "--report", "json=p.json"), ""),
        (("fix", "p.json", "--bucket", "logs", "--policy-config", "config.json"), "config.json"),
        (("analyze", "p.json", "p.json"), "p.json"),
        (("preview", "."), "Pulumi.yaml"),
        (("preview", ".", "--mocks", "mocks.json"), "mocks.json"),
    ],
)
def test_an_output_that_is_an_input_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], output: str
) -> None:
    """By whatever name, before anything is read or run."""
    monkeypatch.chdir(tmp_path)
    for name in ("p.json", "config.json", "mocks.json", "Pulumi.yaml"):
        Path(name).write_text("{}", "utf-8")
    Path("link.json").hardlink_to("p.json")
    ended = run(*arguments, *(("--output", output) if output else ()))
    output = output or "p.json"
    assert ended == (2, "", f"{output}: is one of the files that are read; expected: another file to write to\n")
    assert Path(output).read_text("utf-8") == "{}"


COMMANDS = [
    ("##vso[task.setvariable variable=X]y", "\\u0023#vso[task.setvariable variable=X]y", "&#35;#vso[task.setvariable variable=X]y"),
    ("a ##[error]b ##[c]", "a \\u0023#[error]b \\u0023#[c]", "a &#35;#[error]b &#35;#[c]"),
    ("###vso[x", "#\\u0023#vso[x", "#&#35;#vso[x"),
    ("##teamcity[x]", "\\u0023#teamcity[x]", "&#35;#teamcity[x]"),
    ("::error title=x::y", "\\u003a:error title=x::y", "&#58;:error title=x::y"),
    ("a\n \t ::add-mask::y\n::group::", "a\n \t \\u003a:add-mask::y\n\\u003a:group::", "a\n \t &#58;:add-mask::y\n&#58;:group::"),
    ("arn:aws:s3:::b ## heading a::b # [x] #[y]", "arn:aws:s3:::b ## heading a::b # [x] #[y]", "arn:aws:s3:::b ## heading a::b # [x] #[y]"),
]


@pytest.mark.parametrize(("text", "plain", "markup"), COMMANDS)
def test_what_a_ci_system_would_run(text: str, plain: str, markup: str) -> None:
    """Is written out; everything else stays."""
    assert disarm(text) == plain
    assert disarm(text, markup=True) == markup
    assert disarm(plain) == plain
    assert disarm("::error::##[x]", own_commands=True) == "::error::\\u0023#[x]"


def test_a_file_that_is_named_like_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In reports, printed or written to a file, which a job may print, and in errors alike."""
    monkeypatch.chdir(tmp_path)
    names = ("##vso[task.setvariable variable=X]y", "::error title=x::y")
    for name in names:
        Path(name).write_text(write_open(), "utf-8")
        for chosen in FORMATS:
            printed = run("check", name, "--bucket", "logs", "--format", chosen).out
            run("check", name, "--bucket", "logs", "--report", f"{chosen}=written")
            for out in (printed, Path("written").read_text("utf-8")):
                assert "##vso[" not in out
                commands = [line for line in out.splitlines() if line.lstrip().startswith("::")]
                assert all(line.startswith(("::error file=", "::warning file=")) for line in commands)
                assert commands == [] or chosen == "github"
        error = run("check", name, "--bucket", "logs", "--policy-config", f"{name}.gone").err
        assert not error.lstrip().startswith("::")
        assert "##vso[" not in error


SLOW = """
import os, pathlib, time
import pulumi
pathlib.Path("pid").write_text(str(os.getpid()))
time.sleep(600)
"""


def list_children(process: int) -> list[int]:
    """The processes that this one has started."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True, check=False).stdout
    return [int(each) for each in found.split()]


def is_alive(process: int) -> bool:
    """Whether a process is there and no zombie."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False).stdout
    return state.strip() != "" and not state.startswith("Z")


def stays_alive(process: int) -> bool:
    """Whether a process is still there some seconds after it was killed: on a busy machine it takes a moment to go."""
    end = time.monotonic() + 10
    while is_alive(process) and time.monotonic() < end:
        time.sleep(0.05)
    return is_alive(process)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_pack_program_and_scratch_folder(tmp_path: Path, number: signal.Signals, status: int) -> None:
    """Quietly, with the status that shells expect; a second one changes nothing."""
    program = tmp_path / "program"
    program.mkdir()
    (program / "Pulumi.yaml").write_text("name: tried\nruntime: python\n", "utf-8")
    (program / "__main__.py").write_text(SLOW, "utf-8")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "offline", "preview", str(program)],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(scratch)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Where the tests run under nohup it is ignored, and that is inherited.
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # noqa: PLW1509  one thread
    )
    pid = program / "pid"
    while not (pid.exists() and pid.read_text("utf-8")) and process.poll() is None:
        time.sleep(0.05)
    children = list_children(process.pid)
    assert len(children) == 2
    process.send_signal(number)
    process.send_signal(number)
    out, error = process.communicate()
    assert (process.returncode, out, error) == (status, "", "")
    assert not any(map(is_alive, children))
    assert list(scratch.iterdir()) == []


def test_a_signal_waits_for_what_is_being_started() -> None:
    """It comes when the block has ended; the one who starts a process then knows it."""
    said: list[str] = []
    before = signal.signal(signal.SIGTERM, lambda _number, _frame: said.append("signal"))
    try:
        with streams.hold_signals():
            signal.raise_signal(signal.SIGTERM)
            said.append("block")
        assert said == ["block", "signal"]
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_process_ends_with_its_block() -> None:
    """With whatever it has started, whichever way the block ends."""
    with tempfile.TemporaryFile() as output:
        command = ["sh", "-c", "sleep 600 & echo $!; wait"]
        with processes.run_group(command, output=output, error=output) as process:
            while not output.tell():
                output.seek(0, os.SEEK_END)
        output.seek(0)
        assert not any(map(stays_alive, (process.pid, int(output.read()))))
