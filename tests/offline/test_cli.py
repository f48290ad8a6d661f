"""The command line: exit statuses, the one line on standard error, where output goes, and that nothing ever ends in a traceback."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from offline.__main__ import main
from offline.command_line import FORMATS
from tests.offline.cli import TRANSPORT, UPLOADS, run, write_compliant, write_open

ROOT = Path(__file__).resolve().parent.parent.parent
ESCAPES = "\x1b]0;owned\x07\x1b[31m\u202e"


@pytest.fixture
def compliant(tmp_path: Path) -> Path:
    """A file with a compliant policy for the bucket `logs`."""
    path = tmp_path / "policy.json"
    path.write_text(write_compliant(), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "required"),
        (["frobnicate"], "invalid choice: 'frobnicate'"),
        (["check"], "POLICY.json"),
        (["check", "x.json", "--bucket", "a/b"], "not the name of a bucket"),
        (["check", "x.json", "--bucket", "arn:aws:s3:::logs"], "not the name of a bucket"),
        (["check", "x.json", "--bucket", "data--use1-az4--x-s3"], "directory bucket"),
        (["check", "x.json", "--bucket", "logs", "--format", "xml"], "'text', 'json', 'ndjson', 'sarif', 'junit', 'html'"),
        (["check", "x.json", "--bucket", "logs", "--partition", "aws-mars"], "aws-eusc"),
        (["check", "x.json", "--bucket", "logs", "--buck", "x"], "--buck"),
        (["check", "x.json", "--bucket", "logs", f"--{ESCAPES}"], "unrecognized"),
        (["fix", "a.json", "b.json", "--bucket", "logs"], "unrecognized"),
        (["analyze"], "SOURCE"),
        (["preview", ".", "--config"], "--config"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(arguments: list[str], says: str) -> None:
    """The line says what is wrong, and what is accepted or where to read that; nothing goes to standard output."""
    ended = run(*arguments)

    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert says in ended.err
    assert ("--help" in ended.err) != ("choose from" in ended.err)
    assert "\x1b" not in ended.err


def test_the_program_is_that_of_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none is named."""
    monkeypatch.chdir(tmp_path)
    ended = run("preview")

    assert (ended.status, ended.out) == (2, "")
    assert "no Pulumi program here" in ended.err


@pytest.mark.parametrize("content", ["nonsense", "Version: 2012-10-17\nStatement: []\n", "{Version: x}", write_compliant()[:-1], "{} {}"])
@pytest.mark.parametrize("command", ["check", "fix"])
def test_what_is_no_json_is_wrong_usage(command: str, content: str) -> None:
    """YAML, or a file that was cut off, is no document to judge."""
    ended = run(command, "-", "--bucket", "logs", stdin=content.encode())

    assert (ended.status, ended.out) == (2, "")
    assert ended.err == "standard input: not JSON; expected: a bucket policy, or what `aws s3api get-bucket-policy` prints\n"


