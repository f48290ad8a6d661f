"""
Verdicts kept between runs, by what they follow from: the content of the state, the configuration, the tables, the version and the code.

Entries are text, compressed and written beside and renamed: a damaged one is judged anew. Nothing in the folder is ever executed.
"""

import hashlib
import os
import tempfile
import zlib
from pathlib import Path
from typing import NamedTuple

_FAST = 1


class Cache(NamedTuple):
    """Entries below `folder`; `context` is what all verdicts of a run depend on besides the content of a state."""

    folder: Path
    context: str

    def locate(self, content: bytes, where: str) -> Path:
        """Where the entry of this state is, whether or not it is there."""
        digest = hashlib.sha256(b"\0".join((self.context.encode(), where.encode("utf-8", "surrogateescape"), content))).hexdigest()
        return self.folder / digest[:2] / digest[2:]


def recall(entry: Path) -> str | None:
    """What was kept in an entry; None where there is none, or where it is damaged."""
    try:
        return zlib.decompress(entry.read_bytes()).decode()
    except (OSError, ValueError, zlib.error):
        return None


def keep(entry: Path, text: str) -> None:
    """Put a text into an entry; a folder that cannot be written to costs time and nothing else."""
    content = zlib.compress(text.encode(), _FAST)
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=entry.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(beside).replace(entry)
    except OSError:
        return
