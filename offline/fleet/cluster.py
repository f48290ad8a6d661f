"""
The same work on a Dask cluster that exists already. A run takes its code along: workers need requirements-fleet.txt and nothing else.

Dask gives the tasks of a lost worker to the others; a task that takes one worker after another with it is given up.
Source: `distributed`'s documentation (Client.upload_file, Resilience).
"""

import builtins
import io
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from itertools import islice
from pathlib import Path
from types import FunctionType
from typing import Any

from offline.fleet import remote
from offline.fleet.context import PACKAGES, hash_code
from offline.fleet.jobs import Done
from offline.pack_info import ROOT

_AHEAD = 8
_CONNECT_SECONDS = 30
_TRIES = 2


class NoClusterError(Exception):
    """The scheduler cannot be reached, or has no workers; half a sentence."""


def run_on_cluster(address: str, work: Callable[[bytes], str], tasks: Iterable[bytes]) -> Iterator[Done[str]]:
    """The results in the order in which they are ready; `work` is a function of a module of this project. Few tasks are asked for ahead."""
    distributed: Any = import_module("distributed")  # only this way needs it

    with _connect(address) as (client, archive):
        upcoming = iter(enumerate(tasks))
        numbers: dict[str, int] = {}

        def submit(number: int, task: bytes) -> Any:
            call = (archive, PACKAGES, work.__module__, work.__name__, task)
            future = client.submit(_by_value(), *call, pure=False, retries=_TRIES)
            numbers[future.key] = number
            return future

        threads = max(1, sum(client.nthreads().values()))
        ready = distributed.as_completed([submit(*each) for each in islice(upcoming, threads * _AHEAD)], loop=client.loop)
        for future in ready:
            for each in islice(upcoming, 1):
                ready.add(submit(*each))
            try:
                yield Done(numbers.pop(future.key), future.result())
            except distributed.KilledWorker:
                yield Done(numbers.pop(future.key), None)


def _by_value() -> Callable[..., str]:
    """`remote.call` as a function of `__main__`: those are pickled with their code, so that nobody needs the module."""
    return FunctionType(remote.call.__code__, {"__name__": "__main__", "__builtins__": builtins})


@contextmanager
def _connect(address: str) -> Iterator[tuple[Any, str]]:
    """A client whose workers have this project's code, and what the archive of it is called."""
    distributed: Any = import_module("distributed")
    try:
        client = distributed.Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except OSError as error:
        message = "no scheduler answers"
        raise NoClusterError(message) from error
    with client, tempfile.TemporaryDirectory() as folder:
        archive = Path(folder, f"s3-encryption-guard-{hash_code(ROOT)[:16]}.zip")
        archive.write_bytes(pack_code())
        client.upload_file(str(archive), load=False)
        yield client, archive.name


def pack_code() -> bytes:
    """What judges, as a zip that Python imports from; the same bytes for the same code."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in [ROOT / "PulumiPolicy.yaml", *(path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))]:
            archive.writestr(zipfile.ZipInfo(path.relative_to(ROOT).as_posix()), path.read_bytes())
    return packed.getvalue()
