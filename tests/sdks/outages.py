"""A network between client and API that can be away in several ways, and a disk that can be full."""

from __future__ import annotations

import contextlib
import http.client
import random
import socket
import struct
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

_HOP_BY_HOP: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})


class Weather(StrEnum):
    """How the network is."""

    FINE = "fine"
    DOWN = "down"
    """Connections are refused."""
    RESETTING = "resetting"
    """Connections are accepted and reset."""
    BUSY = "busy"
    """Every answer is 503, without the envelope."""
    LOSING = "losing"
    """Requests arrive, and half of the answers get lost."""


class Network:
    """A proxy in front of the API at ``upstream``. ``seen`` counts requests by what happened to them."""

    def __init__(self, upstream: str) -> None:
        self._upstream = urlsplit(upstream)
        self._server: _Server | None = None
        self._weather = Weather.FINE
        self._random = random.Random(11)
        self.seen: Counter[str] = Counter()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port: int = free.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}{self._upstream.path}"

    def become(self, weather: Weather) -> None:
        self._weather = weather
        if weather is Weather.DOWN and self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        elif weather is not Weather.DOWN and not self._server:
            self._server = _Server(("127.0.0.1", self._port), _Handler)
            self._server.network = self
            threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def fate(self) -> Weather:
        """Returns what happens to a request that has arrived just now."""
        loses = self._weather is Weather.LOSING and self._random.random() < 0.5
        fate = Weather.LOSING if loses else Weather.FINE if self._weather is Weather.LOSING else self._weather
        self.seen[fate] += 1
        return fate

    def forward(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Returns status, headers and body of the API's answer."""
        address = str(self._upstream.hostname), self._upstream.port
        with contextlib.closing(http.client.HTTPConnection(*address, timeout=60)) as connection:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()


@contextmanager
def network(upstream: str) -> Iterator[Network]:
    running = Network(upstream)
    running.become(Weather.FINE)
    try:
        yield running
    finally:
        running.become(Weather.DOWN)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    network: Network

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients are killed in the middle of requests."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        fate = self.server.network.fate()
        if fate in (Weather.RESETTING, Weather.DOWN):
            self._reset()
            return
        if fate is Weather.BUSY:
            self.send_response(503)
            self.send_header("content-length", "0")
            self.end_headers()
            return
        sent = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP}
        status, headers, content = self.server.network.forward(self.command, self.path, sent, body)
        if fate is Weather.LOSING:
            self._reset()
            return
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in _HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        pass


for _method in ("GET", "PUT", "POST", "DELETE", "OPTIONS"):
    setattr(_Handler, f"do_{_method}", _Handler._serve)


class SmallDisk:
    """A folder on a disk of its own, which can be filled to the last byte."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fill(self) -> None:
        with open(self.path / "filler", "ab", buffering=0) as filler:
            for size in (1 << 20, 1 << 12, 1):
                with contextlib.suppress(OSError):
                    while filler.write(b"\0" * size):
                        pass

    def free(self) -> None:
        (self.path / "filler").unlink(missing_ok=True)


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[SmallDisk | None]:
    """A disk in memory; None if this user may not mount one."""
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(path)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    try:
        yield SmallDisk(path) if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(path)], capture_output=True, check=False)
