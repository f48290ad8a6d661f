"""The tool that measures functions counts what the house counts."""

import subprocess
import sys
from pathlib import Path

from tools.measure import count_code, measure, measure_package

ROOT = Path(__file__).resolve().parents[2]
TEXT = '''"""A module."""

# A comment.
WIDTH = 1


def choose(values: list[int]) -> int:
    """
    Pick one.

    Or none.
    """
    for value in values:
        if value > WIDTH and value < 9:
            return value
        elif not value:
            break
    try:
        match values:
            case []:
                return 0
            case _:
                return 2
    except ValueError:
        pass
    else:
        return 3
    match values:
        case []:
            return 0
        case [1]:
            return 0
        case _:
            return 1


def plain() -> int:
    return [value for value in (1, 2) if value][0]
'''


def test_a_docstring_counts_for_nothing() -> None:
    """Length and code are counted without docstrings, comments and blank lines; signatures count."""
    longest, plain = measure(TEXT, "m.py")

    assert (longest.lines, longest.where) == (23, "m.py:choose")
    assert plain.lines == 2
    assert count_code(TEXT) == 26


def test_complexity_is_what_ruff_counts() -> None:
    """One, and one for each loop, branch and case."""
    longest, plain = measure(TEXT, "m.py")
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "C901", "--config", "lint.mccabe.max-complexity=8", "-"]
    told = subprocess.run(command, input=TEXT, capture_output=True, text=True, check=False).stdout

    assert (longest.complexity, plain.complexity) == (9, 1)
    assert "`choose` is too complex (9 > 8)" in told


def test_the_product_keeps_to_the_measure() -> None:
    """So the tool ends with 0 here."""
    told = subprocess.run([sys.executable, ROOT / "tools" / "measure.py"], capture_output=True, text=True, check=False)

    assert told.returncode == 0, told.stdout
    assert "bucketpolicy" in told.stdout


def test_one_function_too_many_branches_breaks_the_measure(tmp_path: Path) -> None:
    """Eleven branches."""
    (tmp_path / "policies").mkdir()
    branches = "".join(f"    if x == {number}:\n        return {number}\n" for number in range(11))
    (tmp_path / "policies" / "wide.py").write_text(f"def f(x):\n{branches}\ndef g(x):\n    return x\n", encoding="utf-8")
    told = subprocess.run([sys.executable, ROOT / "tools" / "measure.py", tmp_path], capture_output=True, text=True, check=False)

    assert told.returncode == 1
    assert measure_package(tmp_path / "policies").hardest.complexity == 12
