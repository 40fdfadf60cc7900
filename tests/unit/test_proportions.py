"""The output keeps the frame of the viewport: the nearest ratio if none is named, the capture's own for ``source``."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image

from renderiq.domain.renders import AspectRatio, Fit
from renderiq.models.renders import AspectRatioOption
from renderiq.queues import RenderJob
from tests.support import pictures, wiring
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.functions import handler, lambda_context, sqs_event
from tests.support.http import Response, call


@pytest.fixture
def user(aws: AwsEnvironment) -> User:
    return create_user(aws)


def post(user: User, size: tuple[int, int], key: str = "", **fields: Any) -> Response:
    body = {"uploadedImageData": base64.b64encode(pictures.png(*size)).decode(), "quality": "standard", **fields}
    return call("renders", "POST", "/renders", headers={**user.headers, "idempotency-key": key}, json=body)


def show(user: User, render_id: str) -> Any:
    return call("renders_id", "GET", f"/renders/{render_id}", headers=user.headers).data


@pytest.mark.parametrize(
    ("size", "fields", "shown", "stored"),
    [
        ((160, 120), {}, "4:3", (1440, 1080)),
        ((160, 120), {"aspectRatio": ""}, "4:3", (1440, 1080)),
        ((160, 120), {"aspectRatio": None}, "4:3", (1440, 1080)),
        ((160, 120), {"aspectRatio": "16:9"}, "16:9", (1920, 1080)),
        ((160, 100), {"aspectRatio": "source"}, "source", (1728, 1080)),
        ((100, 160), {"aspectRatio": " Source "}, "source", (1080, 1728)),
        ((90, 160), {}, "9:16", (1080, 1920)),
    ],
)
def test_a_render_has_the_proportions_that_were_asked_for(
    user: User, size: tuple[int, int], fields: dict[str, Any], shown: str, stored: tuple[int, int]
) -> None:
    render_id = post(user, size, **fields).data["renderId"]

    assert show(user, render_id)["aspectRatio"] == shown
    assert wiring.renders().get(user.user_id, render_id).order.size == stored


def test_an_output_of_the_capture_s_own_proportions_is_rendered(user: User) -> None:
    render_id = post(user, (160, 100), aspectRatio="source").data["renderId"]

    handler("render_worker")(sqs_event(RenderJob(user.user_id, render_id)), lambda_context())

    done = show(user, render_id)
    assert (done["status"], done["width"], done["height"], done["aspectRatio"]) == ("completed", 1728, 1080, "source")
    stored = wiring.renders().get(user.user_id, render_id).output
    assert stored is not None
    assert Image.open(io.BytesIO(wiring.images().get(stored.key, max_bytes=50_000_000))).size == (1728, 1080)


def test_the_capture_of_an_earlier_render_is_measured_too(user: User) -> None:
    first = post(user, (160, 120)).data["renderId"]
    link = wiring.images().link(wiring.renders().get(user.user_id, first).capture_key)
    body = {"imageUrl": link, "quality": "standard"}
    again = call("renders", "POST", "/renders", headers=user.headers, json=body).data["renderId"]

    assert show(user, again)["aspectRatio"] == "4:3"


def test_naming_the_ratio_that_would_be_chosen_is_the_same_request(user: User) -> None:
    first, named = post(user, (160, 120), "k"), post(user, (160, 120), "k", aspectRatio="4:3")

    assert first.data == named.data
    assert post(user, (160, 120), "k", aspectRatio="source").code == (422, "IDEMPOTENCY_KEY_REUSED")


def test_every_ratio_of_the_domain_can_be_asked_for() -> None:
    assert {each.value for each in AspectRatioOption} == {*(each.value for each in AspectRatio), Fit.SOURCE.value}
