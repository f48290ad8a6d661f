"""Files and standard input as text, or one line that says which one cannot be read, why, and what was expected; and files written whole."""

import codecs
import os
import secrets
import stat
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from offline.memory import MEGABYTE, limit_memory
from offline.run import Failure

STDIN = "-"
#: In megabytes, besides the content itself.
_MOST_MEMORY = 500


def name_source(name: str) -> str:
    """What a report calls the file."""
    return "standard input" if name == STDIN else name


def read_text(name: str, most: int, expected: str, *, empty: bool = False) -> str | Failure:
    """
    The text of a file, or of standard input for `-`.

    A byte order mark stays in the text, as U+FEFF. `most` is in bytes, `expected` says what the file should hold, `empty` whether it may
    hold nothing.
    """
    try:
        content = _read_bytes(name, most)
    except (OSError, ValueError) as error:
        return _refuse(name, explain_error(error), expected)
    return read_content(name, content, most, expected, empty=empty)


def read_content(name: str, content: bytes, most: int, expected: str, *, empty: bool = False) -> str | Failure:
    """The text of what was read of a file, at most one byte more than is accepted; the rest is as for `read_text`."""
    if len(content) > most:
        return refuse_size(name, most, expected)
    if not empty and not content.strip():
        return _refuse(name, "is empty", expected)
    return decode(name, content, expected)


def refuse_size(name: str, most: int, expected: str) -> Failure:
    """The line about a file of more bytes than are accepted."""
    return _refuse(name, f"larger than {most // MEGABYTE} MB", expected)


def explain_error(error: Exception) -> str:
    """Why a file cannot be read, in half a sentence that holds nothing of the file."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    # A null character in the name, or a store's own error.
    return "is not a valid name of a file" if isinstance(error, ValueError) else f"cannot be read ({type(error).__name__})"


def _read_bytes(name: str, most: int) -> bytes:
    if name == STDIN:
        return _read_some(sys.stdin.buffer, most)
    with Path(name).open("rb") as file:
        return _read_some(file, most)


def _read_some(file: BinaryIO, most: int) -> bytes:
    """One byte more than is accepted tells that there is more."""
    return file.read(most + 1)


def decode(name: str, content: bytes, expected: str) -> str | Failure:
    """UTF-8; UTF-16 as well where it is marked, since Windows PowerShell redirects output so."""
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        with limit_memory(_MOST_MEMORY):
            return content.decode("utf-16" if utf16 else "utf-8")
    except UnicodeDecodeError:
        return _refuse(name, "is not UTF-8 text", expected)
    except MemoryError:
        # One rare character makes every other one four bytes wide.
        return _refuse(name, f"takes more than {_MOST_MEMORY} MB of memory to read", expected)


def _refuse(name: str, why: str, expected: str) -> Failure:
    return Failure(f"{name_source(name)}: {why}; expected: {expected}")


def write_whole(path: Path, pieces: Iterable[bytes]) -> None:
    """
    Write beside the file and rename: whoever looks finds the old content or the new, on a full disk too. Raises `OSError` and `ValueError`.

    A link's target is replaced, and the link stays; a device or a pipe is written to as it is.
    """
    target = path.resolve()
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
    if mode is not None and not target.is_file():
        with target.open("wb") as file:
            file.writelines(pieces)
        return
    beside = target.parent / f".{secrets.token_hex(8)}.part"
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            if mode is not None:
                beside.chmod(mode)
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def is_same_file(path: Path, other: Path) -> bool:
    """Whether both are there and are one file, by whatever name."""
    try:
        return path.samefile(other)
    except (OSError, ValueError):
        return False
