"""docs/semantics.md and docs/limits.md hold on to the code: the tests they name exist, and so do the rows."""

import ast
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


def find_cited_rows(place: str) -> set[str]:
    """The rows that the docstrings of a module, or of all modules of a folder, name."""
    path = ROOT / place
    trees = [ast.parse(module.read_text(encoding="utf-8")) for module in (path.rglob("*.py") if path.is_dir() else (path,))]
    functions = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return {row for function in functions for row in re.findall(r"S-\d\d", ast.get_docstring(function) or "")}


def test_every_row_is_named_where_it_is_implemented() -> None:
    """In both readings, or where the table of exceptions says."""
    _, _, rest = SEMANTICS.partition("## Where the rows are in the code\n")
    table = rest.partition("\n## ")[0]
    exceptions: dict[str, set[str]] = {}
    for cell, rows in re.findall(r"^\| (.*) \| (S-.*) \|$", table, re.MULTILINE):
        place = re.match(r"`([a-z_/.]+)`", cell)
        exceptions.setdefault(place[1] if place else "", set()).update(re.findall(r"S-\d\d", rows))
    known = set(re.findall(r"^\| (S-\d\d)", SEMANTICS, re.MULTILINE))
    both = known - set().union(*exceptions.values())
    one, two = find_cited_rows("bucketpolicy/semantics"), find_cited_rows("bucketpolicy/proof")

    assert {"reading one": both - one, "reading two": both - two} == {"reading one": set(), "reading two": set()}
    assert [place for place, rows in exceptions.items() if place and not rows <= find_cited_rows(place)] == []
    assert set().union(one, two, *exceptions.values()) - known == set()
    assert exceptions["bucketpolicy/proof"] & one == set()
    assert exceptions[""] & (one | two) == set()
