"""Uppy's `@uppy/aws-s3`, unmodified, uploads through the local stack in Chromium: killed, resumed, and paused.

It is skipped without Chromium, and without the packages of npm (`make .node-uppy`). ``UPLOAD_MEGABYTES`` makes the file
larger.
"""

from __future__ import annotations

import hashlib
import json
import os
import queue
import random
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import httpx
import pytest

from local.aws import client
from local.stack import Stack
from local.users import DEMO_USER
from tests.support.uploads import glb

HERE: Final = Path(__file__).parent
ESBUILD: Final = HERE / "node_modules" / ".bin" / "esbuild"
CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MEGABYTES: Final = int(os.environ.get("UPLOAD_MEGABYTES", "60"))
SECONDS: Final = 120

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
    pytest.mark.skipif(not ESBUILD.exists(), reason="tests/uppy/node_modules is missing: run `make .node-uppy`"),
]


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(parameters={"RateLimits": '{"unknown": 100000}'}) as running:
        yield running


@pytest.fixture(scope="module")
def token(stack: Stack) -> str:
    body = {"email": DEMO_USER.email, "password": DEMO_USER.password}
    return str(httpx.post(f"{stack.url}/auth/signin", json=body, timeout=60).json()["access_token"])


class Page:
    """Serves the page, its script and the file, and collects what the page reports."""

    def __init__(self, script: bytes, file: bytes) -> None:
        self.reports: queue.Queue[dict[str, Any]] = queue.Queue()
        reports = self.reports
        content = {
            "/": ("text/html", (HERE / "page.html").read_bytes()),
            "/bundle.js": ("text/javascript", script),
            "/file": ("model/gltf-binary", file),
        }

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = content.get(self.path.partition("?")[0])
                self._answer(*found) if found else self.send_error(404)

            def do_POST(self) -> None:
                reports.put(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self._answer("text/plain", b"")

            def _answer(self, kind: str, body: bytes) -> None:
                self.send_response(200)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Prints nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def next(self, *names: str) -> dict[str, Any]:
        """Returns the next report that has one of these names. Raises ``AssertionError`` for an error of the page."""
        while True:
            report = self.reports.get(timeout=SECONDS)
            assert "error" not in report, report
            if report.keys() & {*names}:
                return report


@contextmanager
def serving(page: Page) -> Iterator[str]:
    thread = threading.Thread(target=page.server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{page.server.server_port}/"
    finally:
        page.server.shutdown()
        thread.join()
        page.server.server_close()


@contextmanager
def browsing(url: str, profile: Path, **query: str) -> Iterator[None]:
    """Opens the page in Chromium, and kills Chromium at the end."""
    assert CHROMIUM
    options = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run")
    process = subprocess.Popen(
        [CHROMIUM, *options, f"--user-data-dir={profile}", f"{url}?{urlencode(query)}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(process.pid, 9)
        process.wait()


def test_uppy_goes_on_after_a_crash_and_pauses(stack: Stack, token: str, tmp_path: Path) -> None:
    start = glb(padding=MEGABYTES * 1_000_000)
    data = start[:200] + random.Random(7).randbytes(len(start) - 200)
    bundle = tmp_path / "bundle.js"
    subprocess.run([ESBUILD, HERE / "page.js", "--bundle", "--format=esm", f"--outfile={bundle}"], check=True)
    page = Page(bundle.read_bytes(), data)
    agreed = httpx.post(
        f"{stack.url}/consents/model_upload",
        json={"version": 1, "granted": True},
        headers={"authorization": f"Bearer {token}"},
        timeout=60,
    )
    assert agreed.status_code == 200
    query = {"api": stack.url, "token": token, "key": hashlib.sha256(data).hexdigest()}

    with serving(page) as url:
        with browsing(url, tmp_path / "first", **query):
            assert page.next("found") == {"found": []}
            page.next("part")
        page.reports.queue.clear()
        with browsing(url, tmp_path / "second", **query, pause="yes"):
            found = page.next("found")["found"]
            at_first, later = page.next("paused")["paused"]
            done = page.next("done")

    assert found, "the second browser found nothing of the first"
    assert at_first == later < len(data) // (8 << 20) + 1
    assert done["failed"] == []
    [link] = done["done"]
    assert httpx.get(link, follow_redirects=True, timeout=60).content == data
    bucket = stack.resources["ImagesBucket"].ref
    assert not client("s3", stack.emulator.url).list_multipart_uploads(Bucket=bucket).get("Uploads")
