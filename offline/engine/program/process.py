"""The user's program as a process of its own, told by environment variables and arguments where the engine is."""

import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

from offline.engine.program.configuration import Project
from offline.engine.program.source_text import AUTOMATION, read_sources, uses_automation
from offline.engine.protocol.session import Session
from offline.processes import find_tool, run_group
from offline.run import Failure

_INTERPRETER = "Scripts/python.exe" if os.name == "nt" else "bin/python"
_LAUNCHER = Path(__file__).parent / "launch" / "run_python.py"
_PLAIN_ERRORS = Path(__file__).parent / "launch" / "plain_errors.cjs"
_PARALLEL = 16
#: What TypeScript has against options that do not go together, or are old: the SDK fills in what a tsconfig.json leaves out.
_OPTIONS_AT_ODDS = "5095,5098,5101,5107,5109,5110"
_POLL_SECONDS = 0.02
_GRACE_SECONDS = 0.5


class Start(NamedTuple):
    """
    How a program is started: the command, the folder it runs in, and whether it is Node's, which takes arguments.

    `notes` is what the user should know of it.
    """

    command: tuple[str, ...]
    folder: Path
    is_node: bool = False
    notes: tuple[str, ...] = ()


class Ended(NamedTuple):
    """How a program ended, with what it printed."""

    status: int
    output: str


@contextmanager
def prepare(project: Project, command: str | None) -> Iterator[Start | Failure]:
    """How to start a project's program; what had to be built for it is thrown away at the end of the block."""
    with tempfile.TemporaryDirectory(prefix="offline-") as scratch:
        yield _find_start(project, command, Path(scratch))


def _find_start(project: Project, command: str | None, scratch: Path) -> Start | Failure:
    if command is not None:
        words = _split(command, "--exec")
        return words if isinstance(words, Failure) else Start(words, find_folder(project))
    match project.runtime:
        case "python":
            return _start_python(project)
        case "nodejs" | "bun":
            return _start_node(project)
        case "go":
            return _build_go(project, scratch)
        case runtime:
            return Failure(f"programs with the runtime {runtime!r} need {_suggest_command(project)}")


# A daemon of Gradle outlives the preview, and one that is there already may have the environment of an earlier program.
_GRADLE = "-q --console=plain --no-daemon run"
_MAVEN = "mvn -q -B compile org.codehaus.mojo:exec-maven-plugin:3.1.0:java"
_BUILDS = (
    ("java", "pom.xml", _MAVEN),
    ("java", "gradlew", f"./gradlew {_GRADLE}"),
    ("java", "build.gradle*", f"gradle {_GRADLE}"),
    ("java", "build.sbt", "sbt -batch run"),
    ("dotnet", "*.??proj", "dotnet run"),
)


def _suggest_command(project: Project) -> str:
    """The command that starts such a program, by what builds it."""
    folder, binary = find_folder(project), project.options.get("binary")
    if binary and project.runtime in {"java", "dotnet"}:
        return f"a command: --exec '{'java -jar' if project.runtime == 'java' else 'dotnet'} {binary}'"
    found = (command for runtime, file, command in _BUILDS if runtime == project.runtime and any(folder.glob(file)))
    command = next(found, None)
    return f"a command: --exec '{command}'" if command else "`--exec COMMAND` (python, nodejs, bun, go and yaml do not)"


def _split(text: str, where: str) -> tuple[str, ...] | Failure:
    """The words of a command line, of which there has to be one."""
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        return Failure(f"{where}: {error}")
    return words or Failure(f"{where}: the command is empty")


def find_folder(project: Project) -> Path:
    """The folder that the program runs in."""
    return project.main if project.main.is_dir() else project.main.parent


def _start_python(project: Project) -> Start | Failure:
    program = project.main if project.main.is_file() else project.main / "__main__.py"
    if not program.is_file():
        driven = f": {AUTOMATION}" if uses_automation(read_sources(project.folder)) else ""
        return Failure(f"{program}: no such file, so there is no program to run{driven}")
    interpreter, named = find_interpreter(project), project.options.get("virtualenv")
    missing = bool(named) and not _find_own_interpreter(project).exists() and not os.environ.get("PULUMI_PYTHON_CMD")
    notes = (f"the virtualenv {named} of Pulumi.yaml is not there: the program ran with {interpreter}",) if missing else ()
    return Start((interpreter, "-u", str(_LAUNCHER), str(project.main)), find_folder(project), notes=notes)


def _find_own_interpreter(project: Project) -> Path:
    return project.folder / str(project.options.get("virtualenv") or ".venv") / _INTERPRETER


def find_interpreter(project: Project) -> str:
    """PULUMI_PYTHON_CMD, else the project's virtual environment, else the active one if Pulumi is in it, else what runs this."""
    named, own = project.options.get("virtualenv") or project.options.get("toolchain"), _find_own_interpreter(project)
    active = Path(os.environ.get("VIRTUAL_ENV") or os.devnull)
    if command := os.environ.get("PULUMI_PYTHON_CMD"):
        return command
    if named and own.exists():
        return str(own)
    return str(active / _INTERPRETER) if any(active.glob("lib/python3*/site-packages/pulumi")) else sys.executable


