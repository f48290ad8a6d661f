"""
A policy pack that lets everything pass and writes down what it is sent.

Each request becomes a line of JSON, `{"method": ..., "request": ...}`, in the file that `S3_GUARD_TEST_RECORD` names.
It speaks the protocol itself, since the SDK shows a policy less than what arrives.
"""

import json
import os
import sys
import threading
from concurrent import futures
from pathlib import Path

import grpc
from google.protobuf import empty_pb2, json_format
from google.protobuf.message import Message
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc, plugin_pb2

RECORD = Path(os.environ["S3_GUARD_TEST_RECORD"])
LOCK = threading.Lock()


def write_down(method: str, request: Message) -> None:
    """One line."""
    line = json.dumps({"method": method, "request": json_format.MessageToDict(request)}, sort_keys=True)
    with LOCK, RECORD.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


class Recorder(analyzer_pb2_grpc.AnalyzerServicer):
    """Every call of the protocol that the engine makes."""

    def GetAnalyzerInfo(self, _request: object, _context: object) -> analyzer_pb2.AnalyzerInfo:  # noqa: N802  gRPC's name
        """One policy of each kind."""
        kinds = {"resources": analyzer_pb2.POLICY_TYPE_RESOURCE, "stack": analyzer_pb2.POLICY_TYPE_STACK}
        policies = [
            analyzer_pb2.PolicyInfo(name=name, description=name, policy_type=kind, enforcementLevel=analyzer_pb2.ADVISORY)
            for name, kind in kinds.items()
        ]
        return analyzer_pb2.AnalyzerInfo(name="recorder", version="0.0.1", policies=policies, supportsConfig=True)

    def GetPluginInfo(self, _request: object, _context: object) -> plugin_pb2.PluginInfo:  # noqa: N802
        """A version to show."""
        return plugin_pb2.PluginInfo(version="0.0.1")

    def ConfigureStack(  # noqa: N802
        self, request: analyzer_pb2.AnalyzerStackConfigureRequest, _context: object
    ) -> analyzer_pb2.AnalyzerStackConfigureResponse:
        """The stack, its project and whether this is a preview."""
        write_down("ConfigureStack", request)
        return analyzer_pb2.AnalyzerStackConfigureResponse()

    def Configure(self, request: analyzer_pb2.ConfigureAnalyzerRequest, _context: object) -> empty_pb2.Empty:  # noqa: N802
        """The policies' configuration."""
        write_down("Configure", request)
        return empty_pb2.Empty()

    def Remediate(self, request: analyzer_pb2.AnalyzeRequest, _context: object) -> analyzer_pb2.RemediateResponse:  # noqa: N802
        """A resource before its Analyze."""
        write_down("Remediate", request)
        return analyzer_pb2.RemediateResponse()

    def Analyze(self, request: analyzer_pb2.AnalyzeRequest, _context: object) -> analyzer_pb2.AnalyzeResponse:  # noqa: N802
        """A resource's checked inputs."""
        write_down("Analyze", request)
        return analyzer_pb2.AnalyzeResponse()

    def AnalyzeStack(self, request: analyzer_pb2.AnalyzeStackRequest, _context: object) -> analyzer_pb2.AnalyzeResponse:  # noqa: N802
        """Every resource's outputs."""
        write_down("AnalyzeStack", request)
        return analyzer_pb2.AnalyzeResponse()


if __name__ == "__main__":
    server = grpc.server(futures.ThreadPoolExecutor(4), options=[("grpc.max_receive_message_length", 400 << 20)])
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Recorder(), server)
    sys.stdout.write(f"{server.add_insecure_port('127.0.0.1:0')}\n")
    server.start()
    server.wait_for_termination()
