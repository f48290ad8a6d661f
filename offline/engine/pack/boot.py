"""A policy pack, booted as the real engine boots it and asked over its own protocol."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

import grpc
import yaml
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from offline.engine.pack.policyconfig import LEVELS, configure
from offline.processes import run_group
from offline.run import Failure, Pack, PolicyInfo

#: What the real engine lets through in either direction.
MESSAGE_LIMIT = 400 * 1024 * 1024
#: Loopback is never reached through a proxy, whatever the environment says of proxies.
CHANNEL_OPTIONS = (
    ("grpc.max_receive_message_length", MESSAGE_LIMIT),
    ("grpc.max_send_message_length", MESSAGE_LIMIT),
    ("grpc.enable_http_proxy", 0),
)
#: Where a pack would send log messages; it has none to send.
_NO_ENGINE = "127.0.0.1:1"
_BOOT_SECONDS = 60.0
_CALL_SECONDS = 300.0
_BATCH = 64
_SEVERITIES = {
    analyzer_pb2.POLICY_SEVERITY_LOW: "low",
    analyzer_pb2.POLICY_SEVERITY_MEDIUM: "medium",
    analyzer_pb2.POLICY_SEVERITY_HIGH: "high",
    analyzer_pb2.POLICY_SEVERITY_CRITICAL: "critical",
}


class StackSettings(NamedTuple):
    """What a pack is told about the operation. `config`: whole keys (`aws:region`) to texts."""

    project: str
    stack: str
    organization: str = "organization"
    dry_run: bool = True
    config: Mapping[str, str] = {}
    secret_keys: tuple[str, ...] = ()


class PackError(Exception):
    """The pack did not boot, died or did not answer; the text is one line for the user."""


class Booted(NamedTuple):
    """A running pack that has been configured."""

    about: Pack
    stub: analyzer_pb2_grpc.AnalyzerStub
    log: IO[bytes]

    def remediate(self, request: analyzer_pb2.AnalyzeRequest) -> analyzer_pb2.RemediateResponse:
        """Ask for remediations of one resource's inputs. Raises `PackError`."""
        try:
            response: analyzer_pb2.RemediateResponse = self.stub.Remediate(request, timeout=_CALL_SECONDS)
        except grpc.RpcError as error:
            raise PackError(_explain(error, self.log)) from error
        return response

    def analyze(self, requests: Sequence[analyzer_pb2.AnalyzeRequest]) -> list[analyzer_pb2.AnalyzeResponse]:
        """Ask about the inputs of resources, some on their way while others are answered. Raises `PackError`."""
        try:
            if len(requests) == 1:
                return [self.stub.Analyze(requests[0], timeout=_CALL_SECONDS)]
            return list(self._analyze_many(requests))
        except grpc.RpcError as error:
            raise PackError(_explain(error, self.log)) from error

    def _analyze_many(self, requests: Sequence[analyzer_pb2.AnalyzeRequest]) -> Iterator[analyzer_pb2.AnalyzeResponse]:
        for start in range(0, len(requests), _BATCH):
            calls = [self.stub.Analyze.future(request, timeout=_CALL_SECONDS) for request in requests[start : start + _BATCH]]
            yield from (call.result() for call in calls)

    def analyze_stack(self, resources: Sequence[analyzer_pb2.AnalyzerResource]) -> analyzer_pb2.AnalyzeResponse:
        """Ask about all resources' outputs together. Raises `PackError`."""
        try:
            request = analyzer_pb2.AnalyzeStackRequest(resources=resources)
            response: analyzer_pb2.AnalyzeResponse = self.stub.AnalyzeStack(request, timeout=_CALL_SECONDS)
        except grpc.RpcError as error:
            raise PackError(_explain(error, self.log)) from error
        return response


def _explain(error: grpc.RpcError, log: IO[bytes]) -> str:
    """One line: what gRPC says, and the last thing the pack printed."""
    reason = " ".join((error.details() or str(error.code())).split())
    if error.code() == grpc.StatusCode.UNAVAILABLE:
        reason = f"it ended: {_last_line(log) or reason}"
    elif error.code() == grpc.StatusCode.DEADLINE_EXCEEDED:
        reason = f"it did not answer within {_CALL_SECONDS:.0f} seconds"
    return f"the policy pack failed: {reason}"


def _last_line(log: IO[bytes]) -> str:
    log.seek(0)
    lines = log.read().decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


