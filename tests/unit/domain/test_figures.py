"""The facts that records state, and how they are counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from renderiq.domain import figures
from renderiq.domain.figures import (
    OTHER,
    AttemptRecord,
    Bucket,
    DeliveryRecord,
    RenderRecord,
    UploadRecord,
    changes,
    grouped,
    histogram,
    known_version,
    merged,
    quantile,
    total,
)
from renderiq.errors import ErrorCode
from renderiq.styles import registry

STYLES = (*registry().catalogue.newest, "own", OTHER)
NINE = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
ORDERED = RenderRecord("r", "ada", "sketchup", "1.4.2", "high", "soft", "preview", 10, NINE, "pending")
COMPLETED = replace(ORDERED, status="completed", completed_at=NINE + timedelta(seconds=7))
SENT = AttemptRecord(NINE, 80, succeeded=True)


def test_an_order_is_counted_when_the_render_was_created() -> None:
    [ordered] = ORDERED.facts()

    assert (ordered.at, ordered.counts) == (NINE, {"ordered/sketchup/high": 1, "versions/sketchup/1.4": 1})


def test_the_seconds_from_order_to_end_go_into_one_bucket() -> None:
    _, ended = COMPLETED.facts()

    assert ended.counts["seconds/sketchup/10.0"] == 1
    assert ended.counts["milliseconds/sketchup"] == 7000


def test_a_bound_belongs_to_its_bucket() -> None:
    _, ended = replace(COMPLETED, completed_at=NINE + timedelta(seconds=5)).facts()

    assert ended.counts["seconds/sketchup/5.0"] == 1


def test_only_completed_renders_use_credits() -> None:
    _, completed = COMPLETED.facts()
    _, failed = replace(COMPLETED, status="failed", error_code="RENDER_FAILED").facts()

    assert completed.counts["used/sketchup"] == 10
    assert not [name for name in failed.counts if name.startswith("used")]


def test_the_change_of_a_record_adds_only_what_is_new() -> None:
    assert [each.change_id for each in changes(ORDERED.facts(), COMPLETED.facts())] == ["render/r/ended"]


def test_what_a_deleted_record_stated_has_gone() -> None:
    gone = changes(COMPLETED.facts(), ())

    assert [each.change_id for each in gone] == ["gone/render/r/ordered", "gone/render/r/ended"]


def test_a_change_that_states_nothing_new_adds_nothing() -> None:
    assert changes(COMPLETED.facts(), COMPLETED.facts()) == []


def test_every_attempt_counts_and_giving_up_counts_apart() -> None:
    failed = AttemptRecord(NINE + timedelta(seconds=5), 15_100, succeeded=False)

    facts = DeliveryRecord("d", "ada", (SENT, failed), given_up=True).facts()

    assert merged(each.counts for each in facts) == {
        "attempts/succeeded": 1,
        "attempts/failed": 1,
        "latency/0.1": 1,
        "latency/+Inf": 1,
        "latency_milliseconds": 15_180,
        "given_up": 1,
    }


def test_a_delivery_that_is_given_up_twice_counts_twice() -> None:
    first = DeliveryRecord("d", "ada", (SENT,), given_up=True).facts()
    again = DeliveryRecord("d", "ada", (SENT, replace(SENT, at=NINE + timedelta(hours=1))), given_up=True).facts()

    assert len({each.fact_id for each in (*first, *again) if "given_up" in each.counts}) == 2


@pytest.mark.parametrize(("status", "names"), [("open", 0), ("ready", 2), ("failed", 1), ("removed", 0)])
def test_an_upload_counts_its_end_if_it_is_ready_or_failed(status: str, names: int) -> None:
    facts = UploadRecord("u", "ada", "capture", status, 9, NINE, NINE).facts()

    assert sum(len(each.counts) for each in facts) == 1 + names


@pytest.mark.parametrize(
    ("given", "counted"),
    [
        ("1.4.2", "1.4"),
        ("0.9-beta", "0.9"),
        ("5.19", "5.19"),
        ("6.0", OTHER),
        ("1.20", OTHER),
        ("20240101", OTHER),
        *((each, OTHER) for each in (None, "", "../../x", "1", "1.199")),
    ],
)
def test_versions_are_counted_by_major_and_minor(given: str | None, counted: str) -> None:
    assert known_version(given) == counted


def test_values_that_are_not_known_make_no_names() -> None:
    strange = replace(COMPLETED, platform="x/y", quality="q", engine="e", plugin_version="zzz")

    names = {name for each in strange.facts() for name in each.counts}

    assert not [name for name in names if "x/y" in name]
    assert {"renders/other/other/completed", "engines/other/completed"} <= names


def test_the_number_of_names_is_bounded() -> None:
    """An item of DynamoDB may have 400 KB. The names of all counts that exist, with large values, have far less."""
    names = set()
    parts = (figures.PLATFORMS, figures.QUALITIES, STYLES, figures.ENGINES, figures.ENDS)
    values = product(*([*map(str, each), "else"] for each in parts))
    versions = [f"{major}.{minor}" for major in range(9) for minor in range(40)]
    for number, (platform, quality, style, engine, end) in enumerate(values):
        record = RenderRecord("r", "u", platform, "", quality, style, engine, 1, NINE, end)
        for seconds in (number % 2000, number % 50):
            ended = replace(
                record, completed_at=NINE + timedelta(seconds=seconds), error_code=next(iter(ErrorCode)).name
            )
            names |= {name for each in ended.facts() for name in each.counts}
    for platform, version in product([*figures.PLATFORMS, "else"], versions):
        record = RenderRecord("r", "u", platform, version, "high", "soft", "preview", 1, NINE, "pending")
        names |= {name for each in record.facts() for name in each.counts}
    for purpose, status in product([*figures.PURPOSES, "else"], ("ready", "failed")):
        names |= {n for e in UploadRecord("u", "u", purpose, status, 1, NINE).facts() for n in e.counts}

    assert 1000 < len(names) < 1600
    assert sum(len(name) + 8 for name in names) < 64_000


def test_buckets_begin_at_full_hours_and_days() -> None:
    assert Bucket.HOUR.start(NINE) == datetime(2026, 11, 26, 9, tzinfo=UTC)
    assert Bucket.DAY.start(NINE) == datetime(2026, 11, 26, tzinfo=UTC)


def test_counts_are_summed_by_a_pattern() -> None:
    counts = {"renders/revit/high/failed": 2, "renders/rhino/high/failed": 3, "renders/rhino/high/completed": 4}

    assert total(counts, "renders", "*", "*", "failed") == 5
    assert grouped(counts, "renders", "?", "*", "*") == {"revit": 2, "rhino": 7}


def test_a_histogram_is_cumulative() -> None:
    counts = {"latency/0.1": 3, "latency/+Inf": 1}

    assert histogram(counts, "latency", bounds=(0.05, 0.1)) == [("0.05", 0), ("0.1", 3), ("+Inf", 4)]


@pytest.mark.parametrize(("fraction", "expected"), [(0.5, 5.0), (0.25, 2.5), (1.0, 10.0)])
def test_a_quantile_is_interpolated_as_prometheus_does(fraction: float, expected: float) -> None:
    assert quantile(fraction, [("2.5", 1), ("5.0", 2), ("10.0", 4), ("+Inf", 4)]) == expected


def test_a_quantile_above_the_last_bound_is_that_bound() -> None:
    assert quantile(0.95, [("5.0", 1), ("+Inf", 9)]) == 5.0


def test_without_values_there_is_no_quantile() -> None:
    assert quantile(0.5, [("5.0", 0), ("+Inf", 0)]) is None
