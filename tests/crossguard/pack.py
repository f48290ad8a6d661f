"""
The pack under test, in process through the SDK's own servicer or booted as the engine boots it.

Both are asked with the engine's own requests. A `Resource` describes what the engine knows of one resource: `Double.analyze` sends its
`props` as inputs, `Double.analyze_stack` as outputs.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import grpc
import pytest
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc
from pulumi_policy.policy import EnforcementLevel, _PolicyAnalyzerServicer

from crossguard.pack.rule import Rule, StackRule
from crossguard.register import build
from policies import ALL

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 24)

#: How the wire says that a text is not known yet.
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
BUCKET = "aws:s3/bucket:Bucket"
BUCKET_V2 = "aws:s3/bucketV2:BucketV2"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
NATIVE_BUCKET = "aws-native:s3:Bucket"
NATIVE_BUCKET_POLICY = "aws-native:s3:BucketPolicy"

UPLOADS = "aws-s3-bucket-policy-denies-unencrypted-uploads"
TRANSPORT = "aws-s3-bucket-policy-denies-insecure-transport"
ALL_REQUESTS = "aws-s3-bucket-policy-denies-all-insecure-requests"
HAS_POLICY = "aws-s3-bucket-has-policy"
DOCUMENT_POLICIES = (UPLOADS, TRANSPORT, ALL_REQUESTS)
#: The published policies, which these tests are about: one that is added later has tests of its own.
POLICIES = (*DOCUMENT_POLICIES, HAS_POLICY)

_LEVELS = ("advisory", "mandatory", "disabled", "remediate")
_LIMIT = [("grpc.max_receive_message_length", 400 << 20), ("grpc.max_send_message_length", 400 << 20)]


class Resource(NamedTuple):
    """
    A resource as the engine knows it.

    `dependencies`: property to the URNs that it was made from. `region` is that of the provider, "" for one that names none; None: a
    component, which has no provider. `endpoints` are the provider's own, as it has them on the wire.
    """

    type: str
    name: str
    props: Mapping[str, Any]
    dependencies: Mapping[str, Sequence[str]] = {}
    region: str | None = ""
    endpoints: Any = None

    @property
    def urn(self) -> str:
        """The URN in the stack `dev` of the project `shop`."""
        return f"urn:pulumi:dev::shop::{self.type}::{self.name}"


class Said(NamedTuple):
    """A diagnostic: which policy says what at which level of which resource; `text` is without the policy's description."""

    policy: str
    level: str
    urn: str
    text: str


class Answer(NamedTuple):
    """All diagnostics of `POLICIES`, and the reason of each of them that does not apply."""

    said: tuple[Said, ...]
    skipped: Mapping[str, str]

    def levels(self) -> dict[str, str]:
        """The level at which each policy speaks, if it does."""
        return {one.policy: one.level for one in self.said}

    def of(self, policy: str) -> str:
        """What this one policy says, at exactly one resource."""
        (text,) = (one.text for one in self.said if one.policy == policy)
        return text


class Double:
    """What the engine can ask of a pack, over `call(method, request)`."""

    def __init__(self, call: Callable[[str, Any], Any]) -> None:
        """A pack that nobody has configured yet."""
        self._call = call

    def info(self) -> analyzer_pb2.AnalyzerInfo:
        """What the pack says of itself."""
        info: analyzer_pb2.AnalyzerInfo = self._call("GetAnalyzerInfo", empty_pb2.Empty())
        return info

    def configure(self, **policies: Mapping[str, Any]) -> None:
        """Configure `uploads`, `transport`, `all_requests`, `has_policy` as the engine does: always all of them, with a level."""
        names = {"uploads": UPLOADS, "transport": TRANSPORT, "all_requests": ALL_REQUESTS, "has_policy": HAS_POLICY}
        request = analyzer_pb2.ConfigureAnalyzerRequest()
        for short, name in names.items():
            given = dict(policies.get(short, {}))
            default = "advisory" if name == ALL_REQUESTS else "mandatory"
            request.policyConfig[name].enforcementLevel = _LEVELS.index(given.pop("enforcementLevel", default))
            request.policyConfig[name].properties.update(given)
        self._call("Configure", request)

    def analyze(self, resource: Resource) -> Answer:
        """Ask about one resource's inputs."""
        return _read(self._call("Analyze", _ask(resource)), self.info())

    def analyze_stack(self, *resources: Resource) -> Answer:
        """Ask about the outputs of all resources of a stack."""
        request = analyzer_pb2.AnalyzeStackRequest(resources=[_show(resource) for resource in resources])
        return _read(self._call("AnalyzeStack", request), self.info())

    def remediate(self, resource: Resource) -> dict[str, dict[str, Any]]:
        """Ask for remediations; gives the new properties in wire form, by policy."""
        response = self._call("Remediate", _ask(resource))
        return {one.policyName: json_format.MessageToDict(one.properties) for one in response.remediations}