def _start_node(project: Project) -> Start | Failure:
    folder = find_folder(project)
    runner = next(
        (file for above in (folder, *folder.parents) if (file := above / "node_modules/@pulumi/pulumi/cmd/run/index.js").is_file()), None
    )
    node = find_tool("node")
    if node is None:
        return Failure("node is not on PATH: this program needs it")
    if runner is None:
        return Failure(f"{folder}: @pulumi/pulumi is not installed: run `npm install` there first")
    given = str(project.options.get("nodeargs") or "")
    arguments = _split(given, "Pulumi.yaml, nodeargs") if given else ()
    if isinstance(arguments, Failure):
        return arguments
    # One word: the SDK leaves ES modules in TypeScript to a loader of the user's where one of the arguments is `--require`.
    return Start((node, f"--require={_PLAIN_ERRORS}", *arguments, str(runner.parent)), folder, is_node=True)


def _build_go(project: Project, scratch: Path) -> Start | Failure:
    folder = find_folder(project)
    go = find_tool("go")
    if go is None:
        return Failure("go is not on PATH: this program needs it")
    binary = scratch / "program"
    with tempfile.TemporaryFile() as output:
        with run_group([go, "build", "-o", str(binary), "."], cwd=folder, output=output, error=output) as building:
            status = building.wait()
        return Start((str(binary),), folder) if status == 0 else Failure("the program does not compile", _read_all(output))


def run_process(start: Start, project: Project, patience: float, address: str, session: Session) -> Ended | Failure:
    """
    The program, from its start to its end. `address`: the engine's, `host:port`.

    It is given up on when the session fails, or when it has asked for nothing for `patience` seconds.
    """
    with tempfile.TemporaryFile() as output:
        environment = _make_environment(project, address, session)
        command = [*start.command, *_make_arguments(start, project, address, session.dry_run)]
        try:
            with run_group(command, cwd=start.folder, env=environment, output=output, error=output) as process:
                session.start()
                failure = _await_end(process, session, patience)
        except OSError as error:
            return Failure(f"{start.command[0]}: cannot be started ({error.strerror})")
        printed = _read_all(output)
        return Ended(process.returncode, printed) if failure is None else failure._replace(output=printed + failure.output)


def _read_all(output: IO[bytes]) -> str:
    output.seek(0)
    return output.read().decode("utf-8", "replace")


def _make_arguments(start: Start, project: Project, address: str, dry_run: bool) -> list[str]:  # noqa: FBT001
    if not start.is_node:
        return []
    options = {
        "monitor": address,
        "engine": address,
        "sync": address,
        "project": project.name,
        "stack": project.stack,
        "organization": project.organization,
        "root-directory": str(project.folder),
        "pwd": str(start.folder),
        "dry-run": str(dry_run).lower(),
        "parallel": str(_PARALLEL),
    }
    main = project.main.name if project.main.is_file() else "."
    return [word for name, value in options.items() for word in (f"--{name}", value)] + [main]


def _make_environment(project: Project, address: str, session: Session) -> dict[str, str]:
    """The caller's environment with the operation in it: every SDK reads these variables, or gets them as arguments."""
    return os.environ | {
        "PULUMI_MONITOR": address,
        "PULUMI_ENGINE": address,
        "PULUMI_PROJECT": project.name,
        "PULUMI_STACK": project.stack,
        "PULUMI_ORGANIZATION": project.organization,
        "PULUMI_ROOT_DIRECTORY": str(project.folder),
        "PULUMI_DRY_RUN": str(session.dry_run).lower(),
        "PULUMI_PARALLEL": str(_PARALLEL),
        "PULUMI_CONFIG": json.dumps(dict(project.config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(project.secret_keys),
        "PYTHONUNBUFFERED": "1",
        "no_grpc_proxy": _spare_loopback(),
        **_read_node_options(project),
    }


def _spare_loopback() -> str:
    """What gRPC reaches without a proxy; it knows these names in lower case only."""
    spared = os.environ.get("no_grpc_proxy") or os.environ.get("no_proxy")  # noqa: SIM112  as gRPC spells them
    return f"{spared},127.0.0.1" if spared else "127.0.0.1"


def _read_node_options(project: Project) -> dict[str, str]:
    """
    TypeScript is on unless Pulumi.yaml says otherwise.

    Its types are left alone, which would take most of the time and the memory, and with them the options that only types are checked by.
    """
    ignored = ",".join(filter(None, (os.environ.get("TS_NODE_IGNORE_DIAGNOSTICS"), _OPTIONS_AT_ODDS)))
    options = {"PULUMI_NODEJS_TRANSPILE_ONLY": "true", "TS_NODE_IGNORE_DIAGNOSTICS": ignored}
    if project.options.get("typescript") is not False:
        options["PULUMI_NODEJS_TYPESCRIPT"] = "true"
    if "tsconfig" in project.options:
        options["PULUMI_NODEJS_TSCONFIG_PATH"] = str(project.folder / str(project.options["tsconfig"]))
    return options


def _await_end(process: subprocess.Popen[bytes], session: Session, patience: float) -> Failure | None:
    while process.poll() is None:
        if session.failure is not None:
            return session.failure
        if session.is_lost:
            with suppress(subprocess.TimeoutExpired):
                process.wait(_GRACE_SECONDS)  # for what else it has to say
            return None
        if session.idle_seconds > patience:
            return Failure(f"the program was ended: it asked the engine for nothing for {patience:.0f} seconds and did not end by itself")
        time.sleep(_POLL_SECONDS)
    return session.failure
