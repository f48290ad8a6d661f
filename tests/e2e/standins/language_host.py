"""
Stand-in for `pulumi-language-python`, the Go plugin that runs Python programs and policy packs for the engine.

The genuine one comes with the Pulumi CLI, but not with the Go module that the tests build the CLI from.
Programs run under the genuine `pulumi-language-python-exec`, found on `PATH`.
As the genuine one does, it puts a proxy before each pack: the proxy answers at once, and the pack is booted when the stack is known.
"""

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NoReturn

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import analyzer_pb2, language_pb2, language_pb2_grpc, plugin_pb2

from tests.e2e.standins.serving import serve, start_server

PROGRAM_HAS_SHOWN_ITS_ERROR = 32
CHILDREN: list[subprocess.Popen[bytes]] = []


def start(command: list[str], folder: str, environment: Mapping[str, str], *, piped: bool) -> subprocess.Popen[bytes]:
    """A child that a SIGINT to the process group leaves alone: the engine sends one when it is done with the plugin."""
    shielded = ["sh", "-c", 'trap "" INT; exec "$0" "$@"', *command]
    pipe = subprocess.PIPE if piped else None
    child = subprocess.Popen(shielded, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe)
    CHILDREN.append(child)
    return child


def write_flags(request: language_pb2.RunRequest, joint: str) -> list[str]:
    """The operation as arguments of an SDK's runner; words of a name are joined by this sign."""
    flags = {
        "monitor": request.monitor_address,
        "engine": sys.argv[-1],
        "project": request.project,
        "stack": request.stack,
        "organization": request.organization,
        f"root{joint}directory": request.info.root_directory,
        "pwd": request.pwd,
        f"dry{joint}run": str(request.dryRun).lower(),
        "parallel": str(request.parallel),
    }
    return [part for name, value in flags.items() for part in (f"--{name}", value)]


def stop_children() -> None:
    """End what is still running."""
    for child in CHILDREN:
        if child.poll() is None:
            child.kill()


def find_python(info: language_pb2.ProgramInfo) -> str:
    """The interpreter of the `virtualenv` option, a path from the project's root; without that option the ambient one."""
    options = json_format.MessageToDict(info.options)
    if "virtualenv" in options:
        return str(Path(info.root_directory, str(options["virtualenv"]), "bin", "python"))
    return os.environ.get("PULUMI_PYTHON_CMD") or shutil.which("python3") or sys.executable


class NoPortError(Exception):
    """The pack did not print a port first."""

    def __str__(self) -> str:
        """In the words of the genuine proxy."""
        return "could not read policy pack port"


class Pack:
    """One policy pack behind its proxy: booted by the first call that needs it."""

    def __init__(self, request: language_pb2.RunPluginRequest) -> None:
        """Nothing is started yet."""
        self.request = request
        self.output: queue.Queue[language_pb2.RunPluginResponse] = queue.Queue()
        self.process: subprocess.Popen[bytes] | None = None
        self.channel: grpc.Channel | None = None
        self.lock = threading.Lock()

    def boot(self, stack: dict[str, str]) -> grpc.Channel:
        """Start the pack with what is known of the stack in its environment; gives the channel to it."""
        folder = self.request.info.program_directory
        command = [find_python(self.request.info), "-u", "-m", "pulumi.policy", *self.request.args, folder]
        environment = dict(entry.split("=", 1) for entry in self.request.env) | stack
        self.process = start(command, folder, environment, piped=True)
        assert self.process.stdout is not None
        port = self.process.stdout.readline().strip()
        threading.Thread(target=self.forward, args=("stdout",), daemon=True).start()
        threading.Thread(target=self.forward, args=("stderr",), daemon=True).start()
        threading.Thread(target=self.report_end, daemon=True).start()
        if not port.isdigit():
            raise NoPortError
        # The answers' limit is gRPC's default, 4 MB, as in the genuine proxy.
        return grpc.insecure_channel(f"127.0.0.1:{int(port)}", [("grpc.max_send_message_length", -1)])

    def forward(self, name: str) -> None:
        """Hand on what the pack prints."""
        for line in getattr(self.process, name):
            self.output.put(language_pb2.RunPluginResponse(**{name: line}))

    def report_end(self) -> None:
        """The last message of the stream is the pack's exit status."""
        assert self.process is not None
        self.output.put(language_pb2.RunPluginResponse(exitcode=self.process.wait()))

    def call(self, method: str, request: bytes, context: grpc.ServicerContext) -> bytes:
        """Pass one call on to the pack, unread; the handshake is the proxy's own."""
        if method == "Handshake":
            return bytes(analyzer_pb2.AnalyzerHandshakeResponse().SerializeToString())
        try:
            with self.lock:
                if self.channel is None:
                    self.channel = self.boot(read_stack(request) if method == "ConfigureStack" else {})
            answer: bytes = self.channel.unary_unary(f"/pulumirpc.Analyzer/{method}")(request)
        except (OSError, NoPortError) as problem:
            return refuse(context, grpc.StatusCode.UNKNOWN, f"policy pack not started: {problem}")
        except grpc.RpcError as problem:
            return refuse(context, problem.code(), problem.details())
        return answer


