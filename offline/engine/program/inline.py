"""A program that is a Python function, run in this process: what `offline.testing` does with a function."""

import asyncio
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import CodeType

import grpc
import pulumi.runtime
from pulumi.runtime.proto import engine_pb2_grpc, resource_pb2_grpc

from offline.engine.pack.boot import CHANNEL_OPTIONS
from offline.engine.program.configuration import Project
from offline.engine.program.process import Ended
from offline.engine.program.pulumi_yaml.expressions import WrongProgramError
from offline.engine.protocol.session import Session
from offline.run import Failure

_PARALLEL = 16


def run_function(function: Callable[[], object], project: Project, patience: float, address: str, session: Session) -> Ended | Failure:
    """
    The function, from its call to the end of all it started, in a thread of its own.

    The SDK keeps its settings in context variables, of which each thread has its own: neither the caller's nor another run's are touched.
    A function that does not end within `patience` seconds is left to itself.
    """
    outcome: list[Ended] = []
    thread = threading.Thread(target=lambda: outcome.append(_run(function, project, address, session)), daemon=True)
    thread.start()
    thread.join(patience)
    if session.failure is not None:
        return session.failure
    return outcome[0] if outcome else Failure(f"the program did not end within {patience:.0f} seconds")


def _run(function: Callable[[], object], project: Project, address: str, session: Session) -> Ended:
    """The channel is the caller's to close: gRPC grumbles on standard error when a server leaves first."""
    with grpc.insecure_channel(address, options=CHANNEL_OPTIONS) as channel:
        _configure(project, channel, dry_run=session.dry_run)
        return _run_configured(function, session)


def _run_configured(function: Callable[[], object], session: Session) -> Ended:
    executor = ThreadPoolExecutor(_PARALLEL)
    loop = asyncio.new_event_loop()
    loop.set_default_executor(executor)
    # A run that is ended early leaves futures behind that nobody asks; what went wrong is in the session already.
    loop.set_exception_handler(lambda _loop, _context: None)
    asyncio.set_event_loop(loop)

    def call() -> None:
        function()

    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(call))
    except Exception as error:  # noqa: BLE001  whatever the program raises
        session.log(str(error) if isinstance(error, WrongProgramError) else _describe(error, call.__code__), error=True)
    finally:
        executor.shutdown(wait=True)
        loop.close()
    return Ended(0, "")


def _describe(error: Exception, call: CodeType) -> str:
    """The traceback, without what is above the user's function."""
    below = error.__traceback__
    while below is not None and below.tb_frame.f_code is not call:
        below = below.tb_next
    own = below.tb_next if below is not None else error.__traceback__
    return "".join(traceback.format_exception(type(error), error, own))


def _configure(project: Project, channel: grpc.Channel, *, dry_run: bool) -> None:
    pulumi.runtime.set_all_config(dict(project.config), list(project.secret_keys))
    settings = pulumi.runtime.Settings(
        project=project.name,
        stack=project.stack,
        monitor=resource_pb2_grpc.ResourceMonitorStub(channel),
        engine=engine_pb2_grpc.EngineStub(channel),
        parallel=_PARALLEL,
        dry_run=dry_run,
        organization=project.organization,
        root_directory=str(project.folder),
    )
    pulumi.runtime.configure(settings)
