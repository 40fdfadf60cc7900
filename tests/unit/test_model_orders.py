"""Orders of 3D models: what is accepted, what it costs, which worker gets it, and what its engine is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from renderiq.domain.consents import ConsentName
from renderiq.domain.render_layers import LayerKind, LayerMaterial
from renderiq.domain.renders import Status
from renderiq.engines import EngineRequest, MadeLayer, Output
from renderiq.errors import ErrorCode
from renderiq.ids import uuid7
from renderiq.queues import Queue, RenderJob
from renderiq.settings import settings
from renderiq.stores.images import keys_of_render
from tests.support import pictures, wiring
from tests.support.accounts import User, answer_consents, balance_of, create_user
from tests.support.aws import AwsEnvironment, clear_caches
from tests.support.http import Response, call
from tests.support.renders import post_render, render_worker
from tests.support.uploads import announce, complete, glb, send, upload_file

IFC = b"ISO-10303-21;\nHEADER;\nENDSEC;\n"
MODEL: dict[str, Any] = {"purpose": "model", "contentType": "model/gltf-binary", "fileName": "house.glb"}


@pytest.fixture
def offered(aws: AwsEnvironment, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A stack with the path tracer. Its jobs go to the usual queue here."""
    monkeypatch.setenv("CYCLES_ENABLED", "true")
    monkeypatch.setenv("CYCLES_PRICES", '{"standard": 12, "high": 30}')
    clear_caches()
    yield
    clear_caches()


@pytest.fixture
def user(aws: AwsEnvironment, offered: None) -> User:
    made = create_user(aws)
    answer_consents(made, ConsentName.MODEL_UPLOAD)
    return made


@pytest.fixture
def model(aws: AwsEnvironment, user: User) -> str:
    return upload_file(aws, user, glb(), **MODEL)


def order(user: User, **fields: Any) -> Response:
    return call("renders", "POST", "/renders", json={"quality": "standard", **fields}, headers=user.headers)


class ModelEngine:
    """Keeps its request, and the bytes of the model."""

    name = "cycles"

    def __init__(self) -> None:
        self.requests: list[EngineRequest] = []
        self.models: list[bytes] = []

    def render(
        self, request: EngineRequest, on_progress: Callable[[int], None], should_cancel: Callable[[], bool]
    ) -> Output:
        on_progress(50)
        assert not should_cancel()
        self.requests.append(request)
        self.models.append(request.model_file.read_bytes() if request.model_file else b"")
        material = LayerMaterial("#a1b2c3", "Brick red", "brick", 0.25)
        layers = [
            MadeLayer(kind, b"png", 1.5, 80.0)
            if kind is LayerKind.DEPTH
            else MadeLayer(kind, b"png", materials=(material,) if kind is LayerKind.MATERIAL_ID else ())
            for kind in request.layers
        ]
        return Output(pictures.png(), "image/png", pictures.webp(), *request.size, layers=tuple(layers))


def rendered(user: User, render_id: str) -> ModelEngine:
    engine = ModelEngine()
    assert render_worker(engine).work(RenderJob(user.user_id, render_id)) is not None
    return engine


def test_a_model_needs_no_capture(user: User, model: str) -> None:
    assert order(user, modelUploadId=model).data["engine"] == "cycles"


def test_a_model_has_a_price_of_its_own(user: User, model: str) -> None:
    assert order(user, modelUploadId=model, quality="standard").data["creditsCost"] == 12
    assert balance_of(user) == 88


def test_the_estimate_has_that_price(user: User) -> None:
    body = {"model": "cycles", "quality": "high"}
    answer = call("renders_estimate", "POST", "/renders/estimate", json=body, headers=user.headers)

    assert answer.data["creditsCost"] == 30


def test_capabilities_tell_the_prices(offered: None) -> None:
    models = {each["name"]: each for each in call("capabilities", "GET", "/capabilities").data["models"]}

    assert models["cycles"]["creditsCost"] == {"standard": 12, "high": 30}
    assert "modelUploadId" in models["cycles"]["inputs"]


def test_the_worker_gives_the_model_to_the_engine(user: User, model: str) -> None:
    engine = rendered(user, order(user, modelUploadId=model).data["renderId"])

    assert engine.models == [glb()]
    assert engine.requests[0].image == b""


def test_without_a_capture_the_picture_is_wide(user: User, model: str) -> None:
    assert rendered(user, order(user, modelUploadId=model).data["renderId"]).requests[0].size == (1920, 1080)


