"""A field is read whatever its part or its data URL looks like, or refused by name; it is never dropped."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from renderiq.http.charsets import UndecodableTextError, decode_text
from tests.support import pictures, wiring
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.http import Response, call

PNG, JPEG = pictures.png(), pictures.jpeg()
TEXT = base64.b64encode(PNG).decode()
KIND = "multipart/form-data; boundary=b"
OCTETS = "Content-Type: application/octet-stream"


@pytest.fixture
def user(aws: AwsEnvironment) -> User:
    return create_user(aws)


def part(disposition: str, data: bytes | str, *headers: str) -> bytes:
    data = data if isinstance(data, bytes) else data.encode()
    head = "\r\n".join([f"Content-Disposition: form-data; {disposition}", *headers])
    return f"--b\r\n{head}\r\n\r\n".encode() + data + b"\r\n"


IMAGE = part('name="uploadedImageData"; filename="v.png"', PNG, "Content-Type: image/png")


def post(user: User, *parts: bytes, kind: str = KIND, path: str = "/renders", method: str = "POST") -> Response:
    function = "projects_id" if method == "PATCH" else path.strip("/")
    body = b"".join(parts) + b"--b--\r\n"
    return call(function, method, path, body=body, headers={**user.headers, "content-type": kind})


def order_of(user: User, answer: Response):  # type: ignore[no-untyped-def]
    assert answer.status == 202, answer.body
    return wiring.renders().get(user.user_id, answer.data["renderId"]).order


# ---------------------------------------------------------------- text fields


TEXT_PARTS = {
    "plain": lambda name, value: part(f'name="{name}"', value),
    "curl -F name=@file": lambda name, value: part(f'name="{name}"; filename="{name}.txt"', value, OCTETS),
    "requests(files=…)": lambda name, value: part(f'name="{name}"; filename="{name}"', value),
    "a browser's Blob": lambda name, value: part(f'name="{name}"; filename="blob"', value, OCTETS),
    "a Blob with a type": lambda name, value: part(
        f'name="{name}"; filename="blob"', value, "Content-Type: text/plain;charset=utf-8"
    ),
    "JSON with a file name": lambda name, value: part(
        f'name="{name}"; filename="{name}.json"', value, "Content-Type: application/json"
    ),
    "octets without a file name": lambda name, value: part(f'name="{name}"', value, OCTETS),
    "an image type": lambda name, value: part(f'name="{name}"; filename="v.png"', value, "Content-Type: image/png"),
    ".NET StringContent": lambda name, value: part(f"name={name}", value, "Content-Type: text/plain; charset=utf-8"),
    "a file with a line end and a byte order mark": lambda name, value: part(
        f'name="{name}"; filename="a"', "\ufeff" + value + "\r\n"
    ),
    "base64": lambda name, value: part(
        f'name="{name}"', base64.encodebytes(value.encode()), "Content-Transfer-Encoding: base64"
    ),
}


@pytest.mark.parametrize("text_part", TEXT_PARTS.values(), ids=TEXT_PARTS.keys())
def test_a_text_field_is_read_whatever_its_part_looks_like(user: User, text_part) -> None:  # type: ignore[no-untyped-def]
    values = {
        "quality": "standard",
        "style": "dramatic",
        "aspectRatio": "1:1",
        "outputFormat": "jpeg",
        "metadata": '{"job": "Küche"}',
        "prompt": "Haus am See, Grün",
        "negativePrompt": "Café",
        "seed": "7",
        "structureStrength": "0.4",
        "type": "image",
        "uploadedImageType": "image/png",
        "model": "preview",
    }
    order = order_of(user, post(user, *(text_part(name, value) for name, value in values.items()), IMAGE))

    assert (order.quality, order.style, order.aspect_ratio, order.output_format, order.metadata) == (
        "standard",
        "dramatic",
        "1:1",
        "jpeg",
        {"job": "Küche"},
    )
    assert (order.prompt, order.negative_prompt, order.seed) == ("Haus am See, Grün", "Café", 7)
    assert order.structure_strength == 0.4


@pytest.mark.parametrize("text_part", TEXT_PARTS.values(), ids=TEXT_PARTS.keys())
def test_so_are_those_of_a_project(user: User, text_part) -> None:  # type: ignore[no-untyped-def]
    fields = {"name": "Küche", "description": "Zweiter Entwurf", "platform": "Revit"}
    made = post(user, *(text_part(name, value) for name, value in fields.items()), path="/projects")
    assert made.status == 201, made.body
    changed = post(user, text_part("name", "Bad"), path=f"/projects/{made.data['id']}", method="PATCH")

    assert (made.data["name"], made.data["description"], made.data["platform"]) == ("Küche", "Zweiter Entwurf", "revit")
    assert changed.data["name"] == "Bad"


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("utf-8", "utf-8"),
        ("UTF8", "utf-8"),
        ("iso-8859-1", "latin-1"),
        ('"windows-1252"', "cp1252"),
        ("utf-16", "utf-16"),
        ("us-ascii", "utf-8"),
    ],
)
def test_the_charset_of_a_part_counts(user: User, charset: str, codec: str) -> None:
    prompt = part('name="prompt"', "Grün".encode(codec), f"Content-Type: text/plain; charset={charset}")

    assert order_of(user, post(user, prompt, IMAGE)).prompt == "Grün"


def test_a_form_may_name_the_charset_of_all_its_parts(user: User) -> None:
    parts = part('name="prompt"', "Grün".encode("latin-1")), part('name="_charset_"', "iso-8859-1")

    assert order_of(user, post(user, *parts, IMAGE)).prompt == "Grün"


@pytest.mark.parametrize(
    ("data", "header"),
    [
        (b"caf\xe9", "Content-Type: text/plain"),
        (b"caf\xe9", OCTETS),
        (b"caf\xe9", "Content-Type: text/plain; charset=klingon"),
        (b"caf\xe9", "Content-Type: text/plain; charset=idna"),
        (b"a", "Content-Transfer-Encoding: x-uuencode"),
        (b"a", "Content-Transfer-Encoding: base64"),
        (PNG, "Content-Type: image/png"),
    ],
)
def test_what_is_no_text_is_refused_by_the_fields_name(user: User, data: bytes, header: str) -> None:
    answer = post(user, part('name="prompt"; filename="p"', data, header), IMAGE)

    assert answer.code == (400, "INVALID_INPUT")
    assert answer.json["details"]["fields"][0]["field"] == "prompt"


def test_a_file_in_an_unknown_field_is_ignored_like_every_unknown_field(user: User) -> None:
    assert post(user, part('name="thumbnail"; filename="t.jpg"', JPEG * 100), IMAGE).status == 202


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252"])
def test_a_urlencoded_form_is_read_in_its_charset(user: User, charset: str) -> None:
    body = f"prompt=Gr%FCn&uploadedImageData={quote(TEXT, safe='')}".encode()
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    answer = call("renders", "POST", "/renders", body=body, headers={**user.headers, "content-type": kind})

    assert order_of(user, answer).prompt == "Grün"


def test_a_urlencoded_field_that_is_no_text_is_refused_by_name(user: User) -> None:
    body = f"prompt=Gr%FCn&uploadedImageData={quote(TEXT, safe='')}".encode()
    headers = {**user.headers, "content-type": "application/x-www-form-urlencoded"}
    answer = call("renders", "POST", "/renders", body=body, headers=headers)

    assert answer.json["details"]["fields"][0]["field"] == "prompt"


@pytest.mark.parametrize(
    ("codec", "kind"),
    [
        ("utf-8-sig", "application/json"),
        ("utf-16", "application/json"),
        ("latin-1", "application/json; charset=iso-8859-1"),
        ("utf-8", 'application/json; charset="UTF-8"'),
        ("utf-8", "application/vnd.api+json"),
    ],
)
def test_json_is_read_in_such_an_encoding(user: User, codec: str, kind: str) -> None:
    body = f'{{"prompt": "Grün", "uploadedImageData": "{TEXT}"}}'.encode(codec)
    answer = call("renders", "POST", "/renders", body=body, headers={**user.headers, "content-type": kind})

    assert order_of(user, answer).prompt == "Grün"


@pytest.mark.parametrize("charset", ["idna", "punycode", "unicode_escape", "utf-7", "hex", "zip", "a\x00b", "x" * 999])
def test_a_codec_that_is_no_encoding_of_text_is_not_used(charset: str) -> None:
    with pytest.raises(UndecodableTextError):
        decode_text(b"\xff", charset)


# ---------------------------------------------------------------- image fields


EMPTY_FILES = {
    "a browser": lambda name: part(f'name="{name}"; filename=""', b"", OCTETS),
    "without a type": lambda name: part(f'name="{name}"; filename=""', b""),
    "octets without a file name": lambda name: part(f'name="{name}"', b"", OCTETS),
    "an empty text": lambda name: part(f'name="{name}"', b""),
}


@pytest.mark.parametrize("empty", EMPTY_FILES.values(), ids=EMPTY_FILES.keys())
@pytest.mark.parametrize("name", ["depthImage", "materialIdImage", "normalImage"])
def test_an_empty_optional_file_of_a_render_is_absent(aws: AwsEnvironment, user: User, empty, name: str) -> None:  # type: ignore[no-untyped-def]
    assert post(user, empty(name), IMAGE).status == 202
    assert post(user, IMAGE, empty(name)).status == 202


@pytest.mark.parametrize("empty", EMPTY_FILES.values(), ids=EMPTY_FILES.keys())
def test_an_empty_capture_is_absent_too(user: User, empty) -> None:  # type: ignore[no-untyped-def]
    assert post(user, empty("uploadedImageData")).code == (400, "MISSING_REQUIRED_FIELD")
    assert post(user, IMAGE, empty("uploadedImageData")).status in (202, 400)


@pytest.mark.parametrize("empty", EMPTY_FILES.values(), ids=EMPTY_FILES.keys())
def test_an_empty_image_of_a_project_is_absent(user: User, empty) -> None:  # type: ignore[no-untyped-def]
    made = post(user, part('name="name"', "Villa"), empty("image"), path="/projects")

    assert made.status == 201, made.body
    assert "imageUrl" not in made.data


def test_a_file_that_was_not_chosen_leaves_a_projects_image_as_it_is(user: User) -> None:
    image = part('name="image"; filename="v.png"', PNG)
    made = post(user, part('name="name"', "Villa"), image, path="/projects").data
    path = f"/projects/{made['id']}"

    assert "imageUrl" in post(user, EMPTY_FILES["a browser"]("image"), path=path, method="PATCH").data
    assert "imageUrl" not in post(user, EMPTY_FILES["an empty text"]("image"), path=path, method="PATCH").data


IMAGE_PARTS = {
    "base64 in a file": part('name="uploadedImageData"; filename="v.b64"', TEXT, OCTETS),
    "a data URL in a Blob": part('name="uploadedImageData"; filename="blob"', f"data:image/png;base64,{TEXT}"),
    "octets without a file name": part('name="uploadedImageData"', PNG, OCTETS),
    "bytes with no hint at all": part('name="uploadedImageData"', PNG),
    "a transfer encoding": part(
        'name="uploadedImageData"; filename="v.png"',
        base64.encodebytes(PNG),
        "Content-Type: image/png",
        "Content-Transfer-Encoding: base64",
    ),
    "base64 text in UTF-16": part(
        'name="uploadedImageData"', TEXT.encode("utf-16"), "Content-Type: text/plain; charset=utf-16"
    ),
    "the wrong type": part('name="uploadedImageData"; filename="v.jpg"', PNG, "Content-Type: image/jpeg"),
    "a text type": part('name="uploadedImageData"; filename="v.png"', PNG, "Content-Type: text/plain"),
}


@pytest.mark.parametrize("image", IMAGE_PARTS.values(), ids=IMAGE_PARTS.keys())
def test_an_image_is_read_whatever_its_part_looks_like(user: User, image: bytes) -> None:
    assert post(user, image).status == 202


DATA_URLS = {
    "plain": f"data:image/png;base64,{TEXT}",
    "a charset": f"data:image/png;charset=utf-8;base64,{TEXT}",
    "a name": f"data:image/png;name=view.png;base64,{TEXT}",
    "a quoted name": f'data:image/png;name="my view.png";base64,{TEXT}',
    "two parameters": f"data:image/png;name=view.png;charset=utf-8;base64,{TEXT}",
    "octets": f"data:application/octet-stream;base64,{TEXT}",
    "no type": f"data:;base64,{TEXT}",
    "no type and a charset": f"data:;charset=utf-8;base64,{TEXT}",
    "capitals": f"DATA:IMAGE/PNG;BASE64,{TEXT}",
    "blanks": f" data:image/png; base64, {TEXT}\r\n",
    "x-png": f"data:image/x-png;base64,{TEXT}",
    "percent-encoded base64": f"data:image/png;base64,{quote(TEXT, safe='')}",
    "percent-encoded bytes": f"data:image/png,{quote(PNG)}",
    "the URL-safe alphabet": f"data:image/png;base64,{base64.urlsafe_b64encode(PNG).decode()}",
    "no padding": f"data:image/png;base64,{TEXT.rstrip('=')}",
    "line breaks": f"data:image/png;base64,{base64.encodebytes(PNG).decode()}",
    "base64 without a prefix or padding": TEXT.rstrip("="),
}


@pytest.mark.parametrize("field", ["uploadedImageData", "depthImage", "materialIdImage", "normalImage"])
@pytest.mark.parametrize("url", DATA_URLS.values(), ids=DATA_URLS.keys())
def test_such_a_data_url_is_an_image_of_a_render(user: User, url: str, field: str) -> None:
    body = {"quality": "standard", "uploadedImageData": TEXT, field: url}
    answer = call("renders", "POST", "/renders", headers=user.headers, json=body)

    assert answer.status == 202, answer.body


@pytest.mark.parametrize("url", DATA_URLS.values(), ids=DATA_URLS.keys())
def test_and_of_a_project(user: User, url: str) -> None:
    answer = call("projects", "POST", "/projects", headers=user.headers, json={"name": "Villa", "image": url})

    assert "imageUrl" in answer.data, answer.body


@pytest.mark.parametrize(
    ("url", "code"),
    [
        (f"data:image/jpeg;name=x;base64,{TEXT}", (415, "UNSUPPORTED_MEDIA_TYPE")),
        (f"data:text/html;base64,{TEXT}", (415, "UNSUPPORTED_MEDIA_TYPE")),
        ("data:image/png;base64,this is none!", (400, "INVALID_INPUT")),
        ("data:image/png;base64", (400, "INVALID_INPUT")),
        ("data:image/png;base64,Grün", (400, "INVALID_INPUT")),
        ("data:,", (400, "INVALID_INPUT")),
    ],
)
def test_such_a_data_url_is_refused(user: User, url: str, code: tuple[int, str]) -> None:
    answer = call("renders", "POST", "/renders", headers=user.headers, json={"uploadedImageData": url})

    assert answer.code == code, answer.body


def test_a_jpeg_may_call_itself_jpg(user: User) -> None:
    url = "data:image/jpg;charset=utf-8;base64," + base64.b64encode(JPEG).decode()
    answer = call("renders", "POST", "/renders", headers=user.headers, json={"uploadedImageData": url})

    assert answer.status == 202, answer.body
