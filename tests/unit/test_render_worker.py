"""What the render worker does with a job, whatever the engine does to it."""

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
    """Takes a moment of its own in ``during``, then gives a picture."""

    name = "fake"

    def __init__(self, during: During = lambda _progress, _cancelled: None) -> None:
        self._during = during

    def render(
        self, request: EngineRequest, on_progress: Callable[[int], None], should_cancel: Callable[[], bool]
    ) -> Output:
        on_progress(50)
        self._during(on_progress, should_cancel)
        return Output(request.image, "image/png", pictures.webp(), *request.size)


def worker(during: During = lambda _progress, _cancelled: None, *, late: timedelta = timedelta()) -> RenderWorker:
    return render_worker(FakeEngine(during), late=late)


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


def shown(user: User, render_job: RenderJob) -> Any:
    return call("renders_id", "GET", f"/renders/{render_job.render_id}", headers=user.headers).data


def told(aws: AwsEnvironment, user: User) -> list[str]:
    return sorted(each["event"] for each in aws.items_of("DeliveriesTable", user))


def test_a_render_is_completed_and_shown(aws: AwsEnvironment, user: User, render_job: RenderJob) -> None:
    worker().work(render_job)

    render = shown(user, render_job)
    assert (render["status"], render["progress"], render["creditsUsed"]) == ("completed", 100, 5)
    assert (render["width"], render["height"]) == (1920, 1080)
    assert render["outputUrl"].startswith("http")
    assert aws.objects(f"renders/{user.user_id}/{render_job.render_id}") == [
        f"renders/{user.user_id}/{render_job.render_id}/output.png",
        f"renders/{user.user_id}/{render_job.render_id}/thumbnail.webp",
    ]


def test_the_subscribed_endpoint_is_told_of_each_event_once(
    aws: AwsEnvironment, user: User, render_job: RenderJob
) -> None:
    worker().work(render_job)
    worker().work(render_job)

    assert told(aws, user) == [Event.RENDER_COMPLETED, Event.RENDER_PROCESSING]
    assert stored(render_job).pending_events == frozenset()


def test_a_render_goes_on_though_nobody_can_be_told_of_it(
    aws: AwsEnvironment, user: User, render_job: RenderJob
) -> None:
    nowhere = WebhookStore(aws.client("dynamodb"), "no-such-table")
    alone = replace(worker(), publisher=replace(wiring.event_publisher(), webhooks=nowhere))

    alone.work(render_job)

    assert stored(render_job).status is Status.COMPLETED
    assert stored(render_job).pending_events == {Event.RENDER_PROCESSING, Event.RENDER_COMPLETED}


def test_a_message_that_comes_twice_renders_once(render_job: RenderJob) -> None:
    first = worker().work(render_job)

    assert first is not None
    assert worker().work(render_job) is None
    assert stored(render_job).attempts == 1


def test_progress_is_written_as_stages_pass(user: User, render_job: RenderJob) -> None:
    seen = []

    def during(on_progress: Callable[[int], None], _cancelled: Callable[[], bool]) -> None:
        seen.append(shown(user, render_job)["progress"])
        on_progress(80)
        seen.append(shown(user, render_job)["progress"])

    worker(during).work(render_job)

    assert seen == [50, 80]


def test_permanent_trouble_fails_at_once_and_refunds(aws: AwsEnvironment, user: User, render_job: RenderJob) -> None:
    worker(raising(PermanentEngineError("The engine declined.", code="CONTENT_BLOCKED"))).work(render_job)

    render = shown(user, render_job)
    assert (render["status"], render["errorCode"], render["creditsUsed"]) == ("failed", "CONTENT_BLOCKED", 0)
    assert balance_of(user) == 100
    assert sorted(entry["amount"] for entry in aws.items_of("LedgerTable", user)) == [-5, 5, 100]
    assert told(aws, user) == [Event.RENDER_FAILED, Event.RENDER_PROCESSING]


def test_passing_trouble_goes_back_to_the_queue(aws: AwsEnvironment, user: User, render_job: RenderJob) -> None:
    worker(raising(RetryableEngineError("busy", retry_after=0))).work(render_job)

    assert stored(render_job).status is Status.PENDING
    assert balance_of(user) == 95


def test_three_attempts_are_the_most(aws: AwsEnvironment, user: User, render_job: RenderJob) -> None:
    for _ in range(3):
        worker(raising(RetryableEngineError("busy"))).work(render_job)

    assert (stored(render_job).status, stored(render_job).attempts) == (Status.FAILED, 3)
    assert balance_of(user) == 100


def test_cancelling_before_work_begins_refunds_at_once(aws: AwsEnvironment, user: User, render_job: RenderJob) -> None:
    answer = call("renders_id", "DELETE", f"/renders/{render_job.render_id}", headers=user.headers)

    assert (answer.status, answer.data["status"]) == (200, "cancelled")
    assert balance_of(user) == 100
    assert worker().work(render_job) is None
    assert stored(render_job).status is Status.CANCELLED


