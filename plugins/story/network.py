"""A plug between a host and the API, that a story can pull: the network is gone then, as on a train."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit


class Network:
    """Passes what comes to ``url`` on to a server, while it is plugged in."""

    def __init__(self, server: str) -> None:
        parts = urlsplit(server)
        self._server = (parts.hostname or "", parts.port or 80)
        self._port = 0
        self._open: list[socket.socket] = []
        self.plug()
        self.url = parts._replace(netloc=f"127.0.0.1:{self._port}").geturl()

    def plug(self) -> None:
        """Lets everything through from now on."""
        listener = socket.create_server(("127.0.0.1", self._port))
        self._port = listener.getsockname()[1]
        self._open = [listener]
        threading.Thread(target=self._accept, args=(listener, self._open), daemon=True).start()

    def unplug(self) -> None:
        """Ends all connections, and refuses new ones."""
        for each in list(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self, listener: socket.socket, opened: list[socket.socket]) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(self._server)
                opened += (near, far)
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        with suppress(OSError):
            other.shutdown(socket.SHUT_WR)
