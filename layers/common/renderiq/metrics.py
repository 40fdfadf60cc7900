"""Figures for CloudWatch in Embedded Metric Format: a line each, and nothing kept from one to the next.

The namespace is the environment's ``POWERTOOLS_METRICS_NAMESPACE``, which Powertools reads.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from renderiq.platform import Platform

if TYPE_CHECKING:
    # A function imports the domain only if it emits the metrics of it.
    from renderiq.domain.renders import Render
    from renderiq.domain.webhooks import Attempt, Delivery

logger = Logger()

Measure = tuple[MetricUnit, float]

_ONCE: Measure = (MetricUnit.Count, 1)


def request_answered(
    status: int, *, platform: Platform, quality: str | None, milliseconds: float, **facts: Any
) -> None:
    """One HTTP request; ``status`` becomes its class, such as ``4xx``. ``facts`` are for searching the logs."""
    _emit(
        {"Requests": _ONCE, "Latency": (MetricUnit.Milliseconds, milliseconds)},
        platform=platform,
        quality=quality,
        status=f"{status // 100}xx",
        facts={"httpStatus": status, **facts},
    )


def render_requested(render: Render) -> None:
    """A render was accepted and paid for."""
    _emit_render({"RendersRequested": _ONCE}, render)


def render_ended(render: Render) -> None:
    """A render was completed, has failed or was cancelled. ``RenderTime`` runs from the first attempt's beginning."""
    measures = {"RendersEnded": _ONCE}
    if render.processing_seconds is not None:
        measures["RenderTime"] = (MetricUnit.Milliseconds, render.processing_seconds * 1000)
    _emit_render(measures, render)


def delivery_attempted(delivery: Delivery, attempt: Attempt) -> None:
    """An attempt was made at telling an endpoint; ``status`` is ``retrying`` while another is owed."""
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
    """How long the longest waiting of all that is owed has waited; zero where nothing is overdue.

    With the stage, because the alarm asks for it and two stages may share an account.
    """
    _emit_once({"OldestDueSeconds": (MetricUnit.Seconds, oldest.total_seconds())}, [{"stage": stage}], {})


def quarantine(kind: str, *, stage: str) -> None:
    """A record that nobody can read was taken out of its due index; ``kind`` such as ``render``."""
    _emit_once({"SetAside": _ONCE}, [{"stage": stage, "kind": kind}, {"stage": stage}], {})


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
    """CloudWatch adds nothing up by itself, so that what alarms ask for is a set of dimensions of its own."""
    by_platform = {"platform": platform, "status": status}
    finest = [{**by_platform, "quality": quality}] if quality else []
    _emit_once(measures, [*finest, by_platform, {"status": status}], facts)


def _emit_once(measures: dict[str, Measure], dimensions: list[dict[str, str]], facts: dict[str, Any]) -> None:
    """A figure that cannot be written is logged and no error: nobody's request fails for it."""
    try:
        # No service: it would be one more dimension, the same for all.
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
