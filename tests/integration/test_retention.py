"""Tags of objects and the account worker on the local stack's emulated AWS, over HTTP."""

from __future__ import annotations

import contextlib
import io
import time
import zipfile
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from local.aws import client
from local.stack import Stack
from local.users import DEMO_USER
from renderiq.domain import account_tasks
from tests.support import pictures

PICTURE = pictures.png(64, 64)


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(parameters={"RateLimits": '{"unknown": 100000}'}) as running:
        yield running


@pytest.fixture(scope="module")
def api(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.url, timeout=60) as http:
        body = {"email": DEMO_USER.email, "password": DEMO_USER.password}
        http.headers["authorization"] = f"Bearer {http.post('/auth/signin', json=body).json()['access_token']}"
        yield http


def upload(api: httpx.Client) -> None:
    asked = {"fileName": "a.png", "contentType": "image/png", "purpose": "capture", "size": len(PICTURE)}
    made = api.post("/uploads", json=asked).json()["data"]
    httpx.put(made["putUrl"], content=PICTURE, timeout=60).raise_for_status()
    api.post(f"/uploads/{made['uploadId']}/complete").raise_for_status()


def tags(stack: Stack) -> dict[str, list[str]]:
    """Returns the retention of every object by the kind of the object. An object may be deleted while they are read."""
    s3, bucket = client("s3", stack.emulator.url), stack.resources["ImagesBucket"].ref
    found: dict[str, list[str]] = {}
    for each in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
        with contextlib.suppress(s3.exceptions.NoSuchKey):
            values = [tag["Value"] for tag in s3.get_object_tagging(Bucket=bucket, Key=each["Key"])["TagSet"]]
            found.setdefault(each["Key"].split("/")[0], []).extend(values)
    return found


def until(read: Any, *, seconds: float = 2 * account_tasks.SETTLING.total_seconds() + 30) -> Any:
    """Returns what ``read`` returns as soon as it is true."""
    end = time.monotonic() + seconds
    while not (found := read()):
        assert time.monotonic() < end
        time.sleep(0.5)
    return found


@pytest.mark.long
def test_a_choice_an_export_and_a_deletion_on_the_local_stack(stack: Stack, api: httpx.Client) -> None:
    files = {"uploadedImageData": ("capture.png", PICTURE, "image/png")}
    render_id = api.post("/renders", data={"quality": "standard"}, files=files).json()["data"]["renderId"]
    until(lambda: api.get(f"/renders/{render_id}").json()["data"]["status"] == "completed")
    upload(api)
    before = tags(stack)

    api.put("/settings/retention", json={"captures": "7d", "renders": "365d"}).raise_for_status()
    until(lambda: api.get("/settings/retention").json()["data"]["isApplied"])
    after = tags(stack)
    api.post("/account/export").raise_for_status()
    export = until(lambda: (state := api.get("/account/export").json()["data"])["status"] == "ready" and state)
    archive = zipfile.ZipFile(io.BytesIO(httpx.get(export["files"][0]["url"], follow_redirects=True).content))
    deleted = api.request("DELETE", "/account").json()["data"]
    refused = api.get("/credits").status_code
    until(lambda: list(tags(stack)) == [] and not objects(stack))

    # The emulator forgets the tag with which a multipart upload began. S3 keeps it, and so does moto in the unit tests.
    assert before == {"captures": ["30d"], "renders": ["untilDeleted"] * 2, "uploads": []}
    assert after == {"captures": ["7d"], "renders": ["365d"] * 2, "uploads": ["7d"]}
    assert len([name for name in archive.namelist() if name.startswith("files/")]) == 4
    assert refused == 401
    receipt = httpx.get(f"{stack.url}/account/deletions/{deleted['receiptId']}").json()["data"]
    assert (receipt["counts"]["renders"], receipt["counts"]["files"]) == (1, 5)


def objects(stack: Stack) -> list[Any]:
    bucket = stack.resources["ImagesBucket"].ref
    return list(client("s3", stack.emulator.url).list_objects_v2(Bucket=bucket).get("Contents", []))
