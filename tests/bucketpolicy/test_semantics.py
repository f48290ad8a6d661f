"""docs/semantics.md and docs/limits.md hold on to the code: the tests they name exist, and so do the rows."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEMANTICS = (ROOT / "docs" / "semantics.md").read_text()
LIMITS = (ROOT / "docs" / "limits.md").read_text()


def test_every_test_that_is_named_exists() -> None:
    """A row's tests are functions of the files it names."""
    named = set(re.findall(r"`(test_\w+\.py)::(test_\w+)`", SEMANTICS))
    assert named
    folder = ROOT / "tests" / "bucketpolicy"
    assert sorted((file, name) for file, name in named if f"def {name}(" not in (folder / file).read_text()) == []


def test_every_row_is_numbered_once_and_complete() -> None:
    """Five cells, and a number that no other row has."""
    rows = [line for line in SEMANTICS.splitlines() if line.startswith("| S-")]
    numbers = [row.split(" | ")[0].removeprefix("| ") for row in rows]
    assert numbers == sorted(set(numbers))
    assert [row for row in rows if row.count(" |") != 5] == []


def test_the_limits_name_rows_that_exist() -> None:
    """Every `S-…` on that page is a row of the other."""
    known = set(re.findall(r"^\| (S-\d\d)", SEMANTICS, re.MULTILINE))
    assert set(re.findall(r"S-\d\d", LIMITS)) - known == set()