def secret(value: object) -> dict[str, Any]:
    """The value with the mark of a secret, as it is on the wire."""
    return {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": value}


def attach(text: Any, target: str = "data", **props: Any) -> Resource:
    """A bucket policy called `data-policy`."""
    return Resource(BUCKET_POLICY, "data-policy", {"bucket": target, "policy": text, **props})


def make_double(today: date = TODAY, rules: tuple[Rule | StackRule, ...] = ALL) -> Double:
    """The pack in this process, through the SDK's own servicer; whether it is a preview is in `PULUMI_DRY_RUN`."""
    servicer = _PolicyAnalyzerServicer("s3-encryption-guard", "0.0.1", build(rules, lambda: today), EnforcementLevel.ADVISORY)
    return Double(lambda method, request: getattr(servicer, method)(request, None))


@contextmanager
def boot(folder: Path = ROOT, *, dry_run: bool = True) -> Iterator[Double]:
    """
    The pack in this folder as a process of its own, started as the language host starts it, until the block ends.

    It may print its port and nothing else.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")} | {
        "PULUMI_ORGANIZATION": "organization",
        "PULUMI_PROJECT": "shop",
        "PULUMI_STACK": "dev",
        "PULUMI_DRY_RUN": "true" if dry_run else "false",
        "PULUMI_CONFIG": "{}",
    }
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(folder)]
        process = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        try:
            port = _wait_for_port(process, out)
            with grpc.insecure_channel(f"127.0.0.1:{port}", options=_LIMIT) as channel:
                stub = analyzer_pb2_grpc.AnalyzerStub(channel)
                stub.ConfigureStack(analyzer_pb2.AnalyzerStackConfigureRequest(project="shop", stack="dev", dry_run=dry_run))
                yield Double(lambda method, request: getattr(stub, method)(request, timeout=60))
        finally:
            process.kill()
            process.wait()
        out.seek(0)
        err.seek(0)
        assert (f"{port}\n", "") == (out.read().decode(), err.read().decode())


def _wait_for_port(process: subprocess.Popen[bytes], out: Any) -> int:
    for _ in range(6000):
        out.seek(0)
        line = out.readline()
        if line.endswith(b"\n") or process.poll() is not None:
            return int(line)
        time.sleep(0.01)
    pytest.fail("no port within a minute")


def _ask(resource: Resource) -> analyzer_pb2.AnalyzeRequest:
    request = analyzer_pb2.AnalyzeRequest(
        type=resource.type, name=resource.name, urn=resource.urn, properties=_pack(resource.props), options=_options()
    )
    if resource.region is not None:
        request.provider.CopyFrom(_provide(resource.region, resource.endpoints))
    return request


def _show(resource: Resource) -> analyzer_pb2.AnalyzerResource:
    shown = analyzer_pb2.AnalyzerResource(
        type=resource.type, name=resource.name, urn=resource.urn, properties=_pack(resource.props), options=_options()
    )
    for name, urns in resource.dependencies.items():
        shown.propertyDependencies[name].urns.extend(urns)
        shown.dependencies.extend(urns)
    if resource.region is not None:
        shown.provider.CopyFrom(_provide(resource.region, resource.endpoints))
    return shown


def _provide(region: str, endpoints: Any) -> analyzer_pb2.AnalyzerProviderResource:
    return analyzer_pb2.AnalyzerProviderResource(
        type="pulumi:providers:aws",
        name="default_7_51_1",
        urn="urn:pulumi:dev::shop::pulumi:providers:aws::default_7_51_1",
        properties=_pack(
            {"version": "7.51.1", **({"region": region} if region else {}), **({} if endpoints is None else {"endpoints": endpoints})}
        ),
    )


def _options() -> analyzer_pb2.AnalyzerResourceOptions:
    return analyzer_pb2.AnalyzerResourceOptions(customTimeouts=analyzer_pb2.AnalyzerResourceOptions.CustomTimeouts())


def _pack(props: Mapping[str, Any]) -> struct_pb2.Struct:
    packed = struct_pb2.Struct()
    packed.update(props)
    return packed


def _read(response: analyzer_pb2.AnalyzeResponse, info: analyzer_pb2.AnalyzerInfo) -> Answer:
    descriptions = {policy.name: policy.description for policy in info.policies}
    said = tuple(
        Said(one.policyName, _LEVELS[one.enforcementLevel], one.urn, one.message.removeprefix(f"{descriptions[one.policyName]}\n"))
        for one in response.diagnostics
        if one.policyName in POLICIES
    )
    return Answer(said, {one.policy_name: one.reason for one in response.not_applicable if one.policy_name in POLICIES})
