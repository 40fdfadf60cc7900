"""CloudWatch metrics in Embedded Metric Format, one log line each.

CloudWatch bills each combination of a metric's name and its dimensions' values, and does not aggregate over dimensions.
So ``DIMENSIONS`` has only the combinations that answer a question of docs/operations.md.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from renderiq.logs import logger
from renderiq.platform import Platform
from renderiq.settings import settings

if TYPE_CHECKING:
    # A function imports only the parts of the domain that it needs.
    from renderiq.domain.renders import Render
    from renderiq.domain.trends import Trends
    from renderiq.domain.uploads import Upload
    from renderiq.domain.webhooks import Attempt, Delivery


Measure = tuple[str, float]
"""A unit of CloudWatch, and the value."""
DimensionSets = tuple[tuple[str, ...], ...]

NAMESPACE: Final = "Renderiq/Plugins"
_BY_STATUS: Final[DimensionSets] = (("status",),)
DIMENSIONS: Final[Mapping[str, DimensionSets]] = {
    "Requests": _BY_STATUS,
    "Latency": _BY_STATUS,
    "RendersRequested": (("platform",), ("quality",)),
    "RendersEnded": (("platform", "status"), ("status",)),
    "RenderTime": (("quality",),),
    "Deliveries": _BY_STATUS,
    "DeliveryTime": _BY_STATUS,
    "UploadsEnded": _BY_STATUS,
    "OldestDueSeconds": ((),),
    "CreditUseRatio": ((),),
    "WorstPlatformErrorRate": ((),),
    "SetAside": (("kind",), ()),
}
"""The sets of dimensions of each metric. The dimension ``stage`` is in addition to them in every set."""

_ONCE: Final[Measure] = ("Count", 1)


def request_answered(
    status: int, *, platform: Platform, quality: str | None, milliseconds: float, **facts: Any
) -> None:
    """Emits the metrics of one HTTP request.

    The dimension ``status`` is the class of the status, such as ``4xx``. ``facts`` are metadata for log searches.
    """
    _emit(
        {"Requests": _ONCE, "Latency": ("Milliseconds", milliseconds)},
        {"status": f"{status // 100}xx"},
        {"httpStatus": status, "platform": platform, "quality": quality, **facts},
    )


def render_requested(render: Render) -> None:
    """Emits that a render was accepted and paid."""
    _emit_render({"RendersRequested": _ONCE}, render)


def render_ended(render: Render) -> None:
    """Emits the metrics of a render that has ended.

    ``RenderTime`` is measured from the start of its first attempt. A render that no worker has begun has none.
    """
    _emit_render({"RendersEnded": _ONCE}, render)
    if render.processing_seconds is not None:
        _emit_render({"RenderTime": ("Milliseconds", render.processing_seconds * 1000)}, render)


def delivery_attempted(delivery: Delivery, attempt: Attempt) -> None:
    """Emits that an attempt at a delivery was made. ``status`` is ``retrying`` if there will be another."""
    _emit(
        {"Deliveries": _ONCE, "DeliveryTime": ("Milliseconds", attempt.duration_ms)},
        {"status": "retrying" if delivery.state == "pending" else delivery.state},
        {
            "event": delivery.event,
            "deliveryId": delivery.delivery_id,
            "userId": delivery.user_id,
            "platform": delivery.platform,
            "pluginVersion": delivery.plugin_version,
        },
    )


def upload_ended(upload: Upload, status: str) -> None:
    """Emits that an upload is ``ready``, has ``failed``, or was ``abandoned``."""
    _emit(
        {"UploadsEnded": _ONCE},
        {"status": status},
        {
            "uploadId": upload.upload_id,
            "userId": upload.user_id,
            "purpose": upload.spec.purpose,
            "bytes": upload.spec.size,
        },
    )


def sweep_finished(oldest: timedelta, *, stage: str) -> None:
    """Emits how long the oldest overdue record has been waiting, or zero if nothing is overdue."""
    _emit({"OldestDueSeconds": ("Seconds", oldest.total_seconds())}, {"stage": stage}, {})


def trends_measured(trends: Trends, *, stage: str) -> None:
    """Emits what the figures tell about this hour."""
    measures = {"CreditUseRatio": ("None", trends.credit_use), "WorstPlatformErrorRate": ("None", trends.error_rate)}
    _emit(measures, {"stage": stage}, {})


def record_quarantined(kind: str, *, stage: str) -> None:
    """Emits that a record was put into quarantine. ``kind`` is the kind of the record, such as ``render``."""
    _emit({"SetAside": _ONCE}, {"stage": stage, "kind": kind}, {})


def _emit_render(measures: dict[str, Measure], render: Render) -> None:
    _emit(
        measures,
        {"platform": render.platform, "quality": render.order.quality, "status": render.status},
        {
            "renderId": render.render_id,
            "userId": render.user_id,
            "pluginVersion": render.plugin_version,
            "engine": render.order.engine,
        },
    )


def _emit(measures: dict[str, Measure], values: dict[str, str], facts: dict[str, Any]) -> None:
    """Emits one line. The measures must have the same sets of dimensions, whose values are in ``values``.

    An error is logged and not raised, because a request must not fail for its metrics.
    """
    try:
        [sets] = {DIMENSIONS[name] for name in measures}
        values = {"stage": settings().stage, **values}
        dimensions = [["stage", *names] for names in sets]
        used = {name: values[name] for names in dimensions for name in names}
        metrics = [{"Name": name, "Unit": unit} for name, (unit, _) in measures.items()]
        line = {
            "_aws": {
                "Timestamp": time.time_ns() // 1_000_000,
                "CloudWatchMetrics": [{"Namespace": NAMESPACE, "Dimensions": dimensions, "Metrics": metrics}],
            },
            **used,
            **{name: fact for name, fact in {**facts, **values}.items() if fact is not None and name not in used},
            **{name: [float(value)] for name, (_, value) in measures.items()},
        }
        print(json.dumps(line, separators=(",", ":")))
    except Exception:
        logger.warning("a metric was lost", exc_info=True)
