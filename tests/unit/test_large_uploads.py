"""Uploads in parts: what is announced, what arrives, what is checked, and what is left of a file that lies."""

from __future__ import annotations

import gzip
import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

from renderiq.domain.consents import ConsentName
from renderiq.domain.renders import Status
from renderiq.domain.uploads import MAX_OPEN, PART_SIZE
from renderiq.engines import EngineRequest, Output
from renderiq.ids import uuid7
from renderiq.queues import RenderJob
from renderiq.services.sweeper import SweepResult
from renderiq.settings import settings
from renderiq.stores.items import to_attributes
from renderiq.workers import sweep as sweep_worker
from tests.support import pictures, wiring
from tests.support.accounts import User, answer_consents, balance_of, create_user
from tests.support.aws import AwsEnvironment
from tests.support.http import Response, call
from tests.support.renders import post_render, render_worker
from tests.support.uploads import announce, complete, glb, left_of, send, upload_file

PNG = pictures.png()
DAY = timedelta(days=1)


class CopyEngine:
    """Returns the capture that it gets."""

    name = "copy"

    def __init__(self) -> None:
        self.requests: list[EngineRequest] = []

    def render(
        self, request: EngineRequest, on_progress: Callable[[int], None], should_cancel: Callable[[], bool]
    ) -> Output:
        self.requests.append(request)
        on_progress(50)
        assert not should_cancel()
        return Output(request.image, "image/png", pictures.webp(), *request.size)


def read(user: User, upload_id: str) -> Response:
    return call("uploads_id", "GET", f"/uploads/{upload_id}", headers=user.headers)


def delete(user: User, upload_id: str) -> Response:
    return call("uploads_id", "DELETE", f"/uploads/{upload_id}", headers=user.headers)


def sign(user: User, upload_id: str, *numbers: Any) -> Response:
    body = {"partNumbers": list(numbers)}
    return call("uploads_id_parts", "POST", f"/uploads/{upload_id}/parts", json=body, headers=user.headers)


def order(user: User, **fields: Any) -> Response:
    return call("renders", "POST", "/renders", json={"quality": "standard", **fields}, headers=user.headers)


def sweep(*, after: timedelta = timedelta()) -> SweepResult:
    return replace(sweep_worker.sweeper(), clock=lambda: datetime.now(UTC) + after).run(budget=timedelta(minutes=1))


def usage(aws: AwsEnvironment, user: User) -> tuple[int, int]:
    [item] = [each for each in aws.items_of("UploadsTable", user) if each["uploadId"] == "usage"]
    return item["openUploads"], item["storedBytes"]


def two_parts(aws: AwsEnvironment, user: User) -> tuple[str, dict[int, bytes]]:
    """Announces a PNG of two parts. Returns its id and its parts."""
    data = PNG + bytes(PART_SIZE)
    return announce(user, data).data["uploadId"], {1: data[:PART_SIZE], 2: data[PART_SIZE:]}


# ---------------------------------------------------------------- announcing


@pytest.fixture
def user(aws: AwsEnvironment) -> User:
    """A user who agrees to the upload of 3D models."""
    made = create_user(aws)
    answer_consents(made, ConsentName.MODEL_UPLOAD)
    return made


def test_a_file_is_announced_with_its_parts_signed(user: User) -> None:
    made = announce(user, b"", size=20_000_000).data

    assert (made["status"], made["partSize"], made["partCount"]) == ("open", PART_SIZE, 3)
    assert [(each["partNumber"], each["size"]) for each in made["parts"]] == [
        (1, PART_SIZE),
        (2, PART_SIZE),
        (3, 20_000_000 - 2 * PART_SIZE),
    ]
    assert "putUrl" not in made


def test_a_part_is_signed_for_exactly_its_size(user: User) -> None:
    url = announce(user, PNG).data["parts"][0]["url"]

    assert parse_qs(urlsplit(url).query)["X-Amz-SignedHeaders"] == ["content-length;host"]


def test_a_file_of_one_part_has_one_url_that_takes_all_of_it(user: User) -> None:
    made = announce(user, PNG).data

    assert made["putUrl"] == made["parts"][0]["url"]


def test_an_open_upload_ends_after_a_day(user: User) -> None:
    made = announce(user, PNG).data

    assert datetime.fromisoformat(made["expiresAt"]) - datetime.fromisoformat(made["createdAt"]) == DAY


