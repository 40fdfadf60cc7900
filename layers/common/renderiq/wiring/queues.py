"""The queues of the workers."""

from __future__ import annotations

from functools import cache

from renderiq.queues import Queue
from renderiq.settings import settings
from renderiq.stores.aws import client


@cache
def render_queue() -> Queue:
    """Returns the queue of the render worker."""
    return Queue(lambda: client("sqs"), settings().render_queue_url)


@cache
def delivery_queue() -> Queue:
    """Returns the queue of the webhook delivery worker."""
    return Queue(lambda: client("sqs"), settings().delivery_queue_url)


@cache
def project_cleanup_queue() -> Queue:
    """Returns the queue of the project cleanup worker."""
    return Queue(lambda: client("sqs"), settings().project_cleanup_queue_url)
