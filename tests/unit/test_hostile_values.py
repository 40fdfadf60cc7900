"""Values at the edge of what JSON, UTF-8, the calendar and the store can hold: taken, or 400 with the field's name."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from renderiq.models.wire import MAX_JSON_DEPTH
from renderiq.settings import settings
from renderiq.stores.items import to_attributes
from tests.support import pictures, wiring
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.http import Response, call

IMAGE = base64.b64encode(pictures.png()).decode()


@pytest.fixture(scope="module")
def user(aws: AwsEnvironment) -> User:
    return create_user(aws, balance=100_000)


@pytest.fixture(autouse=True)
def no_rate_limit(aws: AwsEnvironment) -> None:
    aws.empty("PrincipalsTable")


OPERATIONS: dict[str, tuple[str, str, str, dict[str, Any], tuple[str, ...]]] = {
    "POST /renders": (
        "renders",
        "POST",
        "/renders",
        {"uploadedImageData": IMAGE, "quality": "standard"},
        (
            *("type", "prompt", "negativePrompt", "quality", "aspectRatio", "style", "model", "projectId", "imageUrl"),
            *("callback_url", "seed", "structureStrength", "outputFormat", "metadata", "uploadedImageType"),
            *("uploadedImageData", "depthImage", "materialIdImage", "normalImage", "materials", "camera"),
        ),
    ),
    "POST /projects": ("projects", "POST", "/projects", {"name": "a"}, ("name", "description", "platform", "image")),
    "PUT /settings": ("settings", "PUT", "/settings", {"preferences": {}}, ("preferences",)),
    "POST /keys": ("keys", "POST", "/keys", {"name": "a", "scopes": ["renders:read"]}, ("name", "scopes", "expiresAt")),
    "POST /webhooks/register": (
        "webhooks_register",
        "POST",
        "/webhooks/register",
        {"url": "http://127.0.0.1:9/", "events": ["render.completed"]},
        ("url", "events", "secret", "description", "headers"),
    ),
    "POST /auth/signin": (
        "auth_signin",
        "POST",
        "/auth/signin",
        {"email": "a@example.com", "password": "x"},
        ("email", "password"),
    ),
    "POST /auth/refresh": ("auth_refresh", "POST", "/auth/refresh", {"refresh_token": "x"}, ("refresh_token",)),
}

VALUES = {
    "half a surrogate pair": '"\\ud800"',
    "the other half": '"a\\udfffb"',
    "a pair": '"\\ud83d\\ude00"',
    "null characters": '"a\\u0000b"',
    "a number beyond floats": "1e400",
    "a number below floats": "-1e400",
    "a whole number of 400 digits": "9" * 400,
    "a whole number of 19 digits": str(2**63),
    "the smallest float": "5e-324",
    "the largest float": "1.7976931348623157e308",
    "NaN": "NaN",
    "Infinity": "-Infinity",
    "the last hour of the calendar": '"9999-12-31T23:59:59.999999-14:00"',
    "the first hour of the calendar": '"0001-01-01T00:00:00+14:00"',
    "a time in seconds": "1e17",
    "a long text": json.dumps("x" * 100_000),
    "an empty object": "{}",
    "an empty list": "[]",
    "half a pair in a list": '["\\ud800"]',
    "half a pair as a name": '{"\\ud800": "\\udfff"}',
    "half a pair as a header": '{"X-\\ud800": 7}',
    "deep lists": "[" * 500 + "]" * 500,
    "deep objects": '{"a":' * 500 + "1" + "}" * 500,
    "deep JSON as text": json.dumps('{"a":' * 100_000 + "1" + "}" * 100_000),
    "infinity in an object": '{"a": [1e999]}',
    "a boolean": "true",
}
FIELDS = [(name, field) for name, operation in OPERATIONS.items() for field in operation[4]]


def send(user: User, operation: str, field: str, value: str) -> Response:
    function, method, path, body, _ = OPERATIONS[operation]
    text = json.dumps({name: each for name, each in body.items() if name != field})
    separator = "" if text == "{}" else ", "
    headers = {**user.headers, "content-type": "application/json"}
    return call(function, method, path, headers=headers, body=f'{text[:-1]}{separator}"{field}": {value}}}'.encode())


@pytest.mark.parametrize(("operation", "field"), FIELDS)
def test_every_field_takes_such_a_value_or_refuses_it_by_name(
    aws: AwsEnvironment, user: User, operation: str, field: str
) -> None:
    for name, value in VALUES.items():
        aws.empty("PrincipalsTable")
        if operation == "POST /webhooks/register":  # there may be twenty at most
            for webhook in wiring.webhooks().of_user(user.user_id):
                wiring.webhooks().remove(user.user_id, webhook.webhook_id)
        answer = send(user, operation, field, value)
        assert answer.status < 500, (name, answer.body)
        if answer.status == 400 and answer.json["errorCode"] != "INVALID_PROJECT_ID":
            problem = answer.json["details"]["fields"][0]["field"]
            assert problem.partition(".")[0] == field, (name, answer.body)
        if "half" in name:
            assert answer.status == 400, (name, answer.body)


@pytest.mark.parametrize("operation", ["PUT /settings", "POST /renders"])
def test_json_is_kept_up_to_its_depth_and_not_beyond(user: User, operation: str) -> None:
    field = {"PUT /settings": "preferences", "POST /renders": "metadata"}[operation]

    def nested(levels: int) -> str:
        return '{"a":' * (levels - 1) + "{}" + "}" * (levels - 1)

    assert send(user, operation, field, nested(MAX_JSON_DEPTH)).status in (200, 202)
    for levels in (MAX_JSON_DEPTH + 1, 256, 900, 100_000):
        assert send(user, operation, field, nested(levels)).code == (400, "INVALID_INPUT")
    if operation == "POST /renders":
        as_text = json.dumps(nested(MAX_JSON_DEPTH))
        assert send(user, operation, field, as_text).status == 202


def test_what_could_not_be_stored_locks_no_settings(user: User) -> None:
    call("settings", "PUT", "/settings", headers=user.headers, json={"preferences": {"theme": "dark"}})
    send(user, "PUT /settings", "preferences", '{"deep": ' + "[" * 300 + "]" * 300 + "}")

    assert call("settings", "GET", "/settings", headers=user.headers).data["preferences"]["theme"] == "dark"


def test_deep_preferences_from_before_the_limit_are_shown_and_can_be_removed(aws: AwsEnvironment) -> None:
    user = create_user(aws)
    aws.client("dynamodb").update_item(
        TableName=settings().accounts_table,
        Key=to_attributes({"userId": user.user_id}),
        UpdateExpression="SET preferences = :text",
        ExpressionAttributeValues=to_attributes({":text": '{"deep": ' + "[" * 300 + "]" * 300 + "}"}),
    )

    assert call("settings", "GET", "/settings", headers=user.headers).status == 200
    changed = call("settings", "PUT", "/settings", headers=user.headers, json={"preferences": {"deep": None}})
    assert changed.data["preferences"] == {}


@pytest.mark.parametrize("metadata", ['{"a": "\\ud800"}', '{"a": ' + "[" * 600 + "]" * 600 + "}", '{"a": Infinity}'])
def test_metadata_from_before_the_limits_breaks_no_list(aws: AwsEnvironment, metadata: str) -> None:
    user = create_user(aws)
    render_id = send(user, "POST /renders", "metadata", "{}").data["renderId"]
    aws.client("dynamodb").update_item(
        TableName=settings().renders_table,
        Key=to_attributes({"userId": user.user_id, "renderId": render_id}),
        UpdateExpression="SET #order.metadata = :text",
        ExpressionAttributeNames={"#order": "order"},
        ExpressionAttributeValues=to_attributes({":text": metadata}),
    )

    shown = call("renders", "GET", "/renders", headers=user.headers).data["renders"]
    assert [(each["renderId"], each["metadata"]) for each in shown] == [(render_id, {})]


@pytest.mark.parametrize(
    ("expires_at", "status"),
    [
        ("9999-12-31T23:59:59Z", 201),
        ("9999-12-31T23:59:59+14:00", 201),
        ("9999-12-31T23:59:59.999999-00:01", 400),
        ("0001-01-01T00:00:00+00:01", 400),
        ("2999-01-01T00:00:00", 400),
        ("2999-02-30T00:00:00Z", 400),
        ("+12999-01-01T00:00:00Z", 400),
    ],
)
def test_a_time_at_the_edge_of_the_calendar(aws: AwsEnvironment, expires_at: str, status: int) -> None:
    answer = send(create_user(aws), "POST /keys", "expiresAt", json.dumps(expires_at))

    assert answer.status == status, answer.body
    if status == 400:
        assert answer.json["details"]["fields"][0]["field"] == "expiresAt"


def test_metadata_is_counted_in_utf_8(user: User) -> None:
    assert send(user, "POST /renders", "metadata", json.dumps({"t": "д" * 2000})).status == 202
    assert send(user, "POST /renders", "metadata", json.dumps({"t": "д" * 2044 + "x"})).status == 400
    assert send(user, "POST /renders", "metadata", json.dumps({"t": "日" * 1362})).status == 202
    assert send(user, "POST /renders", "metadata", json.dumps({"t": "日" * 1363})).status == 400


@pytest.mark.parametrize("name", ["cursor", "limit", "status", "platform", "projectId"])
@pytest.mark.parametrize("value", ["\udcff", "\x00", "1e400", "9" * 5000, "[" * 3000, "日本", "-1", "true"])
def test_such_a_query_value_is_refused_by_name(user: User, name: str, value: str) -> None:
    query = {name: value.encode("utf-8", "replace").decode()}
    answer = call("renders", "GET", "/renders", headers=user.headers, query=query)

    assert answer.code == (400, "INVALID_INPUT")
    assert answer.json["details"]["fields"][0]["field"] == name