def test_at_most_a_hundred_parts_are_signed_at_once(user: User) -> None:
    made = announce(user, b"", size=1_500_000_000, contentType="model/gltf-binary", purpose="model").data

    assert (made["partCount"], len(made["parts"])) == (179, 100)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"size": 0}, (400, "INVALID_INPUT")),
        ({"size": True}, (400, "INVALID_INPUT")),
        ({"size": 100_000_001}, (413, "PAYLOAD_TOO_LARGE")),
        ({"size": 2_000_000_001, "purpose": "model", "contentType": "model/gltf-binary"}, (413, "PAYLOAD_TOO_LARGE")),
        ({"contentType": "image/webp"}, (415, "UNSUPPORTED_MEDIA_TYPE")),
        ({"contentType": "model/gltf-binary"}, (415, "UNSUPPORTED_MEDIA_TYPE")),
        ({"purpose": "model"}, (415, "UNSUPPORTED_MEDIA_TYPE")),
        ({"purpose": "virus"}, (400, "INVALID_INPUT")),
        ({"purpose": None}, (400, "MISSING_REQUIRED_FIELD")),
        ({"sha256": "abc"}, (400, "INVALID_INPUT")),
        ({"contentEncoding": "br"}, (400, "INVALID_INPUT")),
        ({"fileName": ""}, (400, "MISSING_REQUIRED_FIELD")),
        (
            {"size": 1_000_000_001, "purpose": "model", "contentType": "model/gltf-binary", "sha256": "a" * 64},
            (400, "INVALID_INPUT"),
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_at_once(
    aws: AwsEnvironment, user: User, fields: dict[str, Any], code: tuple[int, str]
) -> None:
    assert announce(user, PNG, **fields).code == code
    assert left_of(aws, user) == []


@pytest.mark.parametrize(
    ("fields", "purpose", "content_type"),
    [
        ({"purpose": " MaterialID "}, "materialId", "image/png"),
        ({"contentType": "image/jpg"}, "capture", "image/jpeg"),
        ({"contentType": "application/octet-stream", "fileName": "A.JPEG"}, "capture", "image/jpeg"),
        ({"contentType": "image/PNG; charset=binary"}, "capture", "image/png"),
    ],
)
def test_usual_spellings_are_understood(user: User, fields: dict[str, Any], purpose: str, content_type: str) -> None:
    made = announce(user, PNG, **fields).data

    assert (made["purpose"], made["contentType"]) == (purpose, content_type)


def test_a_user_has_at_most_twenty_open_uploads(aws: AwsEnvironment, user: User) -> None:
    made = [announce(user, PNG).data["uploadId"] for _ in range(MAX_OPEN)]

    refused = announce(user, PNG)

    assert refused.code == (429, "QUOTA_EXCEEDED")
    assert len(left_of(aws, user)) == MAX_OPEN
    delete(user, made[0])
    assert announce(user, PNG).status == 201


def test_a_user_stores_at_most_twenty_gigabytes(aws: AwsEnvironment, user: User) -> None:
    model = {"purpose": "model", "contentType": "model/gltf-binary", "size": 2_000_000_000}
    made = [announce(user, b"", **model).data["uploadId"] for _ in range(10)]

    assert announce(user, PNG).code == (429, "QUOTA_EXCEEDED")
    delete(user, made[0])
    assert announce(user, PNG).status == 201
    assert usage(aws, user) == (10, 18_000_000_000 + len(PNG))


def test_a_repeated_announcement_returns_the_same_upload(aws: AwsEnvironment, user: User) -> None:
    body = {"fileName": "view.png", "contentType": "image/png", "size": 9, "purpose": "capture"}
    headers = {**user.headers, "idempotency-key": "k"}

    first, second = (call("uploads", "POST", "/uploads", json=body, headers=headers).data for _ in range(2))
    other = call("uploads", "POST", "/uploads", json={**body, "size": 8}, headers=headers)

    assert first["uploadId"] == second["uploadId"]
    assert other.code == (422, "IDEMPOTENCY_KEY_REUSED")
    assert len(left_of(aws, user)) == 1


# ---------------------------------------------------------------- parts


@pytest.mark.parametrize("number", [0, -1, 2, 1001, "x", True])
def test_a_part_that_the_file_does_not_have_is_refused(user: User, number: Any) -> None:
    upload_id = announce(user, PNG).data["uploadId"]

    assert sign(user, upload_id, number).code == (400, "INVALID_INPUT")


@pytest.mark.parametrize("count", [0, 101])
def test_one_to_a_hundred_parts_are_signed_per_request(user: User, count: int) -> None:
    upload_id = announce(user, PNG).data["uploadId"]

    assert sign(user, upload_id, *([1] * count)).code == (400, "INVALID_INPUT")


def test_parts_are_signed_anew_in_the_order_of_the_request(aws: AwsEnvironment, user: User) -> None:
    upload_id, _ = two_parts(aws, user)

    parts = sign(user, upload_id, 2, 1).data["parts"]

    assert [(each["partNumber"], each["size"]) for each in parts] == [(2, len(PNG)), (1, PART_SIZE)]


def test_a_url_does_not_outlive_its_upload(user: User) -> None:
    upload_id = announce(user, PNG).data["uploadId"]
    late = datetime.now(UTC) + timedelta(hours=23, minutes=50)

    [part] = wiring.upload_service().sign(user.user_id, upload_id, [1], now=late)

    assert timedelta(minutes=9) < part.expires_at - late <= timedelta(minutes=10)


def test_an_upload_tells_which_parts_have_arrived(aws: AwsEnvironment, user: User) -> None:
    upload_id, parts = two_parts(aws, user)
    send(aws, user, upload_id, {2: parts[2]})

    found = read(user, upload_id).data

    assert (found["status"], found["receivedBytes"], found["progress"]) == ("open", len(PNG), 0)
    assert [each["received"] for each in found["parts"]] == [False, True]


def test_a_part_of_another_size_has_not_arrived(aws: AwsEnvironment, user: User) -> None:
    upload_id = announce(user, PNG).data["uploadId"]
    send(aws, user, upload_id, {1: PNG + b"more"})

    assert read(user, upload_id).data["receivedBytes"] == 0
    refused = complete(user, upload_id)
    assert refused.code == (409, "UPLOAD_INCOMPLETE")
    assert f"Part 1 has {len(PNG) + 4} bytes" in refused.json["error"]


# ---------------------------------------------------------------- completing


def test_a_complete_file_is_ready_and_has_a_link(aws: AwsEnvironment, user: User) -> None:
    upload_id, parts = two_parts(aws, user)
    send(aws, user, upload_id, {2: parts[2], 1: parts[1]})

    ready = complete(user, upload_id).data

    assert (ready["status"], ready["progress"], ready["width"], ready["height"]) == ("ready", 100, 160, 90)
    assert ready["receivedBytes"] == PART_SIZE + len(PNG)
    key = wiring.file_links().key_of(ready["url"])
    assert key == f"uploads/{user.user_id}/{upload_id}"
    assert left_of(aws, user) == [key]
    stored = aws.client("s3").get_object(Bucket=settings().images_bucket, Key=key)
    assert stored["Body"].read() == parts[1] + parts[2]
    assert stored["ContentType"] == "image/png"


def test_a_link_to_a_ready_file_redirects_to_it(aws: AwsEnvironment, user: User) -> None:
    url = read(user, upload_file(aws, user, PNG)).data["url"]

    assert call("files_id_id", "GET", url.partition("/api/plugins")[2]).status == 302


def test_an_incomplete_file_stays_open_and_the_missing_parts_are_named(aws: AwsEnvironment, user: User) -> None:
    upload_id, parts = two_parts(aws, user)
    send(aws, user, upload_id, {1: parts[1]})

    refused = complete(user, upload_id)

    assert refused.code == (409, "UPLOAD_INCOMPLETE")
    assert refused.json["details"] == {
        "missingParts": [2],
        "missingCount": 1,
        "receivedBytes": PART_SIZE,
        "size": PART_SIZE + len(PNG),
    }
    send(aws, user, upload_id, {2: parts[2]})
    assert complete(user, upload_id).data["status"] == "ready"


def test_a_completion_can_be_repeated(aws: AwsEnvironment, user: User) -> None:
    upload_id = upload_file(aws, user, PNG)
    before = usage(aws, user)

    assert complete(user, upload_id).data["status"] == "ready"
    assert usage(aws, user) == before == (0, len(PNG))


def test_a_completion_that_was_interrupted_after_the_parts_were_put_together_goes_on(
    aws: AwsEnvironment, user: User
) -> None:
    upload_id = announce(user, PNG).data["uploadId"]
    send(aws, user, upload_id, {1: PNG})
    upload = wiring.uploads().get(user.user_id, upload_id)
    files = wiring.upload_files()
    assert files.put_together(upload, upload.arrived(files.parts(upload) or []))

    assert read(user, upload_id).data["receivedBytes"] == len(PNG)
    assert complete(user, upload_id).data["status"] == "ready"


def test_an_upload_whose_parts_s3_has_dropped_is_incomplete(aws: AwsEnvironment, user: User) -> None:
    upload_id = announce(user, PNG).data["uploadId"]
    wiring.upload_files().delete_parts(wiring.uploads().get(user.user_id, upload_id))

    assert complete(user, upload_id).code == (409, "UPLOAD_INCOMPLETE")
    assert read(user, upload_id).data["receivedBytes"] == 0


def test_a_model_is_ready_if_it_stands_alone(aws: AwsEnvironment, user: User) -> None:
    embedded = {"asset": {"version": "2.0"}, "images": [{"uri": "data:image/png;base64,AAAA"}]}

    upload_id = upload_file(aws, user, glb(embedded, padding=64), purpose="model", contentType="model/gltf-binary")

    assert "width" not in read(user, upload_id).data


def test_a_gzipped_picture_is_checked_unpacked(aws: AwsEnvironment, user: User) -> None:
    data = gzip.compress(PNG)

    upload_id = upload_file(aws, user, data, contentEncoding="gzip", sha256=hashlib.sha256(data).hexdigest())

    assert read(user, upload_id).data["width"] == 160


def test_the_size_of_a_jpeg_is_found_behind_a_large_profile(aws: AwsEnvironment, user: User) -> None:
    file = io.BytesIO()
    Image.new("RGB", (160, 90)).save(file, "JPEG", icc_profile=bytes(300_000))

    upload_id = upload_file(aws, user, file.getvalue(), contentType="image/jpeg")

    assert read(user, upload_id).data["height"] == 90


def test_the_hash_of_the_whole_file_is_checked(aws: AwsEnvironment, user: User) -> None:
    data = PNG + bytes(PART_SIZE)

    upload_id = upload_file(aws, user, data, sha256=hashlib.sha256(data).hexdigest().upper())

    assert read(user, upload_id).data["status"] == "ready"


# ---------------------------------------------------------------- files that lie

MODEL = {"purpose": "model", "contentType": "model/gltf-binary"}
EXTERNAL = {"asset": {"version": "2.0"}, "buffers": [{"uri": "https://example.com/secret.bin"}]}
HIDDEN = {"asset": {"version": "2.0"}, "extensions": {"X": [{"deep": {"uri": "../../etc/passwd"}}]}}

LIES: dict[str, tuple[bytes, dict[str, Any]]] = {
    "a PNG called GLB": (PNG, MODEL),
    "a GLB called PNG": (glb(), {}),
    "a JPEG called PNG": (pictures.jpeg(), {}),
    "a GIF called PNG": (pictures.gif(), {}),
    "text called PNG": (b"hello, this is a text and no picture at all", {}),
    "a PNG of 100 megapixels": (pictures.bomb(), {}),
    "a PNG of few pixels": (pictures.png(63, 90), {}),
    "the beginning of a PNG": (PNG[:20], {}),
    "the beginning of a JPEG": (pictures.jpeg()[:20], {"contentType": "image/jpeg"}),
    "a wrong hash": (PNG, {"sha256": "0" * 64}),
    "a GLB with a link to a server": (glb(EXTERNAL), MODEL),
    "a GLB with a link to a file in an extension": (glb(HIDDEN), MODEL),
    "a GLB that is longer than it says": (glb() + b"more", MODEL),
    "a GLB that is cut off": (glb(padding=64)[:-8], MODEL),
    "a GLB of version 1": (glb()[:4] + b"\1\0\0\0" + glb()[8:], MODEL),
    "a GLB without JSON": (glb()[:20], MODEL),
    "a GLB with broken JSON": (glb().replace(b"asset", b"as}et"), MODEL),
    "a GLB whose JSON is no glTF": (glb({"x": "y"}), MODEL),
    "a PNG called gzip": (PNG, {"contentEncoding": "gzip"}),
    "a gzipped text": (gzip.compress(b"hello" * 99), {"contentEncoding": "gzip"}),
    "a gzipped model with a link": (gzip.compress(glb(EXTERNAL)), {**MODEL, "contentEncoding": "gzip"}),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_file_that_is_not_what_was_announced_fails_and_its_bytes_go(
    aws: AwsEnvironment, user: User, lie: str
) -> None:
    data, fields = LIES[lie]
    upload_id = announce(user, data, **fields).data["uploadId"]
    send(aws, user, upload_id, {1: data})

    refused = complete(user, upload_id)

    assert refused.code == (422, "UPLOAD_REJECTED")
    assert refused.json["details"] == {"uploadId": upload_id}
    failed = read(user, upload_id).data
    assert (failed["status"], failed["error"]) == ("failed", refused.json["error"])
    assert left_of(aws, user) == []
    assert usage(aws, user) == (0, 0)
    assert balance_of(user) == 100
    assert complete(user, upload_id).code == (422, "UPLOAD_REJECTED")
    assert sign(user, upload_id, 1).code == (409, "RESOURCE_CONFLICT")
    assert order(user, uploadId=upload_id).code == (422, "UPLOAD_REJECTED")


def test_the_record_of_a_failure_goes_by_itself(aws: AwsEnvironment, user: User) -> None:
    upload_id = announce(user, b"no picture").data["uploadId"]
    send(aws, user, upload_id, {1: b"no picture"})
    complete(user, upload_id)

    [item] = [each for each in aws.items_of("UploadsTable", user) if each["uploadId"] == upload_id]

    assert 6 * 86400 < item["expiresAt"] - datetime.now(UTC).timestamp() < 8 * 86400
    assert "dueAt" not in item


# ---------------------------------------------------------------- rendering


def test_a_render_uses_an_upload_without_copying_it(aws: AwsEnvironment, user: User) -> None:
    upload_id, engine = upload_file(aws, user, PNG), CopyEngine()

    posted = order(user, uploadId=upload_id)
    render = render_worker(engine).work(RenderJob(user.user_id, posted.data["renderId"]))

    assert render
    assert render.status is Status.COMPLETED
    assert engine.requests[0].image == PNG
    assert aws.objects(f"captures/{user.user_id}/") == []


def test_the_proportions_of_an_upload_are_those_of_its_picture(aws: AwsEnvironment, user: User) -> None:
    upload_id = upload_file(aws, user, pictures.png(200, 100))

    render_id = order(user, uploadId=upload_id, aspectRatio="source").data["renderId"]

    assert wiring.renders().get(user.user_id, render_id).order.output_size == (2036, 1018)


def test_a_link_to_an_upload_is_an_image_url(aws: AwsEnvironment, user: User) -> None:
    url = read(user, upload_file(aws, user, PNG)).data["url"]

    assert order(user, imageUrl=url).status == 202


def test_the_guides_of_a_render_may_be_uploads(aws: AwsEnvironment, user: User) -> None:
    ids = {purpose: upload_file(aws, user, PNG, purpose=purpose) for purpose in ("capture", "depth", "materialId")}
    normal = upload_file(aws, user, PNG, purpose="normal")

    posted = order(
        user,
        uploadId=ids["capture"],
        depthUploadId=ids["depth"],
        materialIdUploadId=ids["materialId"],
        normalUploadId=normal,
    )
    engine = CopyEngine()
    render_worker(engine).work(RenderJob(user.user_id, posted.data["renderId"]))

    [request] = engine.requests
    assert {request.depth_image, request.material_id_image, request.normal_image} == {PNG}


def test_a_guide_of_another_size_is_refused(aws: AwsEnvironment, user: User) -> None:
    capture = upload_file(aws, user, PNG)
    depth = upload_file(aws, user, pictures.png(80, 80), purpose="depth")

    refused = order(user, uploadId=capture, depthUploadId=depth)

    assert refused.code == (400, "INVALID_INPUT")
    assert refused.json["details"]["fields"][0]["field"] == "depthUploadId"


def test_an_upload_for_another_purpose_is_refused(aws: AwsEnvironment, user: User) -> None:
    assert order(user, uploadId=upload_file(aws, user, PNG, purpose="depth")).code == (400, "INVALID_INPUT")


def test_a_stack_without_path_tracer_refuses_a_model_with_a_sentence(user: User) -> None:
    refused = order(user, uploadedImageData="x", modelUploadId=uuid7())

    assert refused.code == (400, "INVALID_INPUT")
    assert "no model here renders 3D models" in refused.json["error"]


@pytest.mark.parametrize("field", ["uploadId", "depthUploadId", "materialIdUploadId", "normalUploadId"])
def test_an_upload_of_another_user_is_not_found(aws: AwsEnvironment, user: User, field: str) -> None:
    purpose = {"uploadId": "capture"}.get(field, field.removesuffix("UploadId"))
    theirs = upload_file(aws, create_user(aws), PNG, purpose=purpose)
    own = {} if field == "uploadId" else {"uploadId": upload_file(aws, user, PNG)}

    assert order(user, **own, **{field: theirs}).code == (404, "NOT_FOUND")
    assert balance_of(user) == 100


def test_a_link_to_an_upload_of_another_user_is_refused(aws: AwsEnvironment, user: User) -> None:
    other = create_user(aws)
    url = read(other, upload_file(aws, other, PNG)).data["url"]

    assert order(user, imageUrl=url).code == (400, "INVALID_INPUT")


def test_an_open_upload_cannot_be_rendered(user: User) -> None:
    upload_id = announce(user, PNG).data["uploadId"]

    assert order(user, uploadId=upload_id).code == (409, "UPLOAD_INCOMPLETE")
    assert balance_of(user) == 100


def test_an_upload_beside_a_picture_is_refused(aws: AwsEnvironment, user: User) -> None:
    upload_id = upload_file(aws, user, PNG)

    refused = post_render(user, {"uploadId": upload_id})

    assert refused.code == (400, "INVALID_INPUT")


def test_a_repeated_order_of_an_upload_returns_the_same_render(aws: AwsEnvironment, user: User) -> None:
    first, second = (upload_file(aws, user, PNG) for _ in range(2))
    headers = {**user.headers, "idempotency-key": "k"}
    body = {"quality": "standard", "uploadId": first}

    answers = [call("renders", "POST", "/renders", json=body, headers=headers) for _ in range(2)]
    other = call("renders", "POST", "/renders", json={**body, "uploadId": second}, headers=headers)

    assert len({each.data["renderId"] for each in answers}) == 1
    assert other.code == (422, "IDEMPOTENCY_KEY_REUSED")


def test_a_refused_order_leaves_the_upload(aws: AwsEnvironment) -> None:
    poor = create_user(aws, balance=1)
    upload_id = upload_file(aws, poor, PNG)

    assert order(poor, uploadId=upload_id).code == (402, "INSUFFICIENT_CREDITS")
    assert left_of(aws, poor) == [f"uploads/{poor.user_id}/{upload_id}"]


def test_a_gzipped_capture_is_unpacked_for_the_engine(aws: AwsEnvironment, user: User) -> None:
    upload_id, engine = upload_file(aws, user, gzip.compress(PNG), contentEncoding="gzip"), CopyEngine()

    job = RenderJob(user.user_id, order(user, uploadId=upload_id).data["renderId"])
    render_worker(engine).work(job)

    assert engine.requests[0].image == PNG


@pytest.mark.parametrize(
    "data",
    [gzip.compress(PNG + bytes(100_000_001)), gzip.compress(PNG + bytes(9_000_000))[:-2000]],
    ids=["a bomb", "cut off"],
)
def test_a_hostile_gzip_fails_its_render_which_is_refunded(aws: AwsEnvironment, user: User, data: bytes) -> None:
    upload_id, engine = upload_file(aws, user, data, contentEncoding="gzip"), CopyEngine()

    job = RenderJob(user.user_id, order(user, uploadId=upload_id).data["renderId"])
    render = render_worker(engine).work(job)

    assert render
    assert (render.status, render.error_code) == (Status.FAILED, "UPLOAD_REJECTED")
    assert engine.requests == []
    assert balance_of(user) == 100


# ---------------------------------------------------------------- deleting


def test_an_open_upload_is_aborted(aws: AwsEnvironment, user: User) -> None:
    upload_id, parts = two_parts(aws, user)
    send(aws, user, upload_id, {1: parts[1]})

    assert delete(user, upload_id).data == {"uploadId": upload_id}
    assert left_of(aws, user) == []
    assert usage(aws, user) == (0, 0)
    assert read(user, upload_id).code == (404, "NOT_FOUND")
    assert complete(user, upload_id).code == (404, "NOT_FOUND")
    assert delete(user, upload_id).code == (404, "NOT_FOUND")


def test_an_upload_that_a_render_waits_for_is_kept(aws: AwsEnvironment, user: User) -> None:
    upload_id = upload_file(aws, user, PNG)
    job = RenderJob(user.user_id, order(user, uploadId=upload_id).data["renderId"])

    assert delete(user, upload_id).code == (409, "RESOURCE_CONFLICT")
    render_worker(CopyEngine()).work(job)
    assert delete(user, upload_id).status == 200
    assert left_of(aws, user) == []
    assert order(user, uploadId=upload_id).code == (404, "NOT_FOUND")


@pytest.mark.parametrize("field", ["depthUploadId", "materialIdUploadId", "normalUploadId"])
def test_a_guide_that_a_render_waits_for_is_kept(aws: AwsEnvironment, user: User, field: str) -> None:
    guide = upload_file(aws, user, PNG, purpose=field.removesuffix("UploadId"))
    order(user, uploadId=upload_file(aws, user, PNG), **{field: guide})

    assert delete(user, guide).code == (409, "RESOURCE_CONFLICT")


def test_a_render_that_began_between_the_look_and_the_deletion_keeps_the_upload(
    aws: AwsEnvironment, user: User
) -> None:
    upload = wiring.uploads().get(user.user_id, upload_file(aws, user, PNG))
    order(user, uploadId=upload.upload_id)

    assert not wiring.uploads().mark_removed(upload, now=datetime.now(UTC))


def test_a_deleted_project_leaves_the_uploads_of_its_renders(aws: AwsEnvironment, user: User) -> None:
    upload_id = upload_file(aws, user, PNG)
    project = call("projects", "POST", "/projects", headers=user.headers, json={"name": "Villa"}).data["id"]
    order(user, uploadId=upload_id, projectId=project)

    call("projects_id", "DELETE", f"/projects/{project}", headers=user.headers)

    assert left_of(aws, user) == [f"uploads/{user.user_id}/{upload_id}"]


def test_a_deletion_that_was_interrupted_is_finished_by_the_sweeper(aws: AwsEnvironment, user: User) -> None:
    upload = wiring.uploads().get(user.user_id, upload_file(aws, user, PNG))
    wiring.uploads().mark_removed(upload, now=datetime.now(UTC))
    assert read(user, upload.upload_id).code == (404, "NOT_FOUND")

    assert sweep(after=timedelta(minutes=5)).done["uploads removed"] == 1

    assert left_of(aws, user) == []
    assert wiring.uploads().find(user.user_id, upload.upload_id) is None


def test_a_failure_whose_bytes_were_not_deleted_is_finished_by_the_sweeper(aws: AwsEnvironment, user: User) -> None:
    upload_id = announce(user, PNG).data["uploadId"]
    send(aws, user, upload_id, {1: PNG})
    upload = wiring.uploads().get(user.user_id, upload_id)
    wiring.uploads().mark_failed(upload, problem="It lies.", now=datetime.now(UTC))

    sweep(after=timedelta(minutes=5))

    assert left_of(aws, user) == []
    assert read(user, upload_id).data["error"] == "It lies."


# ---------------------------------------------------------------- time


def test_an_open_upload_is_removed_after_a_day(aws: AwsEnvironment, user: User) -> None:
    upload_id, parts = two_parts(aws, user)
    send(aws, user, upload_id, parts)

    sweep(after=DAY - timedelta(minutes=1))
    assert read(user, upload_id).data["receivedBytes"] == PART_SIZE + len(PNG)
    sweep(after=DAY + timedelta(minutes=1))

    assert left_of(aws, user) == []
    assert read(user, upload_id).code == (404, "NOT_FOUND")
    assert usage(aws, user) == (0, 0)


def test_a_ready_upload_is_removed_at_the_end_of_its_retention(aws: AwsEnvironment, user: User) -> None:
    upload_id = upload_file(aws, user, PNG)

    sweep(after=timedelta(days=30) - DAY)
    assert read(user, upload_id).data["status"] == "ready"
    sweep(after=timedelta(days=30) + timedelta(minutes=1))

    assert left_of(aws, user) == []
    assert read(user, upload_id).code == (404, "NOT_FOUND")
    assert usage(aws, user) == (0, 0)


def test_a_ready_upload_outlives_its_retention_while_a_render_waits_for_it(aws: AwsEnvironment, user: User) -> None:
    upload_id = upload_file(aws, user, PNG)
    late = datetime.now(UTC) + timedelta(days=30) + timedelta(minutes=1)
    order(user, uploadId=upload_id)
    # A render cannot be ordered in the future, so the upload is made old.
    wiring.uploads()._client.update_item(
        TableName=settings().uploads_table,
        Key=to_attributes({"userId": user.user_id, "uploadId": upload_id}),
        UpdateExpression="SET expiresOn = :then, dueAt = :then",
        ExpressionAttributeValues=to_attributes({":then": "2026-01-01T00:00:00.000Z"}),
    )

    assert not wiring.upload_removal().resume(user.user_id, upload_id, now=datetime.now(UTC))
    assert wiring.upload_removal().resume(user.user_id, upload_id, now=late)


# ---------------------------------------------------------------- lists


def test_uploads_are_listed_from_new_to_old_by_page(aws: AwsEnvironment, user: User) -> None:
    made = [announce(user, PNG).data["uploadId"] for _ in range(3)]

    first = call("uploads", "GET", "/uploads", headers=user.headers, query={"limit": 2}).data
    second = call("uploads", "GET", "/uploads", headers=user.headers, query={"cursor": first["nextCursor"]}).data

    assert [each["uploadId"] for page in (first, second) for each in page["uploads"]] == made[::-1]
    assert "nextCursor" not in second


def test_uploads_are_filtered_by_status_and_purpose(aws: AwsEnvironment, user: User) -> None:
    ready = upload_file(aws, user, PNG)
    opened = announce(user, PNG, purpose="depth").data["uploadId"]

    def listed(**query: str) -> list[str]:
        page = call("uploads", "GET", "/uploads", headers=user.headers, query=query).data
        return [each["uploadId"] for each in page["uploads"]]

    assert (listed(status="ready"), listed(purpose="depth"), listed(status="ready", purpose="depth")) == (
        [ready],
        [opened],
        [],
    )


# ---------------------------------------------------------------- the names of plugins in use


def init(user: User, data: bytes, **fields: Any) -> Response:
    given = {"fileName": "view.png", "contentType": "image/png", "totalSize": len(data), **fields}
    return call("uploads", "POST", "/uploads/resumable/init", json=given, headers=user.headers)


def finalize(user: User, session_id: str) -> Response:
    return call("uploads_id_complete", "POST", f"/uploads/resumable/{session_id}/finalize", headers=user.headers)


def test_a_plugin_in_use_sends_everything_at_once(aws: AwsEnvironment, user: User) -> None:
    data = PNG + bytes(20_000_000)
    made = init(user, data).data
    assert set(made) == {"sessionId", "uploadUrl", "expiresAt"}
    send(aws, user, made["sessionId"], {1: data})
    status = call("uploads_id", "GET", f"/uploads/resumable/{made['sessionId']}/status", headers=user.headers).data

    done = finalize(user, made["sessionId"])

    assert (status["sessionId"], status["receivedBytes"], status["partCount"]) == (made["sessionId"], len(data), 1)
    assert order(user, imageUrl=done.data["url"]).status == 202


def test_a_chunk_to_the_url_of_the_whole_file_is_explained(aws: AwsEnvironment, user: User) -> None:
    made = init(user, PNG).data
    send(aws, user, made["sessionId"], {1: PNG[:50]})

    refused = finalize(user, made["sessionId"])

    assert refused.code == (409, "UPLOAD_INCOMPLETE")
    assert refused.json["error"] == (
        f"The file has not arrived. Send all {len(PNG)} bytes in one PUT request. "
        f"Part 1 has 50 bytes and must have {len(PNG)}."
    )


def test_the_type_of_a_file_tells_its_purpose(user: User) -> None:
    made = init(user, glb(), contentType="model/gltf-binary").data

    assert wiring.uploads().get(user.user_id, made["sessionId"]).spec.purpose == "model"
