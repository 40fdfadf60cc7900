"""Fault injection: a proxy in front of emulated AWS that makes calls fail, hang or lose their responses."""

import http.client
import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import urlsplit

HOST: Final = "127.0.0.1"
HANG_SECONDS: Final = 4.0
"""Longer than the read timeout of the project's AWS clients."""

_SERVICE: Final = re.compile(r"Credential=[^/]+/\d+/[^/]+/([\w-]+)/")
_HOP_BY_HOP: Final = frozenset({"connection", "keep-alive", "transfer-encoding"})
_THROTTLED: Final[Mapping[str, tuple[int, str]]] = {
    "dynamodb": (400, "ProvisionedThroughputExceededException"),
    "s3": (503, "SlowDown"),
    "sqs": (400, "RequestThrottled"),
}


class Fault(StrEnum):
    """A way in which a call fails."""

    REFUSED = "refused"
    """The connection closes before the call is executed."""
    ERROR = "error"
    """The response is a 500, and the call is not executed."""
    THROTTLED = "throttled"
    """The response is the service's throttling error, and the call is not executed."""
    HANGING = "hanging"
    """The call is not executed, and no response is sent before the client times out."""
    RESPONSE_LOST = "response lost"
    """The call is executed, but the connection closes before the response."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call to AWS. ``operation`` is empty for S3, whose protocol does not name it."""

    service: str
    operation: str
    method: str


Plan = Callable[[Call], Fault | None]
"""Decides how a call fails; None means that it succeeds."""


def no_faults(_call: Call) -> None:
    """The plan under which every call succeeds."""


def random_faults(services: set[str], chance: float, rng: random.Random) -> Plan:
    """A plan that injects random faults into calls to ``services``, with probability ``chance``.

    Hanging calls are rarer than the other faults, because each takes seconds.
    """
    faults = list(Fault)
    weights = [0.25 if fault is Fault.HANGING else 5.0 for fault in faults]
    lock = threading.Lock()

    def plan(call: Call) -> Fault | None:
        with lock:
            fails = call.service in services and rng.random() < chance
            return rng.choices(faults, weights)[0] if fails else None

    return plan


class Proxy:
    """A proxy that listens at ``url`` and injects the faults of ``plan``.

    ``upstream`` is the emulator's URL and may be set later. ``injected`` counts the faults by service and kind.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.upstream = ""
        self.plan: Plan = no_faults
        self.injected: Counter[str] = Counter()
        self._lock = threading.Lock()

    def fault(self, call: Call) -> Fault | None:
        """The fault to inject into ``call``, which is counted, or None."""
        fault = self.plan(call)
        if fault:
            with self._lock:
                self.injected[f"{call.service} {fault}"] += 1
        return fault


@contextmanager
def proxy(upstream: str = "") -> Iterator[Proxy]:
    """A proxy on 127.0.0.1, for the length of a ``with``."""
    with _Server((HOST, 0), _Handler) as server:
        running = Proxy(f"http://{HOST}:{server.server_port}")
        running.upstream = upstream
        server.proxy = running
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield running
        finally:
            server.shutdown()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    proxy: Proxy

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore it: clients disconnect from hanging calls."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    disable_nagle_algorithm = True
    wbufsize = -1  # sends head and body in one packet

    def setup(self) -> None:
        super().setup()
        self._proxy: Proxy = self.server.proxy
        self._upstream: http.client.HTTPConnection | None = None

    def finish(self) -> None:
        if self._upstream:
            self._upstream.close()
        super().finish()

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        call = self._call()
        match self._proxy.fault(call):
            case Fault.REFUSED:
                self.close_connection = True
            case Fault.ERROR:
                self._fail(call, 500, "InternalServerError")
            case Fault.THROTTLED:
                self._fail(call, *_THROTTLED.get(call.service, (503, "SlowDown")))
            case Fault.HANGING:
                time.sleep(HANG_SECONDS)
                self.close_connection = True
            case Fault.RESPONSE_LOST:
                self._forward(body)
                self.close_connection = True
            case None:
                self._respond(*self._forward(body))

    def _call(self) -> Call:
        signed = _SERVICE.search(self.headers.get("authorization", ""))
        operation = self.headers.get("x-amz-target", "").rpartition(".")[2]
        return Call(signed[1] if signed else "", operation, self.command)

    def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP | {"expect"}}
        for fresh in (False, True):
            if fresh or self._upstream is None:
                address = urlsplit(self._proxy.upstream)
                self._upstream = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)
            try:
                self._upstream.request(self.command, self.path, body, headers)
                response = self._upstream.getresponse()
                return response.status, response.getheaders(), response.read()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                if fresh:  # an old connection may have been closed because it was idle
                    raise
        raise AssertionError("unreachable")

    def _respond(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        length = None
        for name, value in headers:
            if name.lower() == "content-length":
                length = value
            elif name.lower() not in _HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("content-length", length if length and self.command == "HEAD" else str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _fail(self, call: Call, status: int, code: str) -> None:
        body = f"<Error><Code>{code}</Code></Error>" if call.service == "s3" else json.dumps({"__type": f"aws#{code}"})
        self._respond(status, [("x-amzn-errortype", code)], body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        pass


for _method in ("GET", "PUT", "POST", "DELETE", "HEAD"):
    setattr(_Handler, f"do_{_method}", _Handler._serve)
