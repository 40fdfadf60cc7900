"""The entry point of the worker that publishes the figures of months."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from renderiq.logs import logger
from renderiq.services.usage_months import UsageMonthError
from renderiq.wiring.usage_months import usage_month_publisher

# A run ends this long before the function's timeout, because its last organisation may take calls that time out.
_RESERVE: Final = timedelta(seconds=60)


def lambda_handler(_event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Makes one run. Raises ``UsageMonthError`` at its end if organisations failed, which the alarm on errors reports.

    Returns what was done, which is nothing if the month is published.
    """
    logger.clear_keys()
    logger.set_correlation_id(context.aws_request_id)
    remaining = timedelta(milliseconds=context.get_remaining_time_in_millis())
    result = usage_month_publisher().run(budget=max(remaining - _RESERVE, remaining / 2))
    if result is None:
        return {}
    done = {
        "month": str(result.month),
        "organizations": result.organizations,
        "subscribed": result.subscribed,
        "new": result.new,
        "known": result.known,
        "polled": result.polled,
        "failures": result.failures,
        "isComplete": result.is_complete,
    }
    logger.info("published the figures of a month", extra=done)
    if result.failures:
        raise UsageMonthError(f"{result.failures} organisations failed: see the log")
    return done
