"""The queue of the render worker."""

from __future__ import annotations

from functools import cache

from renderiq.queues import Queue
from renderiq.settings import settings
from renderiq.stores.aws import client


@cache
def render_queue() -> Queue:
    """Returns the queue of the render worker."""
    return Queue(lambda: client("sqs"), settings().render_queue_url)
