"""A real S3 server (MinIO) on loopback: started and stopped by process id, over HTTP or HTTPS, and spoken to without an SDK."""

import contextlib
import hashlib
import hmac
import http.client
import os
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

import trustme

from tools.build_cli import MINIO_HOME

USER, PASSWORD = "tester", "tester-password"
KEY = "key:" + "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
"""What the server encrypts with: without it, it refuses uploads that ask for encryption."""
START = 180
"""Seconds in which a server has to be ready, however busy the machine is."""
HEADER = "x-amz-server-side-encryption"


class Answer(NamedTuple):
    """HTTP status and body."""

    status: int
    body: str


class Server(NamedTuple):
    """A running server; `trust` is what a client needs for HTTPS, None over HTTP."""

    port: int
    trust: ssl.SSLContext | None

    def send(self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"", seconds: float = 60) -> Answer:
        """One request, as it is given: unsigned unless the headers carry a signature."""
        connection: http.client.HTTPConnection
        if self.trust is None:
            connection = http.client.HTTPConnection("localhost", self.port, timeout=seconds)
        else:
            connection = http.client.HTTPSConnection("localhost", self.port, timeout=seconds, context=self.trust)
        with contextlib.closing(connection):
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, response.read().decode())

    def send_signed(self, method: str, path: str, body: bytes = b"", seconds: float = 60) -> Answer:
        """One request of the server's owner; `path` may end in one query parameter without a value."""
        return self.send(method, path, sign(method, f"localhost:{self.port}", path, body), body, seconds)


@contextlib.contextmanager
def run_server(folder: Path, *, tls: bool) -> Iterator[Server]:
    """A server with its data in `folder`, until the block is left."""
    port, certificates = find_port(), folder / "certificates"
    certificates.mkdir(parents=True)
    trust = make_certificate(certificates) if tls else None
    command = (str(MINIO_HOME / "minio"), "server", "--quiet", "--address", f"localhost:{port}")
    environment = {
        "HOME": str(folder),
        "MINIO_ROOT_USER": USER,
        "MINIO_ROOT_PASSWORD": PASSWORD,
        "MINIO_KMS_SECRET_KEY": KEY,
        "MINIO_BROWSER": "off",
        "MINIO_UPDATE": "off",
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            (*command, "--certs-dir", str(certificates), str(folder / "data")),
            env={"PATH": os.environ["PATH"]} | environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        server = Server(port, trust)
        try:
            wait_until_ready(server, process, folder / "log")
            yield server
        finally:
            process.kill()
            process.wait()


def find_port() -> int:
    """A loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_certificate(folder: Path) -> ssl.SSLContext:
    """A certificate for `localhost` where the server looks for it, and a context that trusts its maker."""
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    certificate.private_key_pem.write_to_path(folder / "private.key")
    for part in certificate.cert_chain_pems:
        part.write_to_path(folder / "public.crt", append=True)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    return trust


def wait_until_ready(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server lets its owner make a bucket: it answers, and calls itself ready, a while before."""
    answer = Answer(0, "nothing")
    end = time.monotonic() + START
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            answer = server.send_signed("PUT", "/ready", seconds=10)
            if answer.status in (http.HTTPStatus.OK, http.HTTPStatus.CONFLICT):
                return
        time.sleep(0.1)
    message = f"the S3 server on port {server.port}, exit status {process.poll()}, answered {answer}:"
    raise AssertionError(message, log.read_text("utf-8", "replace"))


def sign(method: str, host: str, path: str, body: bytes) -> dict[str, str]:
    """The headers of an AWS Signature Version 4."""
    now = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    day, payload = now[:8], hashlib.sha256(body).hexdigest()
    plain, _, query = path.partition("?")
    headers = {"host": host, "x-amz-content-sha256": payload, "x-amz-date": now}
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    canonical = f"{method}\n{plain}\n{query and query + '='}\n{lines}\n{names}\n{payload}"
    scope = f"{day}/us-east-1/s3/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{PASSWORD}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.new(key, text.encode(), "sha256").hexdigest()
    authorization = f"AWS4-HMAC-SHA256 Credential={USER}/{scope}, SignedHeaders={names}, Signature={signature}"
    return headers | {"authorization": authorization}
