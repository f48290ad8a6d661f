"""
Makes .venv of this checkout, and brings it up to date: once, however many ask at the same time.

Started by `s3-encryption-guard` with `-I`, in the checkout, and starts venv and pip alike. The mark that all is ready is written last.
"""

import fcntl
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
MARK = VENV / ".offline"
REQUIREMENTS = (ROOT / "requirements.txt", ROOT / "requirements-offline.txt")


def is_ready() -> bool:
    """Whether somebody has set it up since the requirements last changed."""
    return MARK.exists() and all(file.stat().st_mtime <= MARK.stat().st_mtime for file in REQUIREMENTS)


def main() -> int:
    """The exit status: 0 where all is ready."""
    if sys.version_info < (3, 10):  # noqa: UP036  whatever `python3` is
        return 1
    VENV.mkdir(exist_ok=True)
    with (VENV / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_ready():
            return 0
        sys.stderr.write(f"s3-encryption-guard: installing what it needs into {VENV}\n")
        return set_up()


def set_up() -> int:
    """Make the environment where there is none, and install into it."""
    made = 0 if PYTHON.exists() else run(sys.executable, "-m", "venv", str(VENV))
    if made == 0:
        made = run(str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(REQUIREMENTS[1]))
    if made == 0:
        MARK.touch()
    return made


def run(interpreter: str, *words: str) -> int:
    """The exit status of a command, which finds nothing of ours or anybody's current folder."""
    return subprocess.run([interpreter, "-I", *words], cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
