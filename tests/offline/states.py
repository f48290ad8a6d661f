"""State exports, as `pulumi stack export` prints them."""

import json
from typing import Any

STACK = "urn:pulumi:prod::shop"
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  the mark, not a secret
ROOT = {"urn": f"{STACK}::pulumi:pulumi:Stack::shop-prod", "custom": False, "type": "pulumi:pulumi:Stack"}
PROVIDER_URN = f"{STACK}::pulumi:providers:aws::default"


def urn(kind: str, name: str) -> str:
    """The URN of a resource of the stack."""
    return f"{STACK}::{kind}::{name}"


def provider(**inputs: object) -> dict[str, Any]:
    """The default provider of aws."""
    return {"urn": PROVIDER_URN, "custom": True, "id": "p1", "type": "pulumi:providers:aws", "inputs": inputs, "outputs": inputs}


def resource(kind: str, name: str, inputs: dict[str, Any], outputs: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Any resource; the outputs are the inputs where nothing else is said."""
    return {
        "urn": urn(kind, name),
        "custom": True,
        "id": name,
        "type": kind,
        "inputs": inputs,
        "outputs": inputs if outputs is None else outputs,
        "parent": ROOT["urn"],
        "provider": f"{PROVIDER_URN}::p1",
        **more,
    }


def bucket(name: str, bucket_name: str | None = None, **more: Any) -> dict[str, Any]:
    """A bucket; its name is its Pulumi name where nothing else is said."""
    own = bucket_name or name
    outputs = {"bucket": own, "id": own, "arn": f"arn:aws:s3:::{own}", "policy": ""}
    return resource("aws:s3/bucket:Bucket", name, {"bucket": own, "__defaults": []}, outputs, **more)


def policy(name: str, bucket_name: object, document: object, **more: Any) -> dict[str, Any]:
    """A BucketPolicy."""
    return resource("aws:s3/bucketPolicy:BucketPolicy", name, {"bucket": bucket_name, "policy": document}, **more)


def export(*resources: dict[str, Any]) -> str:
    """The file."""
    deployment = {"manifest": {"version": "v3.259.0"}, "resources": [ROOT, provider(region="eu-west-1"), *resources]}
    return json.dumps({"version": 3, "deployment": deployment})


def encrypted() -> dict[str, Any]:
    """A secret as an export without `--show-secrets` has it."""
    return {SIGNATURE: SECRET, "ciphertext": "AAABAJ5v"}


def plain(value: object) -> dict[str, Any]:
    """A secret as an export with `--show-secrets` has it."""
    return {SIGNATURE: SECRET, "plaintext": json.dumps(value)}
