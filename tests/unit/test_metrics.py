"""Every request, render and delivery is counted in one metric, and every job logs one line with its ids."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from renderiq.domain.renders import Status
from renderiq.engines import EngineRequest, Output, PermanentEngineError, RenderCancelledError, RetryableEngineError
from renderiq.logs import logger
from renderiq.queues import CleanupJob, DeliveryJob, RenderJob
from renderiq.services.render_worker import RenderWorker
from renderiq.settings import settings
from renderiq.workers.batches import entrypoint
from tests.support import pictures, wiring
from tests.support.accounts import User, add_project, create_user
from tests.support.aws import AwsEnvironment
from tests.support.clock import LEASE
from tests.support.functions import handler, lambda_context, sqs_event
from tests.support.http import call
from tests.support.renders import post_render, render_worker
from tests.support.telemetry import Figure, figures
from tests.support.uploads import announce, complete, send
from tests.support.webhooks import register_webhook

PLUGIN = {"user-agent": "Renderiq-Plugin/Revit/2.4.1"}
Printed = Callable[[str], list[Figure]]


class FakeEngine:
    """Returns a picture, or raises ``trouble``."""

    name = "fake"

    def __init__(self, trouble: Exception | None) -> None:
        self._trouble = trouble

    def render(self, request: EngineRequest, *_: Any) -> Output:
        if self._trouble:
            raise self._trouble
        return Output(request.image, "image/png", pictures.webp(), *request.size)


def worker(trouble: Exception | None = None, *, late: timedelta = timedelta()) -> RenderWorker:
    return render_worker(FakeEngine(trouble), late=late)


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Printed:
    """Returns the metrics of one name that were printed since the last call."""
    return lambda metric: figures(capsys.readouterr().out, metric)


def request_render(user: User, **fields: str) -> Any:
    return post_render(user, fields, headers=PLUGIN)


@pytest.fixture
def job(aws: AwsEnvironment, user: User, capsys: pytest.CaptureFixture[str]) -> RenderJob:
    render_id = request_render(user).data["renderId"]
    aws.messages(settings().render_queue_url)
    capsys.readouterr()
    return RenderJob(user.user_id, render_id)


# ---------------------------------------------------------------- requests


def test_a_request_is_counted_and_timed_by_status(user: User, printed: Printed) -> None:
    answer = call("credits", "GET", "/credits", headers={**user.headers, **PLUGIN})

    [figure] = printed("Requests")
    assert figure.by == [{"stage": "local", "status": "2xx"}]
    assert figure.units == {"Requests": "Count", "Latency": "Milliseconds"}
    assert figure.values["Requests"] == 1
    assert figure.values["Latency"] > 0
    assert figure.facts == {
        "httpStatus": 200,
        "platform": "revit",
        "route": "ANY /credits",
        "userId": user.user_id,
        "pluginVersion": "2.4.1",
        "correlationId": answer.headers["X-Request-Id"],
    }


def test_a_refused_request_is_counted(aws: AwsEnvironment, printed: Printed) -> None:
    call("credits", "GET", "/credits", headers=PLUGIN)

    [figure] = printed("Requests")
    assert figure.by == [{"stage": "local", "status": "4xx"}]
    assert (figure.facts["httpStatus"], figure.facts["platform"]) == (401, "revit")
    assert "userId" not in figure.facts


def test_a_failed_request_is_counted(user: User, printed: Printed) -> None:
    app = handler("credits").app
    app.dependency_overrides[wiring.account_service] = lambda: None
    try:
        assert call("credits", "GET", "/credits", headers=user.headers).status == 500
    finally:
        app.dependency_overrides.clear()

    [figure] = printed("Requests")
    assert figure.by == [{"stage": "local", "status": "5xx"}]


def test_a_request_to_an_unknown_route_is_counted(aws: AwsEnvironment, printed: Printed) -> None:
    call("default", "GET", "/nowhere", headers=PLUGIN)

    [figure] = printed("Requests")
    assert (figure.by[0]["status"], figure.facts["httpStatus"]) == ("4xx", 404)


def test_the_request_for_a_render_has_its_quality(user: User, printed: Printed) -> None:
    render_id = request_render(user, quality="ultra").data["renderId"]

    [figure] = printed("Requests")
    assert figure.by == [{"stage": "local", "status": "2xx"}]
    assert (figure.facts["renderId"], figure.facts["quality"]) == (render_id, "ultra")


def test_the_metrics_of_a_request_have_nothing_of_the_one_before(user: User, printed: Printed) -> None:
    request_render(user)
    call("renders", "GET", "/renders", headers=user.headers)

    [_, figure] = printed("Requests")
    assert figure.facts["platform"] == "unknown"
    assert not figure.facts.keys() & {"renderId", "pluginVersion", "quality"}


def test_metrics_have_no_other_dimensions(user: User, printed: Printed) -> None:
    request_render(user)
    call("health", "GET", "/health")

    dimensions = {name for figure in printed("Requests") for each in figure.by for name in each}
    assert dimensions == {"stage", "status"}


def test_a_request_succeeds_although_its_metric_is_lost(
    user: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(settings(), "stage", object())  # which is not JSON

    assert call("credits", "GET", "/credits", headers=user.headers).status == 200
    assert "a metric was lost" in caplog.text


# ---------------------------------------------------------------- renders


def test_an_accepted_render_is_counted(user: User, printed: Printed) -> None:
    render_id = request_render(user).data["renderId"]

    [figure] = printed("RendersRequested")
    assert figure.by == [{"stage": "local", "platform": "revit"}, {"stage": "local", "quality": "standard"}]
    assert figure.facts == {
        "status": "pending",
        "renderId": render_id,
        "userId": user.user_id,
        "pluginVersion": "2.4.1",
        "engine": "preview",
    }


def test_a_render_without_enough_credits_is_not_counted(aws: AwsEnvironment, printed: Printed) -> None:
    assert request_render(create_user(aws, balance=0)).status == 402

    assert printed("RendersRequested") == []


def test_a_repeated_request_counts_one_render(aws: AwsEnvironment, user: User, printed: Printed) -> None:
    for _ in range(2):
        assert post_render(user, headers={"idempotency-key": "k"}).status == 202

    assert len(printed("RendersRequested")) == 1


@pytest.mark.parametrize(
    ("trouble", "status"),
    [
        (None, Status.COMPLETED),
        (PermanentEngineError("The engine declined.", code="CONTENT_BLOCKED"), Status.FAILED),
        (RenderCancelledError(), Status.CANCELLED),
    ],
)
def test_an_ended_render_is_counted_and_timed(
    job: RenderJob, capsys: pytest.CaptureFixture[str], trouble: Exception, status: Status
) -> None:
    worker(trouble).work(job)
    worker(trouble).work(job)

    out = capsys.readouterr().out
    [ended], [time] = figures(out, "RendersEnded"), figures(out, "RenderTime")
    assert ended.by == [{"stage": "local", "platform": "revit", "status": status}, {"stage": "local", "status": status}]
    assert time.by == [{"stage": "local", "quality": "standard"}]
    assert ended.units | time.units == {"RendersEnded": "Count", "RenderTime": "Milliseconds"}
    assert time.values["RenderTime"] >= 0
    assert ended.facts["renderId"] == time.facts["renderId"] == job.render_id


def test_the_render_time_is_in_milliseconds_from_the_first_attempt(job: RenderJob, printed: Printed) -> None:
    worker(RetryableEngineError("busy")).work(job)
    worker(late=timedelta(minutes=2)).work(job)

    [figure] = printed("RenderTime")
    assert 120_000 <= figure.values["RenderTime"] < 180_000


def test_a_render_that_is_retried_is_not_counted_as_ended(job: RenderJob, printed: Printed) -> None:
    worker(RetryableEngineError("busy")).work(job)

    assert printed("RendersEnded") == []


def test_a_pending_render_that_is_cancelled_has_no_render_time(
    user: User, job: RenderJob, capsys: pytest.CaptureFixture[str]
) -> None:
    call("renders_id", "DELETE", f"/renders/{job.render_id}", headers=user.headers)

    out = capsys.readouterr().out
    [figure] = figures(out, "RendersEnded")
    assert figure.by[0]["status"] == "cancelled"
    assert figures(out, "RenderTime") == []


def test_a_worker_that_lost_its_lease_counts_nothing(job: RenderJob, printed: Printed) -> None:
    class Overtaken(FakeEngine):
        def render(self, request: EngineRequest, *given: Any) -> Output:
            worker(PermanentEngineError("no"), late=LEASE + timedelta(seconds=1)).work(job)
            return super().render(request, *given)

    render_worker(Overtaken(None)).work(job)

    assert [figure.by[0]["status"] for figure in printed("RendersEnded")] == ["failed"]


def test_deleting_a_project_counts_its_cancelled_renders(aws: AwsEnvironment, user: User, printed: Printed) -> None:
    project_id = add_project(user)
    request_render(user, projectId=project_id)

    call("projects_id", "DELETE", f"/projects/{project_id}", headers=user.headers)

    assert [figure.by[0]["status"] for figure in printed("RendersEnded")] == ["cancelled"]


# ---------------------------------------------------------------- uploads


@pytest.mark.parametrize("status", ["ready", "failed", "abandoned"])
def test_an_upload_that_ends_is_counted_once_with_its_outcome(
    aws: AwsEnvironment, user: User, printed: Printed, status: str
) -> None:
    data = b"no picture" if status == "failed" else pictures.png()
    upload_id = announce(user, data).data["uploadId"]
    send(aws, user, upload_id, {1: data})
    printed("UploadsEnded")

    if status == "abandoned":
        wiring.upload_removal().resume(user.user_id, upload_id, now=wiring.time_source()() + timedelta(days=2))
    else:
        complete(user, upload_id)
        complete(user, upload_id)

    [figure] = printed("UploadsEnded")
    assert figure.by == [{"stage": "local", "status": status}]
    assert figure.facts == {
        "uploadId": upload_id,
        "userId": user.user_id,
        "purpose": "capture",
        "bytes": len(data),
    }


# ---------------------------------------------------------------- deliveries


def add_delivery(aws: AwsEnvironment, user: User, url: str) -> DeliveryJob:
    """Creates a delivery of ``render.processing`` to a webhook of the user."""
    register_webhook(user, url=url, events=["render.processing"])
    job = RenderJob(user.user_id, request_render(user).data["renderId"])
    worker(RetryableEngineError("busy")).work(job)
    [delivery] = aws.items_of("DeliveriesTable", user)
    return DeliveryJob(delivery["target"], delivery["deliveryId"])


@pytest.mark.parametrize(("deleted", "status"), [(False, "retrying"), (True, "failed")])
def test_a_delivery_attempt_is_counted_with_its_outcome(
    aws: AwsEnvironment, user: User, printed: Printed, deleted: bool, status: str
) -> None:
    job = add_delivery(aws, user, "http://127.0.0.1:9/")
    if deleted:
        call("webhooks_id", "DELETE", f"/webhooks/{job.target}", headers=user.headers)
    printed("Deliveries")

    handler("webhook_delivery_worker")(sqs_event(job), lambda_context())

    [figure] = printed("Deliveries")
    assert figure.by == [{"stage": "local", "status": status}]
    assert figure.facts == {
        "platform": "revit",
        "event": "render.processing",
        "deliveryId": job.delivery_id,
        "userId": user.user_id,
        "pluginVersion": "2.4.1",
    }


def test_a_delivery_that_is_not_due_is_not_counted(aws: AwsEnvironment, user: User, printed: Printed) -> None:
    job = add_delivery(aws, user, "http://127.0.0.1:9/")
    for _ in range(2):
        handler("webhook_delivery_worker")(sqs_event(job), lambda_context())

    assert len(printed("Deliveries")) == 1


def test_the_log_line_of_a_delivery_names_its_plugin_and_render(
    aws: AwsEnvironment, user: User, caplog: pytest.LogCaptureFixture
) -> None:
    job = add_delivery(aws, user, "http://127.0.0.1:9/")
    caplog.clear()

    handler("webhook_delivery_worker")(sqs_event(job), lambda_context())

    [line] = logged(caplog)
    [render] = aws.items_of("RendersTable", user)
    assert (line["platform"], line["pluginVersion"], line["renderId"]) == ("revit", "2.4.1", render["renderId"])
    assert line["correlation_id"] == job.delivery_id


# ---------------------------------------------------------------- workers' log lines


def logged(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(logger.formatter.format(record)) for record in caplog.records]


def work(job: RenderJob, trouble: Exception | None = None) -> None:
    entrypoint(RenderJob, worker(trouble).work)(sqs_event(job), lambda_context())


def test_the_log_line_of_a_render_job_names_its_plugin_and_render(
    job: RenderJob, caplog: pytest.LogCaptureFixture
) -> None:
    work(job)

    [line] = logged(caplog)
    assert line["message"] == "job"
    assert line["correlation_id"] == line["renderId"] == job.render_id
    assert (line["platform"], line["pluginVersion"], line["userId"]) == ("revit", "2.4.1", job.user_id)
    assert line["milliseconds"] >= 0
    assert line["level"] == "INFO"


def test_the_log_lines_of_a_failed_job_name_its_plugin_and_render(
    job: RenderJob, caplog: pytest.LogCaptureFixture
) -> None:
    work(job, TypeError("a mistake of ours"))

    assert [line["level"] for line in logged(caplog)] == ["ERROR", "INFO"]
    assert {(line["platform"], line["correlation_id"]) for line in logged(caplog)} == {("revit", job.render_id)}


def test_the_log_line_of_a_job_has_nothing_of_the_one_before(job: RenderJob, caplog: pytest.LogCaptureFixture) -> None:
    work(job)
    caplog.clear()

    handler("project_cleanup_worker")(sqs_event(CleanupJob("someone", "a-project")), lambda_context())

    [line] = logged(caplog)
    assert (line["correlation_id"], line["userId"]) == ("a-project", "someone")
    assert not line.keys() & {"renderId", "platform", "pluginVersion"}


def test_a_malformed_message_is_logged_with_its_message_id(caplog: pytest.LogCaptureFixture) -> None:
    event = sqs_event("{}")

    handler("render_worker")(event, lambda_context())

    [line] = logged(caplog)
    assert line["level"] == "ERROR"
    assert line["correlation_id"] == line["messageId"] == event["Records"][0]["messageId"]


# ---------------------------------------------------------------- what is kept


@pytest.mark.parametrize("table", ["RendersTable", "ProjectsTable"])
def test_a_stored_record_names_the_plugin_that_created_it(aws: AwsEnvironment, user: User, table: str) -> None:
    request_render(user)
    call("projects", "POST", "/projects", headers={**user.headers, **PLUGIN}, json={"name": "Villa"})

    [kept] = [item for item in aws.items_of(table, user) if "platform" in item]
    assert (kept["platform"], kept["pluginVersion"], kept["agent"]) == ("revit", "2.4.1", PLUGIN["user-agent"])
