"""The real Pulumi CLI in a test: where it is, a project of the test's own, one command and what came of it."""

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from policies import ALL
from tests.crossguard.pack import POLICIES
from tools.build_cli import PULUMI_HOME, PULUMI_VERSION, find_yaml, is_installed

ROOT = Path(__file__).resolve().parents[2]
VENV = Path(sys.prefix)
STACK = "dev"
TIMEOUT = 120
"""Seconds after which a command of the CLI counts as hanging."""

#: Policies that are not among the published ones, which these tests are about: each has tests of its own.
LATER = {rule.name for rule in ALL} - set(POLICIES)

Event = Mapping[str, Any]


class Violation(NamedTuple):
    """One diagnostic of a policy, as the engine reports it; `name` is the resource's own."""

    policy: str
    level: str
    type: str
    name: str
    message: str


class Outcome(NamedTuple):
    """What a command left: exit status, standard output, standard error, and engine events in their order."""

    status: int
    output: str
    errors: str
    events: tuple[Event, ...] = ()

    @property
    def text(self) -> str:
        """All that a user sees."""
        return self.output + self.errors

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Every policy event, sorted."""
        return read_violations(self.events)

    @property
    def found(self) -> tuple[tuple[str, str, str], ...]:
        """Policy, level and resource name of every policy event, sorted."""
        return tuple((each.policy, each.level, each.name) for each in self.violations)


class Project(NamedTuple):
    """A program in a folder of its own, with its own state, plugins and cloud."""

    home: Path
    folder: Path
    environment: dict[str, str]

    def run(self, *arguments: str, **environment: str) -> Outcome:
        """One command to its end, in the project's folder."""
        log = self.home / "events.json"
        log.unlink(missing_ok=True)
        process = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        return Outcome(read_status(process.returncode), process.stdout, process.stderr, tuple(read_events(log)))

    def command(self, *arguments: str) -> tuple[str, ...]:
        """The command line; operations on a stack get the stack and an event log."""
        quiet = ("--non-interactive", "--color", "never")
        if arguments[0] in ("preview", "up", "destroy", "refresh"):
            confirmed = () if arguments[0] == "preview" or "--preview-only" in arguments else ("--yes",)
            return ("pulumi", *arguments, "--stack", STACK, "--event-log", str(self.home / "events.json"), *confirmed, *quiet)
        return ("pulumi", *arguments, *quiet)

    def export(self) -> dict[str, Any]:
        """The stack's resources by name, with secrets as they are stored."""
        deployment = json.loads(self.run("stack", "export", "--stack", STACK).output)["deployment"]
        return {resource["urn"].rsplit("::", 1)[1]: resource for resource in deployment.get("resources", ())}

    def write(self, program: str) -> None:
        """Replace the program."""
        (self.folder / "__main__.py").write_text(program, "utf-8")


def read_status(status: int) -> int:
    """As newer CLIs have it: older ones end with 255 whatever is wrong."""
    old = tuple(map(int, PULUMI_VERSION.split("."))) < (3, 259)
    return 1 if old and status == 255 else status


def make_project(home: Path, program: Path | str, backend: dict[str, str] | None = None) -> Project:
    """A copy of a program's folder, or a program given as text, and a fresh stack named `dev`."""
    folder = home / "program"
    if isinstance(program, Path):
        shutil.copytree(program, folder)
    else:
        folder.mkdir(parents=True)
        (folder / "Pulumi.yaml").write_text("name: test\nruntime: python\n", "utf-8")
        (folder / "__main__.py").write_text(program, "utf-8")
    project = Project(home, folder, settle(home, backend))
    initialised = project.run("stack", "init", STACK)
    if initialised.status:
        raise AssertionError(initialised.text)
    return project


def settle(home: Path, backend: dict[str, str] | None = None) -> dict[str, str]:
    """The environment of a user whose plugins, state and cloud lie in `home`; without a backend the state is in files."""
    for name in ("pulumi", "state", "cloud", "bin"):
        (home / name).mkdir(parents=True, exist_ok=True)
    install_plugins(home / "pulumi" / "plugins")
    return make_environment(home) | (backend or {"PULUMI_BACKEND_URL": f"file://{home / 'state'}"})


