"""The tool that runs public programs: what it makes of their ends."""

import json
from pathlib import Path

import pytest

from tools.try_programs import Tried, find_cause, judge, main, read_language, read_list, write_table


def write_report(*verdicts: str) -> str:
    """A report on one bucket."""
    results = [{"policy": "p", "verdict": each, "outcome": "violation" if each != "denied" else "compliant"} for each in verdicts]
    return json.dumps({"stacks": [{"buckets": [{"results": results}] if verdicts else []}]})


@pytest.mark.parametrize(
    ("status", "report", "outcome"),
    [
        (0, write_report(), "has no bucket of its own"),
        (0, write_report("denied"), "passes"),
        (1, write_report("unattached"), "blocked: a bucket without a policy"),
        (1, write_report("not-denied", "denied"), "blocked: a policy that lets too much through"),
        (1, write_report("unattached", "undecided"), "blocked: a bucket without a policy and a policy that lets too much through"),
        (3, write_report("unattached"), "cannot be looked into, which it says"),
    ],
)
def test_a_verdict(status: int, report: str, outcome: str) -> None:
    """By the report."""
    assert judge(status, report, "") == (outcome, "")


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("the program failed; give the configuration with --config a:b=VALUE", "its configuration is not in the repository"),
        ("/x: @pulumi/pulumi is not installed: run `npm install` there first", "its packages are not installed"),
        ("programs with the runtime 'java' need a command: --exec 'mvn'", "its language is built by the user's command"),
        ("the program failed (exit status 32)", "an error of its own"),
        ("", "an error of its own"),
    ],
)
def test_a_cause(line: str, cause: str) -> None:
    """By the last line."""
    assert find_cause(line) == cause
    assert judge(2, "", f"noise\n{line}\n") == ("no verdict", cause)


def test_a_list_and_its_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Options are help; a program without a verdict makes the status 1."""
    listed = tmp_path / "list"
    listed.write_text(f"# a comment\n\n{tmp_path / 'none'}\n{tmp_path / 'none'} --stack 'a b'\n", "utf-8")
    assert [len(line) for line in read_list(listed)] == [1, 3]
    assert main([str(listed), "--details"]) == 1
    told = capsys.readouterr()
    assert "| no verdict: an error of its own | 2 | 2 |" in told.out
    assert "0 of 2 reached a verdict, 0 of them without help." in told.out
    assert told.err.count("no verdict") == 2


def test_the_language_is_that_of_its_project(tmp_path: Path) -> None:
    """Whichever way it is written."""
    file = tmp_path / "Pulumi.yaml"
    for text, language in (("runtime: go\n", "go"), ("runtime: {name: python}\n", "python"), ("- a\n", "?"), ("a: [\n", "?")):
        file.write_text(text, "utf-8")
        assert read_language(tmp_path) == language


def test_what_was_helped_is_counted_apart() -> None:
    """In the last line."""
    tried = [Tried(Path("a"), "go", helped=True, outcome="passes"), Tried(Path("b"), "go", helped=False, outcome="passes")]
    assert list(write_table(tried))[-1] == "\n2 of 2 reached a verdict, 1 of them without help."
