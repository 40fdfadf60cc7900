"""Requests are routed like in an HTTP API, and web pages get its CORS headers."""

import pytest

from local.cors import Cors
from local.routing import Router
from local.template import Route

ROUTER = Router(
    (route, route.key)
    for route in [
        Route("GET", "/a/{id}"),
        Route("DELETE", "/a/{id}"),
        Route("ANY", "/a/fixed"),
        Route("GET", "/a/fixed"),
        Route("GET", "/a/{id}/b/{other}"),
        Route("ANY", "/files/{proxy+}"),
    ]
)


@pytest.mark.parametrize(
    ("path", "route", "parameters"),
    [
        ("/a/7", "GET /a/{id}", {"id": "7"}),
        ("/a/fixed", "GET /a/fixed", {}),
        ("/a/7/b/8", "GET /a/{id}/b/{other}", {"id": "7", "other": "8"}),
        ("/files/x/y.png", "ANY /files/{proxy+}", {"proxy": "x/y.png"}),
    ],
)
def test_the_most_specific_route_takes_the_request(path: str, route: str, parameters: dict[str, str]) -> None:
    match = ROUTER.find("GET", path)

    assert match is not None
    assert (match.target, match.parameters) == (route, parameters)


@pytest.mark.parametrize("path", ["/", "/a", "/a/", "/a/7/", "/A/7"])
def test_a_path_without_a_route_has_no_match(path: str) -> None:
    assert ROUTER.find("GET", path) is None


def test_a_route_for_any_method_takes_what_no_other_takes() -> None:
    match = ROUTER.find("PATCH", "/a/fixed")

    assert match is not None
    assert match.target == "ANY /a/fixed"


def test_the_default_route_takes_the_rest() -> None:
    match = Router([(Route("ANY", "$default"), "rest")]).find("GET", "/anything")

    assert match is not None
    assert (match.target, match.route.key) == ("rest", "$default")


def test_an_origin_that_is_not_allowed_is_told_nothing() -> None:
    cors = Cors({"AllowOrigins": ["https://a.example"], "AllowMethods": ["GET"]})

    assert cors.preflight_headers("https://evil.example") == ()


def test_an_allowed_origin_is_told_what_it_may_send() -> None:
    cors = Cors({"AllowOrigins": ["https://a.example"], "AllowMethods": ["GET", "PUT"], "MaxAge": 600})

    assert dict(cors.preflight_headers("https://a.example")) == {
        "access-control-allow-origin": "https://a.example",
        "vary": "Origin",
        "access-control-allow-methods": "GET,PUT",
        "access-control-max-age": "600",
    }


def test_a_plugin_which_has_no_origin_is_told_nothing() -> None:
    assert Cors({"AllowOrigins": ["*"]}).headers(None) == ()