@pytest.mark.parametrize("command", ["preview", "analyze", "check", "fix"])
def test_help_tells_the_options(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command takes the options that are promised for all of them."""
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    text = capsys.readouterr().out

    assert ended.value.code == 0
    assert all(option in text for option in ("--policy-config FILE", "--format", "--output FILE", "--quiet"))


def test_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    """Of the tool and of each of its commands, under the name that it was called by; and what the exit statuses mean."""
    for arguments in ([], *([command] for command in ("preview", "analyze", "merge", "check", "fix", "verify", "explain"))):
        with pytest.raises(SystemExit):
            main([*arguments, "--help"])
        text = capsys.readouterr().out
        assert "\nexamples:\n  python -m offline " in text
        assert arguments or "\n  3  something that may hold a bucket could not be looked into" in text


#: What `fix` begins anew.
BLANK = ("empty", "white space")
UNREADABLE = {
    "missing": (None, "no such file"),
    "empty": (b"", "is empty"),
    "white space": (b" \n\t", "is empty"),
    "binary": (bytes(range(256)), "is not UTF-8 text"),
    "odd UTF-16": (b"\xff\xfe{", "is not UTF-8 text"),
}


@pytest.mark.parametrize(
    ("command", "kind"),
    [(command, kind) for command in ("check", "fix", "analyze") for kind in UNREADABLE if command != "fix" or kind not in BLANK],
)
def test_an_unreadable_file_is_one_line_and_status_2(command: str, kind: str, tmp_path: Path) -> None:
    """The line names the file, what is wrong with it, and what was expected."""
    content, says = UNREADABLE[kind]
    path = tmp_path / "input.json"
    if content is not None:
        path.write_bytes(content)

    ended = run(command, str(path), *(() if command == "analyze" else ("--bucket", "logs")))

    assert (ended.status, ended.out) == (2, "")
    assert re.fullmatch(rf"{re.escape(str(path))}: {says}[^\n]*; expected: [^\n]+\n", ended.err)


@pytest.mark.parametrize("command", ["fix", "analyze"])
def test_a_folder_is_no_file(command: str, tmp_path: Path) -> None:
    """A folder in the place of a file is told as one; one without states is not a clean pass."""
    ended = run(command, str(tmp_path), *(() if command == "analyze" else ("--bucket", "logs")))

    why = "no state in it" if command == "analyze" else "is a directory"
    assert (ended.status, ended.err.split(";")[0]) == (2, f"{tmp_path}: {why}")


@pytest.mark.parametrize("command", ["check", "fix", "analyze"])
def test_a_huge_file_is_not_read_to_its_end(command: str, tmp_path: Path) -> None:
    """100 MB that are no JSON are refused in one line."""
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.write(b"[" * 1000)
        file.truncate(100 * 2**20)

    ended = run(command, str(path), *(() if command == "analyze" else ("--bucket", "logs")))

    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("command", ["check", "fix"])
def test_an_unreadable_standard_input_is_named(command: str) -> None:
    """`-` is called what it is."""
    ended = run(command, "-", "--bucket", "logs", stdin=b"\xff")

    assert ended.err.startswith("standard input: is not UTF-8 text")


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + write_compliant(),
        "null",
        "[]",
        "[" * 100_000,
        '{"Statement": "\ud800"}'.encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
        '{"Version": "2012-10-17", "Statement": "\\ud800"}',
        write_compliant().replace("Deny", "\\u0000"),
        json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "x" * 30_000, "Effect": "Deny"}]}),
        '{"a": ' + "9" * 5000 + "}",
    ],
)
@pytest.mark.parametrize("chosen", FORMATS)
def test_text_that_s3_would_refuse_is_a_verdict(content: str, chosen: str, tmp_path: Path) -> None:
    """Whatever the text is, it is undecided and mandatory, in every format."""
    path = tmp_path / "policy.json"
    path.write_text(content, encoding="utf-8")

    ended = run("check", str(path), "--bucket", "logs", "--format", chosen)

    assert (ended.status, ended.err) == (1, "")
    assert "cannot be decided" in ended.out


def test_a_hostile_file_name_does_nothing_to_a_terminal(tmp_path: Path) -> None:
    """Control characters and changes of direction in a name are shown, in reports and in errors."""
    path = tmp_path / f"{ESCAPES}.json"
    missing = run("check", str(path), "--bucket", "logs")
    path.write_text(write_compliant(), encoding="utf-8")
    found = run("check", str(path), "--bucket", "logs")

    for text in (missing.err, found.out):
        assert "\\u001b]0;owned\\u0007" in text
        assert not set(text) & set("\x1b\x07\u202e")


def test_output_goes_to_the_file(compliant: Path, tmp_path: Path) -> None:
    """With `--output` the report is in the file and nothing on standard output."""
    shown = run("check", str(compliant), "--bucket", "logs")
    path = tmp_path / "report.txt"
    written = run("check", str(compliant), "--bucket", "logs", "--output", str(path))

    assert (written.status, written.out) == (0, "")
    assert path.read_text(encoding="utf-8") == shown.out


def test_output_that_cannot_be_written_is_one_line(compliant: Path, tmp_path: Path) -> None:
    """A missing folder, and a folder in the place of the file."""
    lines = [run("check", str(compliant), "--bucket", "logs", "--output", str(path)) for path in (tmp_path / "no" / "report.txt", tmp_path)]

    assert [(ended.status, ended.out, ended.err.count("\n")) for ended in lines] == [(2, "", 1), (2, "", 1)]


def test_quiet_says_nothing_where_all_is_well(compliant: Path) -> None:
    """`--quiet` leaves only what does not pass."""
    assert run("check", str(compliant), "--bucket", "logs", "--quiet") == (0, "", "")


def test_quiet_still_tells_violations() -> None:
    """`--quiet` keeps the violations, without title and totals."""
    ended = run("check", "-", "--bucket", "logs", "--quiet", stdin=write_open().encode())

    assert ended.status == 1
    assert UPLOADS in ended.out
    assert "mandatory violations" not in ended.out


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is empty"),
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ('{"no-such-policy": "mandatory"}', UPLOADS),
        ('{"all": "loud"}', "advisory, mandatory, remediate, disabled"),
        ('{"all": {}}', "must be a level"),
        (f'{{"{UPLOADS}": 3}}', "must be a level or an object"),
        (f'{{"{UPLOADS}": {{"enforcementLevel": "loud"}}}}', "enforcementLevel"),
        (f'{{"{UPLOADS}": {{"algorithmes": ["AES256"]}}}}', "algorithmes"),
        (f'{{"{UPLOADS}": {{"algorithms": ["ROT13"]}}}}', "aws:kms"),
        (f'{{"{UPLOADS}": {{"exemptions": [{{"bucket": "logs"}}]}}}}', "exemptions[0].reason"),
        (f'{{"{UPLOADS}": {{"exemptions": [{{"bucket": "logs", "reason": ""}}]}}}}', "exemptions[0].reason"),
        (f'{{"{TRANSPORT}": {{"minimumTlsVersion": 1.4}}}}', "1.2"),
        ('{"environments": ["org/env"]}', "environments"),
        (f'{{"{ESCAPES[0]}{json.dumps(ESCAPES[1:])[1:-1]}": "mandatory"}}', "not JSON"),
        (json.dumps({ESCAPES: "mandatory"}), "is not a policy"),
    ],
)
@pytest.mark.parametrize("command", ["check", "analyze", "preview"])
def test_a_wrong_policy_configuration_is_one_line(content: str, says: str, command: str, compliant: Path) -> None:
    """Nothing is judged with it: the line names the file, the key and what is accepted."""
    path = compliant.with_name("config.json")
    path.write_text(content, encoding="utf-8")

    ended = run(command, str(compliant), "--policy-config", str(path), *(("--bucket", "logs") if command == "check" else ()))

    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert ended.err.startswith(f"{path}: ")
    assert says in ended.err
    assert "\x1b" not in ended.err


def test_an_internal_error_is_one_line(compliant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last net: what nobody foresaw asks to be reported, without a traceback."""
    monkeypatch.setattr("offline.check.assess", lambda *_: 1 / 0)
    ended = run("check", str(compliant), "--bucket", "logs")

    assert (ended.status, ended.err.count("\n")) == (2, 1)
    assert "internal error, please report it: ZeroDivisionError" in ended.err


def test_an_interpreter_without_the_packages_is_told(compliant: Path) -> None:
    """Where rich is missing, one line says what to install."""
    hidden = "import runpy, sys; sys.modules['rich'] = None; runpy.run_module('offline', run_name='__main__', alter_sys=True)"
    command = [sys.executable, "-c", hidden, "check", str(compliant), "--bucket", "logs"]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (process.returncode, process.stdout) == (2, "")
    assert re.fullmatch(r"python -m offline: rich[.\w]* is not installed here; install requirements-offline\.txt[^\n]*\n", process.stderr)


def test_an_interrupt_is_no_error(compliant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends it with the shell's own status and without a word."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("offline.check.assess", interrupt)

    assert run("check", str(compliant), "--bucket", "logs") == (130, "", "")


def test_the_module_runs_as_a_program(compliant: Path) -> None:
    """`python -m offline` gives its status to the shell, and plain text to a pipe."""
    command = [sys.executable, "-m", "offline", "check", str(compliant), "--bucket", "logs"]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)

    assert (process.returncode, process.stderr) == (0, b"")
    assert b"\x1b" not in process.stdout


def test_a_terminal_without_unicode_is_served(compliant: Path) -> None:
    """Marks become letters where the encoding has none of them; nothing is lost but them."""
    command = [sys.executable, "-m", "offline", "check", str(compliant), "--bucket", "logs"]
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    process = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)

    assert (process.returncode, process.stderr) == (0, b"")
    assert f"  v {UPLOADS}  denied by".encode("ascii") in process.stdout


