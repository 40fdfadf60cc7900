"""The local stack's event source mapping of a stream: Lambda's rules for what is repeated."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from local.containers import Outcome
from local.errors import LocalStackError
from local.provisioners import ResourceRequest, provision_table
from local.streams import remaining, to_event
from local.template import Template
from tests.support.aws import AwsEnvironment
from tests.support.paths import ROOT

RECORDS: list[dict[str, Any]] = [{"dynamodb": {"SequenceNumber": number}} for number in ("100", "101", "102")]


def answer(result: Any, *, failed: bool = False) -> Outcome:
    return Outcome(result, {"errorType": "KeyError"} if failed else None, 0.1)


def reported(*numbers: str) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": number} for number in numbers]}


def test_nothing_is_repeated_after_success() -> None:
    assert remaining(RECORDS, answer(reported()), reports_item_failures=True) == []


def test_everything_is_repeated_after_an_error() -> None:
    assert remaining(RECORDS, answer(None, failed=True), reports_item_failures=True) == RECORDS


def test_a_batch_is_repeated_from_the_first_record_that_is_reported() -> None:
    assert remaining(RECORDS, answer(reported("102", "101")), reports_item_failures=True) == RECORDS[1:]


@pytest.mark.parametrize("result", [reported("999"), {"batchItemFailures": [{}]}, {"batchItemFailures": [None]}])
def test_everything_is_repeated_if_the_report_names_no_record_of_the_batch(result: dict[str, Any]) -> None:
    assert remaining(RECORDS, answer(result), reports_item_failures=True) == RECORDS


def test_a_report_counts_only_if_the_mapping_asks_for_it() -> None:
    assert remaining(RECORDS, answer(reported("101")), reports_item_failures=False) == []


def test_the_event_names_its_stream_and_has_times_in_seconds() -> None:
    at = datetime(2026, 11, 26, 9, tzinfo=UTC)
    record = {"eventID": "1", "dynamodb": {"SequenceNumber": "1", "ApproximateCreationDateTime": at}}

    [sent] = to_event([record], "arn:stream")["Records"]

    assert (sent["eventSourceARN"], sent["dynamodb"]["ApproximateCreationDateTime"]) == (
        "arn:stream",
        int(at.timestamp()),
    )


def test_the_template_says_which_streams_the_stats_worker_reads() -> None:
    sources = Template(ROOT / "template.yaml").functions["StatsWorkerFunction"].streams

    assert {each.table for each in sources} == {"RendersTable", "DeliveriesTable", "UploadsTable", "LedgerTable"}
    assert all(each.reports_item_failures for each in sources)


def test_a_stream_of_something_else_is_refused() -> None:
    template = Template(ROOT / "template.yaml")

    with pytest.raises(LocalStackError, match="from its beginning"):
        template._stream_source("New", {"Stream": "arn", "StartingPosition": "LATEST"})


def test_a_table_of_an_earlier_version_gets_its_stream(aws: AwsEnvironment) -> None:
    keys = {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    url: Any = None
    provision_table(ResourceRequest("OldTable", keys, url))

    stream = {"StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"}}
    found = provision_table(ResourceRequest("OldTable", keys | stream, url))

    assert "/stream/" in found.attributes["StreamArn"]