def test_a_capture_beside_the_model_gives_its_proportions(user: User, model: str) -> None:
    fields = {"modelUploadId": model, "aspectRatio": "source"}
    posted = post_render(user, fields, files={"uploadedImageData": pictures.png(400, 400)})

    assert rendered(user, posted.data["renderId"]).requests[0].size == (1080, 1080)


def test_camera_and_sun_reach_the_engine(user: User, model: str) -> None:
    camera = {"position": [1, 2, 3], "target": [0, 0, 0], "lens": 24, "shift": [0, 0.1], "cameraName": "Front"}
    posted = order(user, modelUploadId=model, camera=camera, sun={"azimuth": 200, "elevation": 30})
    request = rendered(user, posted.data["renderId"]).requests[0]

    assert request.camera is not None
    assert (request.camera.lens, request.camera.shift, request.camera.name) == (24, (0, 0.1), "Front")
    assert request.sun is not None
    assert (request.sun.azimuth, request.sun.elevation) == (200, 30)


def test_a_sun_can_be_a_place_and_a_time(user: User, model: str) -> None:
    sun = {"latitude": 51.48, "longitude": 0, "date": "2024-06-20T12:02:00Z"}
    request = rendered(user, order(user, modelUploadId=model, sun=sun).data["renderId"]).requests[0]

    assert request.sun is not None
    assert request.sun.elevation == pytest.approx(61.9, abs=0.5)


@pytest.mark.parametrize("sun", [{}, {"azimuth": 1}, {"latitude": 1, "longitude": 2}, {"azimuth": 1, "elevation": 91}])
def test_half_a_sun_is_refused(user: User, model: str, sun: dict[str, Any]) -> None:
    assert order(user, modelUploadId=model, sun=sun).code == (400, "INVALID_INPUT")


def test_the_path_tracer_without_a_model_is_refused(user: User) -> None:
    assert order(user, uploadedImageData="x", model="cycles").code == (400, "MISSING_REQUIRED_FIELD")


def test_a_model_for_an_engine_of_pictures_is_refused(user: User, model: str) -> None:
    refused = order(user, modelUploadId=model, model="preview")

    assert refused.code == (400, "INVALID_INPUT")
    assert "choose cycles" in refused.json["error"]


def test_a_picture_is_no_model(aws: AwsEnvironment, user: User) -> None:
    picture = upload_file(aws, user, pictures.png())

    assert order(user, modelUploadId=picture).code == (400, "INVALID_INPUT")


def test_a_model_of_another_user_is_not_found(aws: AwsEnvironment, user: User) -> None:
    other = create_user(aws)
    answer_consents(other, ConsentName.MODEL_UPLOAD)
    theirs = upload_file(aws, other, glb(), **MODEL)

    assert order(user, modelUploadId=theirs).code == (404, "NOT_FOUND")
    assert order(user, modelUploadId=uuid7()).code == (404, "NOT_FOUND")


def test_a_render_of_a_model_shows_no_input(user: User, model: str) -> None:
    render_id = order(user, modelUploadId=model).data["renderId"]
    shown = call("renders_id", "GET", f"/renders/{render_id}", headers=user.headers).data

    assert "inputUrl" not in shown


def test_a_render_of_a_model_can_be_ordered_again(user: User, model: str) -> None:
    render_id = order(user, modelUploadId=model).data["renderId"]
    body = {"changes": {"style": "soft"}}
    again = call("renders_id_again", "POST", f"/renders/{render_id}/again", json=body, headers=user.headers)

    assert rendered(user, again.data["renderId"]).models == [glb()]


def test_a_render_of_a_model_is_not_ordered_again_from_a_picture(user: User, model: str) -> None:
    render_id = order(user, modelUploadId=model).data["renderId"]
    body = {"changes": {"model": "preview"}}
    again = call("renders_id_again", "POST", f"/renders/{render_id}/again", json=body, headers=user.headers)

    assert again.code == (400, "INVALID_INPUT")


def test_a_model_that_is_gone_fails_the_render_and_is_refunded(aws: AwsEnvironment, user: User, model: str) -> None:
    render_id = order(user, modelUploadId=model).data["renderId"]
    aws.client("s3").delete_object(Bucket=settings().images_bucket, Key=f"uploads/{user.user_id}/{model}")
    ended = render_worker(ModelEngine()).work(RenderJob(user.user_id, render_id))

    assert ended is not None
    assert ended.status is Status.FAILED
    assert balance_of(user) == 100


