"""A client that is killed again and again uploads a file through the local stack, and nothing is lost.

``UPLOAD_MEGABYTES`` and ``UPLOAD_KILLS`` make it longer (`make resume`).
"""

from __future__ import annotations

import hashlib
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import boto3
import httpx
import pytest
from botocore.config import Config

from local.aws import CREDENTIALS, client
from local.stack import Stack
from local.template import REGION
from local.users import DEMO_USER
from tests.support import pictures
from tests.support.paths import ROOT
from tests.support.uploads import glb

MEGABYTES: Final = int(os.environ.get("UPLOAD_MEGABYTES", "40"))
KILLS: Final = int(os.environ.get("UPLOAD_KILLS", "3"))
LIMITS: Final = '{"unknown": 100000}'


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    log = tmp_path_factory.mktemp("stack") / "functions.log"
    with Stack(log=log, parameters={"RateLimits": LIMITS}) as running:
        yield running


@pytest.fixture(scope="module")
def api(stack: Stack) -> Iterator[httpx.Client]:
    body = {"email": DEMO_USER.email, "password": DEMO_USER.password}
    token = httpx.post(f"{stack.url}/auth/signin", json=body, timeout=60).json()["access_token"]
    with httpx.Client(base_url=stack.url, headers={"authorization": f"Bearer {token}"}, timeout=60) as made:
        yield made


@dataclass
class Watcher:
    """Reads the upload over and over, and remembers what it said of the bytes that S3 has."""

    received: list[int] = field(default_factory=list)

    @contextmanager
    def watching(self, api: httpx.Client, upload_id: str) -> Iterator[None]:
        over = threading.Event()

        def watch() -> None:
            while not over.wait(0.05):
                self.received.append(api.get(f"/uploads/{upload_id}").json()["data"]["receivedBytes"])

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def start(stack: Stack, api: httpx.Client, file: Path, *options: str) -> subprocess.Popen[str]:
    token = api.headers["authorization"].removeprefix("Bearer ")
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.upload_client", stack.url, token, str(file), *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def kill_while_sending(process: subprocess.Popen[str], rng: random.Random) -> None:
    """Kills the client at a random moment while it sends four parts at a time."""
    with process:
        assert process.stdout
        assert process.stdout.readline() == "sending\n"
        time.sleep(rng.uniform(0, 0.7))
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL


def ended_url(stack: Stack, honest: str) -> str:
    """Returns a URL of the same part that has ended."""
    parts = urlsplit(honest)
    bucket, _, key = parts.path.removeprefix("/").partition("/")
    query = parse_qs(parts.query)
    signer = boto3.client(
        "s3",
        endpoint_url=stack.emulator.url,
        region_name=REGION,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )
    url: str = signer.generate_presigned_url(
        "upload_part",
        Params={
            "Bucket": bucket,
            "Key": key,
            "UploadId": query["uploadId"][0],
            "PartNumber": int(query["partNumber"][0]),
        },
        ExpiresIn=1,
    )
    time.sleep(2)
    return url


def sign(api: httpx.Client, upload_id: str, *numbers: int) -> list[str]:
    answer = api.post(f"/uploads/{upload_id}/parts", json={"partNumbers": numbers}).json()
    return [part["url"] for part in answer["data"]["parts"]]


def unfinished(stack: Stack) -> list[Any]:
    bucket = stack.resources["ImagesBucket"].ref
    found: list[Any] = client("s3", stack.emulator.url).list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    return found


def test_an_upload_survives_kills_repetitions_an_ended_url_and_a_damaged_part(
    stack: Stack, api: httpx.Client, tmp_path: Path
) -> None:
    seed = random.randrange(1 << 32)
    print("seed", seed)
    rng = random.Random(seed)
    start_of_file = glb(padding=MEGABYTES * 1_000_000)
    data = start_of_file[:200] + rng.randbytes(len(start_of_file) - 200)
    file = tmp_path / "model.glb"
    file.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    asked = {"fileName": "model.glb", "contentType": "model/gltf-binary", "purpose": "model", "size": len(data)}
    api.post("/consents/model_upload", json={"version": 1, "granted": True}).raise_for_status()
    made = api.post("/uploads", json={**asked, "sha256": digest}, headers={"idempotency-key": digest}).json()["data"]
    upload_id, watcher = made["uploadId"], Watcher()

    with watcher.watching(api, upload_id):
        for _ in range(KILLS):
            kill_while_sending(start(stack, api, file, "--again", "--slow"), rng)
        ended, corrupt = rng.sample(range(1, made["partCount"] + 1), 2)
        last = start(
            *(stack, api, file, "--again", "--corrupt", str(corrupt)),
            *("--instead", f"{ended}={ended_url(stack, sign(api, upload_id, ended)[0])}"),
        )
        final = last.communicate()[0].splitlines()
        assert last.returncode == 0, final

    assert {f"refused {ended} 403", f"refused {corrupt} 400", f"ready {upload_id}"} <= {*final}
    assert watcher.received == sorted(watcher.received)
    assert len({*watcher.received}) > 2, "the watcher saw no progress"
    ready = api.get(f"/uploads/{upload_id}").json()["data"]
    assert hashlib.sha256(httpx.get(ready["url"], follow_redirects=True, timeout=60).content).hexdigest() == digest
    assert unfinished(stack) == []


def test_the_example_of_the_page_uploads_and_orders_a_render(stack: Stack, api: httpx.Client, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "uploads.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (tmp_path / "example.py").write_text(example)
    (tmp_path / "view.png").write_bytes(pictures.png())
    token = api.headers["authorization"].removeprefix("Bearer ")
    command = [sys.executable, "-W", "ignore", "example.py", stack.url, token, "view.png"]

    first, second = (
        subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.strip()
        for _ in range(2)
    )

    assert api.get(first).json()["data"]["status"] in {"pending", "processing", "completed"}
    assert first != second
    assert len(api.get("/uploads", params={"status": "ready", "purpose": "capture"}).json()["data"]["uploads"]) == 1


def test_s3_refuses_a_part_of_another_size(stack: Stack, api: httpx.Client) -> None:
    asked = {"fileName": "a.png", "contentType": "image/png", "purpose": "capture", "size": 1000}
    made = api.post("/uploads", json=asked).json()["data"]

    answers = [httpx.put(made["putUrl"], content=bytes(size)).status_code for size in (999, 1001, 1000)]

    assert answers == [403, 403, 200]
    assert api.delete(f"/uploads/{made['uploadId']}").status_code == 200
    assert unfinished(stack) == []


def test_a_page_of_any_plugin_may_send_parts_and_read_their_etag(api: httpx.Client) -> None:
    asked = {"fileName": "a.png", "contentType": "image/png", "purpose": "capture", "size": 4}
    made = api.post("/uploads", json=asked).json()["data"]
    page = {"origin": "https://plugin.example"}

    allowed = httpx.options(made["putUrl"], headers={**page, "access-control-request-method": "PUT"})
    sent = httpx.put(made["putUrl"], content=b"\x89PNG", headers=page)

    assert allowed.headers["access-control-allow-origin"] in {"*", page["origin"]}
    assert "PUT" in allowed.headers["access-control-allow-methods"]
    assert sent.headers["access-control-expose-headers"] in {"ETag", "*"}
    assert api.delete(f"/uploads/{made['uploadId']}").status_code == 200
