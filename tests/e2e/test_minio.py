"""
A real S3 server refuses unsigned uploads exactly where the verdict on the document says that they are denied.

MinIO asks the bucket policy for unsigned requests only, so this is no proof about signed ones; and of the operators and keys
that AWS knows it has few, so it is no second evaluator either. What both know, they read alike.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from http import HTTPStatus
from itertools import product
from pathlib import Path
from typing import Literal, NamedTuple

import pytest

from bucketpolicy.document import Document
from bucketpolicy.goal import SSE, TRANSPORT, Assumptions
from bucketpolicy.parse import parse
from bucketpolicy.request import Anonymous, Request
from bucketpolicy.semantics.evaluate import is_denied
from tests.e2e.cli import ROOT
from tests.e2e.s3 import HEADER, Answer, Server, run_server

pytestmark = pytest.mark.e2e

Operation = Literal["PutObject", "CopyObject", "CreateMultipartUpload"]
OPERATIONS: tuple[Operation, ...] = ("PutObject", "CopyObject", "CreateMultipartUpload")
BUCKET = "uploads"
OBJECTS = f"arn:aws:s3:::{BUCKET}/*"
ALLOW = {"Effect": "Allow", "Principal": "*", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": OBJECTS}
SNIPPET = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:PutObject",
    "Resource": OBJECTS,
    "Condition": {"Null": {"s3:x-amz-server-side-encryption": "true"}, "Bool": {"aws:SecureTransport": "false"}},
}


class Upload(NamedTuple):
    """One way to make an object, with or without the header, over HTTPS or HTTP."""

    operation: Operation
    header: bool
    tls: bool


UPLOADS = tuple(Upload(operation, header, tls) for operation, header, tls in product(OPERATIONS, (True, False), (True, False)))
COMPLETE = {Upload(operation, header=True, tls=True) for operation in OPERATIONS}
NEITHER = {Upload(operation, header=False, tls=False) for operation in OPERATIONS}


class Servers(NamedTuple):
    """The same server twice, since one speaks either HTTP or HTTPS."""

    http: Server
    https: Server

    def put_policy(self, document: str) -> None:
        """Put a document on the bucket, and an object to copy from beside it."""
        for server in self:
            assert server.send_signed("PUT", f"/{BUCKET}?policy", document.encode()) == Answer(HTTPStatus.NO_CONTENT, "")

    def upload(self, upload: Upload) -> int:
        """Status of an unsigned upload."""
        server = self.https if upload.tls else self.http
        headers = {HEADER: "AES256"} if upload.header else {}
        if upload.operation == "CreateMultipartUpload":
            return server.send("POST", f"/{BUCKET}/new?uploads=", headers).status
        if upload.operation == "CopyObject":
            return server.send("PUT", f"/{BUCKET}/new", headers | {"x-amz-copy-source": f"/{BUCKET}/source"}).status
        return server.send("PUT", f"/{BUCKET}/new", headers, b"data").status

    def accept(self) -> set[Upload]:
        """The uploads that get through; the others are refused by the policy and by nothing else."""
        statuses = {upload: self.upload(upload) for upload in UPLOADS}
        assert set(statuses.values()) <= {HTTPStatus.OK, HTTPStatus.FORBIDDEN}
        return {upload for upload, status in statuses.items() if status == HTTPStatus.OK}


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Both servers, with a bucket and an object to copy."""
    folder = tmp_path_factory.mktemp("minio")
    with run_server(folder / "http", tls=False) as plain, run_server(folder / "https", tls=True) as secure:
        for server in (plain, secure):
            assert server.send_signed("PUT", f"/{BUCKET}") == Answer(HTTPStatus.OK, "")
            assert server.send_signed("PUT", f"/{BUCKET}/source", b"source") == Answer(HTTPStatus.OK, "")
        yield Servers(plain, secure)


def write_document(*statements: object) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def fix(document: str, folder: Path) -> str:
    """The document that `python -m offline fix` makes of this one."""
    file = folder / "policy.json"
    file.write_text(document, "utf-8")
    command = (sys.executable, "-m", "offline", "fix", str(file), "--bucket", BUCKET)
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def judge(document: str, upload: Upload) -> bool | None:
    """Whether we say that this very request is denied; all three operations are the IAM action `s3:PutObject`."""
    parsed = parse(document)
    assert isinstance(parsed, Document)
    context = {TRANSPORT: ("true" if upload.tls else "false",)} | ({SSE: ("AES256",)} if upload.header else {})
    request = Request(Anonymous(), "s3:PutObject", f"arn:aws:s3:::{BUCKET}/new", tuple(sorted(context.items())))
    return is_denied(parsed, request, Assumptions())


def judge_all(document: str) -> set[Upload]:
    """The uploads that are not denied."""
    return {upload for upload in UPLOADS if judge(document, upload) is False}


def test_without_a_deny_every_upload_gets_through(servers: Servers) -> None:
    """The control run: what is refused below is refused by the Denies."""
    document = write_document(ALLOW)
    servers.put_policy(document)
    assert servers.accept() == judge_all(document) == set(UPLOADS)


def test_the_fixed_document_lets_only_encrypted_uploads_over_tls_through(servers: Servers, tmp_path: Path) -> None:
    """What `fix` adds to an Allow for everybody is in force."""
    document = fix(write_document(ALLOW), tmp_path)
    servers.put_policy(document)
    assert servers.accept() == judge_all(document) == COMPLETE


def test_the_snippet_of_the_benchmark_lets_one_half_through(servers: Servers) -> None:
    """Both conditions in one statement refuse only what lacks the header and comes over HTTP."""
    document = write_document(ALLOW, SNIPPET)
    servers.put_policy(document)
    assert servers.accept() == judge_all(document) == set(UPLOADS) - NEITHER
