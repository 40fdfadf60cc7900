"""A web server on this machine that receives webhooks and records them."""

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
    """A received webhook; header names are lower-case."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Receiver:
    """The URL to register, and the webhooks received so far."""

    url: str
    arrivals: "queue.SimpleQueue[Received]"


@contextmanager
def receiving(failing: Callable[[], bool] = lambda: False) -> Iterator[Receiver]:
    """A receiver that responds to every POST with 200.

    Whenever ``failing`` returns true, it responds with 500 and does not record the webhook.
    """
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
