"""
Double of the AWS providers (`aws`, bridged; `aws-native`), for what S3 buckets and their policies need.

Modelled on the Terraform bridge: it names buckets and serialises policies in Check, and computed outputs are unknown in a preview.
What is attached to a bucket is kept in the folder that `S3_GUARD_TEST_CLOUD` names, one file a bucket, so that a refresh sees it.
It validates nothing, and other resource types pass with their inputs as outputs.
"""

import json
import os
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from tests.e2e.standins.aws_schema import write_schema
from tests.e2e.standins.serving import serve

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
ACCOUNT = "123456789012"
DEFAULT_REGION = "eu-central-1"
Properties = dict[str, Any]


class Kind(NamedTuple):
    """How one resource type spells a bucket's name and a policy document, and whether it makes buckets."""

    name: str
    document: str
    makes_buckets: bool
    defaults: Mapping[str, Any]
    computed: tuple[str, ...]
    serialises: bool = True


BUCKET_OUTPUTS = (
    "id",
    "arn",
    "acl",
    "policy",
    "region",
    "bucketRegion",
    "bucketDomainName",
    "bucketRegionalDomainName",
    "hostedZoneId",
    "tagsAll",
)
KINDS = {
    "aws:s3/bucket:Bucket": Kind("bucket", "policy", True, {"forceDestroy": False}, BUCKET_OUTPUTS),  # noqa: FBT003  a table
    "aws:s3/bucketV2:BucketV2": Kind("bucket", "policy", True, {"forceDestroy": False}, BUCKET_OUTPUTS),  # noqa: FBT003
    "aws:s3/bucketPolicy:BucketPolicy": Kind("bucket", "policy", False, {}, ("id",)),  # noqa: FBT003
    "aws-native:s3:Bucket": Kind("bucketName", "", True, {}, ("arn", "domainName")),  # noqa: FBT003
    "aws-native:s3:BucketPolicy": Kind("bucket", "policyDocument", False, {}, (), serialises=False),  # noqa: FBT003
}
OTHER = Kind("bucket", "", makes_buckets=False, defaults={}, computed=("id",))


def check(kind: Kind, name: str, seed: bytes, news: Properties, olds: Properties) -> Properties:
    """The inputs with what the provider adds: a bucket's name, defaults, the document as text."""
    inputs = {key: value for key, value in news.items() if key != "__defaults"}
    defaults = {key: value for key, value in kind.defaults.items() if key not in inputs}
    if kind.makes_buckets and kind.name not in inputs and "bucketPrefix" not in inputs:
        kept = olds.get(kind.name) if kind.name in olds.get("__defaults", ()) else None
        defaults[kind.name] = kept or f"{name.lower()}-{seed.hex()[:7]}"
    if kind.serialises and kind.document in inputs:
        inputs[kind.document] = serialise(inputs[kind.document])
    return inputs | defaults | {"__defaults": sorted(defaults)}


def serialise(document: Any) -> str:
    """Text stays; anything else becomes JSON, or wholly unknown when a part of it is."""
    if isinstance(document, str):
        return document
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return UNKNOWN if UNKNOWN in text else text


def compute(kind: Kind, bucket: str, inputs: Properties, region: str, *, preview: bool) -> Properties:
    """The outputs of a resource: its inputs and what AWS adds, which a preview does not know."""
    given = {key: value for key, value in inputs.items() if key != "__defaults"}
    if preview:
        unknown = dict.fromkeys((*kind.computed, *((kind.name,) if kind.makes_buckets else ())), UNKNOWN)
        return unknown | given
    partition, suffix = ("aws-cn", "amazonaws.com.cn") if region.startswith("cn-") else ("aws", "amazonaws.com")
    known = {
        "id": bucket,
        "arn": f"arn:{partition}:s3:::{bucket}",
        "acl": "private",
        "policy": "",
        "region": region,
        "bucketRegion": region,
        "bucketDomainName": f"{bucket}.s3.{suffix}",
        "bucketRegionalDomainName": f"{bucket}.s3.{region}.{suffix}",
        "domainName": f"{bucket}.s3.{suffix}",
        "hostedZoneId": "Z3AQBSTGFYJSTF",
        "tagsAll": given.get("tags") or {},
    }
    return {key: known[key] for key in kind.computed} | ({kind.name: bucket} if kind.makes_buckets else {}) | given


