"""Where the SDKs that a program uses lie, for whoever reads them as text."""

import subprocess
import sys
from functools import cache
from pathlib import Path

from offline.engine.cloud.shapes import Library
from offline.engine.program.configuration import Project
from offline.engine.program.process import find_folder, find_interpreter
from offline.processes import find_tool

_SECONDS = 60


@cache
def find_own_library() -> Library:
    """Of a function that runs in this process."""
    return Library("python", tuple(map(Path, sys.path)))


def find_library(project: Project) -> Library:
    """Of a program in a folder; the language is "" where its SDKs are not text."""
    match project.runtime:
        case "python":
            shown = _ask(project, find_interpreter(project), "-c", "import sys; print('\\n'.join(sys.path))")
            return Library("python", tuple(map(Path, filter(None, shown.splitlines()))))
        case "nodejs" | "bun":
            folder = find_folder(project)
            return Library("nodejs", tuple(above / "node_modules" for above in (folder, *folder.parents)))
        case "go":
            shown = _ask(project, "go", "list", "-m", "-f", "{{.Dir}}", "all")
            return Library("go", tuple(Path(line) for line in shown.splitlines() if "sdk" in Path(line).parts or "/sdk" in line))
        case _:
            return Library("")


def _ask(project: Project, program: str, *arguments: str) -> str:
    """What a tool prints; nothing where it is not there or fails."""
    found = program if Path(program).is_absolute() else find_tool(program)
    if found is None:
        return ""
    try:
        asked = subprocess.run([found, *arguments], cwd=find_folder(project), capture_output=True, text=True, check=False, timeout=_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout if asked.returncode == 0 else ""
