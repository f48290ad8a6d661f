"""Files and standard input as text, or one line that says which one cannot be read, why, and what was expected."""

import codecs
import sys
from pathlib import Path
from typing import BinaryIO

from offline.run import Failure

STDIN = "-"
_MEGABYTE = 2**20


def name_source(name: str) -> str:
    """What a report calls the file."""
    return "standard input" if name == STDIN else name


def read_text(name: str, most: int, expected: str) -> str | Failure:
    """
    The text of a file, or of standard input for `-`.

    A byte order mark stays in the text, as U+FEFF. `most` is in bytes, `expected` says what the file should hold.
    """
    try:
        content = _read_bytes(name, most)
    except (OSError, ValueError) as error:
        return _refuse(name, explain_error(error), expected)
    if len(content) > most:
        return _refuse(name, f"larger than {most // _MEGABYTE} MB", expected)
    if not content.strip():
        return _refuse(name, "is empty", expected)
    return decode(name, content, expected)


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
        return content.decode("utf-16" if utf16 else "utf-8")
    except UnicodeDecodeError:
        return _refuse(name, "is not UTF-8 text", expected)


def _refuse(name: str, why: str, expected: str) -> Failure:
    return Failure(f"{name_source(name)}: {why}; expected: {expected}")
