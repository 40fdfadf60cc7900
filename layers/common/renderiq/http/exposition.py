"""The figures as Prometheus reads them: OpenMetrics 1.0, and the text format before it.

Labels have values of fixed lists only, so the number of series is bounded. What has not happened yet is there as 0 for
all platforms and results that are known: Prometheus cannot tell the first increase of a series that it has not seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from renderiq.domain.figures import (
    ACTIVE,
    DELIVERY_SECONDS,
    ENDS,
    ERRORS,
    PLATFORMS,
    QUALITIES,
    RENDER_SECONDS,
    grouped,
    histogram,
)
from renderiq.http.responses import Response
from renderiq.stores.figures import Overview

_PREFIX = "renderiq_plugin_"
_OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
_TEXT = "text/plain; version=0.0.4; charset=utf-8"

Labels = Mapping[str, str]


@dataclass(slots=True)
class _Family:
    """A metric with its samples: the ending of the name, the labels, and the value."""

    name: str
    kind: str
    text: str
    samples: list[tuple[str, Labels, float]] = field(default_factory=list)

    def lines(self, *, openmetrics: bool) -> Iterator[str]:
        name = _PREFIX + self.name
        # In the text format, a counter is named like its samples.
        title = f"{name}_total" if self.kind == "counter" and not openmetrics else name
        yield f"# HELP {title} {self.text}"
        yield f"# TYPE {title} {self.kind}"
        if openmetrics and name.endswith(("_seconds", "_bytes")):
            yield f"# UNIT {title} {name.rpartition('_')[2]}"
        for ending, labels, value in self.samples:
            shown = ",".join(f'{label}="{text}"' for label, text in labels.items())
            yield f"{name}{ending}{{{shown}}} {value}" if shown else f"{name}{ending} {value}"


def exposition(overview: Overview, *, openmetrics: bool) -> Response:
    """Returns the metrics. Caches may not store them."""
    lines = [line for family in _families(overview) for line in family.lines(openmetrics=openmetrics)]
    lines += ["# EOF"] if openmetrics else []
    kind = _OPENMETRICS if openmetrics else _TEXT
    return Response(200, kind, "\n".join(lines) + "\n", {"Cache-Control": "no-store"}, compress=True)


def _families(overview: Overview) -> Iterator[_Family]:
    counts = overview.totals
    yield _counter("renders", "Renders that have ended.", counts, "renders", ("platform", "quality", "status"))
    yield _counter("renders_ordered", "Renders that were ordered.", counts, "ordered", ("platform", "quality"))
    yield _counter("renders_by_style", "Renders that have ended, by style.", counts, "styles", ("style", "status"))
    yield _counter("renders_by_engine", "Renders that have ended, by engine.", counts, "engines", ("engine", "status"))
    yield _counter("render_errors", "Renders that have failed, by error code.", counts, "errors", ("code",))
    yield _counter(
        "renders_by_version", "Renders that were ordered, by plugin.", counts, "versions", ("platform", "version")
    )
    durations = _Family("render_duration_seconds", "histogram", "From the order of a render to its completion.")
    for platform in _values(PLATFORMS, grouped(counts, "seconds", "?", "*")):
        buckets = histogram(counts, "seconds", platform, bounds=RENDER_SECONDS)
        durations.samples += _histogram(buckets, counts.get(f"milliseconds/{platform}", 0), {"platform": platform})
    yield durations
    yield _counter("webhook_deliveries", "Attempts at webhooks.", counts, "attempts", ("result",))
    given_up = _Family("webhook_deliveries_given_up", "counter", "Deliveries that failed for good after an attempt.")
    given_up.samples.append(("_total", {}, counts.get("given_up", 0)))
    yield given_up
    latency = _Family("webhook_latency_seconds", "histogram", "How long attempts at webhooks took.")
    latency.samples += _histogram(
        histogram(counts, "latency", bounds=DELIVERY_SECONDS), counts.get("latency_milliseconds", 0), {}
    )
    yield latency
    yield _counter("credits_used", "Credits of completed renders.", counts, "used", ("platform",))
    yield _counter("credits_moved", "Credits that were granted, debited or refunded.", counts, "credits", ("movement",))
    yield _counter(
        "uploads", "Uploads that were announced, ready, or failed.", counts, "uploads", ("purpose", "status")
    )
    size = _Family("upload_bytes", "counter", "Bytes of uploads that were ready.")
    size.samples.append(("_total", {}, counts.get("upload_bytes", 0)))
    yield size
    active = _Family(
        "active_users", "gauge", "Users who ordered a render or announced an upload in this period of UTC."
    )
    active.samples += [
        ("", {"period": "hour"}, overview.hour.get(ACTIVE, 0)),
        ("", {"period": "day"}, overview.day.get(ACTIVE, 0)),
    ]
    yield active
    yield from _gauges(overview.gauges)


def _gauges(gauges: Mapping[str, float]) -> Iterator[_Family]:
    """What the sweeper found in its last run. There is nothing before its first one."""
    depth = _Family("queue_depth", "gauge", "Messages that wait in a queue.")
    depth.samples += [
        ("", {"queue": name.partition("/")[2]}, value)
        for name, value in sorted(gauges.items())
        if name.startswith("queue/")
    ]
    oldest = _Family("oldest_due_seconds", "gauge", "How long the oldest overdue record has been waiting.")
    swept = _Family("last_sweep_timestamp_seconds", "gauge", "When the sweeper ran last.")
    oldest.samples += [("", {}, gauges[name]) for name in ("oldest_due",) if name in gauges]
    swept.samples += [("", {}, gauges[name]) for name in ("swept_at",) if name in gauges]
    yield from (depth, oldest, swept)


_KNOWN: Mapping[str, Sequence[Iterable[str]]] = {
    "renders": (PLATFORMS, QUALITIES, ENDS),
    "ordered": (PLATFORMS, QUALITIES),
    "attempts": (("succeeded", "failed"),),
    "used": (PLATFORMS,),
    "errors": (ERRORS,),
    "credits": (("grant", "debit", "refund"),),
}


def _counter(name: str, text: str, counts: Mapping[str, int], kind: str, labels: Sequence[str]) -> _Family:
    values = {tuple(map(str, each)): 0 for each in product(*_KNOWN[kind])} if kind in _KNOWN else {}
    for key, count in counts.items():
        first, *parts = key.split("/")
        if first == kind:
            values[tuple(parts)] = count
    family = _Family(name, "counter", text)
    family.samples += [
        ("_total", dict(zip(labels, each, strict=True)), count) for each, count in sorted(values.items())
    ]
    return family


def _histogram(
    buckets: Sequence[tuple[str, int]], milliseconds: int, labels: Labels
) -> Iterator[tuple[str, Labels, float]]:
    for bound, cumulated in buckets:
        yield "_bucket", {**labels, "le": bound}, cumulated
    yield "_sum", labels, milliseconds / 1000
    yield "_count", labels, buckets[-1][1]


def _values(known: Iterable[str], seen: Iterable[str]) -> list[str]:
    return sorted({*map(str, known), *seen})