def make_environment(home: Path) -> dict[str, str]:
    """The user's environment without what would reach an account of theirs, and with the CLI first on `PATH`."""
    foreign = ("PULUMI_", "AWS_", "VIRTUAL_ENV")
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    folders = [str(VENV / "bin"), inherited["PATH"]]
    if not is_installed():
        folders.insert(0, str(link_cli(home / "bin")))
    return inherited | {
        "PATH": os.pathsep.join(folders),
        "PULUMI_HOME": str(home / "pulumi"),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_DEBUG_COMMANDS": "true",
        "PYTHONDONTWRITEBYTECODE": "1",
        "S3_GUARD_TEST_CLOUD": str(home / "cloud"),
        "S3_GUARD_TEST_VENV": str(VENV),
    }


def link_cli(folder: Path) -> Path:
    """The built CLI with the stand-ins for its language hosts beside it: only from there the CLI takes it without a warning."""
    for program in PULUMI_HOME.iterdir():
        link(program, folder / program.name)
    write_launcher(folder / "pulumi-language-python", "language_host")
    for runtime in ("nodejs", "go", "java"):
        write_launcher(folder / f"pulumi-language-{runtime}", "program_host")
    if (yaml := find_yaml()) is not None:
        link(yaml, folder / yaml.name)
    return folder


def link(source: Path, target: Path) -> None:
    """A second name for a file, or a copy where the file systems differ; the CLI looks through a symbolic link."""
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copy(source, target)


def install_plugins(folder: Path, wanted: str = version("pulumi-aws")) -> None:
    """The doubles of the AWS providers, in the version that programs ask for: without another one, those with pulumi-aws."""
    for name in ("aws", "aws-native"):
        plugin = folder / f"resource-{name}-v{wanted}"
        plugin.mkdir(parents=True)
        write_launcher(plugin / f"pulumi-resource-{name}", "aws_provider")


def write_launcher(file: Path, standin: str) -> None:
    """An executable that runs a stand-in with the interpreter of the tests, and leaves no trace in the environment."""
    start = f"from tests.e2e.standins import {standin}\n{standin}.main()\n"
    file.write_text(f"#!{sys.executable}\nimport sys\nsys.path[0] = {str(ROOT)!r}\n{start}", "utf-8")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


#: What a checkout may hold beside the tree, and is too large to copy.
_LEFT_BEHIND = (".git", ".venv", "venv", "node_modules", "mutants", "build", "__pycache__", ".*_cache", ".hypothesis", ".coverage*")


def check_out(folder: Path) -> Path:
    """A copy of the whole tree, without any environment."""
    return shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*_LEFT_BEHIND))


def install_pack(folder: Path, venv: Path = VENV) -> Path:
    """A copy of the pack as a user has it after `pulumi install`, with an environment that is there already."""
    folder.mkdir(parents=True)
    for name in ("PulumiPolicy.yaml", "__main__.py", "requirements.txt"):
        shutil.copy(ROOT / name, folder / name)
    for name in ("policies", "crossguard", "bucketpolicy"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return link_environment(folder, venv)


def link_environment(folder: Path, venv: Path = VENV) -> Path:
    """Give a pack the folder `venv` of its PulumiPolicy.yaml: one of its own, with everything in it linked."""
    (folder / "venv" / "bin").mkdir(parents=True)
    shutil.copy(venv / "pyvenv.cfg", folder / "venv")
    (folder / "venv" / "lib").symlink_to(venv / "lib")
    (folder / "venv" / "bin" / "python").symlink_to(venv / "bin" / "python")
    return folder


def read_events(log: Path) -> Iterator[Event]:
    """The engine's own events, one JSON object a line."""
    if log.exists():
        yield from (json.loads(line) for line in log.read_text("utf-8").splitlines())


def read_violations(events: Iterable[Event]) -> tuple[Violation, ...]:
    """Every policy event, sorted, but for those of policies that came later."""
    found = (read_violation(event["policyEvent"]) for event in events if "policyEvent" in event)
    return tuple(sorted(each for each in found if each.policy not in LATER))


def read_violation(event: Event) -> Violation:
    """A policy event without the marks for colours."""
    *_, types, name = event.get("resourceUrn", "::::").split("::", 3)
    message = event["message"].replace("<{%reset%}>", "").strip()
    return Violation(event["policyName"], event["enforcementLevel"], types.rsplit("$", 1)[-1], name, message)
