"""The HTTP API of Pulumi Cloud on loopback, over its stand-in."""

import contextlib
import gzip
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

from tests.e2e.standins.cloud import ORGANIZATION, Body, Cloud, Refused

ACCESS = "token pul-test"
LEASE = "update-token lease"

Answer = Callable[..., Body]
ORG = f"/api/orgs/{ORGANIZATION}"
STACK = rf"/api/stacks/{ORGANIZATION}/([^/]+/[^/]+)"
UPDATE = rf"{STACK}/update/([^/]+)"
ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("GET", "/api/user", Cloud.get_user),
    ("GET", "/api/user/organizations/default", Cloud.get_default_organization),
    ("GET", "/api/capabilities", Cloud.get_capabilities),
    ("POST", f"{ORG}/policypacks", Cloud.publish),
    ("GET", f"{ORG}/policypacks", Cloud.list_packs),
    ("PUT", "/archives/([^/]+)/([^/]+)", Cloud.upload),
    ("GET", "/archives/([^/]+)/([^/]+)", Cloud.download),
    ("POST", f"{ORG}/policypacks/([^/]+)/versions/([^/]+)/complete", Cloud.complete_publishing),
    ("GET", f"{ORG}/policypacks/([^/]+)/versions/([^/]+)/schema", Cloud.get_schema),
    ("DELETE", f"{ORG}/policypacks/([^/]+)", Cloud.remove_pack),
    ("DELETE", f"{ORG}/policypacks/([^/]+)/versions/([^/]+)", Cloud.remove_pack),
    ("GET", f"{ORG}/policygroups", Cloud.list_groups),
    ("POST", f"{ORG}/policygroups", Cloud.create_group),
    ("GET", f"{ORG}/policygroups/([^/]+)", Cloud.get_group),
    ("PATCH", f"{ORG}/policygroups/([^/]+)", Cloud.change_group),
    ("DELETE", f"{ORG}/policygroups/([^/]+)", Cloud.remove_group),
    ("POST", f"/api/stacks/{ORGANIZATION}/([^/]+)", Cloud.create_stack),
    ("GET", STACK, Cloud.get_stack),
    ("DELETE", STACK, Cloud.delete_stack),
    ("GET", f"{STACK}/policypacks", Cloud.list_required),
    ("GET", f"{STACK}/export", Cloud.export_stack),
    ("POST", f"{STACK}/encrypt", Cloud.encrypt),
    ("POST", f"{STACK}/decrypt", Cloud.decrypt),
    ("POST", f"{STACK}/batch-decrypt", Cloud.decrypt_batch),
    ("POST", f"{STACK}/(preview|update|destroy|refresh)", Cloud.begin),
    ("POST", UPDATE, Cloud.start),
    ("PATCH", f"{UPDATE}/checkpoint", Cloud.keep),
    ("POST", f"{UPDATE}/events/batch", Cloud.take_events),
    ("POST", f"{UPDATE}/renew_lease", Cloud.renew),
    ("POST", f"{UPDATE}/complete", Cloud.end),
)


@contextlib.contextmanager
def run_cloud() -> Iterator[Cloud]:
    """The service on a free loopback port, until the block is left."""
    cloud = Cloud()

    class Handler(CloudHandler):
        """Requests to this very service."""

        service = cloud

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        cloud.address = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield cloud
        server.shutdown()


class CloudHandler(BaseHTTPRequestHandler):
    """HTTP around `Cloud`."""

    service: Cloud
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        """Answers are small: none waits for another."""
        super().setup()
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def handle(self) -> None:
        """Until the CLI hangs up, which it does at any time."""
        with contextlib.suppress(ConnectionError):
            super().handle()

    def log_message(self, *_arguments: object) -> None:
        """Nothing is printed."""

    def handle_request(self) -> None:
        """Find the route, check who asks, answer."""
        path = unquote(self.path.partition("?")[0])
        self.service.asked.append(f"{self.command} {path}")
        body = self.read_body()
        try:
            self.answer(HTTPStatus.OK, self.find_answer(path, body))
        except Refused as refused:
            self.answer(refused.status, {"code": refused.status.value, "message": str(refused)})
        except KeyError as missing:
            self.answer(HTTPStatus.NOT_FOUND, {"code": 404, "message": f"{missing} not found"})

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_request  # noqa: N815  http.server's names

    def read_body(self) -> Body:
        """The request's JSON; an archive stays as it is."""
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith("/archives/"):
            return data
        if self.headers.get("Content-Encoding") == "gzip":
            data = gzip.decompress(data)
        return json.loads(data) if data else {}

    def find_answer(self, path: str, body: Body) -> Body:
        """What the service says to this request."""
        for method, pattern, answer in ROUTES:
            found = re.fullmatch(pattern, path)
            if found and method == self.command:
                self.check_caller(path)
                takes_body = method not in ("GET", "DELETE")
                return answer(self.service, *found.groups(), *([body] if takes_body else []))
        raise Refused(HTTPStatus.NOT_FOUND, f"no such call: {self.command} {path}")

    def check_caller(self, path: str) -> None:
        """An operation goes on under its lease, archives lie open, everything else needs the access token."""
        expected = {LEASE, ACCESS} if re.fullmatch(f"{UPDATE}/.*", path) else {ACCESS}
        if not path.startswith("/archives/") and self.headers.get("Authorization") not in expected:
            raise Refused(HTTPStatus.UNAUTHORIZED, "Unauthorized")

    def answer(self, status: HTTPStatus, body: Body) -> None:
        """Send it: JSON, or an archive."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
