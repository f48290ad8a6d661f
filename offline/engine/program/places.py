"""Where in the user's files each resource is written down."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from offline.engine.cloud.aws import DOCUMENT_TYPES
from offline.engine.program.source_text import Source, find_line
from offline.run import Seen

_FOREIGN = frozenset({"node_modules", "site-packages", "dist-packages", "vendor"})


def locate(resources: Iterable[Seen], folder: Path, list_sources: Callable[[], tuple[Source, ...]]) -> tuple[Seen, ...]:
    """
    The resources with their places as seen from the program's folder, "" where there is none.

    A place elsewhere in the repository is the user's, one in a library is not. Where an SDK sends none, it is the only place of the
    program's text that makes such a resource with this name.
    """
    home = next((above for above in (folder, *folder.parents) if (above / ".git").exists()), folder)
    located = [seen._replace(source=_relate(seen.source, folder, home)) for seen in resources]
    if all(seen.source or seen.type not in DOCUMENT_TYPES for seen in located):
        return tuple(located)
    sources = list_sources()
    return tuple(_search(seen, folder, sources) if not seen.source and seen.type in DOCUMENT_TYPES else seen for seen in located)


def _relate(source: str, folder: Path, home: Path) -> str:
    path = Path(source)
    if not source or not path.is_relative_to(home) or _FOREIGN.intersection(path.relative_to(home).parts):
        return ""
    return os.path.relpath(path, folder)


def _search(seen: Seen, folder: Path, sources: tuple[Source, ...]) -> Seen:
    found = find_line(sources, seen.type.rpartition(":")[2].removesuffix("V2"), seen.name)
    return seen if found is None else seen._replace(source=f"{os.path.relpath(found[0], folder)}:{found[1]}")
