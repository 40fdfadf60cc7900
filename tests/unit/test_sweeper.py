"""The sweeper enqueues lost messages again, terminates renders that cannot complete and publishes pending events."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from admin.reconcile import reconcile
from renderiq.clock import to_iso
from renderiq.domain.recovery import MAX_WAIT
from renderiq.domain.renders import MAX_ATTEMPTS, Render, RenderOutput, Status
from renderiq.domain.webhooks import Event
from renderiq.queues import Queue, RenderJob
from renderiq.services.sweeper import MAX_ITEMS, SweepError, SweepResult
from renderiq.settings import settings
from renderiq.stores.items import to_attributes
from renderiq.workers import render as render_worker
from renderiq.workers import sweep as sweep_worker
from tests.support import wiring
from tests.support.accounts import User, add_project, balance_of, create_user
from tests.support.aws import AwsEnvironment, clear_caches
from tests.support.functions import handler, lambda_context
from tests.support.renders import accept_render
from tests.support.webhooks import register_webhook, send_test_event
from tests.support.wiring import reconciliation_service

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PICTURE = RenderOutput("renders/a/b/output.png", "renders/a/b/thumbnail.webp", 1, 1)
ENDED = ("render.completed", "render.failed")


@pytest.fixture
def user(aws: AwsEnvironment) -> Iterator[User]:
    """A new user; nothing of other users is due. Empties tables and queues afterwards."""
    yield create_user(aws)
    for table, name in (
        ("RendersTable", "renderId"),
        ("DeliveriesTable", "deliveryId"),
        ("ProjectsTable", "projectId"),
        ("UploadsTable", "uploadId"),
    ):
        first = "target" if table == "DeliveriesTable" else "userId"
        for item in aws.items(table):
            aws.client("dynamodb").delete_item(
                TableName=aws.resources[table].ref, Key=to_attributes({first: item[first], name: item[name]})
            )
    for url in queues():
        aws.messages(url)


def queues() -> tuple[str, str, str]:
    return settings().render_queue_url, settings().delivery_queue_url, settings().project_cleanup_queue_url


def claim(job: RenderJob, *, until: timedelta, attempts: int = 1) -> Render:
    render = None
    for attempt in range(attempts):
        now = datetime.now(UTC) - timedelta(hours=1) + timedelta(seconds=attempt)
        end = datetime.now(UTC) + until if attempt == attempts - 1 else now
        render = wiring.renders().claim(job.user_id, job.render_id, lease=str(attempt), until=end, now=now)
    assert render
    return render


def sweep(*, after: timedelta = timedelta(), at_most: int = MAX_ITEMS, **tools: Any) -> SweepResult:
    sweeper = replace(sweep_worker.sweeper(), clock=lambda: datetime.now(UTC) + after, **tools)
    return sweeper.run(budget=MINUTE, max_items=at_most)


def corrupt(aws: AwsEnvironment, table: str, key: dict[str, str], attribute: str) -> None:
    """Makes a record unreadable."""
    aws.client("dynamodb").update_item(
        TableName=table,
        Key=to_attributes(key),
        UpdateExpression="SET #attribute = :spoilt",
        ExpressionAttributeNames={"#attribute": attribute},
        ExpressionAttributeValues=to_attributes({":spoilt": "of a later version"}),
    )


def stored(job: RenderJob) -> Render:
    return wiring.renders().get(job.user_id, job.render_id)


def test_a_render_whose_message_was_lost_is_enqueued_again(aws: AwsEnvironment, user: User) -> None:
    job = accept_render(aws, user)

    sweep(after=2 * MINUTE)

    assert aws.messages(settings().render_queue_url) == [{"userId": job.user_id, "renderId": job.render_id}]


def test_a_render_that_was_just_accepted_is_not_enqueued_again(aws: AwsEnvironment, user: User) -> None:
    accept_render(aws, user)

    assert sweep().done.total() == 0


def test_a_render_that_was_enqueued_again_waits_for_the_redelivery_delay(aws: AwsEnvironment, user: User) -> None:
    accept_render(aws, user)

    assert [sweep(after=2 * MINUTE).done.total() for _ in range(2)] == [1, 0]
    assert sweep(after=5 * MINUTE).done.total() == 1


def test_only_one_of_two_concurrent_sweepers_reschedules_a_render(aws: AwsEnvironment, user: User) -> None:
    job, late = accept_render(aws, user), datetime.now(UTC) + 2 * MINUTE
    seen = wiring.renders().due_index.get(job.user_id, job.render_id)
    assert seen

    assert [wiring.renders().due_index.reschedule(seen, until=late) for _ in range(2)] == [True, False]


def test_the_backoff_before_the_next_attempt_is_not_counted_as_waiting(aws: AwsEnvironment, user: User) -> None:
    job = accept_render(aws, user)
    due_at = datetime.now(UTC) + 16 * MINUTE
    wiring.renders().release(claim(job, until=MINUTE), lease="0", due_at=due_at)

    result = sweep(after=17 * MINUTE)

    assert len(aws.messages(settings().render_queue_url)) == 1
    assert MINUTE <= result.oldest < 10 * MINUTE


def test_a_render_of_a_dead_worker_is_enqueued_again(aws: AwsEnvironment, user: User) -> None:
    job = accept_render(aws, user)
    claim(job, until=-MINUTE)

    sweep()

    assert aws.messages(settings().render_queue_url) == [{"userId": job.user_id, "renderId": job.render_id}]
    assert balance_of(user) == 95


def test_a_render_of_a_live_worker_is_not_enqueued_again(aws: AwsEnvironment, user: User) -> None:
    claim(accept_render(aws, user), until=6 * MINUTE)

    assert sweep(after=5 * MINUTE).done.total() == 0


def test_a_render_whose_workers_all_died_fails_and_is_refunded(aws: AwsEnvironment, user: User) -> None:
    job = accept_render(aws, user)
    register_webhook(user, events=ENDED)
    claim(job, until=-MINUTE, attempts=MAX_ATTEMPTS)

    sweep()
    sweep(after=timedelta(hours=1))

    assert (stored(job).status, stored(job).error_code) == (Status.FAILED, "RENDER_FAILED")
    assert sorted(entry["amount"] for entry in aws.items_of("LedgerTable", user)) == [-5, 5, 100]
    assert [each["event"] for each in aws.items_of("DeliveriesTable", user)] == [Event.RENDER_FAILED]


def test_a_terminated_render_with_a_cancellation_request_ends_as_cancelled_and_is_refunded_once(
    aws: AwsEnvironment, user: User
) -> None:
    job = accept_render(aws, user)
    register_webhook(user, events=["render.failed", "render.cancelled"])
    wiring.renders().request_cancellation(claim(job, until=-MINUTE, attempts=MAX_ATTEMPTS))

    sweep()
    sweep(after=timedelta(hours=1))

    assert (stored(job).status, stored(job).error, stored(job).error_code) == (Status.CANCELLED, None, None)
    assert sorted(entry["amount"] for entry in aws.items_of("LedgerTable", user)) == [-5, 5, 100]
    assert [each["event"] for each in aws.items_of("DeliveriesTable", user)] == [Event.RENDER_CANCELLED]


def test_a_cancellation_during_the_termination_of_a_render_takes_effect(aws: AwsEnvironment, user: User) -> None:
    job = accept_render(aws, user)
    render = claim(job, until=-MINUTE, attempts=MAX_ATTEMPTS)
    seen = wiring.renders().due_index.get(job.user_id, job.render_id)
    assert seen
    wiring.renders().request_cancellation(render)

    assert not wiring.renders().terminate(seen, error="late", error_code="RENDER_FAILED", now=datetime.now(UTC))
    sweep()

    assert stored(job).status is Status.CANCELLED
    assert balance_of(user) == 100


def test_a_terminated_render_is_named_in_the_log(
    aws: AwsEnvironment, user: User, caplog: pytest.LogCaptureFixture
) -> None:
    job = accept_render(aws, user)

    sweep(after=MAX_WAIT + MINUTE)

    [line] = [vars(line) for line in caplog.records if line.message == "gave up a render"]
    assert line["renderId"] == job.render_id


def test_a_worker_terminates_a_render_whose_former_workers_all_died(aws: AwsEnvironment, user: User) -> None:
    job = accept_render(aws, user)
    claim(job, until=-MINUTE, attempts=MAX_ATTEMPTS)

    render_worker.work(job)

    assert stored(job).status is Status.FAILED
    assert balance_of(user) == 100


def test_a_cancellation_request_is_kept_if_the_worker_dies(aws: AwsEnvironment, user: User) -> None:
    job = accept_render(aws, user)
    wiring.renders().request_cancellation(claim(job, until=-MINUTE))

    render_worker.work(job)

    assert stored(job).status is Status.CANCELLED
    assert balance_of(user) == 100


def test_a_render_that_was_never_begun_is_finally_refunded(aws: AwsEnvironment, user: User) -> None:
    job = accept_render(aws, user)

    sweep(after=MAX_WAIT + MINUTE)

    assert stored(job).status is Status.FAILED
    assert balance_of(user) == 100


def test_a_render_with_an_unreadable_order_is_refunded(aws: AwsEnvironment, user: User) -> None:
    job = accept_render(aws, user)
    aws.client("dynamodb").update_item(
        TableName=settings().renders_table,
        Key=to_attributes({"userId": job.user_id, "renderId": job.render_id}),
        UpdateExpression="SET #order.#quality = :unknown",
        ExpressionAttributeNames={"#order": "order", "#quality": "quality"},
        ExpressionAttributeValues=to_attributes({":unknown": "of a later version"}),
    )

    result = sweep(after=MAX_WAIT + MINUTE)

    [record] = aws.items_of("RendersTable", user)
    assert (record["status"], result.failures) == ("failed", 1)  # its event cannot be published
    assert balance_of(user) == 100


def test_an_unreadable_ended_render_leaves_the_due_index(
    aws: AwsEnvironment, user: User, caplog: pytest.LogCaptureFixture
) -> None:
    job = accept_render(aws, user)
    wiring.renders().complete(claim(job, until=MINUTE), lease="0", output=PICTURE, now=datetime.now(UTC))
    aws.client("dynamodb").update_item(
        TableName=settings().renders_table,
        Key=to_attributes({"userId": job.user_id, "renderId": job.render_id}),
        UpdateExpression="REMOVE captureKey",
    )

    troubles = [sweep(after=after).failures for after in (MINUTE, MAX_WAIT + MINUTE, 2 * MAX_WAIT)]

    assert troubles == [1, 0, 0]
    [line] = [vars(line) for line in caplog.records if "gave up publishing" in line.message]
    assert line["renderId"] == job.render_id
    [record] = aws.items_of("RendersTable", user)
    assert "dueAt" not in record
    assert record["owes"]


def test_pending_events_of_an_ended_render_are_published(aws: AwsEnvironment, user: User) -> None:
    register_webhook(user, events=ENDED)
    job = accept_render(aws, user)
    render = claim(job, until=MINUTE)
    wiring.renders().complete(render, lease="0", output=PICTURE, now=datetime.now(UTC))

    sweep(after=MINUTE)

    assert [each["event"] for each in aws.items_of("DeliveriesTable", user)] == [Event.RENDER_COMPLETED]
    assert stored(job).pending_events == frozenset()
    assert wiring.renders().due_index.get(job.user_id, job.render_id) is None


def test_a_due_delivery_is_enqueued_again(aws: AwsEnvironment, user: User) -> None:
    webhook_id = register_webhook(user, events=ENDED)["webhookId"]
    delivery_id = send_test_event(user, webhook_id)
    aws.messages(settings().delivery_queue_url)

    sweep(after=2 * MINUTE)

    expected = {"target": webhook_id, "deliveryId": delivery_id}
    assert aws.messages(settings().delivery_queue_url) == [expected]


def test_an_unfinished_project_cleanup_is_enqueued_again(aws: AwsEnvironment, user: User) -> None:
    project_id = add_project(user)
    wiring.project_cleanup().delete(user.user_id, project_id, now=datetime.now(UTC))
    aws.messages(settings().project_cleanup_queue_url)

    sweep(after=11 * MINUTE)

    expected = {"userId": user.user_id, "projectId": project_id}
    assert aws.messages(settings().project_cleanup_queue_url) == [expected]


def test_an_unreadable_delivery_does_not_block_the_next_one(aws: AwsEnvironment, user: User) -> None:
    target = register_webhook(user, events=ENDED)["webhookId"]
    first, second = (send_test_event(user, target) for _ in range(2))
    aws.messages(settings().delivery_queue_url)
    corrupt(aws, settings().deliveries_table, {"target": target, "deliveryId": first}, "nextAttemptAt")

    result = sweep(after=2 * MINUTE)

    assert aws.messages(settings().delivery_queue_url) == [{"target": target, "deliveryId": second}]
    assert result.failures == 1


def test_an_unreadable_project_cleanup_does_not_block_the_next_one(aws: AwsEnvironment, user: User) -> None:
    first, second = (add_project(user) for _ in range(2))
    for project_id in (first, second):
        wiring.project_cleanup().delete(user.user_id, project_id, now=datetime.now(UTC))
    aws.messages(settings().project_cleanup_queue_url)
    corrupt(aws, settings().projects_table, {"userId": user.user_id, "projectId": f"removal#{first}"}, "removedAt")

    result = sweep(after=11 * MINUTE)

    expected = {"userId": user.user_id, "projectId": second}
    assert aws.messages(settings().project_cleanup_queue_url) == [expected]
    assert result.failures == 1


Unreadable = tuple[str, str, str]
"""Kind, partition key and id of an unreadable record."""


def add_unreadable_render(aws: AwsEnvironment, user: User) -> Unreadable:
    job = accept_render(aws, user)
    corrupt(aws, settings().renders_table, {"userId": user.user_id, "renderId": job.render_id}, "status")
    return "render", user.user_id, job.render_id


def add_uncountable_render(aws: AwsEnvironment, user: User) -> Unreadable:
    job = accept_render(aws, user)
    corrupt(aws, settings().renders_table, {"userId": user.user_id, "renderId": job.render_id}, "attempts")
    return "render", user.user_id, job.render_id


def add_unreadable_delivery(aws: AwsEnvironment, user: User) -> Unreadable:
    target = register_webhook(user, events=ENDED)["webhookId"]
    delivery_id = send_test_event(user, target)
    corrupt(aws, settings().deliveries_table, {"target": target, "deliveryId": delivery_id}, "nextAttemptAt")
    return "delivery", target, delivery_id


def add_unreadable_cleanup(aws: AwsEnvironment, user: User) -> Unreadable:
    project_id = add_project(user)
    wiring.project_cleanup().delete(user.user_id, project_id, now=datetime.now(UTC))
    corrupt(aws, settings().projects_table, {"userId": user.user_id, "projectId": f"removal#{project_id}"}, "removedAt")
    return "removal", user.user_id, f"removal#{project_id}"


unreadable = pytest.mark.parametrize(
    "make", [add_unreadable_render, add_uncountable_render, add_unreadable_delivery, add_unreadable_cleanup]
)


@unreadable
def test_an_unreadable_record_is_a_failure_for_hours_and_is_then_quarantined(
    aws: AwsEnvironment,
    user: User,
    make: Callable[[AwsEnvironment, User], Unreadable],
    caplog: pytest.LogCaptureFixture,
) -> None:
    kind, partition, item = make(aws, user)

    runs = [sweep(after=after) for after in (15 * MINUTE, 5 * MAX_WAIT / 6, MAX_WAIT + 15 * MINUTE, 2 * MAX_WAIT)]

    assert [run.failures for run in runs] == [1, 1, 0, 0]
    assert [dict(run.quarantined) for run in runs] == [{}, {}, {kind: 1}, {}]
    [line] = [vars(line) for line in caplog.records if "was put into quarantine" in line.message]
    assert (line["kind"], line["entry"]) == (kind, (partition, item.removeprefix("removal#")))


@unreadable
def test_a_quarantined_record_is_reported_by_reconcile(
    aws: AwsEnvironment, user: User, make: Callable[[AwsEnvironment, User], Unreadable]
) -> None:
    kind, partition, item = make(aws, user)
    late = datetime.now(UTC) + MAX_WAIT + 15 * MINUTE
    sweep(after=MAX_WAIT + 15 * MINUTE)
    lines: list[str] = []

    assert reconcile(reconciliation_service(), lines.append) == 1

    [line] = [line for line in lines if "was put into quarantine" in line]
    assert line.startswith(f"✗ {kind} {item} of {partition} was put into quarantine at {late:%Y-%m-%dT}")


def test_a_quarantined_render_is_recovered_after_it_was_repaired(aws: AwsEnvironment, user: User) -> None:
    job = accept_render(aws, user)
    key = to_attributes({"userId": user.user_id, "renderId": job.render_id})
    table = settings().renders_table
    corrupt(aws, table, {"userId": user.user_id, "renderId": job.render_id}, "status")
    sweep(after=MAX_WAIT + 15 * MINUTE)

    aws.client("dynamodb").update_item(
        TableName=table,
        Key=key,
        UpdateExpression="SET #status = :pending, dueAt = :now REMOVE setAsideAt",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues=to_attributes({":pending": "pending", ":now": to_iso(datetime.now(UTC))}),
    )
    sweep(after=MAX_WAIT + 15 * MINUTE)

    assert stored(job).status is Status.FAILED
    assert balance_of(user) == 100
    assert reconcile(reconciliation_service(), lambda _line: None) == 0


def test_reconcile_reports_the_credits_of_an_unreadable_render(aws: AwsEnvironment, user: User) -> None:
    _kind, _user_id, render_id = add_unreadable_render(aws, user)
    lines: list[str] = []

    assert reconcile(reconciliation_service(), lines.append) == 1

    assert f"✗ {user.user_id}: render {render_id} cannot be read, and 5 credits are paid for it" in lines


def test_quarantined_records_are_counted(
    aws: AwsEnvironment, user: User, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    add_unreadable_render(aws, user)
    aws.backdate("RendersTable", by=MAX_WAIT + 15 * MINUTE)

    handler("sweeper")({}, lambda_context())

    [line] = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "SetAside" in line]
    assert (line["kind"], line["SetAside"]) == ("render", [1.0])
    assert [*map(sorted, line["_aws"]["CloudWatchMetrics"][0]["Dimensions"])] == [["kind", "stage"], ["stage"]]


def test_a_backlog_is_processed_oldest_first(aws: AwsEnvironment, user: User) -> None:
    jobs = [accept_render(aws, user) for _ in range(5)]

    runs = []
    for _ in range(3):
        sweep(after=2 * MINUTE, at_most=2)
        runs.append({each["renderId"] for each in aws.messages(settings().render_queue_url)})

    ids = [job.render_id for job in jobs]
    assert runs == [{*ids[:2]}, {*ids[2:4]}, {*ids[4:]}]


def test_after_an_outage_of_the_queue_the_next_run_enqueues_everything(aws: AwsEnvironment, user: User) -> None:
    jobs = [accept_render(aws, user) for _ in range(3)]
    unavailable_queue = Queue(lambda: aws.client("sqs"), settings().render_queue_url + "-gone")

    failed = sweep(after=2 * MINUTE, render_queue=unavailable_queue)
    sweep(after=5 * MINUTE)

    assert (failed.failures, failed.done.total()) == (1, 0)
    assert len(aws.messages(settings().render_queue_url)) == len(jobs)


def test_a_render_whose_message_was_rejected_is_enqueued_again_soon(aws: AwsEnvironment, user: User) -> None:
    accept_render(aws, user)
    unavailable_queue = Queue(lambda: aws.client("sqs"), settings().render_queue_url + "-gone")

    failed = sweep(after=30 * MINUTE, render_queue=unavailable_queue)
    sweep(after=32 * MINUTE)

    assert failed.done.total() == 0
    assert len(aws.messages(settings().render_queue_url)) == 1


def test_a_project_cleanup_whose_message_was_rejected_is_enqueued_again_soon(aws: AwsEnvironment, user: User) -> None:
    project_id = add_project(user)
    wiring.project_cleanup().delete(user.user_id, project_id, now=datetime.now(UTC))
    aws.messages(settings().project_cleanup_queue_url)
    unavailable_queue = Queue(lambda: aws.client("sqs"), settings().project_cleanup_queue_url + "-gone")

    sweep(after=30 * MINUTE, cleanup_queue=unavailable_queue)
    sweep(after=32 * MINUTE)

    # Messages of other tests become visible ten seconds after their deletion.
    messages = aws.messages(settings().project_cleanup_queue_url)
    assert [each["projectId"] for each in messages if each["projectId"] == project_id] == [project_id]


def test_a_run_stops_at_the_end_of_its_time_budget(aws: AwsEnvironment, user: User) -> None:
    accept_render(aws, user)
    clock = iter([datetime.now(UTC) + n * timedelta(hours=1) for n in range(1, 100)])
    sweeper = replace(sweep_worker.sweeper(), clock=lambda: next(clock))

    assert sweeper.run(budget=MINUTE).done.total() == 0


def test_the_waiting_time_of_the_oldest_record_is_measured(
    aws: AwsEnvironment, user: User, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    accept_render(aws, user)
    aws.backdate("RendersTable", by=2 * MINUTE)

    handler("sweeper")({}, lambda_context())

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "OldestDueSeconds" in line]
    assert len(lines) == 1
    [metrics] = lines[0]["_aws"]["CloudWatchMetrics"]
    assert (metrics["Namespace"], sorted(metrics["Dimensions"][0])) == ("Renderiq/Plugins", ["stage"])
    assert 0 < lines[0]["OldestDueSeconds"][0] < 60


def test_a_run_with_failures_raises_an_error(aws: AwsEnvironment, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    accept_render(aws, user)
    aws.backdate("RendersTable", by=2 * MINUTE)
    monkeypatch.setenv("RENDER_QUEUE_URL", settings().render_queue_url + "-gone")
    clear_caches()

    with pytest.raises(SweepError):
        handler("sweeper")({}, lambda_context())

    monkeypatch.undo()
    clear_caches()


def test_repeating_a_claim_with_the_same_lease_returns_the_same_render(aws: AwsEnvironment, user: User) -> None:
    """boto3 repeats a request whose response was lost."""
    job, now = accept_render(aws, user), datetime.now(UTC)

    first, second = (
        wiring.renders().claim(job.user_id, job.render_id, lease="mine", until=now + MINUTE, now=now) for _ in range(2)
    )

    assert first == second
    assert first is not None
    assert first.attempts == 1


def test_the_lease_is_longer_than_the_timeout_of_the_worker() -> None:
    from local.template import Template
    from tests.support.paths import ROOT

    template = Template(ROOT / "template.yaml")

    assert int(template.parameters["RenderLeaseSeconds"]) > template.functions["RenderWorkerFunction"].timeout
