"""The sample events in events/ work with their functions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from renderiq.errors import invalid_field
from renderiq.stores.user_pool import UserPool
from tests.support import wiring
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment, aws_environment
from tests.support.functions import handler, lambda_context
from tests.support.paths import ROOT

SAMPLES = sorted((ROOT / "events").glob("*.json"))
EXPECTED = {
    "account": 401,
    "account_deletions_id": 404,
    "account_export": 202,
    "analytics_usage": 200,
    "auth_device": 200,
    "auth_device_code": 200,
    "auth_device_token": 400,
    "auth_me": 200,
    "auth_password_forgot": 200,
    "auth_password_reset": 400,
    "auth_refresh": 401,
    "auth_sessions": 200,
    "auth_sessions_id": 404,
    "auth_signin": 401,
    "auth_signout": 200,
    "capabilities": 200,
    "consents": 200,
    "consents_id": 200,
    "credits": 200,
    "credits_transactions": 200,
    "dashboard": 200,
    "dashboard_id": 200,
    "default": 404,
    "docs": 200,
    "docs_id": 200,
    "files_id_id": 404,
    "health": 200,
    "invitations_accept": 404,
    "keys": 201,
    "metrics": 403,
    "keys_id": 404,
    "keys_id_rotate": 404,
    "openapi_json": 200,
    "organizations": 201,
    "organizations_id": 404,
    "organizations_id_audit": 404,
    "organizations_id_invitations": 404,
    "organizations_id_invitations_id": 404,
    "organizations_id_members": 404,
    "organizations_id_members_id": 404,
    "renders": 202,
    "settings_retention": 200,
    "renders_estimate": 200,
    "renders_id": 404,
    "renders_id_again": 404,
    "webhooks": 200,
    "webhooks_id": 404,
    "webhooks_id_deliveries": 404,
    "webhooks_id_deliveries_id_redeliver": 404,
    "webhooks_id_poll": 404,
    "webhooks_id_rotate_secret": 404,
    "webhooks_id_test": 404,
    "projects": 201,
    "projects_id": 404,
    "settings": 200,
    "styles": 201,
    "styles_id": 200,
    "styles_id_cover": 200,
    "styles_mine": 200,
    "uploads": 201,
    "uploads_id": 404,
    "uploads_id_complete": 404,
    "uploads_id_parts": 404,
    "webhooks_register": 201,
}


class WrongCode(UserPool):
    """Answers as Cognito does. moto has another error for an unknown address."""

    def send_reset_code(self, _email: str) -> None:
        """Sends nothing, because there is no such user."""

    def reset_password(self, *_: str) -> None:
        raise invalid_field("code", "is wrong or has expired")


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsEnvironment]:
    """A stack with every function."""
    with mock_aws(), aws_environment(None, CyclesImageUri="image") as environment:
        yield environment


@pytest.fixture
def user(aws: AwsEnvironment) -> Iterator[User]:
    app = handler("webhooks_register").app
    service = replace(wiring.webhook_service(), resolve=lambda _host, _port: ["93.184.216.34"])
    app.dependency_overrides[wiring.webhook_service] = lambda: service
    passwords = replace(wiring.password_service(), pool=WrongCode(None, ""), sleep=lambda _: None)
    for function in ("auth_password_forgot", "auth_password_reset"):
        handler(function).app.dependency_overrides[wiring.password_service] = lambda: passwords
    yield create_user(aws)
    for function in ("webhooks_register", "auth_password_forgot", "auth_password_reset"):
        handler(function).app.dependency_overrides.clear()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_event_is_answered(user: User, sample: Path) -> None:
    event: dict[str, Any] = json.loads(sample.read_text(encoding="utf-8"))
    if "authorization" in event.get("headers", {}):
        event["headers"]["authorization"] = f"Bearer {user.access_token}"

    answer = handler(sample.stem)(event, lambda_context())

    if "Records" in event:
        assert answer == {"batchItemFailures": []}
    elif "source" in event:
        assert isinstance(answer, dict)
    else:
        assert answer["statusCode"] == EXPECTED[sample.stem], answer["body"]