def test_the_models_upload_is_kept_while_a_render_needs_it(user: User, model: str) -> None:
    order(user, modelUploadId=model)

    assert call("uploads_id", "DELETE", f"/uploads/{model}", headers=user.headers).code == (409, "RESOURCE_CONFLICT")


@pytest.mark.parametrize(
    ("name", "kind", "data"),
    [
        ("house.ifc", "", IFC),
        ("house.ifc", "application/x-step", IFC),
        ("house.usdz", "", b"PK\x03\x04" + bytes(40)),
        ("house.zip", "", b"PK\x03\x04" + bytes(40)),
    ],
)
def test_other_formats_are_uploaded(aws: AwsEnvironment, user: User, name: str, kind: str, data: bytes) -> None:
    upload_file(aws, user, data, purpose="model", contentType=kind or "application/octet-stream", fileName=name)


@pytest.mark.parametrize("name", ["house.ifc", "house.usdz", "house.zip"])
def test_a_file_of_another_format_is_rejected(aws: AwsEnvironment, user: User, name: str) -> None:
    fields = {"purpose": "model", "contentType": "application/octet-stream", "fileName": name}
    made = announce(user, b"something else", **fields).data
    send(aws, user, made["uploadId"], {1: b"something else"})

    assert complete(user, made["uploadId"]).code == (422, ErrorCode.UPLOAD_REJECTED.name)


def test_the_jobs_of_an_engine_go_to_its_own_queue() -> None:
    own = Queue(lambda: None, "own")
    queue = Queue(lambda: None, "usual", {"cycles": own})

    assert queue.of("cycles") is own
    assert queue.of("preview") is queue


def test_the_sweeper_knows_the_worker_of_a_render(user: User, model: str) -> None:
    render_id = order(user, modelUploadId=model).data["renderId"]
    due = wiring.renders().due_index.get(user.user_id, render_id)

    assert due is not None
    assert due.worker == "cycles"


def of_triangles(count: int) -> dict[str, Any]:
    """Returns the JSON of a GLB whose one mesh has so many triangles, of which none are in it."""
    return {
        "asset": {"version": "2.0"},
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 0}]}],
        "accessors": [{"componentType": 5125, "count": 3 * count, "type": "SCALAR"}],
    }


def shown(user: User, render_id: str) -> dict[str, Any]:
    data: dict[str, Any] = call("renders_id", "GET", f"/renders/{render_id}", headers=user.headers).data
    return data


def test_layers_that_were_ordered_are_linked_to(user: User, model: str) -> None:
    render_id = order(user, modelUploadId=model, layers=["depth", "normal", "materialId"]).data["renderId"]
    rendered(user, render_id)
    layers = {each["kind"]: each for each in shown(user, render_id)["layers"]}

    assert (layers["depth"]["near"], layers["depth"]["far"]) == (1.5, 80.0)
    assert layers["materialId"]["materials"] == [
        {"colour": "#a1b2c3", "name": "Brick red", "surface": "brick", "share": 0.25}
    ]
    assert layers["normal"]["url"].endswith("/normal.png")


def test_a_link_to_a_layer_leads_to_its_file(aws: AwsEnvironment, user: User, model: str) -> None:
    render_id = order(user, modelUploadId=model, layers=["depth"]).data["renderId"]
    rendered(user, render_id)
    stored = aws.client("s3").get_object(
        Bucket=settings().images_bucket, Key=f"renders/{user.user_id}/{render_id}/depth.png"
    )

    assert (stored["Body"].read(), stored["ContentType"]) == (b"png", "image/png")


def test_layers_that_were_not_ordered_are_absent(user: User, model: str) -> None:
    render_id = order(user, modelUploadId=model).data["renderId"]

    assert rendered(user, render_id).requests[0].layers == ()
    assert "layers" not in shown(user, render_id)


def test_lists_of_renders_have_no_layers(user: User, model: str) -> None:
    rendered(user, order(user, modelUploadId=model, layers=["depth"]).data["renderId"])
    listed = call("renders", "GET", "/renders", headers=user.headers).data["renders"]

    assert "layers" not in listed[0]


