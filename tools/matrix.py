"""
`make matrix`: try the versions that docs/supported-versions.md names, as far as their interpreters can be had here.

    python tools/matrix.py [WORD...] [--full] [--write]

WORD takes the cells that have it in their name. `--full` runs every test that needs Python only on each Python, not the selection.
`--write` puts what was printed into the page. What is tried is HEAD, in a clone of its own; environments and tools lie in
`${XDG_CACHE_HOME:-~/.cache}/s3-encryption-guard/matrix`. Exit status 1 where a cell fails.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "s3-encryption-guard" / "matrix"
PAGE = ROOT / "docs" / "supported-versions.md"
PACKAGES = ("pulumi", "pulumi-policy", "pulumi-aws")
ABSENT = "not to be had here"
#: What decides and speaks, what is published over the engine's protocol, and what starts processes: two minutes on an idle machine.
PACK = ("tests/policies/test_cases.py", "tests/crossguard/test_pack.py", "tests/crossguard/test_remediation.py")
OFFLINE = ("tests/offline/test_check.py", "tests/offline/test_engine_wire.py")
REAL = ("tests/e2e/test_update.py", "tests/e2e/test_configuration.py")
CORE = ("tests/bucketpolicy", "tests/policies/test_cases.py", "tests/policies/test_case_repairs.py")
#: CPython as WebAssembly, for a version of which there is no interpreter. It has neither processes nor the SDK.
WASM = "pyodide@314"
#: What needs a package that is made for the machine, and what nests as deep as another stack goes.
NOT_IN_WASM = ("test_tables", "nested")
WASM_PACKAGES = (
    "pytest",
    "pluggy",
    "iniconfig",
    "packaging",
    "pygments",
    "typing_extensions",
    "hypothesis<6.150",
    "sortedcontainers",
    "attrs",
)
_WASM_SCRIPT = """
import { loadPyodide } from "pyodide";
const python = await loadPyodide({ env: { PYTHONDONTWRITEBYTECODE: "1" } });
process.argv.slice(2, 4).forEach((root, index) => {
  python.FS.mkdir(`/mount${index}`);
  python.FS.mount(python.FS.filesystems.NODEFS, { root }, `/mount${index}`);
});
python.globals.set("arguments", python.toPy(process.argv.slice(4)));
process.exit(python.runPython(`
import os, sys
sys.path[:0] = ["/mount0", "/mount1"]
os.chdir("/mount0")
import pytest
int(pytest.main(list(arguments)))
`));
"""


class Cell(NamedTuple):
    """One version of one thing, with what is run under it; `pins` hold packages to a version, `node` and `cli` name other tools."""

    name: str
    tests: tuple[str, ...]
    python: str = ""
    pins: tuple[str, ...] = ()
    node: str = ""
    cli: str = ""
    demo: bool = False


class Tried(NamedTuple):
    """What came of a cell: the versions that it really had, and its outcome in a few words."""

    name: str
    versions: str
    outcome: str
    failed: bool = False


def read_lower_ends(root: Path) -> tuple[str, ...]:
    """The oldest SDKs that requirements.txt allows, as pins."""
    text = (root / "requirements.txt").read_text("utf-8")
    return tuple(f"{name}=={end}" for name, end in re.findall(r"^([a-z-]+)>=([0-9.]+)", text, re.MULTILINE))


CELLS = (
    *(Cell(f"Python {version}", PACK + OFFLINE, version, demo=True) for version in ("3.10", "3.11", "3.12", "3.13", "3.14")),
    Cell("SDK, oldest", PACK + OFFLINE, "3.10", read_lower_ends(ROOT), demo=True),
    Cell("SDK, newest", PACK + OFFLINE, "3.13", demo=True),
    # The examples are written for 7: some resources have other names in 6.
    Cell("pulumi-aws 6", OFFLINE, "3.11", ("pulumi-aws<7",)),
    Cell("pulumi-aws 7", OFFLINE, "3.11", demo=True),
    *(Cell(f"Node {version}", ("tests/e2e/test_node.py",), node=version) for version in ("18", "20", "22")),
    Cell("Pulumi CLI 3.205", REAL, cli="3.205.0"),
    Cell("Pulumi CLI 3.259", REAL, cli="3.259.0"),
    Cell("Pulumi CLI 3.276", REAL, cli="3.276.0"),
)


def main() -> int:
    """0 where no cell fails."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("words", nargs="*")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    chosen = [cell for cell in CELLS if not options.words or any(word in cell.name for word in options.words)]
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder, "clone")
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        tried = []
        for cell in chosen:
            tried.append(try_cell(cell._replace(tests=("tests",)) if options.full and cell.python else cell, clone))
            print(write_row(tried[-1]), flush=True)
    if options.write:
        PAGE.write_text(fill(PAGE.read_text("utf-8"), tried), "utf-8")
    return int(any(one.failed for one in tried))


