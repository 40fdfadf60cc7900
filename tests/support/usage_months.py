"""Organisations whose months are published, and what their webhooks have got."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from renderiq.clock import to_iso
from renderiq.services.usage_months import UsageMonthPublisher
from renderiq.settings import settings
from renderiq.stores.items import to_attributes
from tests.support import wiring
from tests.support.aws import AwsEnvironment
from tests.support.http import Response, call
from tests.support.organizations import Office, create_office
from tests.support.webhooks import CLOSED_PORT

EVENT = "usage.month"


def old_office(aws: AwsEnvironment, created_at: datetime) -> Office:
    """Creates an organisation that has existed since ``created_at``."""
    office = create_office(aws)
    aws.client("dynamodb").update_item(
        TableName=settings().organizations_table,
        Key=to_attributes({"organizationId": office.organization_id, "item": "organization"}),
        UpdateExpression="SET createdAt = :then",
        ExpressionAttributeValues=to_attributes({":then": to_iso(created_at)}),
    )
    return office


def subscribe(headers: dict[str, str], *events: str, **more: Any) -> Response:
    """Registers a webhook for events, for ``usage.month`` without any."""
    body = {"url": CLOSED_PORT, "events": [*events] or [EVENT], **more}
    return call("webhooks_register", "POST", "/webhooks/register", headers=headers, json=body)


def webhook_of(office: Office, *events: str, **more: Any) -> str:
    """Returns the id of a new webhook of an organisation."""
    return str(subscribe(office.headers, *events, **more).data["webhookId"])


def publisher_at(now: datetime) -> UsageMonthPublisher:
    """Returns the publisher with a clock that stands still."""
    return replace(wiring.usage_month_publisher(), clock=lambda: now)


def received(aws: AwsEnvironment) -> list[tuple[str, dict[str, Any]]]:
    """Returns the webhook and the body of every delivery and of every event of a poll endpoint, sorted by webhook."""
    found = [(item["target"], json.loads(item["body"])) for item in aws.items("DeliveriesTable") if "body" in item]
    return sorted(found, key=lambda each: each[0])


class KilledError(BaseException):
    """The process was killed."""


@contextmanager
def at_call(aws: AwsEnvironment, number: int, moment: str, act: Any) -> Iterator[list[str]]:
    """Calls ``act`` once, before or after the call to AWS with this number, and yields the operations that were made.

    ``moment`` is ``before`` or ``after``. Calls that ``act`` makes are not counted.
    """
    made: list[str] = []
    busy = False

    def count(model: Any, **_: Any) -> None:
        nonlocal busy
        if busy:
            return
        made.append(model.name)
        if len(made) == number:
            busy = True
            act()
            busy = False

    hook = "before-parameter-build" if moment == "before" else "after-call"
    for service in ("dynamodb", "sqs"):
        aws.client(service).meta.events.register(hook, count, unique_id="at_call")
    try:
        yield made
    finally:
        for service in ("dynamodb", "sqs"):
            aws.client(service).meta.events.unregister(hook, unique_id="at_call")
