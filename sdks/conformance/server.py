"""A server over real HTTP that answers what a scenario says, and fails as it says."""

from __future__ import annotations

import contextlib
import json
import re
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from sdks.conformance.bodies import read_fields

HOST: Final = "127.0.0.1"
STALL_SECONDS: Final = 20.0
NOT_SCRIPTED: Final = 599

Answer = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """A request that the server has received. Header names are in lower case; ``fields`` are those of its body."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    fields: dict[str, Any]

    @property
    def name(self) -> str:
        """Method and path, as scenarios write them."""
        return f"{self.method} {self.path}"


@dataclass
class Script:
    """The answers of one scenario: for each method and path a list, whose last one may repeat."""

    number: int
    answers: dict[str, list[Answer]]
    places: dict[str, str]
    kill: Callable[[], None] = lambda: None
    requests: list[Request] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next_answer(self, request: Request) -> Answer:
        """Records the request and returns its answer. A request without one is unexpected."""
        with self._lock:
            self.requests.append(request)
            waiting = self.answers.get(request.name, [])
            if not waiting:
                self.unexpected.append(request.name)
                return {"status": NOT_SCRIPTED, "json": {"success": False, "error": f"{request.name} is not scripted"}}
            return waiting[0] if waiting[0].get("repeat") else waiting.pop(0)

    def filled(self, value: Any) -> Any:
        """Returns an answer with ``${base}`` and the other places filled in."""
        if isinstance(value, str):
            return re.sub(r"\$\{(\w+)\}", lambda found: self.places[found[1]], value)
        if isinstance(value, dict):
            return {key: self.filled(each) for key, each in value.items()}
        return [self.filled(each) for each in value] if isinstance(value, list) else value


class ScriptedServer:
    """Listens on two ports: one is the API, the other one the storage, which is another origin.

    If it does not keep connections, each request has one of its own: browsers repeat by themselves what is reset on a
    connection that they have kept.
    """

    def __init__(self, *, keeps_connections: bool = True) -> None:
        self._keeps_connections = keeps_connections
        self._scripts: dict[int, Script] = {}
        self._listeners: list[_Listener] = []
        self._ports = [0, 0]
        self.start()

    def start(self) -> None:
        """Listens, on the ports of last time."""
        self._listeners = [_Listener((HOST, port), self._scripts, self._keeps_connections) for port in self._ports]
        self._ports = [each.server_port for each in self._listeners]
        for each in self._listeners:
            threading.Thread(target=each.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Refuses connections from now on, and ends those that clients have kept."""
        for each in self._listeners:
            each.shutdown()
            each.server_close()
            each.end_connections()
        self._listeners = []

    @property
    def is_listening(self) -> bool:
        """Whether connections are accepted."""
        return bool(self._listeners)

    def load(self, number: int, answers: dict[str, list[Answer]], places: dict[str, str]) -> Script:
        """Returns the running script of a scenario. Its URLs contain its number, so scenarios do not meet."""
        api, storage = self._ports
        places = places | {
            "base": f"http://{HOST}:{api}/{number}",
            "storage": f"http://{HOST}:{storage}/{number}/storage",
        }
        self._scripts[number] = Script(number, {name: list(each) for name, each in answers.items()}, places)
        return self._scripts[number]

    def unload(self, script: Script) -> None:
        """Lets go of the requests that are stalled."""
        script.over.set()
        self._scripts.pop(script.number, None)


@contextmanager
def scripted_server(*, keeps_connections: bool = True) -> Iterator[ScriptedServer]:
    """A scripted server for the length of a ``with``."""
    server = ScriptedServer(keeps_connections=keeps_connections)
    try:
        yield server
    finally:
        server.stop()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], scripts: dict[int, Script], keeps_connections: bool) -> None:
        super().__init__(address, _Handler)
        self.scripts = scripts
        self.keeps_connections = keeps_connections
        self._connections: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remembers the connection, and serves it in a thread."""
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forgets the connection, and closes it."""
        self._connections.discard(request)
        super().shutdown_request(request)

    def end_connections(self) -> None:
        """Ends the connections that are open."""
        for each in list(self._connections):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is part of many scenarios."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60
    server: _Listener

    def _serve(self) -> None:
        url = urlsplit(self.path)
        _, number, path = url.path.split("/", 2)
        script = self.server.scripts.get(int(number)) if number.isdigit() else None
        body = self._read_body()
        if script is None:  # a straggler of a scenario that is over
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        fields = read_fields(headers.get("content-type", ""), body)
        request = Request(self.command, f"/{path}", dict(parse_qsl(url.query)), headers, body, fields)
        answer = script.filled(script.next_answer(request))
        time.sleep(answer.get("delay", 0))
        if answer.get("fault") == "kill":
            script.kill()
            self._reset()
        elif answer.get("fault") == "reset":
            self._reset()
        elif answer.get("fault") == "stall":
            self._stall(script)
        else:
            self._send(answer)

    def _send(self, answer: Answer) -> None:
        headers = dict(answer.get("headers", {}))
        if "json" in answer:
            content = json.dumps(answer["json"]).encode()
            headers.setdefault("Content-Type", "application/json")
        elif "bytes" in answer:
            content = pattern(answer["bytes"])
        else:
            content = answer.get("body", "").encode()
        self.send_response_only(answer.get("status", 200))
        if not self.server.keeps_connections:
            self.send_header("Connection", "close")  # which also ends it here
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if answer.get("fault") == "half":
            self.wfile.write(content[: len(content) // 2])
            self.close_connection = True
        else:
            self.wfile.write(content)

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def _stall(self, script: Script) -> None:
        until = time.monotonic() + STALL_SECONDS
        while time.monotonic() < until and not script.over.wait(0.05):
            if select.select([self.connection], [], [], 0)[0]:  # the client has gone
                break
        self.close_connection = True

    def _read_body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        pass


for _method in ("GET", "PUT", "POST", "DELETE", "PATCH", "HEAD"):
    setattr(_Handler, f"do_{_method}", _Handler._serve)


def pattern(size: int) -> bytes:
    """Returns bytes that are the same for the same size and differ from part to part."""
    block = b"".join(number.to_bytes(4, "big") for number in range(4096))
    return (block * (size // len(block) + 1))[:size]
