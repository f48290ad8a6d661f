"""The schema of the double of the AWS provider: the few tokens that programs in YAML use here, which their language host looks up."""

import json
from typing import Any

_STRING = {"type": "string"}
_ANY: dict[str, Any] = {"$ref": "pulumi.json#/Any"}
_STRINGS = {"type": "object", "additionalProperties": _STRING}
_BUCKET = {"bucket": _STRING, "bucketPrefix": _STRING, "policy": _STRING, "region": _STRING, "tags": _STRINGS}
_POLICY = {"bucket": _STRING, "policy": _STRING, "region": _STRING}


def write_schema(version: str) -> str:
    """As the engine hands it on."""
    return json.dumps(
        {
            "name": "aws",
            "version": version,
            "resources": {
                "aws:s3/bucket:Bucket": _describe_resource(_BUCKET, {"arn": _STRING}, ()),
                "aws:s3/bucketPolicy:BucketPolicy": _describe_resource(_POLICY, {}, ("bucket", "policy")),
            },
            "functions": {
                "aws:index/getCallerIdentity:getCallerIdentity": _describe_function({}, {"accountId": _STRING, "arn": _STRING}),
                "aws:iam/getPolicyDocument:getPolicyDocument": _describe_function(
                    {"statements": {"type": "array", "items": _ANY}, "version": _STRING}, {"json": _STRING}
                ),
            },
        }
    )


def _describe_resource(inputs: dict[str, Any], more: dict[str, Any], required: tuple[str, ...]) -> dict[str, Any]:
    return {"properties": inputs | more, "required": ["bucket"], "inputProperties": inputs, "requiredInputs": list(required)}


def _describe_function(inputs: dict[str, Any], outputs: dict[str, Any]) -> dict[str, Any]:
    return {
        "inputs": {"type": "object", "properties": inputs},
        "outputs": {"type": "object", "properties": outputs | {"id": _STRING}, "required": ["id", *outputs]},
    }