def test_a_closed_pipe_is_no_error(compliant: Path) -> None:
    """`... | head -0` ends without a word."""
    command = [sys.executable, "-m", "offline", "check", str(compliant), "--bucket", "logs"]
    read, write = os.pipe()
    os.close(read)
    process = subprocess.run(command, cwd=ROOT, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)

    assert process.stderr == b""


def show_on_terminal(path: Path, **environment: str) -> bytes:
    """What `check` writes to a terminal."""
    inner, outer = pty.openpty()
    command = [sys.executable, "-m", "offline", "check", str(path), "--bucket", "logs"]
    kept = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "TERM"}}
    subprocess.run(command, cwd=ROOT, stdout=outer, stderr=outer, env=kept | {"TERM": "xterm"} | environment, check=False)
    os.close(outer)
    shown = b""
    try:
        while part := os.read(inner, 65536):
            shown += part
    except OSError:
        pass
    os.close(inner)
    return shown


def test_a_terminal_gets_colour(compliant: Path) -> None:
    """Colour is for terminals."""
    assert b"\x1b[" in show_on_terminal(compliant)


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colour_can_be_refused(compliant: Path, environment: dict[str, str]) -> None:
    """`NO_COLOR` is respected, and a terminal that can show none."""
    assert b"\x1b" not in show_on_terminal(compliant, **environment)


