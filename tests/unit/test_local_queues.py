"""An event source mapping deletes the right messages after an invocation."""

from typing import Any

import pytest

from local.containers import Outcome
from local.errors import LocalStackError
from local.queues import succeeded, to_event
from local.schedules import interval

MESSAGES = [
    {"MessageId": name, "ReceiptHandle": f"handle of {name}", "Body": name, "MD5OfBody": ""} for name in ("a", "b")
]


def deleted(result: Any, *, error: dict[str, str] | None = None, reports: bool = True) -> list[str]:
    return [message["MessageId"] for message in succeeded(MESSAGES, Outcome(result, error, 0.1), reports)]


def test_only_the_failed_messages_stay() -> None:
    assert deleted({"batchItemFailures": [{"itemIdentifier": "a"}]}) == ["b"]


@pytest.mark.parametrize("result", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}, "fine"])
def test_nothing_reported_is_success(result: Any) -> None:
    assert deleted(result) == ["a", "b"]


@pytest.mark.parametrize("failures", [[{"itemIdentifier": "unknown"}], [{"itemIdentifier": None}], [{}], ["a"], 7])
def test_a_report_that_makes_no_sense_fails_the_batch(failures: Any) -> None:
    assert deleted({"batchItemFailures": failures}) == []


def test_an_error_fails_the_batch() -> None:
    assert deleted(None, error={"errorType": "ValueError", "errorMessage": "no"}) == []


def test_without_partial_responses_a_report_is_not_read() -> None:
    assert deleted({"batchItemFailures": [{"itemIdentifier": "a"}]}, reports=False) == ["a", "b"]


def test_a_handler_gets_messages_in_lambdas_shape() -> None:
    message = {
        **MESSAGES[0],
        "Attributes": {"ApproximateReceiveCount": "2"},
        "MessageAttributes": {"n": {"StringValue": "1", "DataType": "Number"}},
    }

    (record,) = to_event([message], "arn:queue")["Records"]

    assert (record["eventSource"], record["eventSourceARN"], record["body"]) == ("aws:sqs", "arn:queue", "a")
    assert record["attributes"]["ApproximateReceiveCount"] == "2"
    assert record["messageAttributes"] == {"n": {"stringValue": "1", "dataType": "Number"}}


def test_a_rate_is_in_seconds() -> None:
    assert [interval(each) for each in ("rate(1 minute)", "rate(5 minutes)", "rate(1 hour)")] == [60, 300, 3600]


def test_a_cron_schedule_is_refused() -> None:
    with pytest.raises(LocalStackError, match="cron"):
        interval("cron(0 12 * * ? *)")
