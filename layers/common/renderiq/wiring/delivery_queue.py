"""The queue of the webhook delivery worker."""

from __future__ import annotations

from functools import cache

from renderiq.queues import Queue
from renderiq.settings import settings
from renderiq.stores.aws import client


@cache
def delivery_queue() -> Queue:
    """Returns the queue of the webhook delivery worker."""
    return Queue(lambda: client("sqs"), settings().delivery_queue_url)
