"""Transforms: callbacks by which a program changes resources and data source calls before the engine sees them."""

from collections.abc import Iterable, Mapping
from typing import Any

import grpc
from pulumi.runtime.proto import callback_pb2, callback_pb2_grpc, resource_pb2

from offline.engine.pack.boot import CHANNEL_OPTIONS

_SAME_NAME = {
    "protect": "protect",
    "ignore_changes": "ignoreChanges",
    "replace_on_changes": "replaceOnChanges",
    "version": "version",
    "provider": "provider",
    "custom_timeouts": "customTimeouts",
    "plugin_download_url": "pluginDownloadURL",
    "retain_on_delete": "retainOnDelete",
    "deleted_with": "deletedWith",
    "delete_before_replace": "deleteBeforeReplace",
    "additional_secret_outputs": "additionalSecretOutputs",
    "providers": "providers",
    "depends_on": "dependencies",
    "aliases": "aliases",
    "import": "importId",
}


def _call(callback: callback_pb2.Callback, request: bytes) -> bytes:
    with grpc.insecure_channel(callback.target, options=CHANNEL_OPTIONS) as channel:
        stub = callback_pb2_grpc.CallbacksStub(channel)
        answer: callback_pb2.CallbackInvokeResponse = stub.Invoke(callback_pb2.CallbackInvokeRequest(token=callback.token, request=request))
        return answer.response


def transform_resource(
    request: resource_pb2.RegisterResourceRequest, callbacks: Iterable[callback_pb2.Callback]
) -> resource_pb2.RegisterResourceRequest:
    """The request as the callbacks leave it, one after the other. Raises what gRPC raises when a callback fails."""
    changed = resource_pb2.RegisterResourceRequest()
    changed.CopyFrom(request)
    for callback in callbacks:
        question = resource_pb2.TransformRequest(
            type=changed.type,
            name=changed.name,
            custom=changed.custom,
            parent=changed.parent,
            properties=changed.object,
            options=resource_pb2.TransformResourceOptions(**_read_options(changed)),
        )
        answer = resource_pb2.TransformResponse.FromString(_call(callback, question.SerializeToString()))
        if answer.HasField("properties"):
            changed.object.CopyFrom(answer.properties)
        if answer.HasField("options"):
            _write_options(changed, answer.options)
    return changed


def _read_options(request: resource_pb2.RegisterResourceRequest) -> Mapping[str, Any]:
    """Optional fields are handed on only where they are set: unset and false differ."""
    unset = {name for name in ("protect", "retainOnDelete") if not request.HasField(name)}
    if not request.deleteBeforeReplaceDefined:
        unset.add("deleteBeforeReplace")
    return {ours: getattr(request, theirs) for ours, theirs in _SAME_NAME.items() if theirs not in unset}


def _write_options(request: resource_pb2.RegisterResourceRequest, options: resource_pb2.TransformResourceOptions) -> None:
    for ours, theirs in _SAME_NAME.items():
        request.ClearField(theirs)  # type: ignore[arg-type]  # a name out of the table above
        field = options.DESCRIPTOR.fields_by_name[ours]
        if field.has_presence and not options.HasField(ours):  # type: ignore[arg-type]  # as above
            continue
        partial = resource_pb2.RegisterResourceRequest(**{theirs: getattr(options, ours)})
        request.MergeFrom(partial)
    request.deleteBeforeReplaceDefined = options.HasField("delete_before_replace")


def transform_invoke(
    request: resource_pb2.ResourceInvokeRequest, callbacks: Iterable[callback_pb2.Callback]
) -> resource_pb2.ResourceInvokeRequest:
    """The same for a data source call."""
    changed = resource_pb2.ResourceInvokeRequest()
    changed.CopyFrom(request)
    for callback in callbacks:
        options = resource_pb2.TransformInvokeOptions(provider=changed.provider, version=changed.version)
        question = resource_pb2.TransformInvokeRequest(token=changed.tok, args=changed.args, options=options)
        answer = resource_pb2.TransformInvokeResponse.FromString(_call(callback, question.SerializeToString()))
        if answer.HasField("args"):
            changed.args.CopyFrom(answer.args)
        if answer.HasField("options"):
            changed.provider, changed.version = answer.options.provider, answer.options.version
    return changed
