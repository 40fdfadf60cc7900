"""What the sweeper measures."""

from __future__ import annotations

from functools import cache

from renderiq.queues import Queue
from renderiq.services.gauges import Gauges
from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.wiring.account_task_queue import account_task_queue
from renderiq.wiring.delivery_queue import delivery_queue
from renderiq.wiring.figures import figures
from renderiq.wiring.project_cleanup import project_cleanup_queue
from renderiq.wiring.render_queue import render_queue


@cache
def gauges() -> Gauges:
    """Returns the gauges of all queues."""
    return Gauges(
        figures(),
        {
            "render": render_queue(),
            "delivery": delivery_queue(),
            "project_cleanup": project_cleanup_queue(),
            "account_task": account_task_queue(),
            "render_dead_letters": Queue(lambda: client("sqs"), settings().render_dead_letter_queue_url),
            "delivery_dead_letters": Queue(lambda: client("sqs"), settings().delivery_dead_letter_queue_url),
            "project_cleanup_dead_letters": Queue(
                lambda: client("sqs"), settings().project_cleanup_dead_letter_queue_url
            ),
            "account_task_dead_letters": Queue(lambda: client("sqs"), settings().account_task_dead_letter_queue_url),
        },
    )
