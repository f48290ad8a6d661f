"""`python -m offline`: the pack without CLI, account or cloud."""

import os
import sys

if __name__ == "__main__":
    # `-m` puts the current folder first, and so does an empty entry of PYTHONPATH: nothing there is ours but in the checkout itself.
    _ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120  pathlib is not imported before this is done
    sys.path[:] = [_ROOT, *(entry for entry in sys.path if os.path.realpath(entry) not in (_ROOT, os.path.realpath(os.curdir)))]

import traceback
from pathlib import Path

from offline.called import name_tool
from offline.report.visible import disarm, make_line
from offline.streams import run_process, write_error

_INTERRUPTED = 130
_WRONG = 2


def main(arguments: list[str]) -> int:
    """The exit status: 0 nothing mandatory, 1 mandatory violations, 2 what cannot be read or run (one line says it), 3 blind spots."""
    try:
        # Not at the top: an interpreter without the packages gets a line and no traceback, too.
        from offline.commands import run  # noqa: PLC0415

        return run(arguments)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read the report has seen enough; nothing more may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _WRONG
    except ModuleNotFoundError as error:
        return _say(f"{error.name} is not installed here; install requirements-offline.txt, or call bin/s3-encryption-guard")
    except Exception as error:  # noqa: BLE001  the last net: a user is never shown a traceback
        if os.environ.get("S3_ENCRYPTION_GUARD_DEBUG"):
            traceback.print_exc()
        return _say(f"internal error, please report it: {_describe(error)}")


def _describe(error: Exception) -> str:
    """What kind of error it is, and where: its own text may quote what nobody may read."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} in {Path(frames[-1].filename).name}:{frames[-1].lineno}"


def _say(text: str) -> int:
    write_error(disarm(f"{name_tool()}: {make_line(text)}\n"))
    return _WRONG


if __name__ == "__main__":
    sys.exit(run_process(main))
