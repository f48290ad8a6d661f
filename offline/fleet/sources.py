"""
Where states are: files, standard input, folders, and back ends that people manage themselves, on this machine or in an object store.

A back end holds `.pulumi/stacks/PROJECT/STACK.json`, in its old layout `.pulumi/stacks/STACK.json`, plain or compressed by gzip or zstd.
Its other files (`.bak`, `.attrs`, history, backups, locks) are not current states. Everything is only read, and no lock is taken.
Source: `pkg/backend/diy` of pulumi/pulumi.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, NamedTuple, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from offline.files import STDIN, explain_error, name_source, refuse_size
from offline.run import Failure
from offline.state import EXPECTED, MOST_BYTES

#: What the file of a state is called; how it is compressed is told by its first bytes.
_ENDINGS = (".json", ".json.gz", ".json.zst")
_PULUMI, _STACKS = ".pulumi", "stacks"
INSTALL = "pip install -r requirements-fleet.txt"


class Item(NamedTuple):
    """
    One state to read.

    `where` is what reports call it, `place` its path below the source, which stays the same when the source moves. `file` is what is
    opened: a path on this machine, or one in the store that the URL `store` leads to.
    """

    where: str
    place: str
    file: str
    store: str = ""


def list_items(source: str) -> tuple[Item, ...] | Failure:
    """The states that a source holds, in the order of their paths; at least one."""
    try:
        found = _list(source)
    except ImportError as error:
        return lack_package(source, error)
    except Exception as error:  # noqa: BLE001  every store has errors of its own
        return Failure(f"{source}: {explain_error(error)}; expected: {EXPECTED}, a folder of such files, or a back end of Pulumi")
    return found or Failure(f"{source}: no state in it; expected: files that end with {', '.join(_ENDINGS)}")


def is_state_below(path: Path, folder: Path) -> bool:
    """True iff the path is that of a state which is there, in a folder of this machine that is a source."""
    return folder.is_dir() and path.name.endswith(_ENDINGS) and path.exists() and path.resolve().is_relative_to(folder.resolve())


def read_item(item: Item) -> bytes | Failure:
    """A state as it is stored."""
    name = name_source(item.where)
    try:
        with _open(item) as file:
            content = file.read(MOST_BYTES + 1)
    except ImportError as error:
        return lack_package(name, error)
    except Exception as error:  # noqa: BLE001  every store has errors of its own
        return Failure(f"{name}: {explain_error(error)}; expected: {EXPECTED}")
    return content if len(content) <= MOST_BYTES else refuse_size(item.where, MOST_BYTES, EXPECTED)


def lack_package(name: str, error: ImportError) -> Failure:
    """The line about a package that only some sources need."""
    return Failure(f"{name}: needs the package `{error.name}`; expected: {INSTALL}")


def _list(source: str) -> tuple[Item, ...]:
    if source == STDIN:
        return (Item(STDIN, STDIN, STDIN),)
    path = _find_local(source)
    if path is None:
        return _list_store(source)
    return _list_folder(path) if path.is_dir() else (Item(str(path), path.name, str(path)),)


def _find_local(source: str) -> Path | None:
    """The path on this machine that the source names, if it does: a plain path, or a URL as in `pulumi login file://~/states`."""
    scheme, found, rest = source.partition("://")
    if not found:
        return Path(source)
    return Path(unquote(rest.partition("?")[0])).expanduser() if scheme == "file" else None


def _list_folder(folder: Path) -> tuple[Item, ...]:
    root = next((below for below in (folder / _PULUMI / _STACKS, folder / _STACKS) if _is_stacks(below)), folder)
    paths = sorted(path.relative_to(root).as_posix() for path in _walk(root))
    return tuple(Item(str(root / path), path, str(root / path)) for path in paths)


def _is_stacks(folder: Path) -> bool:
    return folder.parent.name == _PULUMI and folder.is_dir()


def _walk(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root, onerror=_raise):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(folder, name) for name in names if name.endswith(_ENDINGS))


def _raise(error: OSError) -> None:
    raise error


def _list_store(source: str) -> tuple[Item, ...]:
    store, root = _connect(source)
    if store.isfile(root):
        return (Item(_strip_query(source), PurePosixPath(root).name, root, source),)
    roots = (f"{root}/{_PULUMI}/{_STACKS}", *([f"{root}/{_STACKS}"] if root.endswith(_PULUMI) else []), root)
    for below in roots:
        paths = sorted(_list_states(store.find(below), below))
        if paths:
            shown = _strip_query(source).rstrip("/") + below[len(root) :]
            return tuple(Item(f"{shown}/{path}", path, f"{below}/{path}", source) for path in paths)
    return ()


def _list_states(files: Iterable[str], root: str) -> Iterator[str]:
    for file in files:
        path = file.removeprefix(root).lstrip("/")
        hidden = any(part.startswith(".") for part in path.split("/"))
        if path.endswith(_ENDINGS) and not hidden:
            yield path


def _open(item: Item) -> AbstractContextManager[BinaryIO]:
    if item.store:
        return cast("AbstractContextManager[BinaryIO]", _connect(item.store)[0].open(item.file, "rb"))
    return nullcontext(sys.stdin.buffer) if item.file == STDIN else Path(item.file).open("rb")


def _connect(source: str) -> tuple[Any, str]:
    """The store of a URL, as fsspec gives it, and the path inside; credentials are found by fsspec's own ways."""
    from fsspec.core import url_to_fs  # noqa: PLC0415  only remote sources need it

    url, options = translate(source)
    store, root = url_to_fs(url, **options)
    return store, root.rstrip("/")


def _strip_query(source: str) -> str:
    return source.partition("?")[0]


def translate(source: str) -> tuple[str, dict[str, Any]]:
    """The URL and the options that fsspec takes, for a URL as `pulumi login` takes it, with that URL's parameters."""
    scheme, _, rest = _strip_query(source).partition("://")
    given = dict(parse_qsl(urlsplit(source).query))
    match scheme:
        case "s3":
            return f"s3://{rest}", _read_s3(given)
        case "azblob":
            account = given.get("storage_account") or os.environ.get("AZURE_STORAGE_ACCOUNT")
            return f"abfs://{rest}", {"account_name": account} if account else {}
        case _:
            return f"{scheme}://{rest}", given


def _read_s3(given: dict[str, str]) -> dict[str, Any]:
    """Parameters of gocloud.dev's `s3blob`, which Pulumi uses, in the words of s3fs."""
    client: dict[str, str] = {}
    if region := given.get("region"):
        client["region_name"] = region
    if endpoint := given.get("endpoint"):
        plain = "true" in (given.get("disableSSL"), given.get("disable_https"))
        client["endpoint_url"] = endpoint if "://" in endpoint else f"{'http' if plain else 'https'}://{endpoint}"
    options: dict[str, Any] = {"client_kwargs": client} if client else {}
    if profile := given.get("profile"):
        options["profile"] = profile
    if "true" in (given.get("s3ForcePathStyle"), given.get("use_path_style")):
        options["config_kwargs"] = {"s3": {"addressing_style": "path"}}
    return options
