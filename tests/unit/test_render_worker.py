"""What the render worker does with a job for each outcome of the engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from renderiq.domain.renders import Render, Status
from renderiq.domain.webhooks import Event
from renderiq.engines import (
    EngineRequest,
    Output,
    PermanentEngineError,
    RenderCancelledError,
    RetryableEngineError,
)
from renderiq.queues import AnyJob, Queue, RenderJob
from renderiq.services.event_publisher import event_body
from renderiq.services.render_worker import RenderLeasedError, RenderWorker
from renderiq.settings import settings
from renderiq.stores.items import to_attributes
from renderiq.stores.webhooks import WebhookStore
from tests.support import pictures, wiring
from tests.support.accounts import User, balance_of, create_user
from tests.support.aws import AwsEnvironment
from tests.support.clock import LEASE
from tests.support.functions import handler, lambda_context, sqs_event
from tests.support.http import call
from tests.support.renders import render_worker
from tests.support.webhooks import register_webhook

During = Callable[[Callable[[int], None], Callable[[], bool]], None]


class FakeEngine:
    """Calls ``during`` in the middle of a render, then returns a picture."""

    name = "fake"

    def __init__(self, during: During = lambda _progress, _cancelled: None) -> None:
        self._during = during

    def render(
        self, request: EngineRequest, on_progress: Callable[[int], None], should_cancel: Callable[[], bool]
    ) -> Output:
        on_progress(50)
        self._during(on_progress, should_cancel)
        return Output(request.image, "image/png", pictures.webp(), *request.size)


class Seconds:
    """A clock of which a test sets the seconds."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def worker(
    during: During = lambda _progress, _cancelled: None,
    *,
    late: timedelta = timedelta(),
    monotonic: Callable[[], float] | None = None,
) -> RenderWorker:
    return render_worker(FakeEngine(during), late=late, monotonic=monotonic)


def raising(error: Exception) -> During:
    def during(_progress: Callable[[int], None], _cancelled: Callable[[], bool]) -> None:
        raise error

    return during


@pytest.fixture
def user(aws: AwsEnvironment) -> User:
    user = create_user(aws)
    register_webhook(user, events=["render.processing", "render.completed", "render.failed"])
    return user


def stored(render_job: RenderJob) -> Render:
    return wiring.renders().get(render_job.user_id, render_job.render_id)


def show(user: User, render_job: RenderJob) -> Any:
    return call("renders_id", "GET", f"/renders/{render_job.render_id}", headers=user.headers).data


def published_events(aws: AwsEnvironment, user: User) -> list[str]:
    return sorted(each["event"] for each in aws.items_of("DeliveriesTable", user))


def test_a_completed_render_is_shown_with_its_output(aws: AwsEnvironment, user: User, render_job: RenderJob) -> None:
    worker().work(render_job)

    render = show(user, render_job)
    assert (render["status"], render["progress"], render["creditsUsed"]) == ("completed", 100, 5)
    assert (render["width"], render["height"]) == (1920, 1080)
    assert render["outputUrl"].startswith("http")
    assert aws.objects(f"renders/{user.user_id}/{render_job.render_id}") == [
        f"renders/{user.user_id}/{render_job.render_id}/output.png",
        f"renders/{user.user_id}/{render_job.render_id}/thumbnail.webp",
    ]


def test_a_subscribed_webhook_gets_each_event_once(aws: AwsEnvironment, user: User, render_job: RenderJob) -> None:
    worker().work(render_job)
    worker().work(render_job)

    assert published_events(aws, user) == [Event.RENDER_COMPLETED, Event.RENDER_PROCESSING]
    assert stored(render_job).pending_events == frozenset()


def test_a_render_is_completed_although_its_events_cannot_be_published(
    aws: AwsEnvironment, user: User, render_job: RenderJob
) -> None:
    nowhere = WebhookStore(aws.client("dynamodb"), "no-such-table")
    alone = replace(worker(), publisher=replace(wiring.event_publisher(), webhooks=nowhere))

    alone.work(render_job)

    assert stored(render_job).status is Status.COMPLETED
    assert stored(render_job).pending_events == {Event.RENDER_PROCESSING, Event.RENDER_COMPLETED}


