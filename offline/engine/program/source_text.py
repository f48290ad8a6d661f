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
_YAML = frozenset({"Pulumi.yaml", "Pulumi.yml", "Pulumi.json", "Main.yaml", "Main.json", "PulumiPlugin.yaml"})
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
_REFERS = re.compile(r"[sS]tack_?[rR]eference")
_OUTPUT_ASKED = re.compile(rf"(?:(?:[gG]et|[rR]equire)_?\w*[oO]utput\w*|\.output)\(\s*(?:pulumi\.String\()?\s*{_STRING}")
_SECOND = r"[fF]n::[sS]tack[rR]eference[\"']?:\s*(?:\[[^,\]]+,|-[^\n]+\n\s*-)\s*[\"']?"
_OUTPUT_IN_YAML = re.compile(rf"{_SECOND}([\w-]+)")
_OUTPUT_COMPUTED = re.compile(
    r"\.(?:[gG]et|[rR]equire)(?:_output|(?:String|Int|Float64|ID)?Output)(?:_details|Details|Value)?\("
    rf"\s*(?!(?:pulumi\.String\(\s*)?{_STRING})[^\s)]|{_SECOND}\$\{{"
)
_OUTPUT_READ = re.compile(rf"\w\[{_STRING}\]|\.get\(\s*{_STRING}|\boutputs?\.(\w+)|\bout?\.(\w+)")


def list_outputs(sources: tuple[Source, ...]) -> tuple[str, ...] | None:
    """
    Names that may be outputs of another stack: those that files with a stack reference ask for.

    None where a name is computed: the output would be empty, and alike whatever is made up.
    """
    asked: dict[str, None] = {}
    for source in sources:
        if _OUTPUT_COMPUTED.search(source.text):
            return None
        asked |= dict.fromkeys(_OUTPUT_ASKED.findall(source.text))
        if _REFERS.search(source.text):
            asked |= dict.fromkeys(_OUTPUT_IN_YAML.findall(source.text))
            asked |= dict.fromkeys(name for found in _OUTPUT_READ.findall(source.text) for name in found if name)
    return tuple(asked)


_INTERPOLATED = re.compile(r"\$\{([^{}]+)\}")
#: Where a program in YAML, on the JVM or in .NET reads a property of a result; in YAML also what of an element.
_READ_IN_YAML = re.compile(r"[\w\]]\.(\w+)(?:\[\d+\]\.(\w+))?")
_ELEMENT = re.compile(r"\w+\[\d+\]\.(\w+)")
_RETURNED = re.compile(r"\b[rR]eturn[\"']?:\s*[\"']?(\w+)")
_READ_ELSEWHERE = re.compile(r"Result::(\w+)|->\s*\w+\.(\w+)\(\)|=>\s*\w+\.([A-Z]\w+)\b")


def list_properties(sources: tuple[Source, ...]) -> dict[str, tuple[str, ...]]:
    """
    Names that may be properties of a result, for languages whose SDKs are not text, each with what is read of its elements.

    What a result lacks would be empty, and alike whatever is made up.
    """
    asked: dict[str, tuple[str, ...]] = {}
    for source in sources:
        if source.path.name in _YAML:
            read = [access for text in _INTERPOLATED.findall(source.text) for access in _READ_IN_YAML.findall(text)]
            elements = tuple(found[1] for text in _INTERPOLATED.findall(source.text) if (found := _ELEMENT.match(text)))
            for name, *inner in (*read, *((name, *elements) for name in _RETURNED.findall(source.text))):
                asked[name] = (*asked.get(name, ()), *filter(None, inner))
        else:
            names = (next(filter(None, found)) for found in _READ_ELSEWHERE.findall(source.text))
            asked |= {f"{name[:1].lower()}{name[1:]}": () for name in names}
    return asked


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
    inside = r"\{[^{}\n]*\btype:|\n(?:[ \t]*#.*\n|[ \t]+name:.*\n)*[ \t]+type:"
    in_yaml = rf"(?m)^[ \t]+[\"']?{re.escape(name)}[\"']?:[ \t]*(?={inside})"
    for pattern in (in_yaml, rf"{re.escape(kind)}(?:V2)?\s*(?:<[^>]*>)?\(\s*(?:\w+\s*,\s*)?{quoted}", quoted):
        places = [
            (source.path, source.text.count("\n", 0, match.start()) + 1)
            for source in sources
            for match in re.finditer(pattern, source.text)
        ]
        if places:
            return places[0] if len(places) == 1 else None
    return None
