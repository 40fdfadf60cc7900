"""Sizes and formats mean the same to the request, the store and the worker."""

from __future__ import annotations

import io
import struct
from typing import Any

import pytest
from PIL import Image

from renderiq.queues import RenderJob
from renderiq.settings import settings
from renderiq.stores.images import output_key
from renderiq.workers.render import worker
from tests.support import pictures, wiring
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.forms import multipart
from tests.support.http import Response, call

SIDEWAYS = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, 6, 0, 0)


@pytest.fixture
def user(aws: AwsEnvironment) -> User:
    return create_user(aws)


def post(user: User, files: dict[str, bytes], **fields: str) -> Response:
    body, kind = multipart({"quality": "standard", **fields}, files)
    return call("renders", "POST", "/renders", body=body, headers={**user.headers, "content-type": kind})


def turned(width: int, height: int) -> bytes:
    """A JPEG that EXIF turns by a quarter."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), "#b8b4ac").save(file, "JPEG", exif=b"Exif\0\0" + SIDEWAYS)
    return file.getvalue()


@pytest.mark.parametrize("field", ["depthImage", "materialIdImage", "normalImage"])
@pytest.mark.parametrize(
    ("capture", "guide", "status"),
    [
        (turned(160, 90), pictures.png(90, 160), 202),
        (turned(160, 90), turned(160, 90), 202),
        (pictures.png(90, 160), turned(160, 90), 202),
        (turned(160, 90), pictures.png(160, 90), 400),
        (pictures.png(160, 90), turned(160, 90), 400),
    ],
    ids=["turned and upright", "both turned", "upright and turned", "not turned", "turned although upright"],
)
def test_guides_are_compared_upright(user: User, field: str, capture: bytes, guide: bytes, status: int) -> None:
    answer = post(user, {"uploadedImageData": capture, field: guide})

    assert answer.status == status
    if status == 400:
        assert field in answer.json["error"]


def test_turned_images_are_rendered_together(user: User) -> None:
    files = {
        "uploadedImageData": turned(160, 90),
        "depthImage": pictures.png(90, 160),
        "materialIdImage": turned(160, 90),
        "normalImage": turned(160, 90),
    }
    render_id = post(user, files).data["renderId"]

    worker().work(RenderJob(user.user_id, render_id))

    assert wiring.renders().get(user.user_id, render_id).status == "completed"


def test_a_render_that_is_a_webp_is_rendered_again(aws: AwsEnvironment, user: User) -> None:
    first = post(user, {"uploadedImageData": pictures.png()}, outputFormat="webp").data["renderId"]
    worker().work(RenderJob(user.user_id, first))
    again = post(user, {}, imageUrl=wiring.images().link(output_key(user.user_id, first, "webp")))
    second = again.data["renderId"]
    worker().work(RenderJob(user.user_id, second))
    stored: Any = aws.client("s3").head_object(Bucket=settings().images_bucket, Key=f"captures/{user.user_id}/{second}")

    assert again.status == 202
    assert stored["ContentType"] == "image/webp"
    assert wiring.renders().get(user.user_id, second).status == "completed"


def test_a_webp_is_no_upload(user: User) -> None:
    assert post(user, {"uploadedImageData": pictures.webp()}).code == (415, "UNSUPPORTED_MEDIA_TYPE")
