"""Guide images, camera and materials: accepted, checked, given to the engine, and removed with the render."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from renderiq import captures
from renderiq.domain.scene_description import Camera, Projection, SurfaceMaterial
from renderiq.engines import EngineRequest, Output
from renderiq.queues import CleanupJob, RenderJob
from renderiq.workers.render import worker
from tests.support import pictures, wiring
from tests.support.accounts import User, add_project, balance_of, create_user
from tests.support.aws import AwsEnvironment
from tests.support.http import Response, call
from tests.support.renders import post_render, render_worker

CAPTURE, DEPTH, MATERIALS = pictures.png(), pictures.png(color="#404040"), pictures.jpeg()
NORMALS = pictures.png(color="#8080ff")
ALL = {"uploadedImageData": CAPTURE, "depthImage": DEPTH, "materialIdImage": MATERIALS, "normalImage": NORMALS}


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
    assert request.normal_image == NORMALS


def test_a_guide_image_may_be_sent_alone(user: User) -> None:
    request = work(user, post(user, {"uploadedImageData": CAPTURE, "materialIdImage": MATERIALS}))

    assert (request.depth_image, request.material_id_image, request.normal_image) == (None, MATERIALS, None)


def test_without_guide_images_the_engine_receives_none(user: User) -> None:
    request = work(user, post(user, {"uploadedImageData": CAPTURE}))

    assert (request.depth_image, request.material_id_image, request.normal_image) == (None, None, None)


def test_a_guide_image_may_be_base64_text(user: User) -> None:
    sent = {
        "uploadedImageData": base64.b64encode(CAPTURE).decode(),
        "depthImage": f"data:image/png;base64,{base64.b64encode(DEPTH).decode()}",
        "normalImage": base64.b64encode(NORMALS).decode(),
    }

    request = work(user, call("renders", "POST", "/renders", json=sent, headers=user.headers))

    assert (request.depth_image, request.normal_image) == (DEPTH, NORMALS)


def test_a_guide_image_may_be_a_long_text_field(user: User) -> None:
    noisy = pictures.png() + b"\0" * 80_000  # bytes after the end of a PNG are ignored
    text = base64.b64encode(noisy).decode()

    answer = post(user, {"uploadedImageData": CAPTURE}, depthImage=text, materialIdImage=text, normalImage=text)

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

    assert made == ["UpdateItem", *["PutObject"] * 4, "TransactWriteItems", "SendMessage"]


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize("field", ["depthImage", "materialIdImage", "normalImage"])
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
    quarter = CAPTURE + b"\0" * (captures.MAX_BYTES // 4)

    answer = post(user, dict.fromkeys(ALL, quarter))

    assert answer.code == (413, "PAYLOAD_TOO_LARGE")
    assert stored_pictures(aws, user) == []


# ---------------------------------------------------------------- asking twice


def test_repeating_a_request_with_the_same_pictures_and_key_returns_the_same_render(
    aws: AwsEnvironment, user: User
) -> None:
    first, again = post(user, ALL, "k"), post(user, ALL, "k")

    assert (again.status, again.data["renderId"]) == (202, first.data["renderId"])
    assert len(stored_pictures(aws, user)) == 4


@pytest.mark.parametrize(
    "other",
    [
        {**ALL, "depthImage": pictures.png(color="#505050")},
        {**ALL, "materialIdImage": DEPTH},
        {**ALL, "normalImage": DEPTH},
        {"uploadedImageData": CAPTURE},
        {**ALL, "depthImage": MATERIALS, "materialIdImage": DEPTH},
    ],
)
def test_other_guide_images_with_the_same_key_are_refused(
    aws: AwsEnvironment, user: User, other: dict[str, bytes]
) -> None:
    post(user, ALL, "k")

    assert post(user, other, "k").code == (422, "IDEMPOTENCY_KEY_REUSED")
    assert len(stored_pictures(aws, user)) == 4


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


# ---------------------------------------------------------------- camera and materials


def post_json(user: User, **fields: Any) -> Response:
    sent = {"uploadedImageData": base64.b64encode(CAPTURE).decode(), **fields}
    return call("renders", "POST", "/renders", json=sent, headers=user.headers)


CAMERA = {"fov": 45.5, "projection": "parallel", "position": [0, 2, 9], "target": [0, 1, 0], "near": 0.1, "far": 80}


def test_the_engine_receives_the_camera(user: User) -> None:
    request = work(user, post_json(user, camera=CAMERA | {"lensName": "a field of another version"}))

    assert request.camera == Camera(45.5, Projection.PARALLEL, (0, 2, 9), (0, 1, 0), None, 0.1, 80)


def test_the_engine_receives_the_materials_by_their_present_names(user: User) -> None:
    request = work(user, post_json(user, materials={"#A1B2C3": "Brick", "#000001": "Roof Tile", "#000002": "Unknown"}))

    assert request.materials == {"#a1b2c3": SurfaceMaterial.BRICK, "#000001": SurfaceMaterial.ROOF_TILES}


def test_in_a_form_camera_and_materials_are_json_text(user: User) -> None:
    answer = post(user, ALL, camera=json.dumps(CAMERA), materials='{"#a1b2c3": "glass"}')

    request = work(user, answer)
    assert (request.camera and request.camera.fov, request.materials) == (45.5, {"#a1b2c3": SurfaceMaterial.GLASS})


def test_without_them_the_engine_receives_neither(user: User) -> None:
    request = work(user, post(user, ALL))

    assert (request.camera, request.materials) == (None, {})


def test_an_unknown_material_is_a_warning(user: User) -> None:
    answer = post_json(user, materials={"#000001": "unobtainium", "#000002": "wood"})

    [warning] = answer.data["warnings"]
    assert (warning["code"], warning["field"]) == ("UNKNOWN_MATERIAL", "materials")
    assert "'unobtainium'" in warning["message"]


def test_a_warning_shows_only_the_first_unknown_materials(user: User) -> None:
    [warning] = post_json(user, materials={f"#0000{i:02x}": f"x{i:02}" for i in range(20)}).data["warnings"]

    assert "'x07' and 12 more" in warning["message"]


@pytest.mark.parametrize(
    ("materials", "problem_of"),
    [
        ({"red": "brick"}, "'red' is not a colour"),
        ({"#12345": "brick"}, "'#12345' is not a colour"),
        ({"#12345g": "brick"}, "'#12345g' is not a colour"),
        ({f"#{i:06x}": "brick" for i in range(257)}, "at most 256 colours"),
        ({"#123456": "x" * 129}, "at most 128"),
        ({"#123456": 7}, "valid string"),
        ("[1]", "valid dictionary"),
        ("{", "must be a JSON object"),
    ],
    ids=["a word", "too short", "not hexadecimal", "too many", "a long name", "a number", "a list", "cut off"],
)
def test_malformed_materials_are_refused(user: User, materials: Any, problem_of: str) -> None:
    answer = post_json(user, materials=materials)

    assert answer.code == (400, "INVALID_INPUT")
    assert answer.json["details"]["fields"][0]["field"].startswith("materials")
    assert problem_of in answer.json["details"]["fields"][0]["problem"]


@pytest.mark.parametrize(
    ("camera", "field"),
    [
        ({"fov": 0}, "camera.fov"),
        ({"fov": 180}, "camera.fov"),
        ({"fov": True}, "camera.fov"),
        ({"fov": "wide"}, "camera.fov"),
        ({"projection": "fisheye"}, "camera.projection"),
        ({"position": [1, 2]}, "camera.position"),
        ({"up": [0, 0, 1e12]}, "camera.up.2"),
        ({"near": 5, "far": 1}, "camera"),
        ({"near": -1}, "camera.near"),
        ("perspective", "camera"),
        ([45], "camera"),
    ],
)
def test_a_malformed_camera_is_refused_by_name(user: User, camera: Any, field: str) -> None:
    assert problem(post_json(user, camera=camera)) == (400, "INVALID_INPUT", field)


@pytest.mark.parametrize("change", [{"camera": {"fov": 50}}, {"materials": {"#a1b2c3": "wood"}}])
def test_another_camera_or_material_is_another_request(user: User, change: dict[str, Any]) -> None:
    text = base64.b64encode(CAPTURE).decode()
    first = {"camera": {"fov": 45}, "materials": {"#a1b2c3": "brick"}, "uploadedImageData": text}
    headers = user.headers | {"idempotency-key": "k"}

    assert call("renders", "POST", "/renders", json=first, headers=headers).status == 202
    assert call("renders", "POST", "/renders", json=first, headers=headers).status == 202
    again = call("renders", "POST", "/renders", json=first | change, headers=headers)

    assert again.code == (422, "IDEMPOTENCY_KEY_REUSED")
