"""The API accepts every example of a request in the contract, and responds with the documented status."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from renderiq.tokens import RefreshToken
from tests.support import wiring
from tests.support.accounts import PASSWORD, User, add_project, add_to_user_pool, create_user
from tests.support.aws import AwsEnvironment
from tests.support.contract import document
from tests.support.forms import multipart
from tests.support.functions import handler
from tests.support.http import call
from tests.support.organizations import Office, create_office
from tests.support.renders import post_render
from tests.support.uploads import announce


def requests() -> Iterator[Any]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            for media_type, media in operation.get("requestBody", {}).get("content", {}).items():
                success = next(int(status) for status in operation["responses"] if status.startswith("2"))
                yield pytest.param(
                    method.upper(),
                    path,
                    media_type,
                    media["example"],
                    success,
                    id=f"{operation['operationId']} {media_type}",
                )


def function_of(path: str) -> str:
    """The folder of a path."""
    if path == "/uploads/resumable/init":  # a second path of the function
        return "uploads"
    return re.sub(r"\W+", "_", re.sub(r"\{\w+\}", "id", path)).strip("_")


@pytest.fixture
def public_names() -> Iterator[None]:
    """Every name resolves to a public address."""
    app = handler("webhooks_register").app
    public = replace(wiring.webhook_service(), resolve=lambda _host, _port: ["93.184.215.14"])
    app.dependency_overrides[wiring.webhook_service] = lambda: public
    yield
    del app.dependency_overrides[wiring.webhook_service]


@pytest.fixture
def new_id(aws: AwsEnvironment, public_names: None) -> Callable[[User, str], str]:
    """Creates what a path parameter names, and returns its id."""

    def create(user: User, parameter: str) -> str:
        if parameter == "projectId":
            return add_project(user)
        if parameter == "sessionId":
            return RefreshToken.parse(user.refresh_token).session_id
        if parameter == "keyId":
            body = {"name": "Night batch", "scopes": ["renders:read"]}
            return str(call("keys", "POST", "/keys", headers=user.headers, json=body).data["id"])
        if parameter in {"organizationId", "userId", "invitationId"}:
            return of_organization(aws, user, parameter)
        if parameter == "renderId":
            return str(post_render(user).data["renderId"])
        if parameter == "styleId":
            style = {"title": "Evenings", "base": "golden-hour"}
            return str(call("styles", "POST", "/styles", headers=user.headers, json=style).data["name"])
        if parameter == "consentName":
            return "third_party_ai"
        if parameter == "uploadId":
            return str(announce(user, b"", size=20_971_520).data["uploadId"])
        body = {"url": "https://hooks.example.com/renderiq", "events": ["render.completed"]}
        answer = call("webhooks_register", "POST", "/webhooks/register", headers=user.headers, json=body)
        return str(answer.data["webhookId"])

    return create


def of_organization(aws: AwsEnvironment, user: User, parameter: str) -> str:
    """Returns the id of the user's organisation, which is created at the first call, or of something in it."""
    found = wiring.organization_service().of_user(user.user_id, now=datetime.now(UTC))
    office = Office(found[0].organization.organization_id, user) if found else create_office(aws, owner=user)
    if parameter == "userId":
        return office.join(create_user(aws)).user_id
    return office.invite("alan@example.com")[0].invitation_id if parameter == "invitationId" else office.organization_id


def approved_device_code(user: User) -> str:
    service, now = wiring.device_code_service(), datetime.now(UTC)
    issued = service.issue(platform="rhino", address="198.51.100.7", now=now)
    _, approval = service.review(user.user_id, issued.user_code, now=now)
    service.decide(approval, approve=True, now=now)
    return issued.device_code


@pytest.mark.usefixtures("without_waiting")
@pytest.mark.parametrize(("method", "path", "media_type", "example", "success"), list(requests()))
def test_the_api_accepts_the_example(
    aws: AwsEnvironment,
    new_id: Callable[[User, str], str],
    method: str,
    path: str,
    media_type: str,
    example: dict[str, Any],
    success: int,
) -> None:
    user = create_user(aws)
    if path == "/auth/signin":
        add_to_user_pool(aws, example["email"], example["password"])
    if path == "/auth/password/reset":
        example = {**example, "email": user.email}
    if method == "DELETE" and "password" in example:
        example = {"password": PASSWORD}
    if path == "/auth/refresh":
        assert len(example["refresh_token"]) == len(user.refresh_token)
        example = {"refresh_token": user.refresh_token}
    if path == "/auth/device/token":
        example = {**example, "device_code": approved_device_code(user)}
    if path == "/invitations/accept":
        example = {"token": create_office(aws).invite(user.email)[1]}
    target = re.sub(r"\{(\w+)\}", lambda found: new_id(user, found[1]), path)
    if media_type == "application/json":
        body: dict[str, Any] = {"json": example}
    else:
        form, content_type = multipart(example)
        body = {"body": form, "headers": {"content-type": content_type}}

    answer = call(function_of(path), method, target, **{**body, "headers": {**user.headers, **body.get("headers", {})}})

    assert answer.status == success, answer.body


def test_the_examples_of_events_tell_what_happened() -> None:
    told = {
        event: methods["post"]["requestBody"]["content"]["application/json"]["example"]
        for event, methods in document()["webhooks"].items()
    }

    assert all(example["event"] == example["type"] == event for event, example in told.items())
    assert {event: example["data"].get("status") for event, example in told.items()} == {
        "render.processing": "processing",
        "render.completed": "completed",
        "render.failed": "failed",
        "render.cancelled": "cancelled",
        "usage.month": None,
        "webhook.test": None,
    }
    assert [event for event, example in told.items() if "outputUrl" in example["data"]] == ["render.completed"]
    assert [event for event, example in told.items() if "errorCode" in example["data"]] == ["render.failed"]