def test_cancelling_during_work_stops_it_at_the_next_stage(
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


def test_another_workers_render_is_left_alone_while_its_lease_lasts(render_job: RenderJob) -> None:
    now = wiring.time_source()()
    wiring.renders().claim(render_job.user_id, render_job.render_id, lease="other", until=now + LEASE, now=now)

    with pytest.raises(RenderLeasedError):
        worker().work(render_job)


def test_a_message_for_a_held_render_stays_in_the_queue(render_job: RenderJob) -> None:
    now = wiring.time_source()()
    wiring.renders().claim(render_job.user_id, render_job.render_id, lease="other", until=now + LEASE, now=now)

    answer = handler("render_worker")(sqs_event(render_job), lambda_context())

    assert len(answer["batchItemFailures"]) == 1


def test_a_held_render_is_no_error_in_the_log(render_job: RenderJob, caplog: pytest.LogCaptureFixture) -> None:
    now = wiring.time_source()()
    wiring.renders().claim(render_job.user_id, render_job.render_id, lease="other", until=now + LEASE, now=now)

    handler("render_worker")(sqs_event(render_job), lambda_context())

    said = [(line.levelname, line.exc_info) for line in caplog.records if line.message == "another worker holds it"]
    assert said == [("INFO", None)]
    assert "job failed" not in caplog.messages


def test_what_nobody_foresaw_is_tried_again_and_then_refunded(
    aws: AwsEnvironment, user: User, render_job: RenderJob
) -> None:
    for _ in range(3):
        worker(raising(TypeError("a mistake of ours"))).work(render_job)

    render = shown(user, render_job)
    assert (render["status"], render["errorCode"]) == ("failed", "RENDER_FAILED")
    assert "mistake" not in render["error"]
    assert balance_of(user) == 100


def test_a_dead_workers_render_is_taken_over_once_its_lease_is_out(render_job: RenderJob) -> None:
    now = wiring.time_source()()
    wiring.renders().claim(render_job.user_id, render_job.render_id, lease="dead", until=now + LEASE, now=now)

    outcome = worker(late=LEASE + timedelta(seconds=1)).work(render_job)

    assert outcome is not None
    assert (outcome.status, outcome.attempts) == (Status.COMPLETED, 2)


def test_a_late_worker_cannot_overwrite_what_a_newer_one_decided(
    aws: AwsEnvironment, user: User, render_job: RenderJob
) -> None:
    def during(_progress: Callable[[int], None], _cancelled: Callable[[], bool]) -> None:
        worker(raising(PermanentEngineError("no")), late=LEASE + timedelta(seconds=1)).work(render_job)

    assert worker(during).work(render_job) is None
    assert stored(render_job).status is Status.FAILED
    assert balance_of(user) == 100


def test_a_capture_that_is_gone_fails_the_render_and_refunds(
    aws: AwsEnvironment, user: User, render_job: RenderJob
) -> None:
    wiring.images().delete(f"captures/{render_job.user_id}/{render_job.render_id}")

    worker().work(render_job)

    assert stored(render_job).status is Status.FAILED
    assert balance_of(user) == 100


def test_a_message_that_is_no_job_stays_in_the_queue() -> None:
    answer = handler("render_worker")(sqs_event("{}"), lambda_context())

    assert len(answer["batchItemFailures"]) == 1


def test_another_users_render_is_not_found(aws: AwsEnvironment, render_job: RenderJob) -> None:
    stranger = create_user(aws)

    for method in ("GET", "DELETE"):
        answer = call("renders_id", method, f"/renders/{render_job.render_id}", headers=stranger.headers)
        assert answer.code == (404, "NOT_FOUND")


def test_an_id_that_is_none_is_refused(user: User) -> None:
    assert call("renders_id", "GET", "/renders/123", headers=user.headers).code == (400, "INVALID_RENDER_ID")


@pytest.mark.parametrize("trouble", [RetryableEngineError("busy"), PermanentEngineError("no"), ZeroDivisionError("x")])
def test_whoever_asked_to_cancel_is_not_told_of_a_failure(
    aws: AwsEnvironment, user: User, render_job: RenderJob, trouble: Exception
) -> None:
    balance = balance_of(user)

    def during(_progress: Callable[[int], None], _cancelled: Callable[[], bool]) -> None:
        assert call("renders_id", "DELETE", f"/renders/{render_job.render_id}", headers=user.headers).status == 202
        raise trouble

    worker(during).work(render_job)

    assert stored(render_job).status is Status.CANCELLED
    assert balance_of(user) == balance + 5


def test_an_endpoint_that_nobody_can_read_stops_no_render(
    aws: AwsEnvironment, user: User, render_job: RenderJob
) -> None:
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
    """Takes nothing, and counts how often it was tried."""

    def __init__(self) -> None:
        super().__init__(lambda: None, "")
        self.tried = 0

    def enqueue(self, _: AnyJob, *, delay: timedelta = timedelta()) -> bool:  # noqa: ARG002 (as in Queue)
        self.tried += 1
        return False


def test_a_silent_queue_is_tried_once_for_all_endpoints(aws: AwsEnvironment, user: User, render_job: RenderJob) -> None:
    for _ in range(4):
        hook = {"url": "http://127.0.0.1:9/", "events": ["render.completed"]}
        call("webhooks_register", "POST", "/webhooks/register", headers=user.headers, json=hook)
    worker().work(render_job)
    queue = UnavailableQueue()

    done = replace(stored(render_job), pending_events=frozenset({Event.RENDER_COMPLETED}))
    replace(wiring.event_publisher(), queue=queue).publish(done, now=wiring.time_source()())

    assert queue.tried == 1


def test_an_event_that_is_told_late_tells_nothing_that_came_after(aws: AwsEnvironment, render_job: RenderJob) -> None:
    worker(raising(PermanentEngineError("no"))).work(render_job)
    failed = stored(render_job)

    def data(event: Event) -> Any:
        now = wiring.time_source()()
        return json.loads(event_body(event, failed, now=now, link=str))["data"]

    assert data(Event.RENDER_FAILED).keys() > {"error", "errorCode"}
    assert not data(Event.RENDER_PROCESSING).keys() & {"error", "errorCode"}
