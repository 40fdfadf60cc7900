"""The events that webhooks and callbacks receive."""

from __future__ import annotations

from enum import StrEnum


class Event(StrEnum):
    """What happened to a render, ``usage.month`` of an organization, or ``webhook.test`` to try a webhook."""

    # In the order in which they happen: the publisher sorts by it.
    RENDER_PROCESSING = "render.processing"
    RENDER_COMPLETED = "render.completed"
    RENDER_FAILED = "render.failed"
    RENDER_CANCELLED = "render.cancelled"
    USAGE_MONTH = "usage.month"
    TEST = "webhook.test"
