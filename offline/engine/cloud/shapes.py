"""
What the result of a data source looks like, read out of the program's own SDK.

The SDKs of providers are generated, so their text is regular: Python's getters, the declarations of TypeScript, the tagged structs of Go.
Nothing of an SDK is imported or run. Where there is no text (Java, .NET, YAML) the shape is not known.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

_DEEPEST = 4


class Leaf(NamedTuple):
    """One plain value."""

    kind: Literal["string", "number", "boolean"]


class ListOf(NamedTuple):
    """A list of values of one shape."""

    item: "Shape"


class MapOf(NamedTuple):
    """An object with keys of the user's own."""

    item: "Shape"


class Record(NamedTuple):
    """An object with these properties, by their names on the wire."""

    fields: "Mapping[str, Shape]"


Shape = Leaf | ListOf | MapOf | Record
STRING = Leaf("string")
_LEAVES: Mapping[str, Leaf] = {
    "str": STRING,
    "string": STRING,
    "bool": Leaf("boolean"),
    "boolean": Leaf("boolean"),
    "int": Leaf("number"),
    "float": Leaf("number"),
    "float64": Leaf("number"),
    "number": Leaf("number"),
}
#: Name and type of each property of a type with this name; None where there is none.
_List = Callable[[str], Iterable[tuple[str, str]] | None]


class Token(NamedTuple):
    """`aws:ec2/getVpc:getVpc` is the function `getVpc` in the module `ec2` of the package `aws`; the module `index` is none."""

    package: str
    module: str
    function: str


class Library(NamedTuple):
    """Where the SDKs of a program lie: folders of packages (`site-packages`, `node_modules`, or a Go module each)."""

    language: Literal["python", "nodejs", "go", ""]
    folders: tuple[Path, ...] = ()


def split_token(token: str) -> Token | None:
    """The parts of a token; None where it has another form."""
    parts = token.split(":")
    if len(parts) != 3:  # noqa: PLR2004  package, module, function
        return None
    module = parts[1].partition("/")[0]
    return Token(parts[0], "" if module == "index" else module, parts[2].rpartition("/")[2])


def find_shape(token: str, library: Library) -> Record | None:
    """The result's shape as the program's SDK has it; None where the SDK does not show it."""
    parts = split_token(token)
    if parts is None:
        return None
    found = {"python": _find_python, "nodejs": _find_node, "go": _find_go}.get(library.language, _find_nothing)(parts, library.folders)
    return next((shape for listing, name in found if isinstance(shape := _read_named(name, listing, 0), Record) and shape.fields), None)


def _find_nothing(_token: Token, _folders: tuple[Path, ...]) -> Iterator[tuple[_List, str]]:
    yield from ()


def _read_named(name: str, listing: _List, depth: int) -> Shape | None:
    fields = listing(name) if depth < _DEEPEST else None
    return None if fields is None else Record({key: _read_type(written, listing, depth) for key, written in fields})


_WRAPPED = re.compile(r"(?:Optional|pulumi\.Output)\[(.*)\]|\*(.*)|(.*?)\s*\|\s*(?:undefined|None)")
_LISTED = re.compile(r"(?:Sequence|List|list)\[(.*)\]|\[\](.*)|(.*)\[\]")
_MAPPED = re.compile(r"(?:Mapping|Dict|dict)\[[^,]*,\s*(.*)\]|map\[string\](.*)|\{\s*\[key: string\]: (.*?);?\s*\}")


def _read_type(written: str, listing: _List, depth: int) -> Shape:
    """A type as one of the three languages writes it; what is none of the known ones is a string."""
    text = written.strip().replace("_builtins.", "").strip("'\"")
    for pattern, wrap in ((_WRAPPED, None), (_LISTED, ListOf), (_MAPPED, MapOf)):
        match = pattern.fullmatch(text)
        if match is not None:
            inner = _read_type(next(group for group in match.groups() if group is not None), listing, depth)
            return inner if wrap is None else wrap(inner)
    return _LEAVES.get(text) or _read_named(text.removeprefix("outputs."), listing, depth + 1) or STRING


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except OSError:
        return ""


_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_GETTER = re.compile(r'@pulumi\.getter(?:\(name="(\w+)"\))?\n(?:    @.*\n)*    def (\w+)\(self\) -> (.+):\n')


def _find_python(token: Token, folders: tuple[Path, ...]) -> Iterator[tuple[_List, str]]:
    snake = _CAPITAL.sub("_", token.function).lower()
    for folder in folders:
        where = folder / f"pulumi_{token.package.replace('-', '_')}" / token.module
        text = _read(where / f"{snake}.py")
        if text:
            yield _list_python(text, where), f"{token.function[:1].upper()}{token.function[1:]}Result"


def _list_python(text: str, where: Path) -> _List:
    def find(name: str) -> Iterable[tuple[str, str]] | None:
        for source in (text, _read(where / "outputs.py")):
            _, declared, after = source.partition(f"\nclass {name}")
            if declared and after[:1] in "(:":
                body = after.partition("\nclass ")[0]
                return [(wire or own, written) for wire, own, written in _GETTER.findall(body)]
        return None

    return find


_DECLARED = re.compile(r"^\s*(?:readonly )?(\w+)\??: (.+?);$", re.MULTILINE)


def _find_node(token: Token, folders: tuple[Path, ...]) -> Iterator[tuple[_List, str]]:
    for folder in folders:
        for package in (
            folder / "@pulumi" / token.package,
            *sorted(folder.glob(f"@*/{token.package}")),
            folder / f"pulumi-{token.package}",
        ):
            for root in (package, package / "bin"):
                text = _read(root / token.module / f"{token.function}.d.ts")
                if text:
                    yield _list_node(text, root), f"{token.function[:1].upper()}{token.function[1:]}Result"


def _list_node(text: str, root: Path) -> _List:
    def find(name: str) -> Iterable[tuple[str, str]] | None:
        module, _, own = name.rpartition(".")
        source = text if not module else _read(root / "types" / "output.d.ts").partition(f"namespace {module} {{")[2] or ""
        _, declared, after = source.partition(f"interface {own} {{\n")
        return _DECLARED.findall(re.split(r"\n\s*\}\n", after, maxsplit=1)[0]) if declared else None

    return find


_TAGGED = re.compile(r'^\t\w+\s+(\S+)\s+`pulumi:"(\w+)"`$', re.MULTILINE)


def _find_go(token: Token, folders: tuple[Path, ...]) -> Iterator[tuple[_List, str]]:
    for folder in folders:
        where = folder / "go" / token.package / token.module
        text = _read(where / f"{token.function}.go")
        match = re.search(r"^type ((?:Lookup|Get)\w*Result) struct \{", text, re.MULTILINE)
        if match is not None:
            yield _list_go(text, where), match[1]


def _list_go(text: str, where: Path) -> _List:
    def find(name: str) -> Iterable[tuple[str, str]] | None:
        for source in (text, *map(_read, sorted(where.glob("pulumiTypes*.go")))):
            _, declared, after = source.partition(f"\ntype {name} struct {{\n")
            if declared:
                return [(key, written) for written, key in _TAGGED.findall(after.partition("\n}\n")[0])]
        return None

    return find
