"""A proxy in front of emulated AWS that breaks calls: refuses them, delays them, or swallows their answers."""

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
"""Longer than a client waits for an answer."""

_SERVICE: Final = re.compile(r"Credential=[^/]+/\d+/[^/]+/([\w-]+)/")
_HOP_BY_HOP: Final = frozenset({"connection", "keep-alive", "transfer-encoding"})
_THROTTLED: Final[Mapping[str, tuple[int, str]]] = {
    "dynamodb": (400, "ProvisionedThroughputExceededException"),
    "s3": (503, "SlowDown"),
    "sqs": (400, "RequestThrottled"),
}


class Fault(StrEnum):
    REFUSED = "refused"
    """The connection ends before anything happened."""
    ERROR = "error"
    """500, and nothing happened."""
    THROTTLED = "throttled"
    HANGING = "hanging"
    """Nothing happens, and no answer comes until the client has lost patience."""
    ANSWER_LOST = "answer lost"
    """It happened, and the connection ends before the answer."""


@dataclass(frozen=True, slots=True)
class Call:
    """``operation`` is empty where the protocol names none, as S3's."""

    service: str
    operation: str
    method: str


Plan = Callable[[Call], Fault | None]


def all_is_well(_call: Call) -> None:
    return None


def now_and_then(services: set[str], chance: float, rng: random.Random) -> Plan:
    """Any fault, at random, in calls of ``services``; a hanging one is rare, for it takes long."""
    faults = list(Fault)
    weights = [0.25 if fault is Fault.HANGING else 5.0 for fault in faults]
    lock = threading.Lock()

    def plan(call: Call) -> Fault | None:
        with lock:
            broken = call.service in services and rng.random() < chance
            return rng.choices(faults, weights)[0] if broken else None

    return plan


class Proxy:
    """Listens at ``url`` and asks ``plan`` about each call; ``upstream`` may be set later. ``met`` counts faults."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.upstream = ""
        self.plan: Plan = all_is_well
        self.met: Counter[str] = Counter()
        self._lock = threading.Lock()

    def fault(self, call: Call) -> Fault | None:
        fault = self.plan(call)
        if fault:
            with self._lock:
                self.met[f"{call.service} {fault}"] += 1
        return fault


@contextmanager
def proxy(upstream: str = "") -> Iterator[Proxy]:
    """On this machine alone, for the length of a ``with``."""
    with _Server((HOST, 0), _Handler) as server:
        made = Proxy(f"http://{HOST}:{server.server_port}")
        made.upstream = upstream
        server.proxy = made
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield made
        finally:
            server.shutdown()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    proxy: Proxy

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has lost patience is what this is for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one packet

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
            case Fault.ANSWER_LOST:
                self._forward(body)
                self.close_connection = True
            case None:
                self._answer(*self._forward(body))

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
                answer = self._upstream.getresponse()
                return answer.status, answer.getheaders(), answer.read()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                if fresh:  # else it only was idle for too long
                    raise
        raise AssertionError("unreachable")

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
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
        self._answer(status, [("x-amzn-errortype", code)], body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        pass


for _method in ("GET", "PUT", "POST", "DELETE", "HEAD"):
    setattr(_Handler, f"do_{_method}", _Handler._serve)
