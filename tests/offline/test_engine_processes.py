"""Programs and packs as processes: how they are started, what they are told, and how they end."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from offline.engine.program.run import RunOptions, preview
from offline.run import Failure, Run

ROOT = Path(__file__).parents[2]
PACK = """
import os
from pulumi_policy import PolicyPack, ResourceValidationPolicy
PolicyPack("p", policies=[ResourceValidationPolicy(name="x", description="d", validate=lambda args, report: {})])
"""
REGISTER = """
import grpc, json, os, sys
from pulumi.runtime.proto import resource_pb2, resource_pb2_grpc

def register(monitor):
    stub = resource_pb2_grpc.ResourceMonitorStub(grpc.insecure_channel(monitor))
    stub.RegisterResource(resource_pb2.RegisterResourceRequest(type="tests:index:Told", name="told"))
"""

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes a folder: a Python program of this text, with this runtime, and further files."""

    def make_one(text: str = "", runtime: str = "python", **files: str) -> Path:
        (tmp_path / "Pulumi.yaml").write_text(f"name: tried\nruntime: {runtime}\n", "utf-8")
        (tmp_path / "__main__.py").write_text(text, "utf-8")
        for name, content in files.items():
            (tmp_path / name).write_text(content, "utf-8")
        return tmp_path

    return make_one


def write_tool(folder: Path, name: str, text: str) -> Path:
    """An executable Python script."""
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(f"#!{sys.executable}\n{text}", "utf-8")
    file.chmod(0o755)
    return file


def fail(options: RunOptions) -> Failure:
    """The failure, on one line, of a run that has to fail."""
    outcome = preview(options)
    assert isinstance(outcome, Failure)
    assert "\n" not in outcome.message
    return outcome


def run(options: RunOptions) -> Run:
    """A run that has to come to its end."""
    outcome = preview(options)
    assert isinstance(outcome, Run), outcome
    return outcome


def is_alive(process: int) -> bool:
    """Whether a process is there and no zombie."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False).stdout
    return state.strip() != "" and not state.startswith("Z")


def test_a_program_that_never_ends_is_ended(make: Make) -> None:
    """With whatever it has started."""
    failure = fail(RunOptions(make(), command="sh -c 'sleep 600 & echo $!; wait'", patience=2))
    assert failure.message.startswith("the program was ended: it asked the engine for nothing for 2 seconds")
    assert not is_alive(int(failure.output))


#: Where the tests run in the background of a shell, interrupts are ignored, and that is inherited.
_LISTENING = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)


def test_an_interrupt_ends_everything(make: Make) -> None:
    """Quietly, with the status that shells expect."""
    folder = make("import os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(600)\n")
    command = [sys.executable, "-c", _LISTENING, "-m", "offline", "preview", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    pid = folder / "pid"
    while not (pid.exists() and pid.read_text("utf-8")) and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate()
    assert (process.returncode, error) == (130, "")
    assert not is_alive(int(pid.read_text("utf-8")))


def test_what_a_program_prints_and_logs_is_handed_on(make: Make) -> None:
    """As it is: reports make it harmless."""
    text = "import pulumi, sys\nprint('out')\nprint('err', file=sys.stderr)\npulumi.log.warn('careful')\npulumi.log.debug('not this')\n"
    assert run(RunOptions(make(text))).output == "out\nerr\nwarning: careful\n"


def test_a_proxy_in_the_environment_is_not_asked(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by the engine nor by the program: both speak to loopback only."""
    for name in ("http_proxy", "https_proxy", "grpc_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    assert [seen.name for seen in run(RunOptions(make("import pulumi\n"))).resources] == ["tried-dev"]


def test_an_error_that_is_only_logged_fails_the_program(make: Make) -> None:
    """As it does with the real engine."""
    failure = fail(RunOptions(make("import pulumi\npulumi.log.error('bad')\n")))
    assert failure == Failure("the program failed", "error: bad\n")


def test_the_interpreter_of_the_project(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PULUMI_PYTHON_CMD, else the environment that Pulumi.yaml names, else the active one if Pulumi is in it, else the command's own."""
    say = "import os, sys\nsys.stdout.write(os.path.abspath(sys.argv[0]))\nsys.exit(7)\n"
    for name in ("named", "active"):
        (tmp_path / name).mkdir()
    named, active = (write_tool(tmp_path / name / "bin", "python", say) for name in ("named", "active"))
    other = write_tool(tmp_path / "other", "python", say)
    folder = make(runtime="{name: python, options: {virtualenv: named}}")
    monkeypatch.delenv("PULUMI_PYTHON_CMD", raising=False)
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "active"))
    assert fail(RunOptions(folder)) == Failure("the program failed (exit status 7)", str(named))
    make("import pulumi\n")
    assert [seen.name for seen in run(RunOptions(folder)).resources] == ["tried-dev"]
    (tmp_path / "active" / "lib" / "python3.12" / "site-packages" / "pulumi").mkdir(parents=True)
    assert fail(RunOptions(folder)).output == str(active)
    monkeypatch.setenv("PULUMI_PYTHON_CMD", str(other))
    assert fail(RunOptions(folder)).output == str(other)


