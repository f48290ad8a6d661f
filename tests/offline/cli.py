"""Runs `python -m offline` in this process, and holds documents that the tests share."""

import io
import json
import sys
from typing import Any, NamedTuple
from unittest.mock import patch

from offline.__main__ import main

UPLOADS = "aws-s3-bucket-policy-denies-unencrypted-uploads"
TRANSPORT = "aws-s3-bucket-policy-denies-insecure-transport"
ALL_TRANSPORT = "aws-s3-bucket-policy-denies-all-insecure-requests"
HAS_POLICY = "aws-s3-bucket-has-policy"
SSE = "s3:x-amz-server-side-encryption"


class Ended(NamedTuple):
    """What a command left behind."""

    status: int
    out: str
    err: str


def run(*arguments: str, stdin: bytes = b"") -> Ended:
    """One command, with these bytes as standard input; neither stream is a terminal."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8", newline=""), io.TextIOWrapper(io.BytesIO(), "utf-8", newline="")
    with (
        patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin))),
        patch.object(sys, "stdout", out),
        patch.object(sys, "stderr", err),
    ):
        status = main(list(arguments))
    return Ended(status, _read(out), _read(err))


def _read(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8")


def deny_headerless(bucket: str) -> dict[str, Any]:
    """The statement for the first half of the control."""
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
        "Condition": {"Null": {SSE: "true"}},
    }


def deny_http(bucket: str) -> dict[str, Any]:
    """The statement for the second half, wide enough for every request."""
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def allow_reading(bucket: str) -> dict[str, Any]:
    """A statement that has nothing to do with the control."""
    return {
        "Effect": "Allow",
        "Principal": {"AWS": "111122223333"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }


def write_document(*statements: dict[str, Any]) -> str:
    """A policy of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def write_compliant(bucket: str = "logs") -> str:
    """A policy that every document policy is content with."""
    return write_document(deny_headerless(bucket), deny_http(bucket))


def write_open() -> str:
    """A policy that denies nothing."""
    return write_document(allow_reading("logs"))
