"""Mutation testing finds the gaps of a small project, and restores what it changed."""

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.mutate import _changes, _functions, _restored, _walk

ROOT = Path(__file__).resolve().parents[2]
CLIP = '''"""A package of one function in a folder, one without a test, and one of a class."""


def clip(value: int, high: int) -> int:
    """At most `high`."""
    if value > high:
        return high
    return value


class Scale:
    def twice(self, value: int) -> int:
        return value * 2


def unused() -> bool:
    return False
'''
TESTS = """from bucketpolicy.proof.clip import Scale, clip


def test_clip():
    assert [clip(1, 2), clip(3, 2)] == [1, 2]


def test_twice():
    assert Scale().twice(3) == 6
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A checkout with a core of one module, its tests, and the tool."""
    for folder in ("tools", "bucketpolicy/proof", "tests/bucketpolicy", "tests/differential", "tests/properties", "tests/policies"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / "tools" / "mutate.py", tmp_path / "tools")
    for package in ("bucketpolicy", "bucketpolicy/proof"):
        (tmp_path / package / "__init__.py").write_text("", encoding="utf-8")
    (tmp_path / "bucketpolicy" / "proof" / "clip.py").write_text(CLIP, encoding="utf-8")
    (tmp_path / "tests" / "bucketpolicy" / "test_clip.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "tests" / "policies" / "test_cases.py").write_text("", encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = e2e\n", encoding="utf-8")
    return tmp_path


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The tool, on this project."""
    return subprocess.run([sys.executable, "tools/mutate.py", *arguments], cwd=project, capture_output=True, text=True, check=False)


def test_what_no_test_notices_survives(project: Path) -> None:
    """A bound that is asked about on neither side, and a function that nobody calls; everything else is noticed."""
    done = run(project, "--output", "survivors.json")
    survivors = json.loads((project / "survivors.json").read_text(encoding="utf-8"))

    assert done.returncode == 1, done.stderr
    assert {(function, change) for _, function, _, change in survivors} == {
        ("clip", "Gt -> GtE"),
        ("unused", "False -> True"),
        ("unused", "return None"),
    }
    assert "proof.clip.py:17 unused: False -> True (no test)" in done.stdout
    assert done.stdout.splitlines()[-2].endswith("1 survive, 2 in code that no test enters, 0 noticed by the clock")
    assert "(limit 95.0)" in done.stdout


def test_a_project_without_gaps_reaches_the_limit(project: Path) -> None:
    """And the tool ends with 0."""
    tested = TESTS + "\n\ndef test_unused():\n    from bucketpolicy.proof.clip import unused\n\n    assert unused() is False\n"
    (project / "tests" / "bucketpolicy" / "test_clip.py").write_text(tested, encoding="utf-8")
    core = project / "bucketpolicy" / "proof" / "clip.py"
    core.write_text(
        CLIP.replace("    if value > high:\n        return high\n    return value", "    return min(value, high)"), encoding="utf-8"
    )

    assert run(project).returncode == 0


def test_a_test_that_fails_without_a_mutant_stops_it(project: Path) -> None:
    """Nothing can be said then."""
    (project / "tests" / "bucketpolicy" / "test_broken.py").write_text("def test_broken():\n    assert False\n", encoding="utf-8")
    done = run(project)

    assert done.returncode != 0
    assert "without any mutant these fail: tests/bucketpolicy/test_broken.py::test_broken" in done.stdout + done.stderr


def test_each_kind_of_node_has_its_changes() -> None:
    """Comparisons, `and`, arithmetic, constants, returned values, conditions, jumps, names and calls."""
    text = """
def f(a, b):
    for x in a:
        if x and not b:
            continue
        while any(a):
            note(x)
            break
    return a + 1 if a <= 'short' else max(a)
"""
    ((_, function),) = _functions(ast.parse(text), "")
    found = {change for node in _walk(function) for change, _ in _changes(node)}

    assert found == {
        "And -> Or",
        "not the condition",
        "continue -> break",
        "any -> all",
        "call left out",
        "break -> continue",
        "return None",
        "Add -> Sub",
        "1 -> 2",
        "LtE -> Lt",
        "'short' -> 'shortx'",
        "max -> min",
    }


def test_a_change_is_taken_back() -> None:
    """A node is what it was once its mutant has been compiled."""
    tree = ast.parse("def f(a):\n    while a:\n        break\n    return a + 1 < 3\n")
    before = ast.dump(tree)
    ((_, function),) = _functions(tree, "")
    for node in list(_walk(function)):
        for _, change in _changes(node):
            with _restored(node):
                change(node)
                assert ast.dump(tree) != before
            assert ast.dump(tree) == before
