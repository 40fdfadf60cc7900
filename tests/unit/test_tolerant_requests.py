"""What plugins in the field send beside the contract is understood: model names, control texts, two credentials."""

from __future__ import annotations

import base64
import importlib
import pkgutil
from enum import Enum
from typing import Any, Literal, get_args, get_origin

import pytest

from renderiq import models
from renderiq.models.renders import RenderIn
from renderiq.models.wire import WireModel, read_choice
from tests.support import pictures, wiring
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.http import Response, call

FILE = {"fileName": "a.png", "contentType": "image/png", "size": 9, "purpose": "depth"}
IMAGE = base64.b64encode(pictures.png()).decode()


@pytest.fixture
def user(aws: AwsEnvironment) -> User:
    return create_user(aws)


def post(user: User, headers: dict[str, str] | None = None, **fields: Any) -> Response:
    body = {"uploadedImageData": IMAGE, "quality": "standard", **fields}
    return call("renders", "POST", "/renders", headers={**user.headers, **(headers or {})}, json=body)


# ---------------------------------------------------------------- models


@pytest.mark.parametrize(
    "name",
    [
        "imagen-3.0-generate-001",
        "dall-e",
        "publishers/google/models/" + "x" * 150,
        "日本",
        "System.Windows.Controls.ComboBoxItem: Imagen 3",
    ],
)
def test_an_unknown_model_is_rendered_by_the_default_with_a_warning(user: User, name: str) -> None:
    accepted = post(user, model=name)

    assert accepted.status == 202, accepted.body
    assert accepted.data["engine"] == "preview"
    assert [(each["code"], each["field"]) for each in accepted.data["warnings"]] == [("UNKNOWN_MODEL", "model")]
    assert wiring.renders().get(user.user_id, accepted.data["renderId"]).order.engine == "preview"


@pytest.mark.parametrize("name", ["", "preview", " Preview ", "System.Windows.Controls.ComboBoxItem: Preview"])
def test_a_known_model_has_no_warning(user: User, name: str) -> None:
    accepted = post(user, model=name)

    assert (accepted.status, accepted.data["engine"]) == (202, "preview")
    assert "warnings" not in accepted.data


def test_a_repeated_request_has_its_warning_again(user: User) -> None:
    first, again = (post(user, {"idempotency-key": "k"}, model="imagen-3.0-generate-001").data for _ in "12")

    assert first == again
    assert first["warnings"]


@pytest.mark.parametrize("name", [7, ["preview"], "a\x00b", "x" * 257])
def test_what_cannot_be_a_models_name_is_refused(user: User, name: Any) -> None:
    answer = post(user, model=name)

    assert answer.code == (400, "INVALID_INPUT")
    assert answer.json["details"]["fields"][0]["field"] == "model"


# ---------------------------------------------------------------- enumerations


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("high", "high"),
        (" High\r\n", "high"),
        ("System.Windows.Controls.ComboBoxItem: 16:9", "16:9"),
        ("System.Windows.Controls.ComboBoxItem:16:9", "16:9"),
        ("ComboBoxItem: High", "high"),
        ("System.Windows.Controls.ListBoxItem: High", "high"),
        ("System.Windows.Controls.RadioButton Content:High IsChecked:True", "high"),
        ("System.Windows.Controls.Label: High", "high"),
        ("16:9", "16:9"),
        ("image/png", "image/png"),
        ("render.completed", "render.completed"),
        ("renders:create", "renders:create"),
        ("a." * 100_000, "a." * 100_000),
        (7, 7),
        (None, None),
    ],
)
def test_the_text_of_a_control_is_read(sent: Any, read: Any) -> None:
    assert read_choice(sent) == read


def request_models() -> list[type[WireModel]]:
    for module in pkgutil.iter_modules(models.__path__):
        importlib.import_module(f"renderiq.models.{module.name}")
    found, pending = [], [WireModel]
    while pending:
        model = pending.pop()
        pending += model.__subclasses__()
        if model.__name__.endswith(("In", "Query")) and model.__module__.startswith("renderiq.models"):
            found.append(model)
    return found


def choices(annotation: Any) -> list[str]:
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return [str(each.value) for each in annotation]
    if get_origin(annotation) is Literal:
        return [each for each in get_args(annotation) if isinstance(each, str)]
    return [each for inner in get_args(annotation) for each in choices(inner)]


CHOICES = [
    pytest.param(model, name, value, "frozenset" in str(field.annotation), id=f"{model.__name__}.{name}")
    for model in request_models()
    for name, field in model.model_fields.items()
    for value in choices(field.annotation)[:1]
]


