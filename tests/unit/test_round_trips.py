"""The number of calls to AWS of each request, counted where botocore sends them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from renderiq.engines import EngineRequest, Output
from renderiq.queues import RenderJob
from tests.support import pictures, wiring
from tests.support.accounts import PASSWORD, User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.forms import multipart
from tests.support.http import call
from tests.support.organizations import create_office
from tests.support.renders import post_render, render_worker
from tests.support.uploads import announce, complete, send, upload_file
from tests.support.webhooks import register_webhook

SERVICES = ("dynamodb", "s3", "sqs", "secretsmanager", "cognito-idp")


@contextmanager
def calls(aws: AwsEnvironment) -> Iterator[list[str]]:
    made: list[str] = []

    def count(model: Any, **_: Any) -> None:
        made.append(model.name)

    for service in SERVICES:
        aws.client(service).meta.events.register("before-call", count, unique_id="count")
    yield made
    for service in SERVICES:
        aws.client(service).meta.events.unregister("before-call", unique_id="count")


class TwoSecondEngine:
    """Reports progress four times, and asks once whether the render was cancelled."""

    name = "two seconds"

    def render(
        self, request: EngineRequest, on_progress: Callable[[int], None], should_cancel: Callable[[], bool]
    ) -> Output:
        for progress in (20, 40, 60, 80):
            on_progress(progress)
        assert not should_cancel()
        return Output(request.image, "image/png", pictures.webp(), *request.size)


@pytest.fixture
def user(aws: AwsEnvironment) -> User:
    """A user in a warm container: the principal and the signing secret are cached."""
    user = create_user(aws)
    call("auth_me", "GET", "/auth/me", headers=user.headers)
    wiring.file_links().link("renders/ada/villa/output.png")
    return user


@pytest.mark.parametrize(
    ("function", "path"),
    [
        ("auth_me", "/auth/me"),
        ("credits", "/credits"),
        ("credits_transactions", "/credits/transactions"),
        ("projects", "/projects"),
        ("renders", "/renders"),
        ("settings", "/settings"),
        ("webhooks", "/webhooks"),
    ],
)
def test_an_authenticated_get_costs_two_calls(aws: AwsEnvironment, user: User, function: str, path: str) -> None:
    with calls(aws) as made:
        assert call(function, "GET", path, headers=user.headers).status == 200

    assert len(made) == 2
    assert made[0] == "UpdateItem"


def test_showing_a_render_costs_two_calls(aws: AwsEnvironment, user: User) -> None:
    body, kind = multipart({}, {"uploadedImageData": pictures.png()})
    posted = call("renders", "POST", "/renders", body=body, headers={**user.headers, "content-type": kind})

    with calls(aws) as made:
        call("renders_id", "GET", f"/renders/{posted.data['renderId']}", headers=user.headers)

    assert made == ["UpdateItem", "GetItem"]


def test_requesting_a_render_costs_four_calls(aws: AwsEnvironment, user: User) -> None:
    body, kind = multipart({"callback_url": "http://127.0.0.1:9/"}, {"uploadedImageData": pictures.png()})
    headers = {**user.headers, "content-type": kind, "idempotency-key": "k"}
    call("renders", "POST", "/renders", body=body, headers={**headers, "idempotency-key": "warm"})

    with calls(aws) as made:
        assert call("renders", "POST", "/renders", body=body, headers=headers).status == 202

    assert made == ["UpdateItem", "PutObject", "TransactWriteItems", "SendMessage"]


def test_three_renders_of_one_order_cost_a_copy_and_a_message_each(aws: AwsEnvironment, user: User) -> None:
    body, kind = multipart({"quality": "standard", "count": "3"}, {"uploadedImageData": pictures.png()})

    with calls(aws) as made:
        answer = call("renders", "POST", "/renders", body=body, headers={**user.headers, "content-type": kind})

    assert answer.status == 202
    assert made == ["UpdateItem", *["PutObject"] * 3, "TransactWriteItems", *["SendMessage"] * 3]


@pytest.mark.parametrize(
    ("function", "path"),
    [("styles", "/styles"), ("styles_id", "/styles/soft@1"), ("styles_id_cover", "/styles/soft@1/cover")],
)
def test_reading_the_styles_of_everybody_costs_no_call(
    aws: AwsEnvironment, user: User, function: str, path: str
) -> None:
    with calls(aws) as made:
        assert call(function, "GET", path, headers=user.headers).status == 200

    assert made == []


def test_each_operation_of_a_style_of_a_user_costs_few_calls(aws: AwsEnvironment, user: User) -> None:
    body = {"title": "Evenings", "base": "golden-hour"}

    with calls(aws) as made:
        name = call("styles", "POST", "/styles", headers=user.headers, json=body).data["name"]
        call("styles_mine", "GET", "/styles/mine", headers=user.headers)
        call("styles_id", "GET", f"/styles/{name}", headers=user.headers)
        call("styles_id", "PUT", f"/styles/{name}", headers=user.headers, json=body)
        call("styles_id", "DELETE", f"/styles/{name}", headers=user.headers)

    assert made == [
        *("UpdateItem", "TransactWriteItems"),
        *("UpdateItem", "Query"),
        *("UpdateItem", "GetItem"),
        *("UpdateItem", "GetItem", "TransactWriteItems"),
        *("UpdateItem", "GetItem", "TransactWriteItems"),
    ]


def test_a_style_of_a_user_costs_one_call_more_than_another_style(aws: AwsEnvironment, user: User) -> None:
    body = {"title": "Evenings", "base": "golden-hour"}
    name = call("styles", "POST", "/styles", headers=user.headers, json=body).data["name"]
    form, kind = multipart({"quality": "standard", "style": name}, {"uploadedImageData": pictures.png()})

    with calls(aws) as made:
        answer = call("renders", "POST", "/renders", body=form, headers={**user.headers, "content-type": kind})

    assert answer.status == 202
    assert made == ["UpdateItem", "GetItem", "PutObject", "TransactWriteItems", "SendMessage"]


def test_repeating_a_render_costs_two_calls_more_than_requesting_it(aws: AwsEnvironment, user: User) -> None:
    body, kind = multipart({"quality": "standard"}, {"uploadedImageData": pictures.png()})
    posted = call("renders", "POST", "/renders", body=body, headers={**user.headers, "content-type": kind})
    path = f"/renders/{posted.data['renderId']}/again"

    with calls(aws) as made:
        assert call("renders_id_again", "POST", path, headers=user.headers, json={}).status == 202

    assert made == ["UpdateItem", "GetItem", "GetObject", "PutObject", "TransactWriteItems", "SendMessage"]


def test_a_standard_render_with_a_webhook_costs_its_worker_fourteen_calls(aws: AwsEnvironment, user: User) -> None:
    register_webhook(user, events=["render.processing", "render.completed"])
    body, kind = multipart({"quality": "standard"}, {"uploadedImageData": pictures.png()})
    posted = call("renders", "POST", "/renders", body=body, headers={**user.headers, "content-type": kind})
    worker = render_worker(TwoSecondEngine(), monotonic=iter([0.0, 0.3, 1.1, 1.6, 2.2, 2.3]).__next__)

    with calls(aws) as made:
        worker.work(RenderJob(user.user_id, posted.data["renderId"]))

    publish = ["Query", "PutItem", "SendMessage"]
    assert made == [
        *("UpdateItem", *publish),
        *("GetObject", "UpdateItem", "UpdateItem", "PutObject", "PutObject"),
        *("UpdateItem", *publish, "UpdateItem"),
    ]


@pytest.mark.parametrize(
    ("function", "method", "path", "expected"),
    [
        ("webhooks_register", "POST", "/register", ["TransactWriteItems"]),
        ("webhooks_id", "GET", "/{webhook}", ["GetItem"]),
        ("webhooks_id", "PATCH", "/{webhook}", ["UpdateItem"]),
        ("webhooks_id", "DELETE", "/{webhook}", ["TransactWriteItems"]),
        ("webhooks_id_rotate_secret", "POST", "/{webhook}/rotate-secret", ["GetItem", "UpdateItem"]),
        ("webhooks_id_test", "POST", "/{webhook}/test", ["TransactWriteItems", "SendMessage"]),
        ("webhooks_id_deliveries", "GET", "/{webhook}/deliveries", ["Query"]),
        (
            "webhooks_id_deliveries_id_redeliver",
            "POST",
            "/{webhook}/deliveries/{delivery}/redeliver",
            ["TransactWriteItems", "SendMessage"],
        ),
    ],
)
def test_each_operation_on_a_webhook_costs_at_most_three_calls(
    aws: AwsEnvironment, user: User, function: str, method: str, path: str, expected: list[str]
) -> None:
    webhook = register_webhook(user)["webhookId"]
    delivery = call("webhooks_id_test", "POST", f"/webhooks/{webhook}/test", headers=user.headers).data["deliveryId"]
    body = {"url": "http://127.0.0.1:9/", "events": ["render.failed"]}
    path = f"/webhooks{path.format(webhook=webhook, delivery=delivery)}"

    with calls(aws) as made:
        assert call(function, method, path, headers=user.headers, json=body).status < 300

    assert made == ["UpdateItem", *expected]


def test_polling_costs_three_calls_and_waiting_one_more_each_second(aws: AwsEnvironment, user: User) -> None:
    webhook_id = register_webhook(user, type="poll", url="")["webhookId"]
    path = f"/webhooks/{webhook_id}/poll"

    with calls(aws) as empty:
        call("webhooks_id_poll", "GET", path, headers=user.headers)
    with calls(aws) as waiting:
        call("webhooks_id_poll", "GET", path, headers=user.headers, query={"wait": 1})
    with calls(aws) as testing:
        call("webhooks_id_test", "POST", f"/webhooks/{webhook_id}/test", headers=user.headers)
    with calls(aws) as full:
        call("webhooks_id_poll", "GET", path, headers=user.headers)

    assert empty == ["UpdateItem", "GetItem"]
    assert waiting == ["UpdateItem", "GetItem", "Query"]
    assert testing == ["UpdateItem", "TransactWriteItems", "TransactWriteItems"]
    assert full == ["UpdateItem", "GetItem", "Query"]


def test_an_operation_on_a_project_costs_at_most_three_calls_and_a_deletion_one_message_more(
    aws: AwsEnvironment, user: User
) -> None:
    image = base64.b64encode(pictures.png()).decode()
    with calls(aws) as made:
        created = call("projects", "POST", "/projects", headers=user.headers, json={"name": "Villa", "image": image})
    assert made == ["UpdateItem", "PutObject", "TransactWriteItems"]
    path = f"/projects/{created.data['id']}"

    with calls(aws) as made:
        call("projects_id", "GET", path, headers=user.headers)
    assert made == ["UpdateItem", "GetItem"]

    with calls(aws) as made:
        call("projects_id", "PATCH", path, headers=user.headers, json={"name": "Chalet", "image": image})
    assert made == ["UpdateItem", "PutObject", "UpdateItem"]

    with calls(aws) as made:
        call("projects_id", "DELETE", path, headers=user.headers)
    assert made == ["UpdateItem", "GetItem", "TransactWriteItems", "SendMessage"]


def test_an_operation_on_an_upload_asks_s3_only_for_what_the_plugin_needs(aws: AwsEnvironment, user: User) -> None:
    data = pictures.png()
    with calls(aws) as announcing:
        upload_id = announce(user, data).data["uploadId"]
    path = f"/uploads/{upload_id}"
    with calls(aws) as signing:
        call("uploads_id_parts", "POST", f"{path}/parts", headers=user.headers, json={"partNumbers": [1] * 100})
    with calls(aws) as reading_an_open_one:
        call("uploads_id", "GET", path, headers=user.headers)
    send(aws, user, upload_id, {1: data})
    with calls(aws) as completing:
        complete(user, upload_id)
    with calls(aws) as completing_again:
        complete(user, upload_id)
    with calls(aws) as reading_a_ready_one:
        call("uploads_id", "GET", path, headers=user.headers)
    with calls(aws) as listing:
        call("uploads", "GET", "/uploads", headers=user.headers)
    with calls(aws) as deleting:
        call("uploads_id", "DELETE", path, headers=user.headers)

    assert announcing == ["UpdateItem", "CreateMultipartUpload", "TransactWriteItems"]
    assert signing == ["UpdateItem", "GetItem"]
    assert reading_an_open_one == ["UpdateItem", "GetItem", "ListParts"]
    assert completing == [
        *("UpdateItem", "GetItem", "ListParts", "CompleteMultipartUpload", "GetObject", "TransactWriteItems"),
        "GetItem",
    ]
    assert completing_again == reading_a_ready_one == ["UpdateItem", "GetItem"]
    assert listing == ["UpdateItem", "Query"]
    assert deleting == [
        *("UpdateItem", "GetItem", "TransactWriteItems", "AbortMultipartUpload", "DeleteObject", "DeleteItem"),
    ]


def test_retention_costs_two_calls_more_to_read_and_four_to_change(aws: AwsEnvironment, user: User) -> None:
    with calls(aws) as changing:
        call("settings_retention", "PUT", "/settings/retention", headers=user.headers, json={"captures": "1d"})
    with calls(aws) as reading:
        call("settings_retention", "GET", "/settings/retention", headers=user.headers)

    assert changing == ["UpdateItem", "GetItem", "TransactWriteItems", "UpdateItem", "SendMessage"]
    assert reading == ["UpdateItem", "GetItem", "GetItem"]


def test_an_order_with_a_retention_of_ones_own_costs_four_calls_too(aws: AwsEnvironment, user: User) -> None:
    call("settings_retention", "PUT", "/settings/retention", headers=user.headers, json={"captures": "1d"})
    body, kind = multipart({"quality": "standard"}, {"uploadedImageData": pictures.png()})

    with calls(aws) as made:
        assert (
            call("renders", "POST", "/renders", body=body, headers={**user.headers, "content-type": kind}).status == 202
        )

    assert made == ["UpdateItem", "PutObject", "TransactWriteItems", "SendMessage"]


def test_consents_cost_one_call_more_to_read_and_two_to_answer(aws: AwsEnvironment, user: User) -> None:
    with calls(aws) as listing:
        call("consents", "GET", "/consents", headers=user.headers)
    with calls(aws) as answering:
        call(
            "consents_id",
            "POST",
            "/consents/model_upload",
            headers=user.headers,
            json={"version": 1, "granted": True},
        )
    with calls(aws) as announcing:
        announce(user, b"", size=9, purpose="model", contentType="model/gltf-binary")

    assert listing == ["UpdateItem", "Query"]
    assert answering == ["UpdateItem", "GetItem", "TransactWriteItems"]
    assert announcing == ["UpdateItem", "GetItem", "CreateMultipartUpload", "TransactWriteItems"]


def test_requesting_a_render_of_an_upload_costs_four_calls_and_none_to_s3(aws: AwsEnvironment, user: User) -> None:
    upload_id = upload_file(aws, user, pictures.png())

    with calls(aws) as made:
        body = {"uploadId": upload_id}
        assert call("renders", "POST", "/renders", json=body, headers=user.headers).status == 202

    assert made == ["UpdateItem", "GetItem", "TransactWriteItems", "SendMessage"]


def test_changing_preferences_costs_three_calls(aws: AwsEnvironment, user: User) -> None:
    with calls(aws) as made:
        call("settings", "PUT", "/settings", headers=user.headers, json={"preferences": {"theme": "dark"}})

    assert made == ["UpdateItem", "GetItem", "UpdateItem"]


def test_estimating_a_render_costs_two_calls_and_the_capabilities_none(aws: AwsEnvironment, user: User) -> None:
    with calls(aws) as estimating:
        assert call("renders_estimate", "POST", "/renders/estimate", headers=user.headers, json={}).status == 200
    with calls(aws) as describing:
        assert call("capabilities", "GET", "/capabilities").status == 200

    assert estimating == ["UpdateItem", "GetItem"]
    assert describing == []


def test_an_anonymous_request_costs_one_call(aws: AwsEnvironment) -> None:
    call("credits", "GET", "/credits")
    with calls(aws) as made:
        call("credits", "GET", "/credits")

    assert made == ["UpdateItem"]


def test_following_a_link_costs_one(aws: AwsEnvironment) -> None:
    link = wiring.file_links().link("renders/ada/villa/output.png")

    with calls(aws) as made:
        assert call("files_id_id", "GET", link.partition("/api/plugins")[2]).status == 302

    assert made == ["UpdateItem"]


def test_health_costs_nothing(aws: AwsEnvironment) -> None:
    with calls(aws) as made:
        answer = call("health", "GET", "/health")

    assert made == []
    assert answer.json["api"] == {"version": "1.0.0", "platform": "unknown", "version_detected": None}
    assert set(answer.json["services"].values()) == {"operational", "unchecked"}


def test_deep_health_calls_aws_at_most_every_ten_seconds(aws: AwsEnvironment) -> None:
    call("health", "GET", "/health", query={"deep": "1"})
    with calls(aws) as made:
        answer = call("health", "GET", "/health", query={"deep": "1"})

    assert made == []
    assert answer.json["status"] == "healthy"
    assert set(answer.json["services"].values()) == {"operational"}


def test_listing_keys_costs_two_calls_and_creating_one_three(aws: AwsEnvironment, user: User) -> None:
    with calls(aws) as listing:
        call("keys", "GET", "/keys", headers=user.headers)
    with calls(aws) as making:
        call("keys", "POST", "/keys", headers=user.headers, json={"name": "CI", "scopes": ["renders:read"]})

    assert listing == ["UpdateItem", "Query"]
    assert making == ["UpdateItem", "GetItem", "TransactWriteItems"]


def test_a_request_with_a_key_costs_one_call_more_than_with_a_token(aws: AwsEnvironment, user: User) -> None:
    made = call("keys", "POST", "/keys", headers=user.headers, json={"name": "CI", "scopes": ["renders:read"]})

    with calls(aws) as used:
        call("credits", "GET", "/credits", headers={"x-api-key": made.data["key"]})

    assert used == ["UpdateItem", "UpdateItem", "GetItem"]


def test_acting_for_an_organisation_costs_one_read_more(aws: AwsEnvironment, user: User) -> None:
    office = create_office(aws, credits_=100, owner=user)
    with calls(aws) as reading:
        call("credits", "GET", "/credits", headers=office.headers)
    with calls(aws) as again:
        call("credits", "GET", "/credits", headers=office.headers)
    with calls(aws) as ordering:
        assert post_render(user, headers=office.headers).status == 202

    assert reading == ["BatchGetItem", "UpdateItem", "UpdateItem", "GetItem"]  # it creates the window
    assert again == ["BatchGetItem", "UpdateItem", "GetItem"]
    assert ordering == ["BatchGetItem", "UpdateItem", "PutObject", "TransactWriteItems", "SendMessage"]


def test_a_key_of_an_organisation_costs_one_read_more_than_one_of_a_user(aws: AwsEnvironment, user: User) -> None:
    office = create_office(aws, owner=user)
    body = {"name": "CI", "scopes": ["renders:read"]}
    key = call("keys", "POST", "/keys", headers=office.headers, json=body).data["key"]

    with calls(aws) as used:
        call("credits", "GET", "/credits", headers={"x-api-key": key})

    assert used == ["UpdateItem", "BatchGetItem", "UpdateItem", "GetItem"]


def test_reading_an_organisation_costs_two_calls(aws: AwsEnvironment, user: User) -> None:
    office = create_office(aws, owner=user)

    with calls(aws) as made:
        call("organizations_id", "GET", f"/organizations/{office.organization_id}", headers=user.headers)

    assert made == ["UpdateItem", "BatchGetItem"]


def test_a_malformed_key_costs_no_lookup(aws: AwsEnvironment) -> None:
    call("credits", "GET", "/credits")
    with calls(aws) as made:
        answer = call("credits", "GET", "/credits", headers={"x-api-key": "rk_live_" + "a" * 36})

    assert answer.code == (401, "INVALID_API_KEY")
    assert made == ["UpdateItem"]


def test_listing_sessions_costs_four_and_ending_one_four(aws: AwsEnvironment, user: User) -> None:
    with calls(aws) as listing:
        call("auth_sessions", "GET", "/auth/sessions", headers=user.headers)
    session = call("auth_sessions", "GET", "/auth/sessions", headers=user.headers).data["sessions"][0]["id"]
    with calls(aws) as ending:
        call("auth_sessions_id", "DELETE", f"/auth/sessions/{session}", headers=user.headers)

    assert listing == ["UpdateItem", "GetItem", "Query", "BatchGetItem"]
    assert ending == ["UpdateItem", "GetItem", "UpdateItem", "UpdateItem"]


@pytest.mark.usefixtures("without_waiting")
def test_a_forgotten_password_costs_three_and_resetting_it_six(aws: AwsEnvironment) -> None:
    email = create_user(aws).email
    body = {"email": email, "code": "123456", "newPassword": PASSWORD}
    for function, path in (("auth_password_forgot", "forgot"), ("auth_password_reset", "reset")):
        call(function, "POST", f"/auth/password/{path}", json=body, address="198.51.100.77")

    with calls(aws) as forgetting:
        call("auth_password_forgot", "POST", "/auth/password/forgot", json=body, address="198.51.100.77")
    with calls(aws) as resetting:
        call("auth_password_reset", "POST", "/auth/password/reset", json=body, address="198.51.100.77")

    assert forgetting == ["UpdateItem", "UpdateItem", "ForgotPassword"]
    assert resetting == [
        *("UpdateItem", "UpdateItem", "ConfirmForgotPassword", "InitiateAuth"),
        *("UpdateItem", "UpdateItem"),
    ]
