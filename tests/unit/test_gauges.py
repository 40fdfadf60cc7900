"""What the sweeper measures: an error of the measurement does not stop it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import EndpointConnectionError

from renderiq.queues import Queue, RenderJob
from renderiq.services.gauges import Gauges
from renderiq.settings import settings
from tests.support import wiring
from tests.support.aws import AwsEnvironment

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


class Unreachable(Queue):
    """SQS does not answer."""

    def __init__(self) -> None:
        super().__init__(lambda: None, "")

    def depth(self) -> int:
        raise EndpointConnectionError(endpoint_url="https://sqs")


def test_the_depth_of_every_queue_is_stored(aws: AwsEnvironment) -> None:
    queue = wiring.render_queue()
    queue.enqueue(RenderJob("ada", "render"))
    queue.enqueue(RenderJob("ada", "another"))

    Gauges(wiring.figures(), {"render": queue}).record(timedelta(minutes=3), now=NOW)

    assert wiring.figures().overview(NOW).gauges == {
        "queue/render": 2,
        "oldest_due": 180,
        "swept_at": NOW.timestamp(),
    }
    aws.messages(settings().render_queue_url)


def test_a_queue_that_cannot_be_reached_leaves_the_last_gauges(
    aws: AwsEnvironment, caplog: pytest.LogCaptureFixture
) -> None:
    Gauges(wiring.figures(), {}).record(timedelta(), now=NOW)

    Gauges(wiring.figures(), {"render": Unreachable()}).record(timedelta(), now=NOW + timedelta(minutes=1))

    assert wiring.figures().overview(NOW).gauges["swept_at"] == NOW.timestamp()
    assert "the gauges could not be recorded" in caplog.messages
