"""Serves the panel to the browser of this computer, and to nobody else.

Only 127.0.0.1 is listened to. A page of another site could still make a browser send requests there, so each one needs
the secret of the session, this server's own ``Host`` (a name that was made to point here has another one), and no
other ``Origin``.
"""

from __future__ import annotations

import hmac
import json
import secrets
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from .changes import Events
from .messages import MAX_TO_HOST

HEADER: Final = "X-Renderiq-Panel"
WAIT: Final = 25.0
_POLL: Final = 0.1
"""Seconds after which an end is noticed."""
_SETTINGS_BYTES: Final = 16_384
_TYPES: Final = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}
_MAGIC: Final = ((b"\x89PNG", ".png"), (b"\xff\xd8\xff", ".jpg"), (b"RIFF", ".webp"))


class Pictures:
    """Files under names that nobody can guess."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names: dict[tuple[Path, int], str] = {}
        self._paths: dict[str, Path] = {}

    def url(self, path: Path) -> str | None:
        """Returns the address of a file, another one if the file is written again; None if it is gone."""
        try:
            stamp = path.stat().st_mtime_ns
        except OSError:
            return None
        with self._lock:
            name = self._names.get((path, stamp))
            if name is None:
                name = secrets.token_urlsafe(24)
                self._names[path, stamp] = name
                self._paths[name] = path
        return f"/pictures/{name}"

    def path(self, name: str) -> Path | None:
        """Returns the file of a name."""
        with self._lock:
            return self._paths.get(name)


class PanelServer:
    """The page, its messages, events and pictures.

    ``answer`` takes the text of a message and returns that of its answer, or None. ``settings`` has the page of the
    companion's own settings, what it shows, and what takes its changes.
    """

    def __init__(
        self,
        page: bytes,
        settings_page: bytes,
        events: Events,
        pictures: Pictures,
        answer: Callable[[str], str | None],
        read_settings: Callable[[], dict[str, Any]],
        write_settings: Callable[[dict[str, Any]], str],
    ) -> None:
        self.secret = secrets.token_urlsafe(32)
        handler = type("Handler", (_Handler,), {"panel": self})
        self._http = _Server(("127.0.0.1", 0), handler)
        self.pages = {"/": page, "/settings": settings_page}
        self.events, self.pictures, self.answer = events, pictures, answer
        self.read_settings, self.write_settings = read_settings, write_settings
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(_POLL,), name="renderiq-panel", daemon=True
        )

    @property
    def authority(self) -> str:
        """Host and port, as browsers write them."""
        return f"127.0.0.1:{self._http.server_address[1]}"

    def address(self, page: str = "/") -> str:
        """Returns the address of a page with the secret, which browsers do not send to a server."""
        return f"http://{self.authority}{page}#{self.secret}"

    def start(self) -> None:
        """Begins to serve."""
        self._thread.start()

    def stop(self) -> None:
        """Ends; pages that wait for events are told."""
        self.events.end()
        self._http.shutdown()
        self._http.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = False  # on Windows it would let another program take the port


class _Handler(BaseHTTPRequestHandler):
    panel: PanelServer
    protocol_version = "HTTP/1.1"
    server_version = "Renderiq"
    sys_version = ""
    timeout = 60

    def do_GET(self) -> None:
        """Answers GET."""
        address = urlsplit(self.path)
        if not self._is_from_here():
            return
        page = self.panel.pages.get(address.path)
        if page is not None:
            self._send(200, page, "text/html; charset=utf-8")
        elif address.path.startswith("/pictures/"):
            self._picture(address.path[len("/pictures/") :])
        elif not self._knows_secret():
            return
        elif address.path == "/events":
            self._events(address.query)
        elif address.path == "/settings.json":
            self._json(200, self.panel.read_settings())
        else:
            self._send(404)

    def do_POST(self) -> None:
        """Answers POST."""
        if not self._is_from_here() or not self._knows_secret():
            return
        limit = {"/messages": MAX_TO_HOST, "/settings.json": _SETTINGS_BYTES}.get(self.path)
        if limit is None:
            self._refuse(404)
            return
        body = self._body(limit)
        if body is None:
            return
        if self.path == "/messages":
            answer = self.panel.answer(body)
            self._send(200 if answer is not None else 400, (answer or "").encode(), "application/json")
            return
        try:
            values = json.loads(body)
            problem = self.panel.write_settings(values) if isinstance(values, dict) else "This is no object."
        except ValueError as error:
            problem = str(error)
        self._json(400 if problem else 200, {"problem": problem})

    def _is_from_here(self) -> bool:
        own = self.panel.authority
        hosts, origins = self.headers.get_all("Host", []), self.headers.get_all("Origin", [])
        if hosts != [own] or any(each != f"http://{own}" for each in origins):
            self._refuse(403)
            return False
        return True

    def _knows_secret(self) -> bool:
        given = self.headers.get(HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self.panel.secret.encode()):
            self._refuse(403)
            return False
        return True

    def _body(self, limit: int) -> str | None:
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            self._refuse(411)
            return None
        if not 0 <= length <= limit:
            self._refuse(413)
            return None
        if self.headers.get_content_type() != "application/json":
            self._refuse(415)
            return None
        return self.rfile.read(length).decode("utf-8", "replace")

    def _events(self, query: str) -> None:
        try:
            after = int(parse_qs(query).get("after", [""])[0])
        except ValueError:
            self._send(400)
            return
        events, last = self.panel.events.after(after, WAIT)
        if self.panel.events.has_ended:
            self._refuse(410)
        else:
            self._json(200, {"events": events, "next": last})

    def _picture(self, name: str) -> None:
        path = self.panel.pictures.path(name)
        try:
            content = path.read_bytes() if path else b""
        except OSError:
            content = b""
        suffix = next((each for magic, each in _MAGIC if content.startswith(magic)), "")
        if suffix:
            self._send(200, content, _TYPES[suffix])
        else:
            self._send(404)

    def _json(self, status: int, value: dict[str, Any]) -> None:
        self._send(status, json.dumps(value).encode(), "application/json")

    def _refuse(self, status: int) -> None:
        self.close_connection = True  # the body was not read
        self._send(status)

    def _send(self, status: int, body: bytes = b"", kind: str = "text/plain") -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"), ("Referrer-Policy", "no-referrer"),
        ):  # fmt: skip
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - the name is the library's
        """Writes nothing: the names of pictures are no one's business."""