def attached(bucket: str) -> Path:
    """The file that holds what is attached to a bucket."""
    return Path(os.environ["S3_GUARD_TEST_CLOUD"], bucket)


def render_document(arguments: Properties) -> str:
    """`aws.iam.getPolicyDocument`, as the bridge renders it."""
    statements = [render_statement(statement) for statement in arguments.get("statements", ())]
    return json.dumps({"Version": arguments.get("version", "2012-10-17"), "Statement": statements}, indent=2)


def render_statement(given: Properties) -> Properties:
    """One statement; a list of one is written as its element."""
    statement: Properties = {"Effect": given.get("effect", "Allow")}
    if "sid" in given:
        statement["Sid"] = given["sid"]
    for source, element in (("actions", "Action"), ("notActions", "NotAction"), ("resources", "Resource"), ("notResources", "NotResource")):
        if source in given:
            statement[element] = shorten(given[source])
    for principal in given.get("principals", ()):
        everybody = principal["type"] == "*"
        statement["Principal"] = "*" if everybody else {principal["type"]: shorten(principal["identifiers"])}
    for condition in given.get("conditions", ()):
        tests = statement.setdefault("Condition", {}).setdefault(condition["test"], {})
        tests[condition["variable"]] = shorten(condition["values"])
    return statement


def shorten(values: list[str]) -> str | list[str]:
    """A list of one as its element, a longer one backwards, as the Terraform provider sorts it."""
    return values[0] if len(values) == 1 else sorted(values, reverse=True)


def answer_invoke(function: str, arguments: Properties) -> Properties:
    """What a data source gives."""
    if function == "aws:iam/getPolicyDocument:getPolicyDocument":
        document = render_document(arguments)
        return {"id": "1", "json": document, "minifiedJson": json.dumps(json.loads(document)), "version": "2012-10-17"}
    if function == "aws:index/getCallerIdentity:getCallerIdentity":
        return {"id": ACCOUNT, "accountId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:root", "userId": ACCOUNT}
    return {"id": "1", "partition": "aws", "region": DEFAULT_REGION, "name": DEFAULT_REGION}


def read(message: struct_pb2.Struct) -> Properties:
    """Properties as Python values."""
    return dict(json_format.MessageToDict(message))


def write(properties: Properties) -> struct_pb2.Struct:
    """Properties as a message."""
    message = struct_pb2.Struct()
    message.update(properties)
    return message