def test_requirements_that_are_not_installed_are_named(make: Make) -> None:
    """With the variable that helps."""
    failure = fail(RunOptions(make("import pulumi\nimport no_such_module\n")))
    assert failure.message.endswith(
        "its interpreter lacks no_such_module: PULUMI_PYTHON_CMD names the one that has the program's requirements"
    )


@pytest.mark.parametrize("error", ["Cannot find module '@pulumi/eks'", "Cannot find package '@pulumi/eks' imported from /shop/index.js"])
def test_packages_of_node_that_are_not_installed_are_named(error: str, make: Make, tmp_path: Path) -> None:
    """A CommonJS module's error, and an ES module's."""
    stand_in = write_tool(tmp_path / "tools", "node", f"sys.exit({error!r})\n")
    failure = fail(RunOptions(make(runtime="nodejs"), command=str(stand_in)))
    assert failure.message.endswith(f"; @pulumi/eks is not installed: run `npm install` in {tmp_path} first")


def test_a_file_of_the_project_that_node_does_not_find_is_none_to_install(make: Make, tmp_path: Path) -> None:
    """Its path is told by Node."""
    stand_in = write_tool(tmp_path / "tools", "node", "sys.exit(\"Cannot find module './network'\")\n")
    assert fail(RunOptions(make(runtime="nodejs"), command=str(stand_in))).message == "the program failed (exit status 1)"


