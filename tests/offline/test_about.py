"""What the tool says of itself: pages, policies, versions, completion, and its own name."""

import ast
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bucketpolicy.document import Document
from bucketpolicy.judge import judge
from bucketpolicy.parse import parse
from bucketpolicy.verdict import Denied
from crossguard.pack.rule import Rule, StackRule
from crossguard.pack.settings import Settings
from offline import about
from offline.__main__ import main
from offline.called import name_tool
from offline.pack_info import read_version
from policies import ALL
from tests.offline.cli import HAS_POLICY, TRANSPORT, run

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.usefixtures("whole_pack")
@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.name)
def test_a_policy_is_explained(rule: Rule | StackRule) -> None:
    """Promise, reasons, examples and limits as on its page; level, control, how to comply, and every key of its configuration."""
    ended = run("explain", rule.name)

    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith(f"# {rule.name}\n\n{about.tell_promise(rule)[:40]}")
    assert [part for part in ("## Why", "## Violating", "## Compliant", "## Limits", "## Facts") if part not in ended.out] == []
    assert [key for key in rule.keys if f"* `{key}` (default " not in ended.out] == []
    assert rule.remediation_steps in ended.out


@pytest.mark.usefixtures("whole_pack")
@pytest.mark.parametrize("rule", [rule for rule in ALL if isinstance(rule, Rule)], ids=lambda rule: rule.name)
def test_a_policy_is_explained_in_the_language_of_a_program(rule: Rule) -> None:
    """Its statements, in each language: those of Python's are read, and keep the promise."""
    explained = run("explain", rule.name).out
    blocks = dict(re.findall(r"^### (\S+)\n\n```\S+\n(.*?)\n```$", explained, re.MULTILINE | re.DOTALL))
    assert list(blocks) == ["Python", "TypeScript", "Go", "YAML", "Java", "C#"]
    statements = ast.literal_eval(f"[{blocks['Python']}]")
    document = parse(json.dumps({"Version": "2012-10-17", "Statement": statements}).replace("BUCKET", "logs"))
    assert isinstance(document, Document)
    assert isinstance(judge(document, rule.goal("logs", "aws", Settings())), Denied)


def test_the_end_of_a_name_is_enough() -> None:
    """As the overview of a report shows it."""
    assert run("explain", "denies-insecure-transport").out == run("explain", TRANSPORT).out


def test_an_unknown_policy_is_wrong_usage() -> None:
    """One line that lists those that there are."""
    ended = run("explain", "denies-everything")

    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert all(rule.name in ended.err for rule in ALL)


@pytest.mark.usefixtures("whole_pack")
def test_the_policies_are_listed() -> None:
    """Names, levels and promises."""
    ended = run("--list-policies")

    assert (ended.status, ended.err) == (0, "")
    for rule in ALL:
        assert f"{rule.name}\n  {rule.level}: {about.tell_promise(rule)}\n" in ended.out
        assert f"{about.tell_promise(rule)} |" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_versions_are_told() -> None:
    """Of the pack, its tables, its SDK and the interpreter."""
    ended = run("--version")
    first, tables, sdk, python = ended.out.splitlines()

    assert (ended.status, ended.err) == (0, "")
    assert first == f"s3-encryption-guard {read_version()}"
    assert tables.startswith("actions and condition keys of AWS's Service Authorization Reference of 20")
    assert sdk.startswith("pulumi 3.")
    assert ", pulumi-policy 1." in sdk
    assert python == f"Python {sys.version.split()[0]}"


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_shell_completes_commands(shell: str) -> None:
    """By the name under which the tool is on the PATH."""
    ended = run("--print-completion", shell)

    assert (ended.status, ended.err) == (0, "")
    assert "s3-encryption-guard" in ended.out
    assert all(word in ended.out for word in ("preview", "analyze", "check", "--policy-config", "sarif"))


def test_what_is_completed_is_a_script() -> None:
    """Bash reads it."""
    script = run("--print-completion", "bash").out
    process = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True, check=False)

    assert (process.returncode, process.stderr) == (0, "")


@pytest.mark.parametrize(
    ("path", "name"),
    [("/x/bin/launch.py", "s3-encryption-guard"), ("/x/offline/__main__.py", "python -m offline"), ("", "python -m offline")],
)
def test_the_tool_has_the_name_it_was_called_by(
    path: str, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In usage, examples and errors."""
    monkeypatch.setattr(sys, "argv", [path])

    assert name_tool() == name
    assert run("check").err.startswith(f"{name} check: ")
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    shown = capsys.readouterr().out
    assert f"usage: {name} check " in shown
    assert f"examples:\n  {name} check policies/\n" in shown


def test_a_page_on_a_terminal_is_laid_out() -> None:
    """Headings are no number signs there; NO_COLOR is respected."""
    leader, follower = pty.openpty()
    environment = {**os.environ, "NO_COLOR": "1", "TERM": "xterm"}
    process = subprocess.Popen(
        [sys.executable, "-m", "offline", "explain", HAS_POLICY], cwd=ROOT, stdout=follower, stderr=subprocess.DEVNULL, env=environment
    )
    os.close(follower)
    shown = b""
    while True:
        try:
            part = os.read(leader, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(leader)

    assert process.wait() == 0
    assert b"# aws-s3" not in shown
    assert b"aws-s3-bucket-has-policy" in shown
    assert b"\x1b[3" not in shown
