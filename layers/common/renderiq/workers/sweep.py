"""The sweeper's entrypoint and composition."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from renderiq import metrics, wiring
from renderiq.services.sweeping import Sweeper, SweepError

logger = Logger()

# The time limit less this is a run's: what is begun last may take two calls that time out.
_RESERVE: Final = timedelta(seconds=15)


@cache
def sweeper() -> Sweeper:
    return Sweeper(
        renders=wiring.renders(),
        deliveries=wiring.deliveries(),
        projects=wiring.projects(),
        herald=wiring.herald(),
        render_queue=wiring.render_queue(),
        delivery_queue=wiring.delivery_queue(),
        cleanup_queue=wiring.project_cleanup_queue(),
        clock=wiring.time_source(),
    )


def lambda_handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """One run. Raises ``SweepError`` after it where anything stood in the way, so that the alarm hears of it."""
    logger.set_correlation_id(context.aws_request_id)
    left = timedelta(milliseconds=context.get_remaining_time_in_millis())
    swept = sweeper().run(budget=max(left - _RESERVE, left / 2))
    metrics.swept(swept.oldest, stage=wiring.configuration().stage)
    for kind, count in swept.set_aside.items():
        for _ in range(count):
            metrics.set_aside(kind, stage=wiring.configuration().stage)
    facts = {"done": dict(swept.done), "setAside": dict(swept.set_aside), "troubles": swept.troubles}
    logger.info("swept", extra=facts)
    if swept.troubles:
        raise SweepError(f"{swept.troubles} troubles: see the log")
    return dict(swept.done)
