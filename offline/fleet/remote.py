"""
What a worker of a cluster runs first. It is sent by value, so it must not need anything of this project, nor anything of another module.

A worker lives longer than a run: another version of the code may be loaded there from before.
"""

from collections.abc import Callable
from typing import Any


def call(archive: str, packages: tuple[str, ...], module: str, name: str, argument: bytes) -> str:
    """The result of a function of this archive's code, which `Client.upload_file` has put into the worker's folder."""
    import importlib  # noqa: PLC0415  see above
    import sys  # noqa: PLC0415
    import threading  # noqa: PLC0415
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from distributed import get_worker  # noqa: PLC0415

    worker = get_worker()
    path = str(Path(worker.local_directory, archive))
    with worker.__dict__.setdefault("_guard_lock", threading.Lock()):
        if path not in sys.path[:1]:
            sys.path[:] = [path, *(entry for entry in sys.path if entry != path)]
            importlib.invalidate_caches()
            for loaded in [loaded for loaded in sys.modules if loaded.partition(".")[0] in packages]:
                del sys.modules[loaded]
        function: Callable[[bytes], Any] = getattr(importlib.import_module(module), name)
    # Dask's profiler keeps an hour of call trees, a million dictionaries of ours, but looks at the threads of tasks only.
    with ThreadPoolExecutor(1) as thread:
        return str(thread.submit(function, argument).result())
