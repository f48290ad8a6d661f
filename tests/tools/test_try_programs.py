"""The tool that runs public programs: what it makes of their ends."""

import json
from pathlib import Path

import pytest

from tools import try_programs
from tools.try_programs import Listed, Tried, find_cause, judge, main, read_language, read_list, try_program, write_section


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
        ("/x/Pulumi.yaml: there is no Pulumi.dev.yaml; expected: --stack with one of a, b", "none of its several stacks is named"),
        ("the program failed (exit status 32)", "an error of its own"),
        ("", "an error of its own"),
    ],
)
def test_a_cause(line: str, cause: str) -> None:
    """By the last line."""
    assert find_cause(line) == cause
    assert judge(2, "", f"noise\n{line}\n") == ("no verdict", cause)


def test_a_list_and_its_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Options are help; an error that nobody has explained counts against us, and makes the status 1."""
    listed = tmp_path / "list"
    listed.write_text(f"# a comment\n\n{tmp_path / 'a+b/none'}\n{tmp_path / 'pulumi+c/none'} --stack 'a b'  # it is a poem\n", "utf-8")
    assert list(read_list(listed)) == [
        Listed(tmp_path / "a+b/none"),
        Listed(tmp_path / "pulumi+c/none", ("--stack", "a b"), "it is a poem"),
    ]
    assert main([str(listed), "--details"]) == 1
    told = capsys.readouterr()
    assert told.out == (
        "2 programs from 2 repositories, 1 of them not Pulumi's own: ? 2.\n"
        "The repositories with the most of them have 1 and 1.\n\n"
        "| outcome | ? | all |\n|---|---|---|\n"
        "| no verdict: an error of its own | 1 | 1 |\n"
        "| no verdict: it is a poem | 1 | 1 |\n\n"
        "1 could not be run by anyone who has only the repository; of 1 of them a person found out why.\n"
        "0 of the other 1 reached a verdict: 0 without help (0 %),\n"
        "0 by the command that the message names, 0 with options.\n"
    )
    assert told.err.count("no verdict") == 2


def test_the_command_of_the_message_is_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Once, where the list gives no options of its own."""
    asked: list[tuple[str, ...]] = []

    def run(_folder: Path, options: tuple[str, ...], _patience: float) -> tuple[int, str, str]:
        asked.append(options)
        return (
            (0, write_report("denied"), "") if options else (2, "", "programs with the runtime 'java' need a command: --exec 'mvn -q x'\n")
        )

    monkeypatch.setattr(try_programs, "_run", run)
    helped = try_program(Listed(tmp_path), 1.0)
    assert (helped.outcome, helped.cause, helped.help, asked) == ("passes", "", "message", [(), ("--exec", "mvn -q x")])
    assert try_program(Listed(tmp_path, ("--stack", "a")), 1.0).help == "options"


def test_what_a_person_found_out_counts_only_without_a_verdict(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A program that has one by now is counted by it."""
    for status, outcome, foreign in ((0, "passes", False), (2, "no verdict", True)):
        monkeypatch.setattr(try_programs, "_run", lambda *_, status=status: (status, write_report("denied"), "the program failed"))
        tried = try_program(Listed(tmp_path, lack="a file is missing"), 1.0)
        assert (tried.outcome, tried.foreign, tried.cause) == (outcome, foreign, "a file is missing" if foreign else "")


def test_the_language_is_that_of_its_project(tmp_path: Path) -> None:
    """Whichever way it is written."""
    file = tmp_path / "Pulumi.yaml"
    for text, language in (("runtime: go\n", "go"), ("runtime: {name: python}\n", "python"), ("- a\n", "?"), ("a: [\n", "?")):
        file.write_text(text, "utf-8")
        assert read_language(tmp_path) == language


def test_what_was_helped_is_counted_apart() -> None:
    """And what nobody could run is no part of the share; what only we cannot run is."""
    tried = [
        Tried(Path("a+a/x"), "go", "passes", help="options"),
        Tried(Path("a+a/y"), "go", "passes"),
        Tried(Path("a+b/x"), "go", "no verdict", "its configuration is not in the repository", foreign=True),
        Tried(Path("a+b/y"), "go", "no verdict", "it takes too long"),
    ]
    assert list(write_section(tried))[-3:] == [
        "\n1 could not be run by anyone who has only the repository; of 0 of them a person found out why.",
        "2 of the other 3 reached a verdict: 1 without help (33 %),",
        "0 by the command that the message names, 1 with options.",
    ]
