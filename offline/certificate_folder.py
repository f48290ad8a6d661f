"""The folder of `--certificates`: whether it may be written to, the files in it, and the way there from a report."""

import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from offline.files import explain_error, is_same_file, write_whole
from offline.report.content import Certificate
from offline.run import Failure

_EXPECTED = "a folder to write certificates into"


def refuse_folder(folder: Path, inputs: Iterable[Path], *, below: bool) -> Failure | None:
    """
    What is wrong with the folder, told before any work is done.

    It must not be one whose files are read, nor one in it where `below`: the next run would read certificates.
    """
    if folder.exists() and not folder.is_dir():
        return Failure(f"{folder}: is not a folder; expected: {_EXPECTED}")
    here = folder.resolve()
    for source in (source.resolve() for source in inputs if source.is_dir()):
        if here == source or (below and here.is_relative_to(source)):
            return Failure(f"{folder}: is in a folder that is read; expected: another folder for certificates")
    return None


def write_certificates(folder: Path, certificates: Iterable[Certificate], inputs: tuple[Path, ...]) -> Failure | None:
    """Write the files one by one, each whole; what keeps the first of them from being written, if anything does."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for certificate in certificates:
            path = folder / certificate.name
            if path.exists() and any(is_same_file(path, read) for read in inputs):
                return Failure(f"{path}: is one of the files that are read; expected: another folder for certificates")
            write_whole(path, (certificate.text.encode(),))
    except (OSError, ValueError) as error:
        return Failure(f"{folder}: {explain_error(error)}; expected: {_EXPECTED}")
    return None


def find_way(folder: Path | None, report: Path | None) -> str:
    """The URL of the folder relative to a report, to the current folder for one that is printed; "" where there is no folder."""
    return "" if folder is None else quote(Path(os.path.relpath(folder, report.parent if report is not None else Path())).as_posix())