def test_an_interpreter_without_the_sdk_is_told(make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By the program's own error."""
    bare = write_tool(
        tmp_path / "bare", "python", f"import os, sys\nos.execv({sys.executable!r}, [{sys.executable!r}, '-S', *sys.argv[1:]])\n"
    )
    monkeypatch.setenv("PULUMI_PYTHON_CMD", str(bare))
    failure = fail(RunOptions(make("import pulumi\n")))
    assert "The Pulumi SDK is not installed for this interpreter" in failure.output
    lacking = "its interpreter lacks pulumi: PULUMI_PYTHON_CMD names the one that has the program's requirements"
    assert failure.message == f"the program failed (exit status 1); {lacking}"


def test_any_command_is_a_program(make: Make) -> None:
    """It finds the engine in the variables that every SDK reads."""
    told = (
        "register(os.environ['PULUMI_MONITOR'])\njson.dump({k: v for k, v in os.environ.items() if k.startswith('PULUMI_')}, sys.stdout)\n"
    )
    folder = make(runtime="java", **{"program.py": REGISTER + told, "Pulumi.dev.yaml": "config:\n  aws:region: eu-west-3\n"})
    outcome = run(RunOptions(folder, command=f"{sys.executable} program.py"))
    said = json.loads(outcome.output)
    assert [seen.name for seen in outcome.resources] == ["told"]
    assert said["PULUMI_MONITOR"] == said["PULUMI_ENGINE"]
    assert {key: said[f"PULUMI_{key}"] for key in ("PROJECT", "STACK", "ORGANIZATION", "DRY_RUN", "CONFIG", "CONFIG_SECRET_KEYS")} == {
        "PROJECT": "tried",
        "STACK": "dev",
        "ORGANIZATION": "organization",
        "DRY_RUN": "true",
        "CONFIG": '{"aws:region": "eu-west-3"}',
        "CONFIG_SECRET_KEYS": "[]",
    }


@pytest.mark.parametrize("name", ["nodejs", "bun"])
def test_a_node_program_is_started_as_the_cli_does(name: str, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the SDK's own runner, with its arguments and the runtime's options."""
    told = "register(sys.argv[sys.argv.index('--monitor') + 1])\njson.dump([sys.argv[1:], dict(os.environ)], sys.stdout)\n"
    write_tool(tmp_path / "tools", "node", REGISTER + told)
    runner = tmp_path / "node_modules" / "@pulumi" / "pulumi" / "cmd" / "run"
    runner.mkdir(parents=True)
    (runner / "index.js").touch()
    folder = make(runtime=f"{{name: {name}, options: {{nodeargs: --max-old-space-size=512, tsconfig: ts.json}}}}")
    monkeypatch.setenv("TS_NODE_IGNORE_DIAGNOSTICS", "2322")
    monkeypatch.setenv("PATH", str(tmp_path / "tools"), prepend=os.pathsep)
    arguments, environment = json.loads(run(RunOptions(folder)).output)
    options = dict(zip(arguments[3:-1:2], arguments[4:-1:2], strict=True))
    assert arguments[0].startswith("--require=")
    assert (arguments[1:3], arguments[-1]) == (["--max-old-space-size=512", str(runner)], ".")
    assert (options["--project"], options["--stack"], options["--dry-run"], options["--pwd"]) == ("tried", "dev", "true", str(folder))
    assert options["--engine"] == options["--monitor"]
    assert environment["PULUMI_NODEJS_TRANSPILE_ONLY"] == "true"
    assert environment["TS_NODE_IGNORE_DIAGNOSTICS"].startswith("2322,5095,")
    assert (environment["PULUMI_NODEJS_TYPESCRIPT"], environment["PULUMI_NODEJS_TSCONFIG_PATH"]) == ("true", str(folder / "ts.json"))


def test_a_go_program_is_built_and_run(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that does not compile is told by the compiler."""
    built = REGISTER + "register(os.environ['PULUMI_MONITOR'])\nprint(os.getcwd())\n"
    compiler = f"""
import os, shutil, sys
target = sys.argv[sys.argv.index("-o") + 1]
if os.path.exists("broken.go"):
    sys.stderr.write("./broken.go:1:1: expected 'package'\\n")
    sys.exit(1)
open(target, "w").write({f"#!{sys.executable}{os.linesep}{built}"!r})
os.chmod(target, 0o755)
"""
    write_tool(tmp_path / "tools", "go", compiler)
    monkeypatch.setenv("PATH", str(tmp_path / "tools"), prepend=os.pathsep)
    assert run(RunOptions(make(runtime="go"))).output == f"{tmp_path}\n"
    broken = make(runtime="go", **{"broken.go": ""})
    assert fail(RunOptions(broken)) == Failure("the program does not compile", "./broken.go:1:1: expected 'package'\n")


@pytest.mark.parametrize(
    ("runtime", "command", "message"),
    [
        ("dotnet", None, "programs with the runtime 'dotnet' need `--exec COMMAND` (python, nodejs, bun, go and yaml do not)"),
        ("nodejs", None, "node is not on PATH: this program needs it"),
        ("go", None, "go is not on PATH: this program needs it"),
        ("go", "/nowhere/program", "/nowhere/program: cannot be started (No such file or directory)"),
        ("go", " ", "--exec: the command is empty"),
        ("go", "'unclosed", "--exec: No closing quotation"),
        ("go", "/bin/true", "the program ended without talking to the engine: it registered nothing, not even its stack"),
    ],
)
def test_what_cannot_be_started(make: Make, monkeypatch: pytest.MonkeyPatch, runtime: str, command: str | None, message: str) -> None:
    """One line that says what is missing."""
    monkeypatch.setenv("PATH", "/nowhere")
    assert fail(RunOptions(make(runtime=runtime), command=command)).message == message


@pytest.mark.parametrize(
    ("runtime", "file", "command"),
    [
        ("java", "pom.xml", "mvn -q -B compile org.codehaus.mojo:exec-maven-plugin:3.1.0:java"),
        ("java", "build.gradle.kts", "gradle -q --console=plain --no-daemon run"),
        ("java", "gradlew", "./gradlew -q --console=plain --no-daemon run"),
        ("dotnet", "App.csproj", "dotnet run"),
        ("dotnet", "App.fsproj", "dotnet run"),
        ("{name: java, options: {binary: target/app.jar}}", "pom.xml", "java -jar target/app.jar"),
        ("{name: dotnet, options: {binary: bin/App.dll}}", "App.csproj", "dotnet bin/App.dll"),
    ],
)
def test_the_command_of_a_language_that_is_built_elsewhere(make: Make, runtime: str, file: str, command: str) -> None:
    """By what builds it."""
    failure = fail(RunOptions(make(runtime=runtime, **{file: ""})))
    assert failure.message.endswith(f" need a command: --exec '{command}'")


def test_a_program_that_lacks_configuration_is_ended(make: Make) -> None:
    """Once it has said so; everything that it asks for is named, whatever it does then."""
    text = "import pulumi, time\npulumi.log.error(\"Missing required configuration variable 'tried:size'\")\ntime.sleep(600)\n"
    declared = "config:\n  zone: {type: string}\n  fixed: {default: 1}\n  plain: 2\n"
    folder = make(text + "pulumi.Config('net').require('id')\n")
    (folder / "Pulumi.yaml").write_text(f"name: tried\nruntime: python\n{declared}", "utf-8")
    assert fail(RunOptions(folder)).message == (
        "the program failed; give the configuration with --config tried:size=VALUE, or a stack that has it with --stack; "
        "it also asks for configuration that was not given: --config tried:zone=VALUE --config net:id=VALUE"
    )


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("", "sh -c 'echo [ERROR] Failed to execute goal on project config: Could not resolve dependencies; exit 1'"),
        ("import pulumi\nimport no_such_module\n", None),
        ("import pulumi\ndef (config\n", None),
        ("import pulumi\nraise SystemExit(\"Cannot find module '@pulumi/eks', required by config.js\")\n", None),
        ("import pulumi\nraise RuntimeError('TSError: Unable to compile TypeScript: see tsconfig.json')\n", None),
    ],
    ids=["a build", "a module", "syntax", "a package", "a compiler"],
)
def test_a_program_of_which_nothing_ran_is_not_told_of_configuration(make: Make, text: str, command: str | None) -> None:
    """Nor of data sources: what it lacks is something else, whatever is encrypted or declared."""
    folder = make(text + "# pulumi.Config('net').require('id')\n", **{"Pulumi.dev.yaml": "config: {tried:key: {secure: abc}}\n"})
    (folder / "Pulumi.yaml").write_text("name: tried\nruntime: python\nconfig:\n  zone: {type: string}\n", "utf-8")
    for update in (False, True):
        message = fail(RunOptions(folder, command=command, update=update)).message
        assert "--config" not in message, message
        assert "--mocks" not in message, message


