"""The SDK's own provider of dynamic resources, which the CLI's distribution starts by a script of this name."""

import runpy
from typing import NoReturn


def main() -> NoReturn:
    """Serve until the engine ends it."""
    runpy.run_module("pulumi.dynamic", run_name="__main__")
    raise SystemExit