def test_a_duplicate_message_renders_once(render_job: RenderJob) -> None:
    first = worker().work(render_job)

    assert first is not None
    assert worker().work(render_job) is None
    assert stored(render_job).attempts == 1


def test_progress_is_stored_once_a_second_and_once_a_tenth(user: User, render_job: RenderJob) -> None:
    seconds, seen = Seconds(), []

    def during(on_progress: Callable[[int], None], _cancelled: Callable[[], bool]) -> None:
        for passed, progress in (
            (0.0, 60),
            (0.9, 61),
            (0.1, 62),
            (1.0, 69),
            (1.0, 70),
            (0.5, 99),
            (0.5, 100),
            (1.0, 50),
        ):
            seconds.now += passed
            on_progress(progress)
            seen.append(show(user, render_job)["progress"])

    worker(during, monotonic=seconds).work(render_job)

    assert seen == [0, 0, 62, 62, 70, 70, 99, 99]


def test_a_cancellation_is_noticed_within_a_second_without_progress(user: User, render_job: RenderJob) -> None:
    seconds, seen = Seconds(), []

    def during(_progress: Callable[[int], None], cancelled: Callable[[], bool]) -> None:
        call("renders_id", "DELETE", f"/renders/{render_job.render_id}", headers=user.headers)
        for passed in (0.0, 0.5, 0.5):
            seconds.now += passed
            seen.append(cancelled())
        if seen[-1]:
            raise RenderCancelledError

    worker(during, monotonic=seconds).work(render_job)

    assert seen == [False, False, True]
    assert stored(render_job).status is Status.CANCELLED


def test_a_worker_that_has_lost_its_lease_stops_at_its_next_question(render_job: RenderJob) -> None:
    reached = []

    def during(_progress: Callable[[int], None], cancelled: Callable[[], bool]) -> None:
        newer = worker(late=LEASE + timedelta(seconds=1)).work(render_job)
        assert newer is not None
        assert newer.status is Status.COMPLETED
        cancelled()
        reached.append("the end")

    assert worker(during).work(render_job) is None
    assert reached == []


def test_an_event_that_could_not_be_published_is_published_with_the_next(
    aws: AwsEnvironment, user: User, render_job: RenderJob
) -> None:
    working = wiring.event_publisher()
    broken = replace(working, webhooks=WebhookStore(aws.client("dynamodb"), "no-such-table"))
    replace(worker(raising(RetryableEngineError("busy"))), publisher=broken).work(render_job)
    assert stored(render_job).pending_events == {Event.RENDER_PROCESSING}

    worker().work(render_job)

    assert published_events(aws, user) == [Event.RENDER_COMPLETED, Event.RENDER_PROCESSING]


def test_a_released_render_has_no_events_that_were_published(render_job: RenderJob) -> None:
    worker(raising(RetryableEngineError("busy"))).work(render_job)

    assert (stored(render_job).status, stored(render_job).pending_events) == (Status.PENDING, frozenset())


def test_progress_is_stored_after_each_stage(user: User, render_job: RenderJob) -> None:
    seen = []

    def during(on_progress: Callable[[int], None], _cancelled: Callable[[], bool]) -> None:
        seen.append(show(user, render_job)["progress"])
        on_progress(80)
        seen.append(show(user, render_job)["progress"])

    worker(during).work(render_job)

    assert seen == [50, 80]


def test_a_permanent_error_fails_the_render_without_retry_and_refunds(
    aws: AwsEnvironment, user: User, render_job: RenderJob
) -> None:
    worker(raising(PermanentEngineError("The engine declined.", code="CONTENT_BLOCKED"))).work(render_job)

    render = show(user, render_job)
    assert (render["status"], render["errorCode"], render["creditsUsed"]) == ("failed", "CONTENT_BLOCKED", 0)
    assert balance_of(user) == 100
    assert sorted(entry["amount"] for entry in aws.items_of("LedgerTable", user)) == [-5, 5, 100]
    assert published_events(aws, user) == [Event.RENDER_FAILED, Event.RENDER_PROCESSING]


def test_a_retryable_error_returns_the_render_to_the_queue(
    aws: AwsEnvironment, user: User, render_job: RenderJob
) -> None:
    worker(raising(RetryableEngineError("busy", retry_after=0))).work(render_job)

    assert stored(render_job).status is Status.PENDING
    assert balance_of(user) == 95