def test_a_program_that_ran_is_told_of_configuration_that_nobody_can_read(make: Make) -> None:
    """It may be what it failed over."""
    folder = make("import pulumi\nraise ValueError('bad')\n", **{"Pulumi.dev.yaml": "config: {tried:key: {secure: abc}}\n"})
    assert fail(RunOptions(folder)).message.endswith("give tried:key with --config KEY=VALUE")


@pytest.mark.parametrize("where", ["lib", "../lib", "sub/lib"])
def test_a_folder_of_the_project_is_no_requirement(make: Make, where: str) -> None:
    """PYTHONPATH finds it."""
    folder = make() / "app" / "infra"
    folder.mkdir(parents=True)
    home = (folder / where).resolve()
    home.mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text("name: tried\nruntime: python\nmain: tap.py\n", "utf-8")
    (folder / "tap.py").write_text("import lib.names\n", "utf-8")
    said = f"lib is a part of the project that its interpreter does not find: set PYTHONPATH={home.parent}"
    assert fail(RunOptions(folder)).message == f"the program failed (exit status 32); {said}"


def test_a_virtualenv_that_is_not_there_is_noted(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program runs with another interpreter."""
    monkeypatch.delenv("PULUMI_PYTHON_CMD", raising=False)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    outcome = run(RunOptions(make("import pulumi\n", runtime="{name: python, options: {virtualenv: venv}}")))
    assert outcome.notes == (f"the virtualenv venv of Pulumi.yaml is not there: the program ran with {sys.executable}",)


def test_an_automation_program_is_told_of_offline_testing(make: Make) -> None:
    """Whether it has a Pulumi.yaml or not."""
    folder = make("import pulumi.automation as auto\nraise SystemExit(1)\n")
    assert "offline.testing" in fail(RunOptions(folder)).message
    (folder / "__main__.py").rename(folder / "deploy.py")
    assert "offline.testing" in fail(RunOptions(folder)).message
    (folder / "Pulumi.yaml").unlink()
    assert "offline.testing" in fail(RunOptions(folder)).message


def test_what_an_automation_program_deploys_was_not_looked_into(make: Make) -> None:
    """Without a bucket of its own it would pass for nothing to judge; with one it is judged by that."""
    driven = "the program drives the Pulumi CLI (automation API): what other stacks it deploys was not run"
    own = 'import pulumi\npulumi.CustomResource("aws:s3/bucket:Bucket", "logs")\n'
    for text, expected in (("import pulumi.automation\n", [driven]), (f"import pulumi.automation\n{own}", []), ("import pulumi\n", [])):
        assert [spot.text for spot in run(RunOptions(make(text))).blind_spots] == expected


def test_a_node_program_without_its_packages(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are the user's to install."""
    write_tool(tmp_path / "tools", "node", "")
    monkeypatch.setenv("PATH", str(tmp_path / "tools"), prepend=os.pathsep)
    assert fail(RunOptions(make(runtime="nodejs"))).message == f"{tmp_path}: @pulumi/pulumi is not installed: run `npm install` there first"


def test_a_python_program_that_is_not_there(make: Make) -> None:
    """The file is named."""
    folder = make()
    (folder / "__main__.py").unlink()
    assert fail(RunOptions(folder)).message == f"{folder / '__main__.py'}: no such file, so there is no program to run"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("print('hello')\nimport time\ntime.sleep(600)\n", "the policy pack did not start: it printed something before its port"),
        ("raise SystemExit(3)\n", "the policy pack did not start: exit status 3"),
        ("import sys\nsys.exit('no luck')\n", "the policy pack did not start: no luck"),
        (PACK.format("{}['key']"), "the policy pack failed: Exception calling application: 'key'"),
        (PACK.format("os._exit(9)"), "the policy pack failed: it ended"),
    ],
)
def test_a_pack_that_fails(make: Make, tmp_path: Path, text: str, message: str) -> None:
    """When it starts, or when it is asked."""
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: python\n", "utf-8")
    (pack / "__main__.py").write_text(text, "utf-8")
    assert fail(RunOptions(make("import pulumi\n"), pack=pack)).message.startswith(message)


def test_a_folder_without_a_pack(make: Make, tmp_path: Path) -> None:
    """The file that is missing is named."""
    assert fail(RunOptions(make(), pack=tmp_path / "none")).message == f"{tmp_path / 'none'}: no policy pack here (__main__.py is missing)"
