"""Certificates for tests, written by hand: nothing of the project makes them."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from verifier import verify

BUCKET = "bucket"
SSE = "s3:x-amz-server-side-encryption"
ASSUMPTIONS = (
    "secure-transport-present",
    "tls-version-absent-on-http",
    "string-op-on-bool-key",
    "aws-star-covers-services",
    "source-ip-or-vpc-endpoint",
    "anonymous-has-no-identity",
    "service-principal-keys",
    "principal-keys-agree",
    "partition-from-document",
    "refused-by-s3",
    "tls-versions-are-known",
)
WITHOUT_HEADER = ({"key": SSE, "is": "absent"},)
OVER_HTTP = ({"key": "aws:SecureTransport", "is": "equal", "values": ["false"]},)


def deny(condition: Any = None, **elements: Any) -> dict[str, Any]:
    """A Deny for everyone of uploads to the bucket; an element that is None is left out."""
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{BUCKET}/*", **elements}
    statement |= {} if condition is None else {"Condition": condition}
    return {name: value for name, value in statement.items() if value is not None}


def certify(  # noqa: PLR0913 (the members of a certificate)
    document: Any,
    where: Any = WITHOUT_HEADER,
    *,
    actions: tuple[str, ...] = ("s3:PutObject",),
    on: str = "object",
    proof: Any = None,
    exempt: tuple[str, ...] = (),
    assumptions: tuple[str, ...] = ASSUMPTIONS,
    control_policies: tuple[Any, ...] = (),
    partition: str = "aws",
) -> dict[str, Any]:
    """A certificate of one target; without a proof, with one leaf that names every statement of the document."""
    if isinstance(document, (list, tuple)):
        document = {"Version": "2012-10-17", "Statement": list(document)}
    text = document if isinstance(document, str) else json.dumps(document)
    if proof is None:
        statements = json.loads(text)["Statement"]
        proof = {"denied_by": list(range(1, len(statements) + 1 if isinstance(statements, list) else 2))}
    return {
        "certificate": 1,
        "bucket": BUCKET,
        "partition": partition,
        "document": text,
        "document_sha256": hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        "control_policies": [{"name": name, "document": json.dumps(policy)} for name, policy in control_policies],
        "assumptions": list(assumptions),
        "goal": {"exempt": list(exempt), "targets": [{"actions": list(actions), "on": on, "where": list(where)}]},
        "proof": [proof],
    }


class Bench:
    """Runs the verifier on certificates, in a folder of its own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Files go to the folder."""
        self.folder, self.capsys = folder, capsys

    def write(self, content: Any, name: str = "certificate.json") -> str:
        """A file: of bytes, of a text, or of a JSON value."""
        path = self.folder / name
        raw = content if isinstance(content, bytes) else (content if isinstance(content, str) else json.dumps(content)).encode()
        path.write_bytes(raw)
        return str(path)

    def run(self, certificate: Any, policy: Any = None) -> tuple[int, str]:
        """The status, and the last line that is printed."""
        arguments = [self.write(certificate)] + ([] if policy is None else [self.write(policy, "policy.json")])
        status = verify.main(arguments)
        output = self.capsys.readouterr()
        assert output.err == ""
        return status, output.out.rstrip("\n").rpartition("\n")[2]

    def status(self, certificate: Any, policy: Any = None) -> int:
        """The status alone."""
        return self.run(certificate, policy)[0]
