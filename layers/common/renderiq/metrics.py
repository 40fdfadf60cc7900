"""CloudWatch metrics in Embedded Metric Format, one log line each.

Powertools reads the namespace from the environment variable ``POWERTOOLS_METRICS_NAMESPACE``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from renderiq.platform import Platform

if TYPE_CHECKING:
    # A function imports only the parts of the domain that it needs.
    from renderiq.domain.renders import Render
    from renderiq.domain.webhooks import Attempt, Delivery

logger = Logger()

Measure = tuple[MetricUnit, float]

_ONCE: Measure = (MetricUnit.Count, 1)


def request_answered(
    status: int, *, platform: Platform, quality: str | None, milliseconds: float, **facts: Any
) -> None:
    """Emits the metrics of one HTTP request.

    The dimension ``status`` is the class of the status, such as ``4xx``. ``facts`` are metadata for log searches.
    """
    _emit(
        {"Requests": _ONCE, "Latency": (MetricUnit.Milliseconds, milliseconds)},
        platform=platform,
        quality=quality,
        status=f"{status // 100}xx",
        facts={"httpStatus": status, **facts},
    )


def render_requested(render: Render) -> None:
    """Emits that a render was accepted and paid."""
    _emit_render({"RendersRequested": _ONCE}, render)


def render_ended(render: Render) -> None:
    """Emits that a render has ended. ``RenderTime`` is measured from the start of its first attempt."""
    measures = {"RendersEnded": _ONCE}
    if render.processing_seconds is not None:
        measures["RenderTime"] = (MetricUnit.Milliseconds, render.processing_seconds * 1000)
    _emit_render(measures, render)


def delivery_attempted(delivery: Delivery, attempt: Attempt) -> None:
    """Emits that an attempt at a delivery was made. ``status`` is ``retrying`` if there will be another."""
    _emit(
        {"Deliveries": _ONCE, "DeliveryTime": (MetricUnit.Milliseconds, attempt.duration_ms)},
        platform=delivery.platform,
        quality=None,
        status="retrying" if delivery.state == "pending" else delivery.state,
        facts={
            "event": delivery.event,
            "deliveryId": delivery.delivery_id,
            "userId": delivery.user_id,
            "pluginVersion": delivery.plugin_version,
        },
    )


def sweep_finished(oldest: timedelta, *, stage: str) -> None:
    """Emits how long the oldest overdue record has been waiting, or zero if nothing is overdue.

    The stage is a dimension because two stages may share an AWS account, and each has its own alarm.
    """
    _emit_line({"OldestDueSeconds": (MetricUnit.Seconds, oldest.total_seconds())}, [{"stage": stage}], {})


def record_quarantined(kind: str, *, stage: str) -> None:
    """Emits that a record was put into quarantine. ``kind`` is the kind of the record, such as ``render``."""
    _emit_line({"SetAside": _ONCE}, [{"stage": stage, "kind": kind}, {"stage": stage}], {})


def _emit_render(measures: dict[str, Measure], render: Render) -> None:
    _emit(
        measures,
        platform=render.platform,
        quality=render.order.quality,
        status=render.status,
        facts={
            "renderId": render.render_id,
            "userId": render.user_id,
            "pluginVersion": render.plugin_version,
            "engine": render.order.engine,
        },
    )


def _emit(
    measures: dict[str, Measure], *, platform: str, quality: str | None, status: str, facts: dict[str, Any]
) -> None:
    """Emits the metrics with several sets of dimensions: CloudWatch does not aggregate over dimensions by itself."""
    by_platform = {"platform": platform, "status": status}
    finest = [{**by_platform, "quality": quality}] if quality else []
    _emit_line(measures, [*finest, by_platform, {"status": status}], facts)


def _emit_line(measures: dict[str, Measure], dimensions: list[dict[str, str]], facts: dict[str, Any]) -> None:
    """Emits one line. An error is logged and not raised, because a request must not fail for its metrics."""
    try:
        # Without a service, which would be one more dimension.
        line = EphemeralMetrics(service="")
        for name, (unit, value) in measures.items():
            line.add_metric(name, unit, value)
        finest, *coarser = dimensions
        for name, dimension in finest.items():
            line.add_dimension(name, dimension)
        for each in coarser:
            line.add_dimensions(**each)
        for name, fact in facts.items():
            if fact is not None:
                line.add_metadata(name, fact)
        line.flush_metrics()
    except Exception:
        logger.warning("a metric was lost", exc_info=True)
