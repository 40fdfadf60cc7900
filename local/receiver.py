"""A webhook endpoint on this machine that keeps what it gets."""

import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

HOST: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Received:
    """A webhook as it came; header names are lower-case."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where webhooks go, and those that came."""

    url: str
    arrivals: "queue.SimpleQueue[Received]"


def never() -> bool:
    return False


@contextmanager
def receiving(failing: Callable[[], bool] = never) -> Iterator[Receiver]:
    """Answers 200 to every POST while it lasts; 500, and keeps nothing, where ``failing`` says so."""
    arrivals: queue.SimpleQueue[Received] = queue.SimpleQueue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            failed = failing()
            if not failed:
                arrivals.put(Received({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(500 if failed else 200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
            pass

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield Receiver(f"http://{HOST}:{server.server_port}/webhooks", arrivals)
        finally:
            server.shutdown()