def test_every_model_with_choices_is_found() -> None:
    assert {param.id for param in CHOICES} >= {
        "RenderIn.type",
        "RenderIn.uploaded_image_type",
        "RenderIn.quality",
        "RendersQuery.platform",
        "RendersQuery.status",
        "ProjectsQuery.platform",
        "KeyIn.scopes",
        "UploadIn.purpose",
        "WebhookIn.events",
    }


@pytest.mark.parametrize(("model", "name", "value", "many"), CHOICES)
def test_every_choice_is_read_alike(model: type[WireModel], name: str, value: str, many: bool) -> None:
    for sent in (value, f" {value.upper()} ", f"System.Windows.Controls.ComboBoxItem: {value.title()}"):
        body: dict[str, Any] = {
            **({"name": "a", "scopes": ["renders:read"]} if "name" in model.model_fields else {}),
            **({"url": "https://example.com", "events": ["render.completed"]} if "url" in model.model_fields else {}),
            **({"title": "a", "base": "soft"} if "base" in model.model_fields else {}),
            **(FILE if "file_name" in model.model_fields else {}),
            **({"email": "grace@example.com"} if "email" in model.model_fields else {}),
            name: [sent] if many else sent,
        }
        read = model.model_validate(body).model_dump(mode="json", by_alias=False)[name]
        assert read == ([value] if many else value)


@pytest.mark.parametrize(
    ("function", "path", "query"),
    [
        ("renders", "/renders", {"platform": "SketchUp", "status": " Completed "}),
        ("projects", "/projects", {"platform": "SketchUp", "limit": " 5 ", "offset": "0 "}),
        ("renders", "/renders", {"projectId": " 01A2045E-91C3-7B02-9E1D-6F4D2F0C7A11 "}),
        ("renders", "/renders", {"status": "", "platform": "", "cursor": "", "limit": "", "projectId": ""}),
        ("health", "/health", {"deep": " False "}),
        ("health", "/health", {"deep": "NO"}),
    ],
)
def test_query_values_are_read_alike(user: User, function: str, path: str, query: dict[str, str]) -> None:
    answer = call(function, "GET", path, headers=user.headers, query=query)

    assert answer.status == 200, answer.body


# ---------------------------------------------------------------- credentials


UNKNOWN_KEY = "rk_live_" + "0" * 30 + "2C8GjS"  # well formed, and of nobody
BAD_KEYS = ["", "  ", "garbage", "null", "undefined", "rk_live_garbage", UNKNOWN_KEY, "Bearer x"]


@pytest.mark.parametrize("key", BAD_KEYS)
def test_a_valid_bearer_beats_a_bad_key(user: User, key: str) -> None:
    assert call("auth_me", "GET", "/auth/me", headers={**user.headers, "x-api-key": key}).status == 200


@pytest.mark.parametrize("bearer", ["", "Bearer ", "Bearer null", "Basic eDp5", "Bearer a.b.c"])
def test_a_valid_key_beats_a_bad_bearer(user: User, bearer: str) -> None:
    key = call("keys", "POST", "/keys", headers=user.headers, json={"name": "a", "scopes": ["renders:read"]}).data[
        "key"
    ]

    assert call("auth_me", "GET", "/auth/me", headers={"authorization": bearer, "x-api-key": key}).status == 200


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"x-api-key": ""}, "AUTH_REQUIRED"),
        ({"x-api-key": "", "authorization": ""}, "AUTH_REQUIRED"),
        ({"x-api-key": "", "authorization": "Bearer x"}, "INVALID_TOKEN"),
        ({"x-api-key": "garbage", "authorization": "Bearer x"}, "INVALID_API_KEY"),
        ({"x-api-key": "garbage"}, "INVALID_API_KEY"),
    ],
)
def test_two_bad_credentials_are_refused_for_the_key(headers: dict[str, str], code: str) -> None:
    assert call("auth_me", "GET", "/auth/me", headers=headers).code == (401, code)


def test_a_bearer_of_a_session_that_was_signed_out_does_not_help(user: User) -> None:
    call("auth_signout", "POST", "/auth/signout", headers=user.headers)

    assert call("auth_me", "GET", "/auth/me", headers={**user.headers, "x-api-key": "x"}).code == (401, "INVALID_TOKEN")


def test_a_model_is_text_of_any_script() -> None:
    assert RenderIn.model_validate({"model": " ABC "}).model == "abc"
