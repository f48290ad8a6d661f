"""What a report says of where it came from: the configuration that was in force, and the commit of what was judged."""

import hashlib
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from offline.configuration import Configuration
from offline.processes import find_tool

_PATIENCE_SECONDS = 10


def describe_origin(configuration: Configuration, folder: Path) -> Mapping[str, str]:
    """The hash of the configuration, however its file is laid out, and the commit of the folder, where it has one."""
    written = json.dumps(configuration.written, sort_keys=True, separators=(",", ":"))
    found = {"configuration": f"sha256:{hashlib.sha256(written.encode()).hexdigest()}"}
    commit = _read_commit(folder)
    return {**found, "commit": commit} if commit else found


def _read_commit(folder: Path) -> str:
    """The commit that is checked out, and whether files were changed since; "" where there is no repository, or no git."""
    commit = _ask_git(folder, "rev-parse", "HEAD")
    if commit is None or commit.returncode != 0:
        return ""
    # What is in a submodule would be asked of a git that its own configuration can direct.
    changed = _ask_git(folder, "diff-index", "--quiet", "--ignore-submodules=dirty", "HEAD", "--")
    clean = changed is not None and changed.returncode == 0
    return commit.stdout.strip() if clean else f"{commit.stdout.strip()} and changes that are not committed"


def _ask_git(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str] | None":
    """A monitor of files, which a repository could name, is not started."""
    git = find_tool("git")
    if git is None:
        return None
    command = (git, "-c", "core.fsmonitor=false", "-C", str(folder), *arguments)
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=_PATIENCE_SECONDS, stdin=subprocess.DEVNULL)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
