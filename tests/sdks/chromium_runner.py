"""The conformance runner of the SDK for TypeScript in Chromium: ``python -m tests.sdks.chromium_runner PROFILE``.

A runner that is started again with the same profile finds what the former one has stored.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from tests.support.chromium import browser
from tests.support.paths import ROOT

SDK: Final = ROOT / "sdks" / "typescript"
PAGE: Final = b"<!doctype html><meta charset=utf-8><link rel=icon href=data:,><script src=/runner.js></script>"


def bundle() -> bytes:
    """Returns the runner and the SDK as one script, as a bundler makes it for a browser."""
    esbuild = SDK / "node_modules" / ".bin" / "esbuild"
    command = [str(esbuild), ".build/page-runner.js", "--bundle", "--format=iife", "--platform=browser"]
    return subprocess.run(command, cwd=SDK, check=True, capture_output=True).stdout


class Files(BaseHTTPRequestHandler):
    """Serves the page, and the files of a scenario."""

    script: bytes

    def do_GET(self) -> None:
        pages = {"/": ("text/html", PAGE), "/runner.js": ("text/javascript", self.script)}
        kind, content = pages.get(self.path) or ("application/octet-stream", self._path().read_bytes())
        self._answer(kind, content)

    def do_POST(self) -> None:
        path = self._path()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.rfile.read(int(self.headers["content-length"])))
        self._answer("text/plain", b"")

    def _path(self) -> Path:
        return Path(self.path.removeprefix("/files"))

    def _answer(self, kind: str, content: bytes) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Prints nothing."""


def main() -> None:
    """Answers line by line until there are no more."""
    profile = Path(sys.argv[1])
    port = profile / "port"  # the origin of the page, to which its database belongs
    Files.script = bundle()
    server = ThreadingHTTPServer(("127.0.0.1", int(port.read_text()) if port.exists() else 0), Files)
    profile.mkdir(parents=True, exist_ok=True)
    port.write_text(str(server.server_port))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    # The scripted server has no CORS: that of the API is tested against the running stack.
    with browser(profile, "--disable-web-security") as tab:
        tab.open(f"http://127.0.0.1:{server.server_port}/")
        for line in sys.stdin:
            print(json.dumps(tab.result(f"play({line.strip()})")), flush=True)


if __name__ == "__main__":
    main()
