"""YAML files: what is wrong is told by its place, and nothing in them is shown or takes long."""

import time
from pathlib import Path

import pytest

from offline.run import Failure
from offline.yaml import read_yaml

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]\n" for n in range(12))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("config:\n  a: hunter2: x\n", "not YAML (line 2, column 13)"),
        ("config: [hunter2\n", "not YAML (line 2, column 1)"),
        ("config:\n  a: hunter2\n\tb: 1\n", "not YAML (line 3, column 1)"),
        ("a: !hunter2 x\n", "not YAML (line 1, column 4)"),
        ("a: 1\nb: hunter2\x07\n", "not YAML (line 2): a character that YAML does not allow"),
        ("a: 0b_\n", "holds a number that does not exist"),
        pytest.param(f"a: {'9' * 5000}\n", "a number of over a thousand digits (line 1, column 4) is not read here", id="number"),
        pytest.param(f"a: {'1:' * 5000}1\n", "a number of over a thousand digits (line 1, column 4) is not read here", id="sixties"),
        ("a: &x hunter2\nb: *x\n", "an alias (line 2, column 4) is not read here"),
        pytest.param(BOMB, "an alias (line 2, column 10) is not read here", id="bomb"),
        pytest.param("[" * 500, "over a hundred levels of nesting (line 1, column 101) are not read here", id="deep"),
        ("- hunter2\n", "not a YAML object"),
        ("hunter2\n", "not a YAML object"),
        pytest.param("a:\n" + "- hunter2\n" * 100_000 + "- a: hunter2: x\n", "not YAML (line 100002, column 13)", id="long"),
        pytest.param("a: hunter2\n" * 200_000, "larger than 1 MB", id="large"),
    ],
)
def test_what_is_wrong_is_told_by_its_place(tmp_path: Path, text: str, said: str) -> None:
    """In one line, within a second or two, and without a word of what is there."""
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text(text, "utf-8")
    started = time.process_time()
    failure = read_yaml(file, "a configuration")
    assert time.process_time() - started < 5
    assert failure == Failure(f"{file}: {said}; expected: a configuration")


def test_a_file_that_is_nothing_but_levels(tmp_path: Path) -> None:
    """Is refused before the levels cost anything."""
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text("[" * 500_000, "utf-8")
    started = time.process_time()
    failure = read_yaml(file, "a configuration")
    assert time.process_time() - started < 5
    assert isinstance(failure, Failure)
    assert "(line 1, column 1" in failure.message


@pytest.mark.parametrize(
    ("written", "found"),
    [
        *((word, word) for word in ("no", "No", "off", "yes", "on", "y", "N", "tRue")),
        *((word, True) for word in ("true", "True", "TRUE")),
        *((word, False) for word in ("false", "False", "FALSE")),
        *((word, None) for word in ("", "~", "null", "Null", "NULL")),
        *((word, word) for word in ("2012-10-17", "2026-01-02T03:04:05Z", "2026-99-99", "1:30", "1e", "+", ".", "0o8", "1.2.3")),
        *((word, 10) for word in ("10", "+10", "1_0", "0xa", "0o12", "012", "0b1010")),
        *((word, 9.0) for word in ("09", "9.", "9.0", "9e0", "+9.0", ".9e1")),
        ("012345678999", 12345678999.0),
        ("'no'", "no"),
        ('"10"', "10"),
    ],
)
def test_plain_scalars_are_what_pulumi_takes_them_for(tmp_path: Path, written: str, found: object) -> None:
    """A `no` that were a boolean here would make a condition of the string a condition of `false`."""
    file = tmp_path / "Pulumi.yaml"
    file.write_text(f"a: {written}\n", "utf-8")
    read = read_yaml(file, "a program")
    assert read == {"a": found}
    assert isinstance(read, dict)
    assert type(read["a"]) is type(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [("", {}), ("\n", {}), ("# x\n", {}), ("a: 1\n", {"a": 1}), ("---\na: 1\n---\na: 2\n", {"a": 1}), ("\ufeffa: '*x'\n", {"a": "*x"})],
)
def test_what_is_read(tmp_path: Path, text: str, found: object) -> None:
    """A text may begin with an asterisk, a file may be empty, and of several documents the first one counts."""
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text(text, "utf-8")
    assert read_yaml(file, "a configuration") == found
