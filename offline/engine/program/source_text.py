"""
What a program's source says by itself, read as text in whatever language it is.

It serves advice and places only: which configuration is asked for, which outputs of another stack, where a resource is written down.
"""

import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

_SUFFIXES = frozenset({".py", ".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".go", ".java", ".kt", ".scala", ".cs", ".fs", ".vb"})
_YAML = frozenset({"Pulumi.yaml", "Pulumi.yml", "Main.yaml"})
_FOREIGN = frozenset({"node_modules", "venv", "__pycache__", "site-packages", "bin", "obj", "target", "build", "dist", "vendor"})
_MOST_FOLDERS = 1000
_MOST_FILES = 400
_MOST_BYTES = 2**20


class Source(NamedTuple):
    """A file of a program."""

    path: Path
    text: str


def read_sources(folder: Path) -> tuple[Source, ...]:
    """The program's own files, without what was installed or built beside them."""
    return tuple(_read_all(folder))


def _read_all(folder: Path) -> Iterator[Source]:
    left = _MOST_FILES
    for above, folders, files in islice(os.walk(folder), _MOST_FOLDERS):
        folders[:] = sorted(name for name in folders if name not in _FOREIGN and not name.startswith("."))
        for path in (Path(above, name) for name in sorted(files)):
            if (path.suffix in _SUFFIXES or path.name in _YAML) and path.is_file() and path.stat().st_size <= _MOST_BYTES:
                yield Source(path, path.read_text("utf-8", "replace"))
                left -= 1
            if not left:
                return


#: What helps where a program drives the CLI, which is not here.
AUTOMATION = "it drives the Pulumi CLI (automation API): run its Python function in a test with offline.testing instead"
_DRIVES = re.compile(r"pulumi\.automation|pulumi import automation|@pulumi/pulumi/automation|pulumi/sdk/v3/go/auto|Pulumi\.Automation")


def uses_automation(sources: tuple[Source, ...]) -> bool:
    """Whether a file drives the Pulumi CLI by the automation API."""
    return any(_DRIVES.search(source.text) for source in sources)


_STRING = r"""["'`]([\w./:-]+)["'`]"""
_REFERS = re.compile(r"StackReference|pulumi:pulumi:StackReference|stack_reference")
_OUTPUT_ASKED = re.compile(rf"(?:[gG]et|[rR]equire)_?\w*[oO]utput\w*\(\s*(?:pulumi\.String\()?\s*{_STRING}")
_OUTPUT_READ = re.compile(rf"\w\[{_STRING}\]|\.get\(\s*{_STRING}|\boutputs?\.(\w+)|\bout?\.(\w+)")


def list_outputs(sources: tuple[Source, ...]) -> tuple[str, ...]:
    """Names that may be outputs of another stack: those that files with a stack reference ask for."""
    asked: dict[str, None] = {}
    for source in sources:
        if _REFERS.search(source.text):
            asked |= dict.fromkeys(_OUTPUT_ASKED.findall(source.text))
            asked |= dict.fromkeys(name for found in _OUTPUT_READ.findall(source.text) for name in found if name)
        else:
            asked |= dict.fromkeys(_OUTPUT_ASKED.findall(source.text))
    return tuple(asked)


_BAG = re.compile(
    rf"(\w+)\s*(?::[^=\n]+)?:?=\s*(?:await\s+)?(?:new\s+)?(?:pulumi\.|config\.)?(?:Config|New)\(\s*(?:ctx\s*,\s*)?(?:{_STRING}|\"\")?\s*\)"
)
_REQUIRED = re.compile(
    rf"(?:(\w+)|Config\(\s*(?:{_STRING})?\s*\))\s*\.\s*[rR]equire(?!Output|_output|Pulumi)\w*(?:<[^>()]*>)?\(\s*{_STRING}"
)


def list_required(sources: tuple[Source, ...], project: str) -> tuple[str, ...]:
    """The configuration that a program requires, as whole keys, as far as its text shows them."""
    keys: dict[str, None] = {}
    for source in sources:
        bags = {name: namespace for name, namespace in _BAG.findall(source.text) if namespace}
        for bag, namespace, key in _REQUIRED.findall(source.text):
            if ":" in key:
                keys[key] = None
            elif bag not in {"self", "this", "StackReference"}:
                keys[f"{namespace or bags.get(bag) or project}:{key}"] = None
    return tuple(keys)


def find_line(sources: tuple[Source, ...], kind: str, name: str) -> tuple[Path, int] | None:
    """The only place where a resource of this kind is made with this name; None where there is none, or several."""
    quoted = rf"[\"'`]{re.escape(name)}[\"'`]"
    in_yaml = rf"(?m)^[ \t]+[\"']?{re.escape(name)}[\"']?:[ \t]*(?=\n(?:[ \t]*#.*\n|[ \t]+name:.*\n)*[ \t]+type:)"
    for pattern in (in_yaml, rf"{re.escape(kind)}(?:V2)?\s*(?:<[^>]*>)?\(\s*(?:\w+\s*,\s*)?{quoted}", quoted):
        places = [
            (source.path, source.text.count("\n", 0, match.start()) + 1)
            for source in sources
            for match in re.finditer(pattern, source.text)
        ]
        if places:
            return places[0] if len(places) == 1 else None
    return None
