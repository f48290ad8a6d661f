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
    """A folder of `examples/`, and the policy that is to block it: "" where it is to pass."""

    name: str
    blocked_by: str
    about: str


DENIES = "aws-s3-bucket-policy-denies"
EXAMPLES = (
    Example("compliant", "", "both Deny statements"),
    Example("missing-header-deny", f"{DENIES}-unencrypted-uploads", "denies HTTP, forgets the encryption header"),
    Example("benchmark-snippet", f"{DENIES}-insecure-transport", "the benchmark's two conditions in one statement"),
    Example("no-policy", "aws-s3-bucket-has-policy", "a bucket without a policy"),
)


def main() -> int:
    """0 when every example ends as its folder promises, 1 otherwise, 2 when the engine is not there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=("offline", "pulumi"), default="offline")
    engine = parser.parse_args().engine
    if engine == "pulumi" and shutil.which("pulumi") is None:
        print("pulumi is not on PATH: install the Pulumi CLI, or run `make demo` without ENGINE=pulumi", file=sys.stderr)
        return 2
    if engine == "pulumi" and not install_pack():
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
    as_promised = passed if not example.blocked_by else says_why(process, example.blocked_by)
    if not as_promised:
        print(process.stderr, file=sys.stderr)
    return example, passed, as_promised


def says_why(process: subprocess.CompletedProcess[str], policy: str) -> bool:
    """Whether a stack was blocked by this policy, and for a request that gets through; no other failure will do."""
    return process.returncode == 1 and policy in process.stdout and "is not denied" in process.stdout


def preview_offline(example: Example) -> subprocess.CompletedProcess[str]:
    """The embedded engine on one example."""
    command = [sys.executable, "-m", "offline", "preview", f"examples/{example.name}"]
    environment = os.environ | {"PULUMI_PYTHON_CMD": sys.executable}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def install_pack() -> bool:
    """Give the pack its own environment, as whoever uses it from a folder does once; whether it has one."""
    if not (ROOT / "venv").exists():
        print("pulumi install: the pack's own environment, in venv, once ...\n", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            process = run_pulumi("install", cwd=ROOT, state=folder)
        if process.returncode != 0:
            print(f"{process.stdout}{process.stderr}pulumi install failed", file=sys.stderr)
            return False
    return True


def preview_with_cli(example: Example) -> subprocess.CompletedProcess[str]:
    """The real CLI on a copy of one example, with a state folder of its own that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / example.name
        shutil.copytree(ROOT / "examples" / example.name, program)
        initialised = run_pulumi("stack", "init", "dev", cwd=program, state=folder)
        if initialised.returncode != 0:
            return initialised
        return run_pulumi("preview", "--stack", "dev", "--policy-pack", str(ROOT), cwd=program, state=folder)


def run_pulumi(*arguments: str, cwd: Path, state: str) -> subprocess.CompletedProcess[str]:
    """One command of the CLI, away from whatever account its user is logged in to."""
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_BACKEND_URL": f"file://{state}",
        "PULUMI_CONFIG_PASSPHRASE": "demo",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    command = ["pulumi", *arguments, "--non-interactive", "--color", "never"]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


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
