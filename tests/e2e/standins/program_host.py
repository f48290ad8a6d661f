"""
Stand-in for `pulumi-language-nodejs`, `-go` and `-java`, the Go plugins that run programs in these languages for the engine.

As the genuine ones do, it runs a program by what Pulumi's SDK of the language brings: Node through the SDK's own runner, and what is built
already, as the option `binary` says, with the operation in its environment.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from pulumi.runtime.proto import language_pb2, language_pb2_grpc

from tests.e2e.standins.language_host import PROGRAM_HAS_SHOWN_ITS_ERROR, LanguageHost, start, stop_children, write_flags
from tests.e2e.standins.serving import serve


def find_command(request: language_pb2.RunRequest, runtime: str) -> list[str]:
    """How the program is started."""
    info = request.info
    if runtime == "nodejs":
        return ["node", str(Path(info.root_directory, "node_modules/@pulumi/pulumi/cmd/run")), *write_flags(request, "-"), info.entry_point]
    binary = str(Path(info.root_directory, str(dict(info.options)["binary"])))
    return ["java", "-jar", binary] if runtime == "java" else [binary]


def write_environment(request: language_pb2.RunRequest) -> Mapping[str, str]:
    """The operation as variables, which Go and Java read."""
    return os.environ | {
        "PULUMI_MONITOR": request.monitor_address,
        "PULUMI_ENGINE": sys.argv[-1],
        "PULUMI_PROJECT": request.project,
        "PULUMI_STACK": request.stack,
        "PULUMI_ORGANIZATION": request.organization,
        "PULUMI_ROOT_DIRECTORY": request.info.root_directory,
        "PULUMI_DRY_RUN": str(request.dryRun).lower(),
        "PULUMI_PARALLEL": str(request.parallel),
        "PULUMI_CONFIG": json.dumps(dict(request.config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        "PULUMI_NODEJS_TYPESCRIPT": "true",
        "PULUMI_NODEJS_TRANSPILE_ONLY": "true",
    }


class ProgramHost(LanguageHost):
    """The engine's questions about the language that the plugin is named after."""

    def Run(self, request: language_pb2.RunRequest, _context: object) -> language_pb2.RunResponse:  # noqa: N802  gRPC's name
        """Run a program to its end."""
        command = find_command(request, Path(sys.argv[0]).name.rpartition("-")[2])
        status = start(command, request.pwd, write_environment(request), piped=False).wait()
        if status in (0, PROGRAM_HAS_SHOWN_ITS_ERROR):
            return language_pb2.RunResponse(bail=status != 0)
        return language_pb2.RunResponse(error=f"Program exited with non-zero exit code: {status}")


def main() -> NoReturn:
    """The plugin's process."""
    serve(lambda server: language_pb2_grpc.add_LanguageRuntimeServicer_to_server(ProgramHost(), server), stop_children)
