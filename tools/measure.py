"""
How the code is cut: length and complexity of its functions, and lines, by package.

    python tools/measure.py                # this checkout
    python tools/measure.py FOLDER         # another one, such as an older checkout

Exits 1 where a product package does not keep to the measure (median 8 lines, nine functions of ten at most 17), or where a function of
any package is more complex than 10.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

PRODUCT = ("bucketpolicy", "crossguard", "policies", "offline", "verifier")
PACKAGES = (*PRODUCT, "conformance", "tools", "tests")
MEDIAN, NINE_OF_TEN, COMPLEXITY = 8, 17, 10
_HEAD = ("package", "modules", "lines", "code", "functions", "median", "p90", "longest", "complexity")
_FORMAT = "{:<14}{:>8}{:>8}{:>8}{:>11}{:>8}{:>6}{:>9}{:>12}"

# What ruff's C901 counts. It is counted here again, as ruff tells only of functions above a limit.
_BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.FunctionDef, ast.AsyncFunctionDef)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class Measured(NamedTuple):
    """One function: its lines without its docstring, its complexity, and where it is."""

    lines: int
    complexity: int
    where: str


class Package(NamedTuple):
    """One package: how many modules and lines, of which how many are code, and its functions."""

    modules: int
    lines: int
    code: int
    functions: tuple[Measured, ...]

    @property
    def median(self) -> float:
        """Half of the functions are at most this long."""
        return median(function.lines for function in self.functions)

    @property
    def nine_of_ten(self) -> float:
        """Nine functions of ten are at most this long."""
        return quantiles([function.lines for function in self.functions], n=10, method="inclusive")[-1]

    @property
    def hardest(self) -> Measured:
        """The function of the highest complexity."""
        return max(self.functions, key=lambda function: function.complexity)


def main() -> int:
    """Print a line for each package; 0 where the product keeps to the measure."""
    root = Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).resolve().parent.parent
    print(_FORMAT.format(*_HEAD))
    kept = True
    for name in PACKAGES:
        if (root / name).is_dir():
            package = measure_package(root / name)
            print(write_line(name, package))
            kept = kept and package.hardest.complexity <= COMPLEXITY and (name not in PRODUCT or is_short(package))
    return 0 if kept else 1


def write_line(name: str, package: Package) -> str:
    """One line of the table, with the longest and the most complex function."""
    longest = max(package.functions)
    numbers = (len(package.functions), f"{package.median:.0f}", f"{package.nine_of_ten:.0f}", longest.lines, package.hardest.complexity)
    return f"{_FORMAT.format(name, package.modules, package.lines, package.code, *numbers)}  {longest.where}, {package.hardest.where}"


def is_short(package: Package) -> bool:
    """True iff its functions are as short as those of the product should be."""
    return package.median <= MEDIAN and package.nine_of_ten <= NINE_OF_TEN


def measure_package(folder: Path) -> Package:
    """All modules below the folder."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py"))}
    functions = tuple(found for path, text in texts.items() for found in measure(text, str(path.relative_to(folder.parent))))
    return Package(len(texts), sum(len(text.splitlines()) for text in texts.values()), sum(map(count_code, texts.values())), functions)


def measure(text: str, name: str) -> Iterator[Measured]:
    """The functions of a module, those inside others too."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, _Function):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1 - len(list(_list_docstring(node)))
            yield Measured(lines, 1 + sum(map(_count_branches, node.body)), f"{name}:{node.name}")


def _count_branches(node: ast.AST) -> int:
    own = int(isinstance(node, _BRANCHES))
    if isinstance(node, ast.Match):
        last = node.cases[-1]
        own = len(node.cases) - (last.guard is None and isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None)
    if isinstance(node, ast.Try):
        own = bool(node.orelse)
    return own + sum(map(_count_branches, ast.iter_child_nodes(node)))


def count_code(text: str) -> int:
    """The lines that are neither blank, nor a comment, nor of a docstring."""
    docstrings = {number for node in ast.walk(ast.parse(text)) for number in _list_docstring(node)}
    lines = enumerate(text.splitlines(), 1)
    return sum(bool(line.strip()) and not line.lstrip().startswith("#") and number not in docstrings for number, line in lines)


def _list_docstring(node: ast.AST) -> range:
    """The numbers of the lines of its docstring."""
    if not isinstance(node, ast.Module | ast.ClassDef | _Function) or ast.get_docstring(node) is None:
        return range(0)
    return range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)


if __name__ == "__main__":
    sys.exit(main())
