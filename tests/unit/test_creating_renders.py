"""POST /renders accepts every form that plugins send and refuses everything else without any effect."""

from __future__ import annotations

import base64
import io
import textwrap
from typing import Any
from urllib.parse import urlencode

import pytest
from PIL import Image

from renderiq.settings import settings
from tests.support import pictures, wiring
from tests.support.accounts import User, add_project, balance_of, create_user
from tests.support.aws import AwsEnvironment
from tests.support.forms import multipart
from tests.support.http import Response, call

PNG = pictures.png()
TEXT = base64.b64encode(PNG).decode()


def post(user: User, body: bytes | str, content_type: str, **headers: str) -> Response:
    return call(
        "renders", "POST", "/renders", body=body, headers={**user.headers, "content-type": content_type, **headers}
    )


def post_json(user: User, image: str | None = TEXT, **fields: Any) -> Response:
    given = {"uploadedImageData": image, **fields}
    return call("renders", "POST", "/renders", json=given, headers=user.headers)


def assert_nothing_happened(aws: AwsEnvironment, user: User) -> None:
    assert balance_of(user) == 100
    assert aws.items_of("RendersTable", user) == []
    assert aws.objects(f"captures/{user.user_id}") == []
    assert len(aws.items_of("LedgerTable", user)) == 1


# ---------------------------------------------------------------- what is taken


def bare_multipart() -> tuple[bytes, str]:
    body = (
        b"--plain\r\nContent-Disposition: form-data; name=quality\r\n\r\nstandard\r\n"
        b"--plain\r\nContent-Disposition: form-data; name=uploadedImageData; filename=capture.png\r\n"
        b"Content-Type: image/png\r\n\r\n" + PNG + b"\r\n--plain--\r\n"
    )
    return body, 'multipart/form-data; boundary="plain"'


def broken_lines() -> tuple[bytes, str]:
    return multipart({"quality": "standard", "uploadedImageData": "\r\n".join(textwrap.wrap(TEXT, 76))})


def data_url() -> tuple[bytes, str]:
    return multipart({"quality": "standard", "uploadedImageData": f"data:image/png;base64,{TEXT}"})


def urlencoded() -> tuple[bytes, str]:
    form = urlencode({"quality": "standard", "uploadedImageData": TEXT})
    return form.encode(), "application/x-www-form-urlencoded; charset=utf-8"


def careless_urlencoded() -> tuple[bytes, str]:
    return (
        f"quality=standard&uploadedImageData={TEXT.replace('=', '%3D')}".encode(),
        "application/x-www-form-urlencoded",
    )


