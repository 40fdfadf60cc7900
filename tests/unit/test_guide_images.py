"""Guide images (depth and material ids): accepted, checked, given to the engine, and removed with the render."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from renderiq import captures
from renderiq.engines import EngineRequest, Output
from renderiq.queues import CleanupJob, RenderJob
from renderiq.workers.render import worker
from tests.support import pictures, wiring
from tests.support.accounts import User, add_project, balance_of, create_user
from tests.support.aws import AwsEnvironment
from tests.support.http import Response, call
from tests.support.renders import post_render, render_worker

CAPTURE, DEPTH, MATERIALS = pictures.png(), pictures.png(color="#404040"), pictures.jpeg()
ALL = {"uploadedImageData": CAPTURE, "depthImage": DEPTH, "materialIdImage": MATERIALS}


def post(user: User, files: dict[str, bytes], key: str = "", **fields: str) -> Response:
    return post_render(user, fields, files=files, headers={"idempotency-key": key})


def problem(answer: Response) -> tuple[int, str, str]:
    return *answer.code, answer.json["details"]["fields"][0]["field"]


def stored_pictures(aws: AwsEnvironment, user: User) -> list[str]:
    return aws.objects(f"captures/{user.user_id}")


class RecordingEngine:
    """An engine that records its requests."""

    name = "witness"

    def __init__(self) -> None:
        self.asked: list[EngineRequest] = []

    def render(
        self, request: EngineRequest, on_progress: Callable[[int], None], should_cancel: Callable[[], bool]
    ) -> Output:
        on_progress(50)
        assert not should_cancel()
        self.asked.append(request)
        return Output(request.image, "image/png", pictures.webp(), *request.size)


def work(user: User, answer: Response) -> EngineRequest:
    engine = RecordingEngine()
    render_worker(engine).work(RenderJob(user.user_id, answer.data["renderId"]))
    [request] = engine.asked
    return request


# ---------------------------------------------------------------- what is taken


def test_the_engine_receives_the_guide_images(user: User) -> None:
    request = work(user, post(user, ALL))

    assert (request.image, request.depth_image, request.material_id_image) == (CAPTURE, DEPTH, MATERIALS)


def test_a_guide_image_may_be_sent_alone(user: User) -> None:
    request = work(user, post(user, {"uploadedImageData": CAPTURE, "materialIdImage": MATERIALS}))

    assert (request.depth_image, request.material_id_image) == (None, MATERIALS)


def test_without_guide_images_the_engine_receives_none(user: User) -> None:
    request = work(user, post(user, {"uploadedImageData": CAPTURE}))

    assert (request.depth_image, request.material_id_image) == (None, None)


def test_a_guide_image_may_be_base64_text(user: User) -> None:
    sent = {
        "uploadedImageData": base64.b64encode(CAPTURE).decode(),
        "depthImage": f"data:image/png;base64,{base64.b64encode(DEPTH).decode()}",
    }

    request = work(user, call("renders", "POST", "/renders", json=sent, headers=user.headers))

    assert request.depth_image == DEPTH


def test_a_guide_image_may_be_a_long_text_field(user: User) -> None:
    noisy = pictures.png() + b"\0" * 80_000  # bytes after the end of a PNG are ignored
    text = base64.b64encode(noisy).decode()

    answer = post(user, {"uploadedImageData": CAPTURE}, depthImage=text, materialIdImage=text)

    assert answer.status == 202


def test_guide_images_may_accompany_the_link_of_a_stored_capture(user: User) -> None:
    earlier = post(user, {"uploadedImageData": CAPTURE}).data["renderId"]
    link = wiring.images().link(f"captures/{user.user_id}/{earlier}")

    fits, does_not = (post(user, {"depthImage": each}, imageUrl=link) for each in (DEPTH, pictures.png(100, 100)))

    request = work(user, fits)
    assert (request.image, request.depth_image) == (CAPTURE, DEPTH)
    assert problem(does_not) == (400, "INVALID_INPUT", "depthImage")


def test_each_guide_image_costs_one_put(aws: AwsEnvironment, user: User) -> None:
    made: list[str] = []

    def count(model: Any, **_: Any) -> None:
        made.append(model.name)

    post(user, {"uploadedImageData": CAPTURE})
    for service in ("dynamodb", "s3", "sqs"):
        aws.client(service).meta.events.register("before-call", count, unique_id="extras")
    post(user, ALL)
    for service in ("dynamodb", "s3", "sqs"):
        aws.client(service).meta.events.unregister("before-call", unique_id="extras")

    assert made == ["UpdateItem", "PutObject", "PutObject", "PutObject", "TransactWriteItems", "SendMessage"]


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize("field", ["depthImage", "materialIdImage"])
@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (pictures.png(161, 90), (400, "INVALID_INPUT")),
        (pictures.png(90, 160), (400, "INVALID_INPUT")),
        (b"", (400, "INVALID_INPUT")),
        (CAPTURE[:100], (400, "INVALID_INPUT")),
        (pictures.bomb(), (400, "INVALID_INPUT")),
        (pictures.gif(), (415, "UNSUPPORTED_MEDIA_TYPE")),
        (pictures.svg(), (415, "UNSUPPORTED_MEDIA_TYPE")),
    ],
    ids=["wider", "turned", "empty", "cut off", "bomb", "gif", "svg"],
)
def test_an_invalid_guide_image_is_refused_by_name(
    aws: AwsEnvironment, user: User, field: str, picture: bytes, code: tuple[int, str]
) -> None:
    answer = post(user, {"uploadedImageData": CAPTURE, field: picture})

    assert problem(answer) == (*code, field)
    assert stored_pictures(aws, user) == []
    assert balance_of(user) == 100


def test_text_that_is_not_base64_is_refused_by_name(user: User) -> None:
    assert problem(post(user, {"uploadedImageData": CAPTURE}, depthImage="§")) == (400, "INVALID_INPUT", "depthImage")


def test_a_guide_image_of_another_type_than_declared_is_refused(user: User) -> None:
    text = f"data:image/jpeg;base64,{base64.b64encode(DEPTH).decode()}"

    answer = post(user, {"uploadedImageData": CAPTURE}, depthImage=text)

    assert problem(answer) == (415, "UNSUPPORTED_MEDIA_TYPE", "depthImage")


def test_the_size_limit_applies_to_all_pictures_together(aws: AwsEnvironment, user: User) -> None:
    third = CAPTURE + b"\0" * (captures.MAX_BYTES // 3)

    answer = post(user, dict.fromkeys(ALL, third))

    assert answer.code == (413, "PAYLOAD_TOO_LARGE")
    assert stored_pictures(aws, user) == []


# ---------------------------------------------------------------- asking twice


def test_repeating_a_request_with_the_same_pictures_and_key_returns_the_same_render(
    aws: AwsEnvironment, user: User
) -> None:
    first, again = post(user, ALL, "k"), post(user, ALL, "k")

    assert (again.status, again.data["renderId"]) == (202, first.data["renderId"])
    assert len(stored_pictures(aws, user)) == 3


@pytest.mark.parametrize(
    "other",
    [
        {**ALL, "depthImage": pictures.png(color="#505050")},
        {**ALL, "materialIdImage": DEPTH},
        {"uploadedImageData": CAPTURE},
        {**ALL, "depthImage": MATERIALS, "materialIdImage": DEPTH},
    ],
)
def test_other_guide_images_with_the_same_key_are_refused(
    aws: AwsEnvironment, user: User, other: dict[str, bytes]
) -> None:
    post(user, ALL, "k")

    assert post(user, other, "k").code == (422, "IDEMPOTENCY_KEY_REUSED")
    assert len(stored_pictures(aws, user)) == 3


# ---------------------------------------------------------------- what is left


def test_a_refused_render_leaves_no_picture(aws: AwsEnvironment) -> None:
    poor = create_user(aws, balance=1)

    assert post(poor, ALL).status == 402
    assert stored_pictures(aws, poor) == []


def test_deleting_a_project_removes_every_picture_of_its_renders(aws: AwsEnvironment, user: User) -> None:
    project_id = add_project(user)
    post(user, ALL, projectId=project_id)

    call("projects_id", "DELETE", f"/projects/{project_id}", headers=user.headers)
    wiring.project_cleanup().resume(
        CleanupJob(user.user_id, project_id), now=wiring.time_source()() + timedelta(minutes=2)
    )

    assert stored_pictures(aws, user) == []
    assert aws.items_of("RendersTable", user) == []


def test_a_missing_guide_image_fails_and_refunds_the_render(aws: AwsEnvironment, user: User) -> None:
    answer = post(user, ALL)
    job = RenderJob(user.user_id, answer.data["renderId"])
    wiring.images().delete(f"captures/{user.user_id}/{job.render_id}.depth")

    worker().work(job)

    assert wiring.renders().get(user.user_id, job.render_id).error == "The uploaded image is no longer there."
    assert balance_of(user) == 100