@pytest.mark.parametrize("text", ["depth,normal", '["depth", "normal"]', "depth, normal, depth"])
def test_a_form_names_layers_in_text(user: User, model: str, text: str) -> None:
    posted = post_render(user, {"modelUploadId": model, "layers": text})

    assert rendered(user, posted.data["renderId"]).requests[0].layers == (LayerKind.DEPTH, LayerKind.NORMAL)


def test_an_unknown_layer_is_refused(user: User, model: str) -> None:
    assert order(user, modelUploadId=model, layers=["alpha"]).code == (400, "INVALID_INPUT")


def test_layers_of_a_picture_are_refused(user: User) -> None:
    refused = post_render(user, {"layers": "depth"})

    assert refused.code == (400, "INVALID_INPUT")
    assert refused.json["details"]["fields"][0]["field"] == "layers"


def test_layers_can_be_had_by_ordering_again(user: User, model: str) -> None:
    render_id = order(user, modelUploadId=model).data["renderId"]
    body = {"changes": {"layers": ["normal"]}}
    again = call("renders_id_again", "POST", f"/renders/{render_id}/again", json=body, headers=user.headers)

    assert rendered(user, again.data["renderId"]).requests[0].layers == (LayerKind.NORMAL,)


def test_layers_are_deleted_with_the_render(user: User, model: str) -> None:
    render_id = order(user, modelUploadId=model, layers=["depth"]).data["renderId"]
    render = wiring.renders().get(user.user_id, render_id)

    assert f"renders/{user.user_id}/{render_id}/depth.png" in keys_of_render(render)


def test_a_ready_model_tells_its_triangles(aws: AwsEnvironment, user: User) -> None:
    upload = upload_file(aws, user, glb(of_triangles(700_000)), **MODEL)

    assert call("uploads_id", "GET", f"/uploads/{upload}", headers=user.headers).data["triangles"] == 700_000


def estimated_time(user: User, **fields: Any) -> int:
    body = {"model": "cycles", "quality": "standard", **fields}
    answer = call("renders_estimate", "POST", "/renders/estimate", json=body, headers=user.headers)
    return int(answer.data["estimatedTime"])


def test_more_triangles_take_longer(aws: AwsEnvironment, user: User) -> None:
    small, large = (upload_file(aws, user, glb(of_triangles(count)), **MODEL) for count in (1_000, 10_000_000))

    assert estimated_time(user, modelUploadId=small) < estimated_time(user, modelUploadId=large)


def test_the_order_has_the_time_of_the_estimate(aws: AwsEnvironment, user: User) -> None:
    large = upload_file(aws, user, glb(of_triangles(10_000_000)), **MODEL)

    assert order(user, modelUploadId=large).data["estimatedTime"] == estimated_time(user, modelUploadId=large)


def test_triangles_of_an_ifc_are_guessed_from_its_size(aws: AwsEnvironment, user: User) -> None:
    fields = {"purpose": "model", "contentType": "application/x-step", "fileName": "house.ifc"}
    large = announce(user, IFC, **fields | {"size": 900_000_000}).data["uploadId"]

    assert estimated_time(user, modelUploadId=large) > estimated_time(user)


def test_an_estimate_of_a_picture_as_a_model_is_refused(aws: AwsEnvironment, user: User) -> None:
    picture = upload_file(aws, user, pictures.png())
    body = {"quality": "standard", "modelUploadId": picture}

    assert call("renders_estimate", "POST", "/renders/estimate", json=body, headers=user.headers).code == (
        400,
        "INVALID_INPUT",
    )


def test_an_estimate_of_a_model_of_another_user_is_not_found(aws: AwsEnvironment, user: User) -> None:
    other = create_user(aws)
    answer_consents(other, ConsentName.MODEL_UPLOAD)
    body = {"quality": "standard", "modelUploadId": upload_file(aws, other, glb(), **MODEL)}

    assert call("renders_estimate", "POST", "/renders/estimate", json=body, headers=user.headers).code == (
        404,
        "NOT_FOUND",
    )


@pytest.mark.parametrize("meshes", [[{"primitives": [{"attributes": {"POSITION": 7}}]}], [{}], [3]])
def test_a_model_whose_parts_do_not_fit_has_no_triangles_yet(aws: AwsEnvironment, user: User, meshes: Any) -> None:
    upload = upload_file(
        aws, user, glb({"asset": {"version": "2.0"}, "meshes": meshes, "nodes": [{"mesh": 0}]}), **MODEL
    )

    assert "triangles" not in call("uploads_id", "GET", f"/uploads/{upload}", headers=user.headers).data