def refuse(context: grpc.ServicerContext, code: grpc.StatusCode, details: str | None) -> NoReturn:
    """End a call with an error."""
    context.abort(code, details or "")
    raise AssertionError


def read_stack(request: bytes) -> dict[str, str]:
    """What a pack's environment tells about the stack."""
    stack = analyzer_pb2.AnalyzerStackConfigureRequest.FromString(request)
    return {
        "PULUMI_ORGANIZATION": stack.organization,
        "PULUMI_PROJECT": stack.project,
        "PULUMI_STACK": stack.stack,
        "PULUMI_DRY_RUN": "true" if stack.dry_run else "false",
        "PULUMI_CONFIG": json.dumps(dict(stack.config)),
    }


def register(pack: Pack, server: grpc.Server) -> None:
    """Every method of the Analyzer service, as bytes."""
    methods = [method.name for method in analyzer_pb2.DESCRIPTOR.services_by_name["Analyzer"].methods]
    handlers = {method: grpc.unary_unary_rpc_method_handler(partial(pack.call, method)) for method in methods}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("pulumirpc.Analyzer", handlers),))


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """The engine's questions about Python."""

    def Handshake(self, _request: object, _context: object) -> language_pb2.LanguageHandshakeResponse:  # noqa: N802  gRPC's name
        """Nothing to agree on."""
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, _request: object, _context: object) -> plugin_pb2.PluginInfo:  # noqa: N802
        """A version to show."""
        return plugin_pb2.PluginInfo(version="1.0.0")

    def GetRequiredPackages(self, _request: object, _context: object) -> language_pb2.GetRequiredPackagesResponse:  # noqa: N802
        """None: the program asks for its provider when it registers resources."""
        return language_pb2.GetRequiredPackagesResponse()

    def GetRequiredPlugins(self, _request: object, _context: object) -> language_pb2.GetRequiredPluginsResponse:  # noqa: N802
        """None, as above."""
        return language_pb2.GetRequiredPluginsResponse()

    def About(self, _request: object, _context: object) -> language_pb2.AboutResponse:  # noqa: N802
        """The interpreter."""
        return language_pb2.AboutResponse(executable=sys.executable, version=sys.version.split()[0])

    def GetProgramDependencies(self, _request: object, _context: object) -> language_pb2.GetProgramDependenciesResponse:  # noqa: N802
        """Not listed."""
        return language_pb2.GetProgramDependenciesResponse()

    def Cancel(self, _request: object, _context: object) -> empty_pb2.Empty:  # noqa: N802
        """The SIGINT that follows ends the plugin."""
        return empty_pb2.Empty()

    def Run(self, request: language_pb2.RunRequest, _context: object) -> language_pb2.RunResponse:  # noqa: N802
        """Run a program to its end."""
        runner = shutil.which("pulumi-language-python-exec")
        if runner is None:
            return language_pb2.RunResponse(error="pulumi-language-python-exec is not on PATH")
        program = str(Path(request.info.program_directory, request.info.entry_point))
        environment = os.environ | {
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        command = [find_python(request.info), "-u", runner, *write_flags(request, "_"), program]
        status = start(command, request.pwd, environment, piped=False).wait()
        if status in (0, PROGRAM_HAS_SHOWN_ITS_ERROR):
            return language_pb2.RunResponse(bail=status != 0)
        return language_pb2.RunResponse(error=f"Program exited with non-zero exit code: {status}")

    def RunPlugin(  # noqa: N802
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        """Run a policy pack until it ends or the engine hangs up."""
        pack = Pack(request)
        server, port = start_server(partial(register, pack))
        context.add_callback(lambda: pack.output.put(language_pb2.RunPluginResponse(exitcode=0)))
        yield language_pb2.RunPluginResponse(stdout=f"{port}\n".encode())
        message = pack.output.get()
        while not message.HasField("exitcode"):
            yield message
            message = pack.output.get()
        yield message
        server.stop(0)
        if pack.process is not None:
            pack.process.kill()

    def InstallDependencies(  # noqa: N802
        self, request: language_pb2.InstallDependenciesRequest, _context: object
    ) -> Iterator[language_pb2.InstallDependenciesResponse]:
        """Link the environment of the tests, or the one named, in place of a real installation, which is tested by itself."""
        options = json_format.MessageToDict(request.info.options)
        venv = Path(request.directory, str(options.get("virtualenv", "venv")))
        if not venv.exists():
            venv.symlink_to(os.environ.get("S3_GUARD_TEST_VENV", sys.prefix))
        yield language_pb2.InstallDependenciesResponse(stdout=b"environment linked\n")


def main() -> NoReturn:
    """The plugin's process."""
    serve(lambda server: language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageHost(), server), stop_children)
