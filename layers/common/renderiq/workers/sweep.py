"""Builds the sweeper, and its entry point."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any, Final, Protocol

from renderiq import metrics
from renderiq.logs import logger
from renderiq.services.sweeper import Sweeper, SweepError
from renderiq.wiring.account_task_queue import account_task_queue
from renderiq.wiring.account_tasks import account_tasks
from renderiq.wiring.base import configuration, time_source
from renderiq.wiring.delivery_queue import delivery_queue
from renderiq.wiring.events import event_publisher
from renderiq.wiring.gauges import gauges
from renderiq.wiring.project_cleanup import project_cleanup_queue
from renderiq.wiring.project_store import projects
from renderiq.wiring.render_queue import render_queue
from renderiq.wiring.render_store import renders
from renderiq.wiring.upload_removal import upload_removal
from renderiq.wiring.upload_store import uploads
from renderiq.wiring.webhook_stores import deliveries

# A run ends this long before the function's timeout, because its last record may take two calls that time out.
_RESERVE: Final = timedelta(seconds=15)


class Context(Protocol):
    """What the sweeper reads of Lambda's context."""

    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int:
        """Returns the time until Lambda ends the invocation."""
        ...


@cache
def sweeper() -> Sweeper:
    """Returns the sweeper; each container builds it once."""
    return Sweeper(
        renders=renders(),
        due_deliveries=deliveries().due_index,
        due_project_deletions=projects().due_index,
        due_uploads=uploads().due_index,
        due_account_tasks=account_tasks().due_index,
        upload_removal=upload_removal(),
        publisher=event_publisher(),
        render_queue=render_queue(),
        delivery_queue=delivery_queue(),
        cleanup_queue=project_cleanup_queue(),
        account_task_queue=account_task_queue(),
        clock=time_source(),
    )


def lambda_handler(_event: dict[str, Any], context: Context) -> dict[str, int]:
    """Makes one run. Raises ``SweepError`` at its end if part of it failed, which the alarm on errors reports."""
    logger.set_correlation_id(context.aws_request_id)
    remaining = timedelta(milliseconds=context.get_remaining_time_in_millis())
    result = sweeper().run(budget=max(remaining - _RESERVE, remaining / 2))
    metrics.sweep_finished(result.oldest, stage=configuration().stage)
    gauges().record(result.oldest, now=time_source()())
    if trends := gauges().trends(now=time_source()()):
        metrics.trends_measured(trends, stage=configuration().stage)
    for kind, count in result.quarantined.items():
        for _ in range(count):
            metrics.record_quarantined(kind, stage=configuration().stage)
    facts = {"done": dict(result.done), "setAside": dict(result.quarantined), "troubles": result.failures}
    logger.info("swept", extra=facts)
    if result.failures:
        raise SweepError(f"{result.failures} failures: see the log")
    return dict(result.done)