@contextmanager
def boot(folder: Path, settings: StackSettings | None, policies: Mapping[str, Any]) -> Iterator[Booted]:
    """
    The pack in `folder` as a process of its own, configured with `policies`, until the block ends.

    Without `settings` it is told no stack, as by `pulumi policy analyze`. Raises `PackError`.
    """
    if not (folder / "__main__.py").is_file():
        message = f"{folder}: no policy pack here (__main__.py is missing)"
        raise PackError(message)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as log:
        # An isolated interpreter starts an isolated one; any other one finds in the current folder what is the pack's own.
        isolated = ("-I",) if sys.flags.isolated else ()
        command = [sys.executable, *isolated, "-u", "-m", "pulumi.policy", _NO_ENGINE, str(folder)]
        with run_group(command, cwd=folder, env=_make_environment(settings), output=out, error=log) as process:
            port = _await_port(process, out, log)
            with grpc.insecure_channel(f"127.0.0.1:{port}", options=CHANNEL_OPTIONS) as channel:
                yield _configure(folder, analyzer_pb2_grpc.AnalyzerStub(channel), settings, policies, log)


def _make_environment(settings: StackSettings | None) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PULUMI_")}
    if settings is None:
        return kept
    return kept | {
        "PULUMI_ORGANIZATION": settings.organization,
        "PULUMI_PROJECT": settings.project,
        "PULUMI_STACK": settings.stack,
        "PULUMI_DRY_RUN": "true" if settings.dry_run else "false",
        "PULUMI_CONFIG": json.dumps(dict(settings.config)),
    }


def _await_port(process: subprocess.Popen[bytes], out: IO[bytes], log: IO[bytes]) -> int:
    """The first line of standard output, which is the port or the end of the matter."""
    deadline = time.monotonic() + _BOOT_SECONDS
    while time.monotonic() < deadline:
        ended = process.poll() is not None
        out.seek(0)
        line, newline, _ = out.read(1024).partition(b"\n")
        if newline:
            return _read_port(line)
        if ended:
            message = f"the policy pack did not start: {_last_line(log) or f'exit status {process.returncode}'}"
            raise PackError(message)
        time.sleep(0.005)
    message = f"the policy pack did not start within {_BOOT_SECONDS:.0f} seconds"
    raise PackError(message)


def _read_port(line: bytes) -> int:
    if not line.strip().isdigit():
        message = "the policy pack did not start: it printed something before its port"
        raise PackError(message)
    return int(line)


def _configure(
    folder: Path, stub: analyzer_pb2_grpc.AnalyzerStub, settings: StackSettings | None, policies: Mapping[str, Any], log: IO[bytes]
) -> Booted:
    """ConfigureStack, then Configure, which comes even when there is no configuration."""
    try:
        if settings is not None:
            stub.ConfigureStack(_describe_stack(settings), timeout=_CALL_SECONDS)
        info = stub.GetAnalyzerInfo(empty_pb2.Empty(), timeout=_CALL_SECONDS)
        config = configure(info, policies)
        if isinstance(config, Failure):
            raise PackError(config.message)
        if config:
            stub.Configure(analyzer_pb2.ConfigureAnalyzerRequest(policyConfig=config), timeout=_CALL_SECONDS)
    except grpc.RpcError as error:
        raise PackError(_explain(error, log)) from error
    return Booted(_describe_pack(folder, info, config), stub, log)


def _describe_stack(settings: StackSettings) -> analyzer_pb2.AnalyzerStackConfigureRequest:
    return analyzer_pb2.AnalyzerStackConfigureRequest(
        stack=settings.stack,
        project=settings.project,
        organization=settings.organization,
        dry_run=settings.dry_run,
        config=dict(settings.config),
        config_secret_keys=settings.secret_keys,
    )


def _describe_pack(folder: Path, info: analyzer_pb2.AnalyzerInfo, config: Mapping[str, analyzer_pb2.PolicyConfig]) -> Pack:
    levels = {value: name for name, value in LEVELS.items()}
    policies = tuple(
        PolicyInfo(
            name=policy.name,
            description=policy.description,
            kind="stack" if policy.policy_type == analyzer_pb2.POLICY_TYPE_STACK else "resource",
            level=levels[config[policy.name].enforcementLevel],  # type: ignore[arg-type]  # LEVELS' keys are exactly those of Policy
            severity=_SEVERITIES.get(policy.severity, ""),
            url=policy.url,
        )
        for policy in info.policies
    )
    return Pack(info.name, _read_version(folder) or info.version, policies)


def _read_version(folder: Path) -> str:
    """The version of PulumiPolicy.yaml, which wins over what the SDK says."""
    file = folder / "PulumiPolicy.yaml"
    content = yaml.safe_load(file.read_text("utf-8")) if file.exists() else {}
    return str(content.get("version", "")) if isinstance(content, dict) else ""


def name_severity(severity: int) -> str:
    """A severity as it is written in reports, "" for none."""
    return _SEVERITIES.get(severity, "")  # type: ignore[call-overload, no-any-return]  # the protocol's enumeration is an int
