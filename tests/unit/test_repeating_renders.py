"""POST /renders/{id}/again orders a render once more from its stored images."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from renderiq.domain.renders import Quality, source_size
from renderiq.models.renders import RenderOut
from renderiq.settings import settings
from renderiq.stores.items import to_attributes
from tests.support import pictures, wiring
from tests.support.accounts import User, add_project, balance_of, create_user
from tests.support.aws import AwsEnvironment
from tests.support.http import Response, call
from tests.support.renders import CAPTURE, post_render

ORDER = {
    "quality": "standard",
    "style": "dramatic",
    "prompt": "a house at the sea",
    "negativePrompt": "cars",
    "aspectRatio": "1:1",
    "seed": "7",
    "structureStrength": "0.4",
    "outputFormat": "webp",
    "metadata": '{"view": "north"}',
    "materials": '{"#a1b2c3": "brick"}',
    "camera": '{"fov": 55}',
}


def again(user: User, render_id: str, changes: dict[str, Any] | None = None, **body: Any) -> Response:
    headers = {**user.headers, **({"idempotency-key": body.pop("key")} if "key" in body else {})}
    given = {**body, **({} if changes is None else {"changes": changes})}
    return call("renders_id_again", "POST", f"/renders/{render_id}/again", headers=headers, json=given)


def order_of(user: User, answer: Response) -> Any:
    return wiring.renders().get(user.user_id, answer.data["renderId"]).order


@pytest.fixture
def render_id(user: User) -> str:
    return str(post_render(user, ORDER).data["renderId"])


def test_everything_that_is_not_changed_stays(user: User, render_id: str) -> None:
    answer = again(user, render_id)

    assert answer.status == 202
    assert order_of(user, answer) == wiring.renders().get(user.user_id, render_id).order


def test_the_capture_is_that_of_the_earlier_render(aws: AwsEnvironment, user: User, render_id: str) -> None:
    repeated = wiring.renders().get(user.user_id, again(user, render_id).data["renderId"])

    assert wiring.images().get(repeated.capture_key, max_bytes=10**6) == CAPTURE
    assert render_id not in repeated.capture_key


def test_the_images_beside_the_capture_are_repeated_too(user: User) -> None:
    grey = pictures.png(96, 64)
    posted = post_render(
        user, files={"uploadedImageData": grey, "depthImage": grey, "materialIdImage": grey, "normalImage": grey}
    )

    repeated = wiring.renders().get(user.user_id, again(user, posted.data["renderId"]).data["renderId"])

    assert [wiring.images().get(key, max_bytes=10**6) for key in repeated.input_keys] == [grey] * 4
    assert (repeated.depth_key, repeated.material_id_key, repeated.normal_key) == tuple(repeated.input_keys[1:])


def test_a_change_replaces_a_field(user: User, render_id: str) -> None:
    order = order_of(user, again(user, render_id, {"style": "soft", "seed": 8, "camera": {"fov": 40}}))

    assert (order.style, order.seed, order.camera.fov) == ("soft", 8, 40)
    assert (order.prompt, order.negative_prompt, order.structure_strength) == ("a house at the sea", "cars", 0.4)


def test_null_gives_a_field_its_default(user: User, render_id: str) -> None:
    project_id = add_project(user)
    placed = again(user, render_id, {"projectId": project_id}).data["renderId"]

    order = order_of(user, again(user, placed, {"projectId": None, "aspectRatio": None, "camera": None}))

    assert (order.project_id, order.aspect_ratio, order.camera) == (None, "16:9", None)


def test_a_prompt_that_was_made_for_the_style_is_made_anew(user: User) -> None:
    posted = post_render(user, {"style": "dramatic"})

    order = order_of(user, again(user, posted.data["renderId"], {"style": "soft"}))

    assert "soft" in order.prompt
    assert "dramatic" not in order.prompt


def test_the_frame_of_the_capture_stays(user: User) -> None:
    posted = post_render(user, {"aspectRatio": "source"}, files={"uploadedImageData": pictures.png(200, 100)})

    order = order_of(user, again(user, posted.data["renderId"], {"quality": "high"}))

    assert order.output_size == source_size((200, 100), Quality.HIGH)


def test_the_price_is_that_of_the_new_order(aws: AwsEnvironment) -> None:
    user = create_user(aws, balance=30)
    render_id = post_render(user, ORDER).data["renderId"]

    answer = again(user, render_id, {"quality": "ultra"})

    assert (answer.data["creditsCost"], balance_of(user)) == (15, 10)


def test_without_credits_nothing_is_ordered(aws: AwsEnvironment) -> None:
    user = create_user(aws, balance=5)
    render_id = post_render(user, ORDER).data["renderId"]

    answer = again(user, render_id)

    assert answer.code == (402, "INSUFFICIENT_CREDITS")
    assert len(aws.objects(f"captures/{user.user_id}/")) == 1


def test_a_repeated_request_returns_the_same_render(user: User, render_id: str) -> None:
    first, second = (again(user, render_id, {"style": "soft"}, key="k") for _ in range(2))

    assert first.data["renderId"] == second.data["renderId"]
    assert again(user, render_id, {"style": "natural"}, key="k").code == (422, "IDEMPOTENCY_KEY_REUSED")


def test_a_capture_that_is_gone_must_be_sent_again(aws: AwsEnvironment, user: User, render_id: str) -> None:
    aws.client("s3").delete_object(Bucket=settings().images_bucket, Key=f"captures/{user.user_id}/{render_id}")

    assert again(user, render_id).code == (409, "RESOURCE_CONFLICT")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"quality": "8k"}, "INVALID_INPUT"),
        ({"seed": -1}, "INVALID_INPUT"),
        ({"projectId": "villa"}, "INVALID_PROJECT_ID"),
        ("soft", "INVALID_INPUT"),
    ],
)
def test_a_wrong_change_is_refused(user: User, render_id: str, changes: Any, code: str) -> None:
    assert again(user, render_id, changes).code == (400, code)


def test_a_render_of_another_user_is_not_found(aws: AwsEnvironment, render_id: str) -> None:
    assert again(create_user(aws), render_id).code == (404, "NOT_FOUND")


def test_an_unknown_model_or_material_is_a_warning(user: User, render_id: str) -> None:
    answer = again(user, render_id, {"model": "nobody", "materials": {"#000000": "unobtainium"}})

    assert [each["code"] for each in answer.data["warnings"]] == ["UNKNOWN_MODEL", "UNKNOWN_MATERIAL"]


def test_a_model_that_is_closed_by_now_is_a_warning(aws: AwsEnvironment, user: User, render_id: str) -> None:
    aws.client("dynamodb").update_item(
        TableName=settings().renders_table,
        Key=to_attributes({"userId": user.user_id, "renderId": render_id}),
        UpdateExpression="SET #order.engine = :gone",
        ExpressionAttributeNames={"#order": "order"},
        ExpressionAttributeValues=to_attributes({":gone": "gemini"}),
    )

    answer = again(user, render_id)

    assert (answer.data["engine"], answer.data["warnings"][0]["code"]) == ("preview", "UNKNOWN_MODEL")


def test_several_can_be_ordered_again(user: User, render_id: str) -> None:
    assert [each["seed"] for each in again(user, render_id, count=2).data["renders"]] == [7, 8]


# ---------------------------------------------------------------- the capture of a render


def test_a_render_shows_its_capture(aws: AwsEnvironment, user: User, render_id: str) -> None:
    url = call("renders_id", "GET", f"/renders/{render_id}", headers=user.headers).data["inputUrl"]

    answer = call("files_id_id", "GET", url.partition("/api/plugins")[2])

    assert (answer.status, f"captures/{user.user_id}/{render_id}" in answer.headers["Location"]) == (302, True)


def test_a_capture_that_has_expired_is_not_shown(user: User, render_id: str) -> None:
    render = wiring.renders().get(user.user_id, render_id)

    def show(age: timedelta) -> RenderOut:
        return RenderOut.of(render, link=str, now=render.created_at + age)

    month = timedelta(days=30)

    assert show(month - timedelta(seconds=1)).input_url == render.capture_key
    assert show(month).input_url is None