def try_cell(cell: Cell, clone: Path) -> Tried:
    """Run what the cell names in the clone, under its versions."""
    interpreter = find_interpreter(cell.python) if cell.python else Path(sys.executable)
    if interpreter is None:
        return try_wasm(cell, clone) if cell.python == "3.14" else Tried(cell.name, "", ABSENT)
    python = make_environment(interpreter, cell, clone) if cell.python else interpreter
    settings = make_settings(cell)
    versions = describe(python, cell, settings)
    commands = [[str(python), "-m", "pytest", "-q", "-n", "1", *([] if cell.node or cell.cli else ["-m", "not e2e"]), *cell.tests]]
    commands += [[str(python), "tools/demo.py"]] if cell.demo else []
    outcomes = [run(command, clone, settings) for command in commands]
    return Tried(cell.name, versions, summarize(outcomes), any(status for status, _ in outcomes))


def find_interpreter(version: str) -> Path | None:
    """An interpreter of this version: on PATH, or where pyenv or uv keep theirs."""
    named = shutil.which(f"python{version}")
    patterns = (f".pyenv/versions/{version}.*/bin/python", f".local/share/uv/python/cpython-{version}.*/bin/python{version}")
    found = [*([Path(named)] if named else []), *(path for pattern in patterns for path in sorted(Path.home().glob(pattern)))]
    # What pyenv puts on PATH for a version may be there and refuse to run.
    ok = (path for path in found if subprocess.run([path, "-c", "import venv, ssl"], check=False, capture_output=True).returncode == 0)
    return next(ok, None)


def make_environment(interpreter: Path, cell: Cell, clone: Path) -> Path:
    """The interpreter of an environment with the requirements of the tests, brought up to date where they have changed."""
    folder = CACHE / re.sub(r"[^\w.-]+", "-", "-".join(("python", cell.python, *cell.pins)))
    python, made = folder / "bin" / "python", folder / "made-of"
    requirements, constraints = folder / "requirements.txt", folder / "constraints.txt"
    wanted = write_requirements(clone, cell.pins)
    if not made.exists() or made.read_text("utf-8") != wanted:
        subprocess.run([interpreter, "-m", "venv", folder], check=True)
        requirements.write_text(wanted, "utf-8")
        constraints.write_text("\n".join(cell.pins), "utf-8")
        pip: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", requirements, "-c", constraints], check=True)
        made.write_text(wanted, "utf-8")
    return python


def write_requirements(root: Path, pins: Iterable[str]) -> str:
    """All requirements of the tests in one text, without the bounds of what is pinned."""
    texts = [path.read_text("utf-8") for path in sorted(root.glob("requirements*.txt"))]
    text = "".join(line for text in texts for line in text.splitlines(keepends=True) if not line.startswith("-r "))
    for name in (re.split("[<=>]", pin)[0] for pin in pins):
        text = re.sub(rf"^{name}[<=>][^#\n]*", f"{name}  ", text, flags=re.MULTILINE)
    return text


def make_settings(cell: Cell) -> dict[str, str]:
    """The environment of what is run: nothing of the user's Pulumi, and the cell's own Node or CLI."""
    foreign = ("PULUMI_", "AWS_", "VIRTUAL_ENV", "PYTHONPATH")
    settings = {key: value for key, value in os.environ.items() if not key.startswith(foreign)} | {"PYTHONDONTWRITEBYTECODE": "1"}
    if cell.node:
        folder = install_from_npm(f"node@{cell.node}")
        settings["PATH"] = f"{folder / 'node_modules' / 'node' / 'bin'}{os.pathsep}{settings['PATH']}"
    if cell.cli:
        settings["S3_ENCRYPTION_GUARD_CLI"] = cell.cli
        subprocess.run([sys.executable, ROOT / "tools" / "build_cli.py"], env=settings, check=True, stdout=subprocess.DEVNULL)
    return settings