@pytest.mark.parametrize(("epoch", "reproducible"), [("1700000000", True), ("9" * 30, False), ("\u00b2", False), ("", False)])
def test_the_date_of_a_report_can_be_fixed(compliant: Path, epoch: str, reproducible: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001
    """By `SOURCE_DATE_EPOCH`, as reproducible builds do it; what is no time is left alone."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    report = json.loads(run("check", str(compliant), "--bucket", "logs", "--format", "json").out)

    assert (report["report"]["date"] == "2023-11-14T22:13:20+00:00") is reproducible


def test_several_reports_in_one_run(compliant: Path, tmp_path: Path) -> None:
    """Each into its file, and the text as without them."""
    files = {chosen: tmp_path / f"report.{chosen}" for chosen in FORMATS}
    arguments = [each for chosen, file in files.items() for each in ("--report", f"{chosen}={file}")]
    ended = run("check", str(compliant), "--bucket", "logs", *arguments)

    assert (ended.status, ended.out) == (0, run("check", str(compliant), "--bucket", "logs").out)
    assert json.loads(files["json"].read_text("utf-8"))["report"]["version"] == 2
    assert all(file.stat().st_size for file in files.values())


def test_a_report_beside_the_repaired_document(compliant: Path, tmp_path: Path) -> None:
    """`fix` prints the document all the same."""
    ended = run("fix", str(compliant), "--bucket", "logs", "--report", f"csv={tmp_path / 'report.csv'}")

    assert (ended.status, ended.out) == (0, f"{compliant.read_text('utf-8')}\n")
    assert ",denied," in (tmp_path / "report.csv").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--report", "json={}/a", "--report", "csv={}/./a"), "two reports to one file"),
        (("--output", "{}/a", "--report", "json={}/a"), "two reports to one file"),
        (("--report", "json={}/none/a"), "its folder does not exist"),
        (("--report", "json={}"), "is a folder"),
        (("--report", "{}/a"), "not FORMAT=FILE; formats: text, json"),
        (("--report", "xml={}/a"), "not FORMAT=FILE; formats: text, json"),
        (("--report", "json="), "not FORMAT=FILE; formats: text, json"),
    ],
)
def test_a_report_that_cannot_be_written_is_wrong_usage(compliant: Path, tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    """Told in one line before any work is done."""
    ended = run("check", str(compliant), "--bucket", "logs", *(each.replace("{}", str(tmp_path)) for each in arguments))

    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert says in ended.err
    assert list(tmp_path.iterdir()) == [compliant]
