"""
Make what `make e2e` runs beyond Python: the Pulumi CLI, a MinIO server, and programs that ask the evaluators inside S3 servers.

All are built from their Go modules, once a machine.

Everything lies in `${XDG_CACHE_HOME:-~/.cache}/s3-encryption-guard`.
A Pulumi CLI on `PATH`, with its language host for Python, is used as it is, unless `S3_ENCRYPTION_GUARD_CLI` names the version to build.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "s3-encryption-guard"

PULUMI = "github.com/pulumi/pulumi"
WANTED = os.environ.get("S3_ENCRYPTION_GUARD_CLI")
PULUMI_VERSION = WANTED or "3.259.0"
PULUMI_HOME = CACHE / f"pulumi-{PULUMI_VERSION}"
# Replaces are not inherited from a dependency: this one is copied from the CLI's own go.mod.
CLIPBOARD = "github.com/atotto/clipboard=github.com/tgummerer/clipboard@v0.0.0-20241001131231-d02d263e614e"

YAML = "github.com/pulumi/pulumi-yaml"
YAML_VERSION = "1.25.0"
YAML_HOME = CACHE / f"pulumi-yaml-{YAML_VERSION}"

MINIO = "github.com/minio/minio"
MINIO_VERSION = "v0.0.0-20260212201848-7aac2a2c5b7c"
MINIO_HOME = CACHE / f"minio-{MINIO_VERSION}"

EVALUATORS = Path(__file__).parents[1] / "tests" / "differential" / "evaluators"


class Part(NamedTuple):
    """Something to be built: what it is called, where it goes, how, and how long that takes on two cores."""

    name: str
    home: Path
    build: Callable[[Path], bool]
    minutes: int


def main() -> int:
    """0 when all are there, 1 when one cannot be made."""
    if is_installed():
        print(f"Pulumi CLI: {shutil.which('pulumi')}")
    missing = [] if is_installed() or (PULUMI_HOME / "pulumi").exists() else [Part("the Pulumi CLI", PULUMI_HOME, build_pulumi, 6)]
    missing += [] if find_yaml() else [Part("Pulumi's language host for YAML", YAML_HOME, build_yaml, 2)]
    missing += [] if (MINIO_HOME / "minio").exists() else [Part("a MinIO server", MINIO_HOME, build_minio, 3)]
    return make([*missing, *missing_evaluators()])


def missing_evaluators() -> list[Part]:
    """The programs that ask S3 servers' evaluators, unless they are there."""
    home = evaluators_home()
    return [] if home.exists() else [Part("the evaluators of S3 servers", home, build_evaluators, 1)]


def make(missing: list[Part]) -> int:
    """Build these parts; 1, with the reason on the terminal, when one cannot be built."""
    if missing and shutil.which("go") is None:
        print(f"Go is not on PATH, and {', '.join(part.name for part in missing)} would have to be built: install Go", file=sys.stderr)
        return 1
    for name, home, build, minutes in missing:
        print(f"Building {name} from Go modules into {home}, once (about {minutes} minutes on two cores) ...", flush=True)
        if not build_into(home, build):
            print(f"{name} could not be built: see the output of Go above", file=sys.stderr)
            return 1
    return 0


def is_installed() -> bool:
    """Whether a complete Pulumi CLI on `PATH` will do: the binary alone cannot run Python programs."""
    return not WANTED and shutil.which("pulumi") is not None and shutil.which("pulumi-language-python") is not None


def find_yaml() -> Path | None:
    """The language host for YAML: an installed CLI's own, else the one that was built."""
    installed = shutil.which("pulumi-language-yaml")
    built = YAML_HOME / "pulumi-language-yaml"
    return Path(installed) if installed is not None and is_installed() else built if built.exists() else None


def build_into(home: Path, build: Callable[[Path], bool]) -> bool:
    """Build beside `home` and move there what was built, so that half a build is never taken for a whole one."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        target = Path(folder, "built")
        target.mkdir()
        if not build(target):
            return False
        shutil.rmtree(home, ignore_errors=True)
        target.rename(home)
    return True


def build_pulumi(target: Path) -> bool:
    """The CLI, and beside it the script that runs Python programs under it."""
    package = f"{PULUMI}/pkg/v3/cmd/pulumi"
    version = f"-s -w -X {PULUMI}/sdk/v3/go/common/version.Version=v{PULUMI_VERSION}"
    with tempfile.TemporaryDirectory() as module:
        commands = (
            ("mod", "init", "cli"),
            ("mod", "edit", f"-replace={CLIPBOARD}"),
            ("get", "-tool", f"{package}@v{PULUMI_VERSION}"),
            ("build", "-ldflags", version, "-o", str(target / "pulumi"), package),
        )
        if not all(go(*command, folder=module) for command in commands):
            return False
        listing = ("go", "list", "-m", "-f", "{{.Dir}}", f"{PULUMI}/sdk/v3")
        sdk = subprocess.run(listing, cwd=module, env=environment(), check=True, capture_output=True, text=True).stdout.strip()
    runner = target / "pulumi-language-python-exec"
    shutil.copyfile(Path(sdk, "python", "cmd", runner.name), runner)
    runner.chmod(0o755)
    return True


def build_yaml(target: Path) -> bool:
    """The language host; only the tests run it."""
    return go("install", "-ldflags", "-s -w", f"{YAML}/cmd/pulumi-language-yaml@v{YAML_VERSION}", folder=str(target), GOBIN=str(target))


def build_minio(target: Path) -> bool:
    """The server; only the tests run it."""
    return go("install", "-ldflags", "-s -w", f"{MINIO}@{MINIO_VERSION}", folder=str(target), GOBIN=str(target))


def evaluators_home() -> Path:
    """Where the programs of this version of their source are."""
    sources = sorted((*EVALUATORS.glob("go.*"), *EVALUATORS.glob("*/*.go")))
    return CACHE / f"evaluators-{sha256(b''.join(source.read_bytes() for source in sources)).hexdigest()[:12]}"


def build_evaluators(target: Path) -> bool:
    """One program for each server; only the tests run them."""
    packages = ("./minio", "./seaweedfs", "./versitygw")
    return go("build", "-ldflags", "-s -w", "-o", f"{target}/", *packages, folder=str(EVALUATORS), GOFLAGS="-mod=readonly")


def go(*arguments: str, folder: str, **settings: str) -> bool:
    """Run Go in `folder`; whether it succeeded. Its errors are left on the terminal."""
    process = subprocess.run(("go", *arguments), cwd=folder, env=environment() | settings, check=False, capture_output=True, text=True)
    if process.returncode:
        print(process.stderr, file=sys.stderr)
    return process.returncode == 0


def environment() -> dict[str, str]:
    """Modules are resolved while building, outside any workspace of the user's."""
    return os.environ | {"GOFLAGS": "-mod=mod", "GOWORK": "off"}


if __name__ == "__main__":
    sys.exit(main())
