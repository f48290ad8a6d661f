"""The page of supported versions says what was tried, of everything that it promises."""

import re
import sys
from pathlib import Path

import pytest

from tools import matrix

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "supported-versions.md").read_text("utf-8")


def read_rows() -> dict[str, str]:
    """The outcome of each cell, as the page has it."""
    table = PAGE.partition("<!-- tried: begin -->\n")[2].partition("<!-- tried: end -->")[0]
    return {cells[1].strip(): cells[3].strip() for line in table.splitlines()[2:] for cells in [line.split("|")]}


def test_everything_was_tried_and_nothing_failed() -> None:
    """A row for each cell, in their order."""
    rows = read_rows()
    assert list(rows) == [cell.name for cell in matrix.CELLS]
    assert {name: outcome for name, outcome in rows.items() if not re.match(r"\d+ passed(, demo as promised)?$", outcome)} == {}


def test_the_lower_ends_are_those_of_the_requirements() -> None:
    """Of the SDKs, as the page says them."""
    pins = dict(pin.split("==") for pin in matrix.read_lower_ends(ROOT))
    assert f"| {pins['pulumi']} and {pins['pulumi-policy']} |" in PAGE


def test_every_file_of_tests_is_there() -> None:
    """What a cell runs can be run."""
    assert [path for cell in matrix.CELLS for path in cell.tests if not (ROOT / path).exists()] == []


def test_an_interpreter_is_found_by_its_version() -> None:
    """Where there is one, and none of a version that nobody has."""
    assert matrix.find_interpreter("9.99") is None
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = matrix.find_interpreter(version)
    assert found is None or version in matrix.read_output([str(found), "--version"])


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([(0, "12 passed in 3.4s"), (0, "Summary")], "12 passed, demo as promised"),
        ([(1, "2 failed, 10 passed in 3.4s"), (1, "")], "2 failed, 10 passed, failed"),
        ([(2, "1 error in 0.1s")], "1 error"),
    ],
)
def test_outcomes_in_a_few_words(outcomes: list[tuple[int, str]], expected: str) -> None:
    """How many tests of which outcome, and the demo."""
    assert matrix.summarize(outcomes) == expected


def test_a_row_takes_the_place_of_the_one_before() -> None:
    """Those of other cells stay, and all are in the order of the cells."""
    page = "a\n<!-- tried: begin -->\n| what | with | outcome |\n|---|---|---|\n| Node 18 | x | 1 passed |\n<!-- tried: end -->\nb\n"
    tried = [matrix.Tried("Node 18", "y", "2 passed"), matrix.Tried("Python 3.10", "z", matrix.ABSENT)]
    expected = ["| Python 3.10 | z | not to be had here |", "| Node 18 | y | 2 passed |"]
    assert matrix.fill(page, tried).splitlines()[4:6] == expected
    assert matrix.fill(page, tried).startswith("a\n")
    assert matrix.fill(page, tried).endswith("end -->\nb\n")


def test_what_is_pinned_has_no_bounds_of_its_own(tmp_path: Path) -> None:
    """And the requirements of several files are one text."""
    (tmp_path / "requirements.txt").write_text("pulumi>=3.204,<4\npulumi-aws>=7,<8  # large\n", "utf-8")
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\npytest>=9\n", "utf-8")
    assert matrix.write_requirements(tmp_path, ["pulumi-aws<7"]) == "pytest>=9\npulumi>=3.204,<4\npulumi-aws  # large\n"