def split(urn: str) -> tuple[Kind, str]:
    """Kind and name of a resource."""
    *_, types, name = urn.split("::", 3)
    return KINDS.get(types.rsplit("$", 1)[-1], OTHER), name


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """The engine's questions about resources."""

    region = DEFAULT_REGION

    def Handshake(self, _request: object, _context: object) -> provider_pb2.ProviderHandshakeResponse:  # noqa: N802  gRPC's name
        """Neither secrets nor outputs are accepted: the engine takes the marks off and puts them back."""
        return provider_pb2.ProviderHandshakeResponse()

    def GetPluginInfo(self, _request: object, _context: object) -> plugin_pb2.PluginInfo:  # noqa: N802
        """The version that programs ask for."""
        return plugin_pb2.PluginInfo(version=version("pulumi-aws"))

    def GetSchema(self, _request: object, _context: object) -> provider_pb2.GetSchemaResponse:  # noqa: N802
        """Only the language host for YAML needs one."""
        return provider_pb2.GetSchemaResponse(schema=write_schema(version("pulumi-aws")))

    def CheckConfig(self, request: provider_pb2.CheckRequest, _context: object) -> provider_pb2.CheckResponse:  # noqa: N802
        """Any configuration will do."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, _request: object, _context: object) -> provider_pb2.DiffResponse:  # noqa: N802
        """No change matters."""
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request: provider_pb2.ConfigureRequest, _context: object) -> provider_pb2.ConfigureResponse:  # noqa: N802
        """Previews are supported."""
        self.region = str(read(request.args).get("region", DEFAULT_REGION))
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Cancel(self, _request: object, _context: object) -> empty_pb2.Empty:  # noqa: N802
        """The SIGINT that follows ends the plugin."""
        return empty_pb2.Empty()

    def Invoke(self, request: provider_pb2.InvokeRequest, _context: object) -> provider_pb2.InvokeResponse:  # noqa: N802
        """A data source."""
        return provider_pb2.InvokeResponse(**{"return": write(answer_invoke(request.tok, read(request.args)))})

    def Check(self, request: provider_pb2.CheckRequest, _context: object) -> provider_pb2.CheckResponse:  # noqa: N802
        """Inputs as they will be used."""
        kind, name = split(request.urn)
        return provider_pb2.CheckResponse(inputs=write(check(kind, name, request.randomSeed, read(request.news), read(request.olds))))

    def Diff(self, request: provider_pb2.DiffRequest, _context: object) -> provider_pb2.DiffResponse:  # noqa: N802
        """Another bucket name replaces the resource."""
        kind, _ = split(request.urn)
        olds, news = read(request.old_inputs), read(request.news)
        changed = sorted(key for key in olds.keys() | news.keys() if key != "__defaults" and olds.get(key) != news.get(key))
        outcome = provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(changes=outcome, diffs=changed, replaces=[key for key in changed if key == kind.name])

    def Create(self, request: provider_pb2.CreateRequest, _context: grpc.ServicerContext) -> provider_pb2.CreateResponse:  # noqa: N802
        """A new resource; for a bucket policy, what is attached to its bucket from now on."""
        kind, name = split(request.urn)
        inputs = read(request.properties)
        bucket = str(inputs.get(kind.name) or f"{inputs.get('bucketPrefix', name)}20261124000000000000000001")
        outputs = compute(kind, bucket, inputs, self.region, preview=request.preview)
        if not request.preview:
            attach(kind, bucket, inputs)
        return provider_pb2.CreateResponse(id="" if request.preview else bucket, properties=write(outputs))

    def Update(self, request: provider_pb2.UpdateRequest, _context: object) -> provider_pb2.UpdateResponse:  # noqa: N802
        """The old outputs with the new inputs over them."""
        kind, _ = split(request.urn)
        inputs = read(request.news)
        given = {key: value for key, value in inputs.items() if key != "__defaults"}
        if not request.preview:
            attach(kind, request.id, inputs)
        return provider_pb2.UpdateResponse(properties=write(read(request.olds) | given))

    def Read(self, request: provider_pb2.ReadRequest, _context: object) -> provider_pb2.ReadResponse:  # noqa: N802
        """A resource as it is now; a bucket shows what is attached to it, whoever did it."""
        kind, _ = split(request.urn)
        inputs, outputs = read(request.inputs), read(request.properties)
        current = compute(kind, request.id, inputs, self.region, preview=False) | outputs
        file = attached(request.id)
        if kind.document and kind.serialises:
            current.setdefault(kind.name, request.id)
            current[kind.document] = file.read_text("utf-8") if file.exists() else ""
        return provider_pb2.ReadResponse(id=request.id, properties=write(current), inputs=write(inputs))

    def Delete(self, request: provider_pb2.DeleteRequest, _context: object) -> empty_pb2.Empty:  # noqa: N802
        """With a bucket policy or a bucket goes what was attached."""
        kind, _ = split(request.urn)
        if kind.document:
            attached(request.id).unlink(missing_ok=True)
        return empty_pb2.Empty()


def attach(kind: Kind, bucket: str, inputs: Properties) -> None:
    """Keep the document of a bucket policy or of an inline policy."""
    if kind.document and kind.document in inputs:
        document = inputs[kind.document]
        attached(bucket).write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")


def main() -> NoReturn:
    """The plugin's process."""
    serve(lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(), server))
