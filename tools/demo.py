"""Run the examples against the pack, through the embedded engine or the real CLI, and say what came of it."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent


class Example(NamedTuple):
    """A folder of `examples/` and whether the pack is to let it pass."""

    name: str
    passes: bool
    about: str


EXAMPLES = (
    Example("compliant", True, "both Deny statements"),  # noqa: FBT003  a table
    Example("missing-header-deny", False, "denies HTTP, forgets the encryption header"),  # noqa: FBT003
    Example("benchmark-snippet", False, "the benchmark's two conditions in one statement"),  # noqa: FBT003
    Example("no-policy", False, "a bucket without a policy"),  # noqa: FBT003
)


def main() -> int:
    """0 when every example ends as its folder promises, 1 otherwise, 2 when the engine is not there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=("offline", "pulumi"), default="offline")
    engine = parser.parse_args().engine
    if engine == "pulumi" and shutil.which("pulumi") is None:
        print("pulumi is not on PATH: install the Pulumi CLI, or run `make demo` without ENGINE=pulumi", file=sys.stderr)
        return 2
    preview = preview_offline if engine == "offline" else preview_with_cli
    outcomes = [show(example, preview(example)) for example in EXAMPLES]
    print_summary(engine, outcomes)
    return 0 if all(as_promised for _, _, as_promised in outcomes) else 1


def show(example: Example, process: subprocess.CompletedProcess[str]) -> tuple[Example, bool, bool]:
    """Print what the engine printed; gives the example, whether it passed, and whether that was promised."""
    title = f"examples/{example.name}: {example.about}"
    print(f"{title}\n{'=' * len(title)}\n\n{process.stdout.strip()}\n")
    passed = process.returncode == 0
    as_promised = passed == example.passes and process.returncode in (0, 1)
    if not as_promised:
        print(process.stderr, file=sys.stderr)
    return example, passed, as_promised


def preview_offline(example: Example) -> subprocess.CompletedProcess[str]:
    """The embedded engine on one example."""
    command = [sys.executable, "-m", "offline", "preview", f"examples/{example.name}"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def preview_with_cli(example: Example) -> subprocess.CompletedProcess[str]:
    """The real CLI on a copy of one example, with a state folder of its own that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / example.name
        shutil.copytree(ROOT / "examples" / example.name, program)
        environment = os.environ | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_BACKEND_URL": f"file://{folder}",
            "PULUMI_CONFIG_PASSPHRASE": "demo",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }
        quiet = ["--non-interactive", "--color", "never"]
        subprocess.run(["pulumi", "stack", "init", "dev", *quiet], cwd=program, env=environment, check=True, capture_output=True)
        command = ["pulumi", "preview", "--stack", "dev", "--policy-pack", str(ROOT), *quiet]
        return subprocess.run(command, cwd=program, env=environment, capture_output=True, text=True, check=False)


def print_summary(engine: str, outcomes: list[tuple[Example, bool, bool]]) -> None:
    """What was run, and how to go on with a program of one's own."""
    print("Summary\n=======\n")
    for example, passed, as_promised in outcomes:
        remark = "" if as_promised else "  (NOT as promised)"
        print(f"  {'passes ' if passed else 'blocked'}  examples/{example.name}: {example.about}{remark}")
    own = {
        "offline": ".venv/bin/python -m offline preview PATH/TO/YOUR/PROGRAM",
        "pulumi": f"pulumi preview --policy-pack {ROOT}",
    }
    print(f"\nYour own program:\n\n  {own[engine]}")


if __name__ == "__main__":
    sys.exit(main())