def test_a_render_has_at_most_three_attempts(aws: AwsEnvironment, user: User, render_job: RenderJob) -> None:
    for _ in range(3):
        worker(raising(RetryableEngineError("busy"))).work(render_job)

    assert (stored(render_job).status, stored(render_job).attempts) == (Status.FAILED, 3)
    assert balance_of(user) == 100


def test_cancelling_a_pending_render_refunds_at_once(aws: AwsEnvironment, user: User, render_job: RenderJob) -> None:
    answer = call("renders_id", "DELETE", f"/renders/{render_job.render_id}", headers=user.headers)

    assert (answer.status, answer.data["status"]) == (200, "cancelled")
    assert balance_of(user) == 100
    assert worker().work(render_job) is None
    assert stored(render_job).status is Status.CANCELLED


def test_cancelling_a_processing_render_stops_it_at_the_next_stage(
    aws: AwsEnvironment, user: User, render_job: RenderJob
) -> None:
    def during(on_progress: Callable[[int], None], cancelled: Callable[[], bool]) -> None:
        assert call("renders_id", "DELETE", f"/renders/{render_job.render_id}", headers=user.headers).status == 202
        on_progress(60)
        if cancelled():
            raise RenderCancelledError

    worker(during).work(render_job)

    assert stored(render_job).status is Status.CANCELLED
    assert balance_of(user) == 100


def test_a_render_that_has_ended_cannot_be_cancelled(aws: AwsEnvironment, user: User, render_job: RenderJob) -> None:
    worker().work(render_job)

    answer = call("renders_id", "DELETE", f"/renders/{render_job.render_id}", headers=user.headers)

    assert answer.code == (409, "RESOURCE_CONFLICT")
    assert balance_of(user) == 95


def test_a_render_that_another_worker_holds_is_not_processed(render_job: RenderJob) -> None:
    now = wiring.time_source()()
    wiring.renders().claim(render_job.user_id, render_job.render_id, lease="other", until=now + LEASE, now=now)

    with pytest.raises(RenderLeasedError):
        worker().work(render_job)


def test_the_message_of_a_render_that_another_worker_holds_stays_in_the_queue(render_job: RenderJob) -> None:
    now = wiring.time_source()()
    wiring.renders().claim(render_job.user_id, render_job.render_id, lease="other", until=now + LEASE, now=now)

    answer = handler("render_worker")(sqs_event(render_job), lambda_context())

    assert len(answer["batchItemFailures"]) == 1


def test_a_render_that_another_worker_holds_is_not_logged_as_an_error(
    render_job: RenderJob, caplog: pytest.LogCaptureFixture
) -> None:
    now = wiring.time_source()()
    wiring.renders().claim(render_job.user_id, render_job.render_id, lease="other", until=now + LEASE, now=now)

    handler("render_worker")(sqs_event(render_job), lambda_context())

    said = [(line.levelname, line.exc_info) for line in caplog.records if line.message == "another worker holds it"]
    assert said == [("INFO", None)]
    assert "job failed" not in caplog.messages


def test_an_unexpected_error_is_retried_and_finally_refunded(
    aws: AwsEnvironment, user: User, render_job: RenderJob
) -> None:
    for _ in range(3):
        worker(raising(TypeError("a mistake of ours"))).work(render_job)

    render = show(user, render_job)
    assert (render["status"], render["errorCode"]) == ("failed", "RENDER_FAILED")
    assert "mistake" not in render["error"]
    assert balance_of(user) == 100


def test_a_render_of_a_dead_worker_is_taken_over_after_its_lease(render_job: RenderJob) -> None:
    now = wiring.time_source()()
    wiring.renders().claim(render_job.user_id, render_job.render_id, lease="dead", until=now + LEASE, now=now)

    outcome = worker(late=LEASE + timedelta(seconds=1)).work(render_job)

    assert outcome is not None
    assert (outcome.status, outcome.attempts) == (Status.COMPLETED, 2)


def test_a_late_worker_cannot_overwrite_the_result_of_a_newer_one(
    aws: AwsEnvironment, user: User, render_job: RenderJob
) -> None:
    def during(_progress: Callable[[int], None], _cancelled: Callable[[], bool]) -> None:
        worker(raising(PermanentEngineError("no")), late=LEASE + timedelta(seconds=1)).work(render_job)

    assert worker(during).work(render_job) is None
    assert stored(render_job).status is Status.FAILED
    assert balance_of(user) == 100


