"""HEAD, slashes and what API Gateway puts in front of a path change nothing about what answers."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from renderiq.http.paths import canonical, prefix_of, route_path
from renderiq.settings import settings
from tests.support import pictures
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.functions import handler, lambda_context
from tests.support.http import Response, event
from tests.support.paths import ROOT


@pytest.fixture
def user(aws: AwsEnvironment) -> User:
    return create_user(aws)


def send(function: str, method: str, path: str, *, stage: str = "$default", **given: Any) -> Response:
    """Sends ``path`` as it is, with the base path."""
    made = event(method, "", **given)
    made["rawPath"] = made["requestContext"]["http"]["path"] = path
    made["requestContext"]["stage"] = stage
    raw = handler(function)(made, lambda_context())
    return Response(raw["statusCode"], raw["headers"], raw["body"])


PLACES = [
    ("/api/plugins", "$default"),
    ("/v1/api/plugins", "$default"),
    ("/prod/api/plugins", "prod"),
    ("/v1/api/plugins", "prod"),
    ("/v1/renderiq/api/plugins", "$default"),
    ("/v1/api/plugins", "a-stage-with-a-name-that-is-longer-than-the-path"),
    ("/api/plugins", "prod"),
    ("/api/plugins/api/plugins", "$default"),
]


@pytest.mark.parametrize(("base", "stage"), PLACES)
@pytest.mark.parametrize("end", ["", "/", "//"])
def test_a_stage_a_base_path_and_a_slash_are_no_part_of_the_path(user: User, base: str, stage: str, end: str) -> None:
    if base == "/api/plugins/api/plugins":
        assert send("health", "GET", f"{base}/health{end}", stage=stage).status == 404
        return
    assert send("health", "GET", f"{base}/health{end}", stage=stage).status == 200
    shown = send(
        "renders_id",
        "GET",
        f"{base}/renders/{'0' * 8}-0000-7000-8000-{'0' * 12}{end}",
        stage=stage,
        headers=user.headers,
    )
    assert shown.code == (404, "NOT_FOUND")
    assert shown.json["error"] == "There is no such render."


@pytest.mark.parametrize(("base", "stage"), PLACES[:-1])
def test_the_status_url_has_the_stage_or_base_path(
    user: User, base: str, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "public_url", "")
    body = {"uploadedImageData": base64.b64encode(pictures.png()).decode()}
    accepted = send("renders", "POST", f"{base}/renders/", stage=stage, headers=user.headers, json=body)

    assert accepted.status == 202, accepted.body
    assert accepted.data["statusUrl"] == f"https://api.example.com{base}/renders/{accepted.data['renderId']}"


GETS = sorted(
    path.parent.name
    for path in (ROOT / "functions").glob("*/app.py")
    if "@app.get(" in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("function", GETS)
def test_head_answers_as_get_without_a_body(user: User, function: str) -> None:
    route = next(route for route in handler(function).app.routes if route.method == "GET")
    path = "/api/plugins" + str(route.path).replace("<part>", "page.css").replace("<", "").replace(">", "")
    get, head = (send(function, method, path, headers=user.headers) for method in ("GET", "HEAD"))

    assert head.status == get.status
    assert head.body == ""
    assert head.headers["Content-Type"] == get.headers["Content-Type"]


@pytest.mark.usefixtures("aws")
def test_head_is_no_way_around_authentication() -> None:
    assert send("credits", "HEAD", "/api/plugins/credits").status == 401


def test_head_is_refused_where_there_is_no_get(user: User) -> None:
    answer = send("webhooks_register", "HEAD", "/api/plugins/webhooks/register", headers=user.headers)

    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/api/plugins/nowhere/", "/api/plugins/nowhere"),
        ("/api/plugins//renders", "/api/plugins/renders"),
        ("//api/plugins/renders", "/api/plugins/renders"),
        ("//evil.example/", "/evil.example"),
        ("/api/plugins/a b\r\n/", "/api/plugins/a%20b%0D%0A"),
    ],
)
def test_the_default_function_points_to_the_path_without_superfluous_slashes(path: str, location: str) -> None:
    answer = send("default", "POST", path)

    assert (answer.status, answer.headers["Location"]) == (308, location)
    assert answer.json["success"] is False


def test_it_keeps_the_query() -> None:
    made = event("GET", "/renders/", query={"limit": "5"})
    raw = handler("default")(made, lambda_context())

    assert raw["headers"]["Location"] == "/api/plugins/renders?limit=5"


@pytest.mark.parametrize("path", ["/", "/api/plugins", "/api/plugins/nowhere", "/nowhere"])
def test_another_path_is_not_found(path: str) -> None:
    assert send("default", "GET", path).code == (404, "NOT_FOUND")


def test_a_plain_path_has_no_prefix() -> None:
    plain = event("GET", "/health")

    assert route_path(plain["rawPath"]) == "/health"
    assert prefix_of(plain) == ""


def test_an_endless_path_takes_no_time() -> None:
    path = "/api/plugin" * 100_000

    assert canonical(path + "/") == path
    assert prefix_of({"requestContext": {"http": {"path": path}}}) == ""
