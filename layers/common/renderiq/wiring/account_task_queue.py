"""The queue of the account worker."""

from __future__ import annotations

from functools import cache

from renderiq.queues import Queue
from renderiq.settings import settings
from renderiq.stores.aws import client


@cache
def account_task_queue() -> Queue:
    """Returns the queue of the account worker."""
    return Queue(lambda: client("sqs"), settings().account_task_queue_url)