def test_a_missing_capture_fails_and_refunds_the_render(aws: AwsEnvironment, user: User, render_job: RenderJob) -> None:
    wiring.images().delete(f"captures/{render_job.user_id}/{render_job.render_id}")

    worker().work(render_job)

    assert stored(render_job).status is Status.FAILED
    assert balance_of(user) == 100


def test_a_malformed_message_stays_in_the_queue() -> None:
    answer = handler("render_worker")(sqs_event("{}"), lambda_context())

    assert len(answer["batchItemFailures"]) == 1


def test_another_users_render_is_not_found(aws: AwsEnvironment, render_job: RenderJob) -> None:
    stranger = create_user(aws)

    for method in ("GET", "DELETE"):
        answer = call("renders_id", method, f"/renders/{render_job.render_id}", headers=stranger.headers)
        assert answer.code == (404, "NOT_FOUND")


def test_a_malformed_id_is_refused(user: User) -> None:
    assert call("renders_id", "GET", "/renders/123", headers=user.headers).code == (400, "INVALID_RENDER_ID")


@pytest.mark.parametrize("trouble", [RetryableEngineError("busy"), PermanentEngineError("no"), ZeroDivisionError("x")])
def test_a_cancelled_render_ends_as_cancelled_even_if_its_last_attempt_fails(
    aws: AwsEnvironment, user: User, render_job: RenderJob, trouble: Exception
) -> None:
    balance = balance_of(user)

    def during(_progress: Callable[[int], None], _cancelled: Callable[[], bool]) -> None:
        assert call("renders_id", "DELETE", f"/renders/{render_job.render_id}", headers=user.headers).status == 202
        raise trouble

    worker(during).work(render_job)

    assert stored(render_job).status is Status.CANCELLED
    assert balance_of(user) == balance + 5


def test_an_unreadable_webhook_does_not_stop_a_render(aws: AwsEnvironment, user: User, render_job: RenderJob) -> None:
    [endpoint] = [item for item in aws.items_of("WebhooksTable", user) if "url" in item]
    aws.client("dynamodb").update_item(
        TableName=settings().webhooks_table,
        Key=to_attributes({"userId": user.user_id, "webhookId": endpoint["webhookId"]}),
        UpdateExpression="SET events = :events",
        ExpressionAttributeValues=to_attributes({":events": ["render.of-a-later-version"]}),
    )

    worker().work(render_job)

    assert stored(render_job).status is Status.COMPLETED


class UnavailableQueue(Queue):
    """A queue that rejects all messages and counts the attempts."""

    def __init__(self) -> None:
        super().__init__(lambda: None, "")
        self.tried = 0

    def enqueue(self, _: AnyJob, *, delay: timedelta = timedelta()) -> bool:  # noqa: ARG002 (as in Queue)
        self.tried += 1
        return False


def test_an_unavailable_delivery_queue_is_tried_once_for_all_webhooks(
    aws: AwsEnvironment, user: User, render_job: RenderJob
) -> None:
    for _ in range(4):
        hook = {"url": "http://127.0.0.1:9/", "events": ["render.completed"]}
        call("webhooks_register", "POST", "/webhooks/register", headers=user.headers, json=hook)
    worker().work(render_job)
    queue = UnavailableQueue()

    done = replace(stored(render_job), pending_events=frozenset({Event.RENDER_COMPLETED}))
    replace(wiring.event_publisher(), queue=queue).publish(done, now=wiring.time_source()())

    assert queue.tried == 1


def test_an_event_published_late_contains_nothing_that_happened_later(
    aws: AwsEnvironment, render_job: RenderJob
) -> None:
    worker(raising(PermanentEngineError("no"))).work(render_job)
    failed = stored(render_job)

    def data(event: Event) -> Any:
        now = wiring.time_source()()
        return json.loads(event_body(event, failed, now=now, link=str))["data"]

    assert data(Event.RENDER_FAILED).keys() > {"error", "errorCode"}
    assert not data(Event.RENDER_PROCESSING).keys() & {"error", "errorCode"}
