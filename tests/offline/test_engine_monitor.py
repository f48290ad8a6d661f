"""The monitor, asked by a program that speaks the protocol itself: what SDKs seldom or no longer do."""

import json
import sys
from typing import Any

import pytest

from offline.engine.program.run import RunOptions, preview
from offline.run import Run

PROGRAM = """
import grpc, json, os
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import callback_pb2, engine_pb2, engine_pb2_grpc, resource_pb2, resource_pb2_grpc

channel = grpc.insecure_channel(os.environ["PULUMI_MONITOR"])
monitor, engine = resource_pb2_grpc.ResourceMonitorStub(channel), engine_pb2_grpc.EngineStub(channel)
URN = "urn:pulumi:dev::raw::pulumi:pulumi:Stack::raw-dev"
told = {}

def register(kind, name, **more):
    request = resource_pb2.RegisterResourceRequest(type=kind, name=name, **more)
    return json_format.MessageToDict(monitor.RegisterResource(request))

def write(properties):
    struct = struct_pb2.Struct()
    struct.update(properties)
    return struct

def refuse(method, request):
    try:
        method(request)
    except grpc.RpcError as error:
        return [error.code().name, error.details()]

def supports(name):
    return monitor.SupportsFeature(resource_pb2.SupportsFeatureRequest(id=name)).hasSupport

told["features"] = [supports("outputValues"), supports("telepathy")]
engine.SetRootResource(engine_pb2.SetRootResourceRequest(urn=URN))
told["root"] = engine.GetRootResource(engine_pb2.GetRootResourceRequest()).urn
engine.RequirePulumiVersion(engine_pb2.RequirePulumiVersionRequest(pulumi_version_range=">99"))
engine.StartDebugging(engine_pb2.StartDebuggingRequest())
monitor.RegisterResourceHook(resource_pb2.RegisterResourceHookRequest(name="hook"))
monitor.RegisterErrorHook(resource_pb2.RegisterErrorHookRequest(name="hook"))
register("pulumi:pulumi:Stack", "raw-dev")
parameter = resource_pb2.Parameterization(name="cloud", version="2.0.0")
package = monitor.RegisterPackage(resource_pb2.RegisterPackageRequest(name="base", version="1.0.0", parameterization=parameter)).ref
register("cloud:index:Thing", "thing", custom=True, parent=URN, packageRef=package)
secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "hush"}
old, new = (write({"bucket": f"{age}-1", "tags": secret}) for age in ("old", "new"))
new_ways = {"acceptSecrets": True, "supportsPartialValues": True}
told["old SDK"] = register("aws:s3/bucket:Bucket", "old", custom=True, parent=URN, object=old)
told["new SDK"] = register("aws:s3/bucket:Bucket", "new", custom=True, parent=URN, object=new, **new_ways)
told["invoke"] = refuse(monitor.Invoke, resource_pb2.ResourceInvokeRequest(tok="cloud:index:getThing"))
told["call"] = refuse(monitor.Call, resource_pb2.ResourceCallRequest(tok="eks:index:Cluster/getKubeconfig"))
print(json.dumps(told))
monitor.SignalAndWaitForShutdown(empty_pb2.Empty())
"""
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The program's run."""
    folder = tmp_path_factory.mktemp("raw")
    (folder / "Pulumi.yaml").write_text("name: raw\nruntime: python\n", "utf-8")
    (folder / "program.py").write_text(PROGRAM, "utf-8")
    run = preview(RunOptions(folder, command=f"{sys.executable} program.py"))
    assert isinstance(run, Run), run
    return run


@pytest.fixture(scope="module")
def told(outcome: Run) -> Any:
    """What the monitor answered, in the first run."""
    return json.loads(outcome.output)


def test_older_ways_of_asking(told: Any) -> None:
    """Features one by one, and the root resource."""
    assert told["features"] == [True, False]
    assert told["root"] == "urn:pulumi:dev::raw::pulumi:pulumi:Stack::raw-dev"


def test_an_older_sdk_is_given_neither_unknown_values_nor_secrets(told: Any) -> None:
    """A newer one both."""
    assert told["old SDK"]["object"] == {"bucket": "old-1", "forceDestroy": False, "tags": "hush"}
    assert told["new SDK"]["object"]["arn"] == UNKNOWN
    assert told["new SDK"]["object"]["tags"]["value"] == "hush"


def test_an_older_sdk_is_refused_a_data_source_without_an_answer(told: Any) -> None:
    """It would take an unknown result for an empty one."""
    reason = "nobody answers cloud:index:getThing offline: give its result with --mocks"
    assert told["invoke"] == ["UNIMPLEMENTED", reason]


def test_a_method_inside_a_provider_is_refused(told: Any) -> None:
    """By its name."""
    reason = "eks:index:Cluster/getKubeconfig is a method inside a provider, which does not run offline"
    assert told["call"] == ["UNIMPLEMENTED", reason]


def test_a_parameterised_package_goes_by_its_own_name(outcome: Run) -> None:
    """Its default provider has its version."""
    thing = next(seen for seen in outcome.resources if seen.name == "thing")
    provider = next(seen for seen in outcome.resources if seen.urn == thing.provider)
    assert (provider.type, provider.name, provider.inputs["version"]) == ("pulumi:providers:cloud", "default_2_0_0", "2.0.0")