def install_from_npm(package: str) -> Path:
    """A folder with this package in its `node_modules`."""
    folder = CACHE / package.replace("@", "-")
    if not (folder / "node_modules").exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, package], check=True)
    return folder


def describe(python: Path, cell: Cell, settings: Mapping[str, str]) -> str:
    """The versions that are really there."""
    if cell.cli:
        return f"CLI {cell.cli}, {list_packages(python)}"
    if cell.node:
        return f"Node {read_output(['node', '--version'], settings).removeprefix('v')}"
    return f"Python {read_output([str(python), '-c', 'import platform; print(platform.python_version())'])}, {list_packages(python)}"


def list_packages(python: Path) -> str:
    """The SDKs of an environment, with their versions."""
    script = f"from importlib.metadata import version\nprint(', '.join(f'{{name}} {{version(name)}}' for name in {PACKAGES}))"
    return read_output([str(python), "-c", script])


def read_output(command: list[str], settings: Mapping[str, str] | None = None) -> str:
    """What a command prints."""
    return subprocess.run(command, env=settings, capture_output=True, text=True, check=True).stdout.strip()


def try_wasm(cell: Cell, clone: Path) -> Tried:
    """The core alone, under CPython for WebAssembly."""
    if shutil.which("npm") is None:
        return Tried(cell.name, "", ABSENT)
    folder = install_from_npm(WASM)
    site = folder / "site"
    if not site.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site)]
        platform = ("--only-binary=:all:", "--platform", "any", "--python-version", cell.python)
        subprocess.run([*pip, *platform, *WASM_PACKAGES], check=True)
    (folder / "run.mjs").write_text(_WASM_SCRIPT, "utf-8")
    left_out = " and ".join(f"not {word}" for word in NOT_IN_WASM)
    arguments = ["-q", "-p", "no:faulthandler", "--assert=plain", "-k", left_out, *CORE]
    command = ["sh", "-c", 'ulimit -s unlimited; exec node --stack-size=500000 "$@"', "sh", str(folder / "run.mjs"), str(clone), str(site)]
    outcome = run([*command, *arguments], clone, make_settings(Cell(cell.name, ())))
    return Tried(
        cell.name, f"CPython {cell.python} for WebAssembly ({WASM}): the core alone, without SDK", summarize([outcome]), bool(outcome[0])
    )


def run(command: list[str], clone: Path, settings: Mapping[str, str]) -> tuple[int, str]:
    """The status of a command that yields to everything else, and its last line; all it said is printed where it fails."""
    ended = subprocess.run(["nice", "-n", "5", *command], cwd=clone, env=settings, capture_output=True, text=True, check=False)
    if ended.returncode:
        print(f"{' '.join(command)}\n{ended.stdout[-4000:]}{ended.stderr[-4000:]}", file=sys.stderr)
    return ended.returncode, (ended.stdout.strip().splitlines() or [""])[-1]


def summarize(outcomes: Iterable[tuple[int, str]]) -> str:
    """What came of all commands: how many tests of which outcome, and the demo."""
    words = []
    for status, last in outcomes:
        counts = re.findall(r"\d+ (?:passed|failed|errors?)", last)
        words.append(", ".join(counts) if counts else "failed" if status else "demo as promised")
    return ", ".join(words)


def write_row(tried: Tried) -> str:
    """A row of the page's table."""
    return f"| {tried.name} | {tried.versions} | {tried.outcome} |"


def fill(page: str, tried: Iterable[Tried]) -> str:
    """The page with these rows in the place of those of the same name, in the order of the cells."""
    head, begin, rest = page.partition("<!-- tried: begin -->\n")
    table, end, tail = rest.partition("<!-- tried: end -->\n")
    rows = {row.split("|")[1].strip(): row for row in table.splitlines()[2:]} | {one.name: write_row(one) for one in tried}
    lines = ["| what | with | outcome |", "|---|---|---|", *(rows[cell.name] for cell in CELLS if cell.name in rows)]
    return f"{head}{begin}{chr(10).join(lines)}\n{end}{tail}"


if __name__ == "__main__":
    sys.exit(main())