FORMS = {
    "multipart with quoted names": multipart({"quality": "standard"}, {"uploadedImageData": PNG}),
    "multipart with bare names and a quoted boundary": bare_multipart(),
    "base64 text with line breaks": broken_lines(),
    "a data URL": data_url(),
    "urlencoded": urlencoded(),
    "urlencoded with raw plus signs": careless_urlencoded(),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_every_form_that_plugins_send_is_accepted(aws: AwsEnvironment, user: User, form: tuple[bytes, str]) -> None:
    answer = post(user, *form)

    assert answer.status == 202, answer.body
    assert answer.data["creditsCost"] == 5
    key = f"captures/{user.user_id}/{answer.data['renderId']}"
    stored = aws.client("s3").get_object(Bucket=settings().images_bucket, Key=key)["Body"].read()
    assert stored == PNG


def test_json_is_accepted(user: User) -> None:
    assert post_json(user, quality="standard").status == 202


def test_an_accepted_render_is_debited_and_enqueued(aws: AwsEnvironment, user: User) -> None:
    aws.messages(settings().render_queue_url)

    render_id = post_json(user, quality="ultra").data["renderId"]

    assert balance_of(user) == 85
    assert sorted(entry["amount"] for entry in aws.items_of("LedgerTable", user)) == [-15, 100]
    assert aws.messages(settings().render_queue_url) == [{"userId": user.user_id, "renderId": render_id}]


def test_omitted_fields_have_the_documented_defaults(user: User) -> None:
    render_id = post_json(user).data["renderId"]

    render = call("renders_id", "GET", f"/renders/{render_id}", headers=user.headers).data

    assert (render["quality"], render["aspectRatio"], render["style"]) == ("high", "16:9", "photorealistic")
    assert (render["status"], render["progress"], render["engine"]) == ("pending", 0, "preview")


def test_a_prompt_may_have_emoji_and_line_breaks(aws: AwsEnvironment, user: User) -> None:
    assert post_json(user, prompt="Sunset 🌇\nover the villa — façade").status == 202
    assert aws.items_of("RendersTable", user)[0]["order"]["prompt"] == "Sunset 🌇\nover the villa — façade"


def test_unknown_fields_are_ignored(user: User) -> None:
    assert post_json(user, resumable=False, somethingNew={"a": 1}).status == 202


def test_empty_fields_count_as_absent(user: User) -> None:
    assert post(user, *multipart({"projectId": "", "seed": "", "uploadedImageData": TEXT})).status == 202


def test_the_calling_plugin_is_stored_with_the_render(aws: AwsEnvironment, user: User) -> None:
    agent = "Renderiq-Plugin/Rhino/8.1"
    body, kind = multipart({"uploadedImageData": TEXT})
    post(user, body, kind, **{"user-agent": agent})

    stored = aws.items_of("RendersTable", user)[0]

    assert (stored["platform"], stored["pluginVersion"], stored["agent"]) == ("rhino", "8.1", agent)


def test_a_render_can_use_the_link_of_a_picture_of_the_same_user(user: User) -> None:
    first = post_json(user).data["renderId"]
    link = f"https://{settings().images_bucket}.s3.amazonaws.com/captures/{user.user_id}/{first}?X-Amz-Signature=x"

    assert post_json(user, None, imageUrl=link).status == 202


# ---------------------------------------------------------------- the same request twice


def test_repeating_a_request_with_its_idempotency_key_returns_the_same_render(aws: AwsEnvironment, user: User) -> None:
    body, kind = multipart({"quality": "standard"}, {"uploadedImageData": PNG})
    first = post(user, body, kind, **{"idempotency-key": "k"})
    again = post(
        user,
        body.replace(b"renderiq7MA4YWxk", b"another-boundary"),
        kind.replace("renderiq7MA4YWxk", "another-boundary"),
        **{"idempotency-key": "k"},
    )

    assert (first.status, again.status) == (202, 202)
    assert first.data["renderId"] == again.data["renderId"]
    assert balance_of(user) == 95
    assert len(aws.objects(f"captures/{user.user_id}")) == 1


def test_an_idempotency_key_of_another_request_is_refused(aws: AwsEnvironment, user: User) -> None:
    body, kind = multipart({"quality": "standard"}, {"uploadedImageData": PNG})
    post(user, body, kind, **{"idempotency-key": "k"})

    answer = post(user, body.replace(b"standard", b"ultra"), kind, **{"idempotency-key": "k"})

    assert answer.code == (422, "IDEMPOTENCY_KEY_REUSED")
    assert balance_of(user) == 95


# ---------------------------------------------------------------- what is refused


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


BAD_IMAGES = {
    "none": (None, 400, "MISSING_REQUIRED_FIELD"),
    "empty": ("", 400, "MISSING_REQUIRED_FIELD"),
    "not base64": ("this is no picture!", 400, "INVALID_INPUT"),
    "a truncated PNG": (encoded(PNG[: len(PNG) // 2]), 400, "INVALID_INPUT"),
    "only a PNG's signature": (encoded(PNG[:8]), 400, "INVALID_INPUT"),
    "SVG": (encoded(pictures.svg()), 415, "UNSUPPORTED_MEDIA_TYPE"),
    "GIF": (encoded(pictures.gif()), 415, "UNSUPPORTED_MEDIA_TYPE"),
    "WebP": (encoded(pictures.webp()), 415, "UNSUPPORTED_MEDIA_TYPE"),
    "a PNG that calls itself JPEG": (f"data:image/jpeg;base64,{TEXT}", 415, "UNSUPPORTED_MEDIA_TYPE"),
    "a bomb of 100 megapixels": (encoded(pictures.bomb()), 400, "INVALID_INPUT"),
    "63 pixels high": (encoded(pictures.png(200, 63)), 400, "INVALID_INPUT"),
    "over 4.4 MB": (encoded(PNG + b"\0" * 4_400_000), 413, "PAYLOAD_TOO_LARGE"),
    "a list": ([1, 2], 400, "INVALID_INPUT"),
}


@pytest.mark.parametrize(("image", "status", "code"), BAD_IMAGES.values(), ids=BAD_IMAGES.keys())
def test_an_invalid_image_is_refused_without_any_effect(
    aws: AwsEnvironment, user: User, image: Any, status: int, code: str
) -> None:
    answer = post_json(user, image)

    assert answer.code == (status, code), answer.body
    assert len(answer.json["error"]) > 10
    assert_nothing_happened(aws, user)


def test_an_empty_file_part_is_refused(aws: AwsEnvironment, user: User) -> None:
    assert post(user, *multipart({}, {"uploadedImageData": b""})).code == (400, "INVALID_INPUT")
    assert_nothing_happened(aws, user)


def test_a_declared_type_that_differs_from_the_bytes_is_refused(user: User) -> None:
    assert post_json(user, uploadedImageType="image/jpeg").code == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_image_jpg_is_accepted_as_jpeg(user: User) -> None:
    assert post_json(user, encoded(pictures.jpeg()), uploadedImageType="image/jpg").status == 202


@pytest.mark.parametrize("value", [5e-306, 1e300, {"": [None, {}]}, "日本", 2**80])
def test_metadata_is_stored_unchanged(user: User, value: Any) -> None:
    render_id = post_json(user, metadata={"mine": value}).data["renderId"]

    assert wiring.renders().get(user.user_id, render_id).order.metadata == {"mine": value}


def test_a_tiny_structure_strength_is_accepted(user: User) -> None:
    assert post_json(user, structureStrength=5e-306).status == 202


BAD_FIELDS = {
    "an unknown quality": ({"quality": "medium"}, "quality"),
    "a number for quality": ({"quality": 7}, "quality"),
    "an unknown style": ({"style": "cartoon"}, "style"),
    "an unknown aspect ratio": ({"aspectRatio": "21:9"}, "aspectRatio"),
    "an unknown format": ({"outputFormat": "gif"}, "outputFormat"),
    "another type": ({"type": "video"}, "type"),
    "a prompt of 2,001 characters": ({"prompt": "x" * 2001}, "prompt"),
    "control characters in the prompt": ({"prompt": "a\x00b"}, "prompt"),
    "a negative seed": ({"seed": -1}, "seed"),
    "too strong a structure": ({"structureStrength": 1.5}, "structureStrength"),
    "no number for structure": ({"structureStrength": "NaN"}, "structureStrength"),
    "metadata that is no object": ({"metadata": "[1]"}, "metadata"),
    "somebody else's picture": ({"uploadedImageData": None, "imageUrl": "https://example.com/cat.png"}, "imageUrl"),
    "a callback inside": ({"callback_url": "https://169.254.169.254/"}, "callback_url"),
}


@pytest.mark.parametrize(("fields", "named"), BAD_FIELDS.values(), ids=BAD_FIELDS.keys())
def test_an_invalid_field_is_refused_by_name(
    aws: AwsEnvironment, user: User, fields: dict[str, Any], named: str
) -> None:
    answer = call("renders", "POST", "/renders", json={"uploadedImageData": TEXT, **fields}, headers=user.headers)

    assert answer.code == (400, "INVALID_INPUT"), answer.body
    assert answer.json["details"]["fields"][0]["field"] == named
    assert_nothing_happened(aws, user)


def test_a_malformed_project_id_is_refused(aws: AwsEnvironment, user: User) -> None:
    assert post_json(user, projectId="villa").code == (400, "INVALID_PROJECT_ID")
    assert_nothing_happened(aws, user)


def test_another_users_project_is_not_found(aws: AwsEnvironment, user: User) -> None:
    project_id = add_project(create_user(aws))

    assert post_json(user, projectId=project_id).code == (404, "NOT_FOUND")
    assert_nothing_happened(aws, user)


def test_a_render_is_counted_on_its_project(aws: AwsEnvironment, user: User) -> None:
    project_id = add_project(user)

    assert post_json(user, projectId=project_id.upper()).status == 202
    assert aws.items_of("ProjectsTable", user)[0]["renderCount"] == 1


BAD_BODIES = {
    "another content type": (b"x", "text/plain", 415, "UNSUPPORTED_MEDIA_TYPE"),
    "no JSON": (b"{", "application/json", 400, "INVALID_INPUT"),
    "JSON that is no object": (b"[1]", "application/json", 400, "INVALID_INPUT"),
    "JSON of endless depth": (b"[" * 100_000, "application/json", 400, "INVALID_INPUT"),
    "a number too long to be one": (b'{"seed":' + b"9" * 5000 + b"}", "application/json", 400, "INVALID_INPUT"),
    "no boundary": (b"x", "multipart/form-data", 400, "INVALID_INPUT"),
    "another boundary": (multipart({"a": "b"})[0], "multipart/form-data; boundary=other", 400, "INVALID_INPUT"),
    "cut off": (multipart({"a": "b"})[0][:-20], multipart({})[1], 400, "INVALID_INPUT"),
    "too many parts": (*multipart({f"f{n}": "x" for n in range(65)}), 400, "INVALID_INPUT"),
    "text that is not UTF-8": (
        multipart({"prompt": "caf?"})[0].replace(b"caf?", b"caf\xe9"),
        multipart({})[1],
        400,
        "INVALID_INPUT",
    ),
    "an empty form": (*multipart({}), 400, "MISSING_REQUIRED_FIELD"),
}


@pytest.mark.parametrize(("body", "kind", "status", "code"), BAD_BODIES.values(), ids=BAD_BODIES.keys())
def test_an_invalid_body_is_refused(
    aws: AwsEnvironment, user: User, body: bytes, kind: str, status: int, code: str
) -> None:
    assert post(user, body, kind).code == (status, code)
    assert_nothing_happened(aws, user)


def test_insufficient_credits_are_reported_at_the_top_level_too(aws: AwsEnvironment) -> None:
    poor = create_user(aws, balance=9)

    answer = post_json(poor)

    assert answer.code == (402, "INSUFFICIENT_CREDITS")
    assert (answer.json["requiredCredits"], answer.json["availableCredits"]) == (10, 9)
    assert balance_of(poor) == 9
    assert aws.objects(f"captures/{poor.user_id}") == []


@pytest.mark.usefixtures("aws")
def test_an_anonymous_caller_is_refused_before_the_body_is_validated() -> None:
    assert call("renders", "POST", "/renders", json={"quality": 7}).code == (401, "AUTH_REQUIRED")


def test_a_jpeg_of_more_than_forty_megapixels_is_refused(user: User) -> None:
    file = io.BytesIO()
    Image.new("RGB", (7000, 6000)).save(file, "JPEG", quality=1)

    assert post_json(user, encoded(file.getvalue())).code == (400, "INVALID_INPUT")
