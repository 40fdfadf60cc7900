"""Unit tests open no sockets: AWS is moto, in this process and on this thread."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

os.environ["MOTO_ACCOUNT_ID"] = "000000000000"  # as in the local stack's names; moto reads it when imported

from moto import mock_aws

from renderiq.domain.webhooks import Webhook
from renderiq.queues import DeliveryJob, RenderJob
from renderiq.settings import settings
from tests.support import fast_moto, wiring
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment, aws_environment, clear_caches
from tests.support.deliveries import add_delivery, new_webhook
from tests.support.functions import handler
from tests.support.renders import accept_render

fast_moto.install()


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsEnvironment]:
    with mock_aws(), aws_environment(None) as environment:
        yield environment


@pytest.fixture
def open_ai(aws: AwsEnvironment, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The stack offers an AI service of a third party: Bedrock."""
    monkeypatch.setenv("BEDROCK_ENABLED", "true")
    clear_caches()
    yield
    monkeypatch.undo()
    clear_caches()


@pytest.fixture
def user(aws: AwsEnvironment) -> User:
    """A new user with the welcome credits."""
    return create_user(aws)


@pytest.fixture
def without_waiting() -> Iterator[list[float]]:
    """Forgotten passwords are answered at once; these are the pauses that the endpoints would have made."""
    pauses: list[float] = []
    apps = [handler(function).app for function in ("auth_password_forgot", "auth_password_reset")]
    for app in apps:
        app.dependency_overrides[wiring.password_service] = lambda: replace(
            wiring.password_service(), sleep=pauses.append
        )
    yield pauses
    for app in apps:
        del app.dependency_overrides[wiring.password_service]


@pytest.fixture
def render_job(aws: AwsEnvironment, user: User) -> RenderJob:
    """The message of a render that waits for a worker; it is no longer in the queue."""
    return accept_render(aws, user)


@pytest.fixture
def webhook(aws: AwsEnvironment) -> Iterator[Webhook]:
    """A webhook of a new user; the delivery queue is empty before and after the test."""
    webhook = new_webhook()
    wiring.webhooks().add(webhook)
    aws.messages(settings().delivery_queue_url)
    yield webhook
    aws.messages(settings().delivery_queue_url)


@pytest.fixture
def delivery_job(webhook: Webhook) -> DeliveryJob:
    """The message of a delivery to ``webhook`` that is due."""
    return add_delivery(webhook.webhook_id, webhook.user_id)
