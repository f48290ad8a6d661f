"""`python -m offline`: the pack without CLI, account or cloud."""

import os
import sys
import traceback

from offline.commands import run
from offline.report.visible import make_line

_INTERRUPTED = 130
_WRONG = 2


def main(arguments: list[str]) -> int:
    """The exit status: 0 nothing mandatory, 1 mandatory violations, 2 what cannot be read or run, with one line on standard error."""
    try:
        return run(arguments)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read the report has seen enough; nothing more may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _WRONG
    except Exception as error:  # noqa: BLE001  the last net: a user is never shown a traceback
        if os.environ.get("S3_ENCRYPTION_GUARD_DEBUG"):
            traceback.print_exc()
        sys.stderr.write(f"python -m offline: internal error, please report it: {make_line(repr(error))}\n")
        return _WRONG


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
