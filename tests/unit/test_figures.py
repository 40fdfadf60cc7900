"""Changes of the tables are counted once, whatever the streams repeat; a rebuild from the tables gives the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from admin.figures import figure_rebuild, rebuild_figures
from renderiq.domain.figures import Bucket
from renderiq.ids import uuid7
from renderiq.stores.figures import RebuildInProgressError
from tests.support import wiring
from tests.support.aws import AwsEnvironment
from tests.support.figures import RENDER_KEYS, a_render, ended, from_tables, life, put, stored, stream_record, work


@pytest.fixture(autouse=True)
def empty(aws: AwsEnvironment) -> Iterator[None]:
    wiring.figures.cache_clear()  # which users were active is remembered
    yield
    aws.empty("FiguresTable", "RendersTable", "UploadsTable")


def test_the_figures_are_what_the_tables_have(aws: AwsEnvironment) -> None:
    assert work(*life(1), *life(4, "bea", status="failed"), *life(7, status="cancelled")) == []

    assert stored(aws) == from_tables(aws)
    assert stored(aws)["all", "total"]["renders/rhino/high/completed"] == 1


@pytest.mark.parametrize(
    ("style", "counted"),
    [("golden-hour", "golden-hour"), ("my:018f2f3e-7b1a-7c3d-9e4f-5a6b7c8d9e1f", "own"), ("a/b", "other")],
)
def test_styles_of_users_and_unknown_ones_have_one_name_each(aws: AwsEnvironment, style: str, counted: str) -> None:
    render = a_render()
    render["order"]["style"] = style

    work(stream_record(1, RENDER_KEYS, None, ended(render)))

    assert stored(aws)["all", "total"][f"styles/{counted}/completed"] == 1


def test_repeated_records_count_once(aws: AwsEnvironment) -> None:
    records = life(1)

    work(*records, *records)
    work(*records)

    assert stored(aws) == from_tables(aws)


def test_records_out_of_order_count_the_same(aws: AwsEnvironment) -> None:
    records = [record for number in range(0, 90, 3) for record in life(number, f"user{number % 4}")]
    random.Random(7).shuffle(records)

    for record in records:
        work(record)

    assert stored(aws) == from_tables(aws)


def test_a_user_is_active_once_in_each_period_even_for_another_container(aws: AwsEnvironment) -> None:
    work(*life(1))
    wiring.figures.cache_clear()
    work(*life(4), *life(7, "bea"))

    assert {
        counts["active"] for (scope, period), counts in stored(aws).items() if scope == "all" and "#" in period
    } == {2}


def test_a_batch_of_which_a_part_was_counted_counts_the_rest(aws: AwsEnvironment) -> None:
    first, second = life(1), life(4, "bea")
    work(*first)

    work(*second, *first)

    assert stored(aws) == from_tables(aws)


@contextmanager
def answering(aws: AwsEnvironment, *, transactions: int) -> Iterator[None]:
    """DynamoDB answers this many transactions only."""
    events, left = aws.client("dynamodb").meta.events, [None] * transactions

    def fail(**_: Any) -> None:
        if not left:
            raise EndpointConnectionError(endpoint_url="https://dynamodb")
        left.pop()

    events.register("before-call.dynamodb.TransactWriteItems", fail)
    yield
    events.unregister("before-call.dynamodb.TransactWriteItems", fail)


def test_what_could_not_be_counted_is_repeated_from_there(aws: AwsEnvironment) -> None:
    records = [record for number in range(0, 60, 3) for record in life(number)]

    with answering(aws, transactions=1):
        assert work(*records) == [{"itemIdentifier": records[50]["dynamodb"]["SequenceNumber"]}]

    assert work(*records[50:]) == []
    assert stored(aws) == from_tables(aws)


def test_a_record_that_cannot_be_read_stops_neither_the_worker_nor_a_rebuild(
    aws: AwsEnvironment, caplog: pytest.LogCaptureFixture
) -> None:
    broken = {"userId": "ada", "renderId": uuid7(), "status": "pending"}
    put(broken)

    assert work(stream_record(1, RENDER_KEYS, None, broken), *life(2)) == []

    assert "a record could not be counted" in caplog.messages
    assert stored(aws) == from_tables(aws)
    assert figure_rebuild(aws.target).run() == 0


def test_items_of_other_kinds_count_nothing(aws: AwsEnvironment) -> None:
    work(
        stream_record(1, RENDER_KEYS, None, {"userId": "ada", "renderId": "idem#key"}),
        stream_record(2, ("userId", "uploadId"), None, {"userId": "ada", "uploadId": "usage", "openUploads": 1}),
        stream_record(3, ("target", "deliveryId"), None, {"target": "w", "deliveryId": "stream#000001", "body": "{}"}),
    )

    assert stored(aws) == {}


def test_a_rebuild_gives_the_same(aws: AwsEnvironment) -> None:
    work(*life(1), *life(4, "bea"))
    before = stored(aws)

    assert figure_rebuild(aws.target).run() == 0
    assert stored(aws) == before


def test_a_rebuild_makes_lost_figures_anew(aws: AwsEnvironment) -> None:
    life(1)
    life(4, "bea", status="failed")
    said: list[str] = []

    assert rebuild_figures(aws.target, said.append) == 0

    assert stored(aws) == from_tables(aws)
    assert said[0].endswith("hours, days and totals were different and are corrected")


def test_a_rebuild_corrects_wrong_figures(aws: AwsEnvironment) -> None:
    work(*life(1))
    now = datetime.now(UTC)
    wiring.figures().replace(("all", "total"), {"renders/rhino/high/completed": 40})
    wiring.figures().replace(("user#eve", f"day#{now:%Y-%m-%d}"), {"ordered/rhino/high": 1})

    assert figure_rebuild(aws.target).run() == 2
    assert stored(aws) == from_tables(aws)


def test_what_a_stream_still_has_is_not_counted_after_a_rebuild_has_counted_it(aws: AwsEnvironment) -> None:
    records = life(1)
    figure_rebuild(aws.target).run()

    work(*records)

    assert stored(aws) == from_tables(aws)


def test_figures_of_deleted_records_stay_and_survive_a_rebuild(aws: AwsEnvironment) -> None:
    render = a_render()
    work(
        stream_record(1, RENDER_KEYS, None, render),
        stream_record(2, RENDER_KEYS, render, ended(render)),
        *life(3, "bea"),
    )
    before = stored(aws)

    work(stream_record(9, RENDER_KEYS, ended(render), None))  # it was deleted with its project

    assert stored(aws) == before
    assert figure_rebuild(aws.target).run() == 0
    assert stored(aws) == before


def test_the_worker_waits_while_a_rebuild_runs(aws: AwsEnvironment) -> None:
    now = datetime.now(UTC)
    wiring.figures().begin_rebuild(lease="theirs", until=now + timedelta(minutes=5), now=now)
    records = life(1)

    assert work(*records) == [{"itemIdentifier": "1"}]

    wiring.figures().end_rebuild(lease="theirs")
    assert work(*records) == []
    assert stored(aws) == from_tables(aws)


def test_of_two_rebuilds_one_is_refused(aws: AwsEnvironment) -> None:
    now = datetime.now(UTC)
    wiring.figures().begin_rebuild(lease="theirs", until=now + timedelta(minutes=5), now=now)

    with pytest.raises(RebuildInProgressError):
        figure_rebuild(aws.target).run()


def test_a_rebuild_whose_time_was_over_stops(aws: AwsEnvironment) -> None:
    store, now = wiring.figures(), datetime.now(UTC)
    long_ago = now - timedelta(minutes=6)
    store.begin_rebuild(lease="slow", until=long_ago + timedelta(minutes=5), now=long_ago)
    store.begin_rebuild(lease="another", until=now + timedelta(minutes=5), now=now)

    with pytest.raises(RebuildInProgressError):
        store.extend_rebuild(lease="slow", until=now + timedelta(minutes=9), now=now)
    with pytest.raises(RebuildInProgressError):
        store.end_rebuild(lease="slow")
    assert work(*life(1)) == [{"itemIdentifier": "1"}]


def test_a_rebuild_that_was_killed_keeps_the_worker_waiting_for_five_minutes_only(aws: AwsEnvironment) -> None:
    long_ago = datetime.now(UTC) - timedelta(minutes=6)
    wiring.figures().begin_rebuild(lease="theirs", until=long_ago + timedelta(minutes=5), now=long_ago)

    assert work(*life(1)) == []


def test_hours_are_kept_for_90_days_and_days_for_two_years(aws: AwsEnvironment) -> None:
    work(*life(1))
    kept = {item["period"].partition("#")[0]: item for item in aws.items("FiguresTable") if item["scope"] == "all"}
    today = Bucket.DAY.start(datetime.now(UTC)).timestamp()

    assert round((kept["hour"]["expiresAt"] - today) / 86400) in {90, 91}
    assert round((kept["day"]["expiresAt"] - today) / 86400) == 732
    assert "expiresAt" not in kept["total"]


def test_what_is_older_than_its_period_is_kept_counts_in_longer_periods_only(aws: AwsEnvironment) -> None:
    old = a_render(at=datetime.now(UTC) - timedelta(days=100))

    work(stream_record(1, RENDER_KEYS, None, old))

    assert {period.partition("#")[0] for _, period in stored(aws)} == {"day", "total"}


def test_marks_outlive_the_streams(aws: AwsEnvironment) -> None:
    work(*life(1))
    ends = [item["expiresAt"] for item in aws.items("FiguresTable") if item["scope"].startswith("mark#")]

    assert ends
    assert min(ends) - datetime.now(UTC).timestamp() > timedelta(days=2).total_seconds()


def test_a_page_of_periods_is_in_order_and_of_one_scope(aws: AwsEnvironment) -> None:
    now = datetime.now(UTC)
    for hours in (5, 1, 3):
        work(stream_record(hours, RENDER_KEYS, None, a_render(at=now - timedelta(hours=hours))))
    work(stream_record(9, RENDER_KEYS, None, a_render("bea")))

    found = wiring.figures().periods("user#ada", Bucket.HOUR, now - timedelta(hours=4), now)

    assert [each.start for each in found] == [Bucket.HOUR.start(now - timedelta(hours=hours)) for hours in (3, 1)]
