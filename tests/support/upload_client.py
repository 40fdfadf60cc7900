"""A small client that uploads one file and can be killed at any moment: a new process goes on where S3 is.

Run as a script: ``upload_client.py URL TOKEN FILE [--corrupt PART] [--instead PART=URL] [--again] [--slow]``. It writes
``sending`` when it begins, one line for each part that S3 has taken or refused, and the id of the ready upload at the
end. Two runs share nothing but the file: its hash is the Idempotency-Key, and S3 knows the parts.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import random
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

TOGETHER = 4
PIECE = 1 << 18
REFUSED = {400, 403}
"""S3's answers to a part that arrived damaged, and to a URL that has ended."""


class Client:
    """Uploads a file through the API at ``url``."""

    def __init__(self, url: str, token: str, file: Path) -> None:
        self._data = file.read_bytes()
        self._hash = hashlib.sha256(self._data).hexdigest()
        self._api = httpx.Client(base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=60)
        self._s3 = httpx.Client(timeout=60)

    def upload(self, *, corrupt: int | None, instead: dict[int, str], again: bool, slow: bool) -> str:
        """Returns the id of the ready upload. The part ``corrupt`` is damaged on the way once.

        ``instead`` has URLs that are tried first. ``again`` sends a part that S3 has once more, and ``slow`` takes up
        to a second for each part.
        """
        asked = {
            "fileName": "model.glb",
            "contentType": "model/gltf-binary",
            "purpose": "model",
            "size": len(self._data),
            "sha256": self._hash,
        }
        upload = self._call("POST", "/uploads", json=asked, headers={"idempotency-key": self._hash})
        path = f"/uploads/{upload['uploadId']}"
        parts = self._call("GET", path)["parts"]
        wanted = [part["partNumber"] for part in parts if not part["received"]]
        received = [part["partNumber"] for part in parts if part["received"]]
        wanted += ({corrupt, *instead} - {None}) & {*received}
        random.shuffle(wanted)
        if again and received:
            wanted.insert(0, random.choice(received))
        sizes = {part["partNumber"]: part["size"] for part in parts}
        signed = dict(self._sign(path, wanted)) | instead

        def send(number: int) -> None:
            start = (number - 1) * upload["partSize"]
            body = self._data[start : start + sizes[number]]
            url, damaged = signed[number], number == corrupt
            while True:
                sent = bytes([body[0] ^ 255]) + body[1:] if damaged else body
                digest = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
                headers = {"content-md5": digest, "content-length": str(len(sent))}
                answer = self._s3.put(url, content=_pieces(sent, slow=slow), headers=headers)
                if answer.status_code not in REFUSED:
                    answer.raise_for_status()
                    print(f"part {number}", flush=True)
                    return
                print(f"refused {number} {answer.status_code}", flush=True)
                damaged, url = False, dict(self._sign(path, [number]))[number]

        print("sending", flush=True)
        with ThreadPoolExecutor(TOGETHER) as pool:
            list(pool.map(send, wanted))
        return str(self._call("POST", f"{path}/complete")["uploadId"])

    def _sign(self, path: str, numbers: list[int]) -> Iterator[tuple[int, str]]:
        for first in range(0, len(numbers), 100):
            answer = self._call("POST", f"{path}/parts", json={"partNumbers": numbers[first : first + 100]})
            yield from ((part["partNumber"], part["url"]) for part in answer["parts"])

    def _call(self, method: str, path: str, **request: Any) -> Any:
        answer = self._api.request(method, path, **request)
        if answer.is_error:
            sys.exit(answer.text)
        return answer.json()["data"]


def _pieces(body: bytes, *, slow: bool) -> Iterator[bytes]:
    seconds = random.uniform(0.2, 1) if slow else 0.0
    for first in range(0, len(body), PIECE):
        yield body[first : first + PIECE]
        time.sleep(seconds * PIECE / len(body))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("token")
    parser.add_argument("file", type=Path)
    parser.add_argument("--corrupt", type=int)
    parser.add_argument("--instead", action="append", default=[])
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--slow", action="store_true")
    given = parser.parse_args()
    instead = {int(number): url for number, _, url in (each.partition("=") for each in given.instead)}
    client = Client(given.url, given.token, given.file)
    print(
        "ready", client.upload(corrupt=given.corrupt, instead=instead, again=given.again, slow=given.slow), flush=True
    )


if __name__ == "__main__":
    main()
