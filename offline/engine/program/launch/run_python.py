"""
Run a Pulumi program under the user's own interpreter and SDK, as the Pulumi CLI's language host does.

Started as `python -u run_python.py PROGRAM`, with the operation in PULUMI_* variables. It imports nothing of this project: the
interpreter need not have it. Exit status 32: the error has been logged already.
"""

import asyncio
import inspect
import logging
import os
import runpy
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ALREADY_LOGGED = 32

# This file's folder is none of the program's business.
sys.path.pop(0)

try:
    import pulumi
    import pulumi.runtime
except ImportError:
    traceback.print_exc()
    sys.stderr.write("\nThe Pulumi SDK is not installed for this interpreter: install the program's requirements first.\n")
    sys.exit(1)


def configure() -> pulumi.runtime.Settings:
    """Settings and configuration out of the environment; older SDKs know fewer settings."""
    config = pulumi.runtime.get_config_env()
    if hasattr(pulumi.runtime, "set_all_config"):
        pulumi.runtime.set_all_config(config, pulumi.runtime.get_config_secret_keys_env())
    else:
        for key, value in config.items():
            pulumi.runtime.set_config(key, value)
    wanted: dict[str, Any] = {
        "monitor": os.environ["PULUMI_MONITOR"],
        "engine": os.environ["PULUMI_ENGINE"],
        "project": os.environ["PULUMI_PROJECT"],
        "stack": os.environ["PULUMI_STACK"],
        "organization": os.environ["PULUMI_ORGANIZATION"],
        "root_directory": os.environ["PULUMI_ROOT_DIRECTORY"],
        "parallel": int(os.environ["PULUMI_PARALLEL"]),
        "dry_run": os.environ["PULUMI_DRY_RUN"] == "true",
    }
    known = inspect.signature(pulumi.runtime.Settings.__init__).parameters
    settings = pulumi.runtime.Settings(**{key: value for key, value in wanted.items() if key in known})
    pulumi.runtime.configure(settings)
    return settings


def describe_error(program: str) -> str:
    """The traceback, from the first frame that is the user's."""
    frames = traceback.extract_tb(sys.exc_info()[2])
    main = Path(program) if program.endswith(".py") else Path(program) / "__main__.py"
    own = [place for place, frame in enumerate(frames) if Path(frame.filename).absolute() == main.absolute()]
    return traceback.format_exc(limit=own[0] - len(frames)) if own else traceback.format_exc()


def main(program: str) -> int:
    """Run the program to its end, with all that it started; gives the exit status."""
    settings = configure()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(max_workers=max(settings.parallel or 1, 1) * 4)
    loop.set_default_executor(executor)
    # What is left over when a program fails is no news: the error itself is told.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    sys.argv = [program]

    def run() -> None:
        runpy.run_path(program, run_name="__main__")

    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(run))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return 1
    except Exception:  # noqa: BLE001  whatever the program raises
        pulumi.log.error(f"Program failed with an unhandled exception:\n{describe_error(program)}")
        return ALREADY_LOGGED
    finally:
        executor.shutdown(wait=True)
        loop.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
