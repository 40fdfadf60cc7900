"""API Gateway's payload format 2.0."""

import base64
from typing import Any

import pytest

from local.http_events import HttpRequest, MalformedResponseError, from_result, to_event


def event_of(
    *,
    query: str = "",
    headers: tuple[tuple[str, str], ...] = (),
    body: bytes = b"",
    parameters: dict[str, str] | None = None,
) -> dict[str, Any]:
    request = HttpRequest("POST", "/renders", query, headers, body, client="127.0.0.1", domain="127.0.0.1:3000")
    return to_event(request, "POST /renders", parameters or {})


def test_header_names_are_lower_case_and_repeated_ones_are_joined() -> None:
    event = event_of(headers=(("X-Tag", "a"), ("x-tag", "b")))

    assert event["headers"]["x-tag"] == "a,b"


def test_cookies_are_apart_from_headers() -> None:
    event = event_of(headers=(("Cookie", "a=1; b=2"),))

    assert event["cookies"] == ["a=1", "b=2"]
    assert "cookie" not in event["headers"]


def test_repeated_query_parameters_are_joined() -> None:
    event = event_of(query="a=1&a=2&empty=&b=x%20y")

    assert event["queryStringParameters"] == {"a": "1,2", "empty": "", "b": "x y"}
    assert event["rawQueryString"] == "a=1&a=2&empty=&b=x%20y"


def test_what_a_request_does_not_have_is_left_out() -> None:
    assert event_of().keys().isdisjoint({"body", "cookies", "pathParameters", "queryStringParameters"})


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "text/plain", "application/problem+json"]
)
def test_text_stays_text(content_type: str) -> None:
    event = event_of(headers=(("content-type", content_type),), body=b"{}")

    assert (event["body"], event["isBase64Encoded"]) == ("{}", False)


@pytest.mark.parametrize(
    "content_type", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "image/png", ""]
)
def test_everything_else_is_base64(content_type: str) -> None:
    event = event_of(headers=(("content-type", content_type),), body=b"a=1")

    assert (base64.b64decode(event["body"]), event["isBase64Encoded"]) == (b"a=1", True)


def test_the_source_is_the_peer_whatever_the_caller_says() -> None:
    event = event_of(headers=(("X-Forwarded-For", "6.6.6.6"),))

    assert event["requestContext"]["http"]["sourceIp"] == "127.0.0.1"
    assert event["headers"]["x-forwarded-for"] == "6.6.6.6, 127.0.0.1"


def test_an_answer_without_a_status_is_a_200_in_json() -> None:
    answer = from_result({"hello": "world"})

    assert (answer.status, dict(answer.headers), answer.body) == (
        200,
        {"content-type": "application/json"},
        b'{"hello": "world"}',
    )


def test_a_base64_answer_is_decoded() -> None:
    answer = from_result({"statusCode": 200, "body": base64.b64encode(b"\x00\xff").decode(), "isBase64Encoded": True})

    assert answer.body == b"\x00\xff"


def test_each_cookie_is_a_header() -> None:
    answer = from_result({"statusCode": 204, "cookies": ["a=1", "b=2"]})

    assert [value for name, value in answer.headers if name == "set-cookie"] == ["a=1", "b=2"]


@pytest.mark.parametrize(
    "result",
    [
        {"statusCode": "two hundred"},
        {"statusCode": 99},
        {"statusCode": 200, "body": {"not": "text"}},
        {"statusCode": 200, "headers": {"a": ["list"]}},
        {"statusCode": 200, "body": "not base64!", "isBase64Encoded": True},
    ],
)
def test_a_malformed_answer_is_refused(result: Any) -> None:
    with pytest.raises(MalformedResponseError):
        from_result(result)
