"""Why a program failed and, where it can be told, the cure."""

import re
from collections.abc import Iterator
from pathlib import Path

from offline.engine.program.configuration import Project
from offline.engine.program.source_text import AUTOMATION, Source, list_required, uses_automation
from offline.engine.protocol.session import MISSING, Session

_MODULE = re.compile(r"ModuleNotFoundError: No module named '([^']+)'")
_PACKAGE = re.compile(r"Cannot find (?:module|package) '([^'./][^']*)'")
#: A program, or a part of it, that could not even be read.
_UNREAD = re.compile(r"ModuleNotFoundError|SyntaxError|IndentationError|Cannot find (?:module|package) '|Unable to compile TypeScript")
_NEAR = 3


def explain_failure(status: int, printed: str, sources: tuple[Source, ...], session: Session, project: Project) -> str:
    """What failed and what helps; `printed` is what the program wrote by itself, `sources` are its files."""
    first = f"the program failed (exit status {status})" if status else "the program failed"
    return "; ".join((first, *_list_reasons(session.messages + printed, sources, session, project)))


def _list_reasons(text: str, sources: tuple[Source, ...], session: Session, project: Project) -> Iterator[str]:
    has_run = session.has_begun and not _UNREAD.search(text)
    if session.unanswered:
        asked = ", ".join(map(str, session.unanswered))
        yield f"nobody answered {asked}: give the answers with --mocks FILE (--write-mocks FILE writes a table to fill in)"
    missed = dict.fromkeys(MISSING.findall(text))
    if missed or has_run:
        yield from _advise_configuration(text, missed, sources, project)
    if has_run and not session.dry_run and not session.unanswered:
        yield "outputs that nobody answers are empty in an update: --mocks FILE gives them"
    absent = _MODULE.search(text)
    if absent is not None:
        yield _advise_module(absent[1], project.folder)
    package = _PACKAGE.search(text)
    if package is not None:
        yield f"{package[1]} is not installed: run `npm install` in {project.folder} first"
    if has_run and project.encrypted:
        yield f"encrypted configuration cannot be read here: give {', '.join(project.encrypted)} with --config KEY=VALUE"
    if uses_automation(sources):
        yield AUTOMATION


def _advise_configuration(text: str, missed: dict[str, None], sources: tuple[Source, ...], project: Project) -> Iterator[str]:
    """The keys that the program missed, then those that it will miss next: that Pulumi.yaml declares, or that its source asks for."""
    asked = dict.fromkeys((*project.required, *list_required(sources, project.name)))
    hinted = missed or "config" in text.lower() or any(key.rpartition(":")[2] in text for key in asked)
    more = [key for key in asked if hinted and key not in project.config and key not in missed]
    if missed:
        yield f"give the configuration with {_write_options(missed)}, or a stack that has it with --stack"
    if more:
        yield f"{'it also asks' if missed else 'it asks'} for configuration that was not given: {_write_options(more)}"


def _write_options(keys: "dict[str, None] | list[str]") -> str:
    return " ".join(f"--config {key}=VALUE" for key in keys)


def _advise_module(name: str, folder: Path) -> str:
    """A folder or a file of the project is not a requirement that could be installed."""
    top = name.partition(".")[0]
    near = [folder, *folder.parents][:_NEAR] + sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    home = next((path for path in near if (path / top).is_dir() or (path / f"{top}.py").is_file()), None)
    if home is not None:
        return f"{top} is a part of the project that its interpreter does not find: set PYTHONPATH={home}"
    return f"its interpreter lacks {name}: PULUMI_PYTHON_CMD names the one that has the program's requirements"
