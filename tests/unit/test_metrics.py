"""Every request, render and delivery leaves one figure, and whoever worked on it a log line that can be found."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from renderiq.domain.renders import Status
from renderiq.engines import EngineRequest, Output, PermanentEngineError, RenderCancelledError, RetryableEngineError
from renderiq.http.api import logger
from renderiq.queues import CleanupJob, DeliveryJob, RenderJob
from renderiq.services.render_worker import RenderWorker
from renderiq.settings import settings
from renderiq.workers.batches import entrypoint
from tests.support import pictures, wiring
from tests.support.telemetry import Figure, figures
from tests.support.world import LEASE, User, World, call, context, handler, multipart, sqs_event

PLUGIN = {"user-agent": "Renderiq-Plugin/Revit/2.4.1"}
Printed = Callable[[str], list[Figure]]


class FakeEngine:
    """Gives a picture, or the trouble it was told to."""

    name = "fake"

    def __init__(self, trouble: Exception | None) -> None:
        self._trouble = trouble

    def render(self, request: EngineRequest, *_: Any) -> Output:
        if self._trouble:
            raise self._trouble
        return Output(request.image, "image/png", pictures.webp(), *request.size)


def worker(trouble: Exception | None = None, *, late: timedelta = timedelta()) -> RenderWorker:
    return RenderWorker(
        renders=wiring.renders(),
        images=wiring.images(),
        publisher=wiring.event_publisher(),
        queue=wiring.render_queue(),
        engine=lambda _name: FakeEngine(trouble),
        clock=lambda: wiring.time_source()() + late,
        lease=LEASE,
    )


@pytest.fixture
def user(here: World) -> User:
    return here.user()


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Printed:
    """The figures of one name that were printed since it was last asked."""
    return lambda metric: figures(capsys.readouterr().out, metric)


def ask(user: User, **fields: str) -> Any:
    body, kind = multipart({"quality": "standard", **fields}, {"uploadedImageData": pictures.png()})
    return call("renders", "POST", "/renders", body=body, headers={**user.headers, **PLUGIN, "content-type": kind})


@pytest.fixture
def job(here: World, user: User, capsys: pytest.CaptureFixture[str]) -> RenderJob:
    render_id = ask(user).data["renderId"]
    here.messages(settings().render_queue_url)
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


def test_a_refused_request_is_counted_too(here: World, printed: Printed) -> None:
    call("credits", "GET", "/credits", headers=PLUGIN)

    [figure] = printed("Requests")
    assert figure.by == [{"stage": "local", "status": "4xx"}]
    assert (figure.facts["httpStatus"], figure.facts["platform"]) == (401, "revit")
    assert "userId" not in figure.facts


def test_a_request_that_fails_is_counted_too(user: User, printed: Printed) -> None:
    app = handler("credits").app
    app.dependency_overrides[wiring.account_service] = lambda: None
    try:
        assert call("credits", "GET", "/credits", headers=user.headers).status == 500
    finally:
        app.dependency_overrides.clear()

    [figure] = printed("Requests")
    assert figure.by == [{"stage": "local", "status": "5xx"}]


def test_an_unknown_address_is_counted_too(here: World, printed: Printed) -> None:
    call("default", "GET", "/nowhere", headers=PLUGIN)

    [figure] = printed("Requests")
    assert (figure.by[0]["status"], figure.facts["httpStatus"]) == ("4xx", 404)


def test_asking_for_a_render_keeps_its_quality_with_the_request(user: User, printed: Printed) -> None:
    render_id = ask(user, quality="ultra").data["renderId"]

    [figure] = printed("Requests")
    assert figure.by == [{"stage": "local", "status": "2xx"}]
    assert (figure.facts["renderId"], figure.facts["quality"]) == (render_id, "ultra")


def test_one_request_leaves_nothing_behind_for_the_next(user: User, printed: Printed) -> None:
    ask(user)
    call("renders", "GET", "/renders", headers=user.headers)

    [_, figure] = printed("Requests")
    assert figure.facts["platform"] == "unknown"
    assert not figure.facts.keys() & {"renderId", "pluginVersion", "quality"}


def test_no_figure_has_another_dimension_than_these(user: User, printed: Printed) -> None:
    ask(user)
    call("health", "GET", "/health")

    dimensions = {name for figure in printed("Requests") for each in figure.by for name in each}
    assert dimensions == {"stage", "status"}


def test_a_request_outlives_its_figure(
    user: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("POWERTOOLS_METRICS_NAMESPACE")

    assert call("credits", "GET", "/credits", headers=user.headers).status == 200
    assert "a metric was lost" in caplog.text


# ---------------------------------------------------------------- renders


def test_an_accepted_render_is_counted(user: User, printed: Printed) -> None:
    render_id = ask(user).data["renderId"]

    [figure] = printed("RendersRequested")
    assert figure.by == [{"stage": "local", "platform": "revit"}, {"stage": "local", "quality": "standard"}]
    assert figure.facts == {
        "status": "pending",
        "renderId": render_id,
        "userId": user.user_id,
        "pluginVersion": "2.4.1",
        "engine": "preview",
    }


def test_a_render_that_nobody_can_pay_for_is_not_counted(here: World, printed: Printed) -> None:
    assert ask(here.user(balance=0)).status == 402

    assert printed("RendersRequested") == []


def test_a_repeated_request_is_not_counted_as_a_render(here: World, user: User, printed: Printed) -> None:
    body, kind = multipart({"quality": "standard"}, {"uploadedImageData": pictures.png()})
    for _ in range(2):
        headers = {**user.headers, "content-type": kind, "idempotency-key": "k"}
        assert call("renders", "POST", "/renders", body=body, headers=headers).status == 202

    assert len(printed("RendersRequested")) == 1


@pytest.mark.parametrize(
    ("trouble", "status"),
    [
        (None, Status.COMPLETED),
        (PermanentEngineError("The engine declined.", code="CONTENT_BLOCKED"), Status.FAILED),
        (RenderCancelledError(), Status.CANCELLED),
    ],
)
def test_an_end_is_counted_and_timed(
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


def test_render_time_is_milliseconds_from_the_first_attempt(job: RenderJob, printed: Printed) -> None:
    worker(RetryableEngineError("busy")).work(job)
    worker(late=timedelta(minutes=2)).work(job)

    [figure] = printed("RenderTime")
    assert 120_000 <= figure.values["RenderTime"] < 180_000


def test_a_render_that_goes_back_to_the_queue_has_not_ended(job: RenderJob, printed: Printed) -> None:
    worker(RetryableEngineError("busy")).work(job)

    assert printed("RendersEnded") == []


def test_cancelling_before_work_begins_is_an_end_without_a_time(
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

    late = RenderWorker(
        renders=wiring.renders(),
        images=wiring.images(),
        publisher=wiring.event_publisher(),
        queue=wiring.render_queue(),
        engine=lambda _name: Overtaken(None),
        clock=wiring.time_source(),
        lease=LEASE,
    )

    late.work(job)

    assert [figure.by[0]["status"] for figure in printed("RendersEnded")] == ["failed"]


def test_deleting_a_project_ends_its_renders(here: World, user: User, printed: Printed) -> None:
    project_id = here.add_project(user)
    ask(user, projectId=project_id)

    call("projects_id", "DELETE", f"/projects/{project_id}", headers=user.headers)

    assert [figure.by[0]["status"] for figure in printed("RendersEnded")] == ["cancelled"]


# ---------------------------------------------------------------- deliveries


def owed(here: World, user: User, url: str) -> DeliveryJob:
    """A delivery of a render that has begun, to one endpoint of the user's."""
    body = {"url": url, "events": ["render.processing"]}
    call("webhooks_register", "POST", "/webhooks/register", headers=user.headers, json=body)
    job = RenderJob(user.user_id, ask(user).data["renderId"])
    worker(RetryableEngineError("busy")).work(job)
    [delivery] = here.items_of("DeliveriesTable", user)
    return DeliveryJob(delivery["target"], delivery["deliveryId"])


@pytest.mark.parametrize(("deleted", "status"), [(False, "retrying"), (True, "failed")])
def test_an_attempt_at_an_endpoint_is_counted_with_what_came_of_it(
    here: World, user: User, printed: Printed, deleted: bool, status: str
) -> None:
    job = owed(here, user, "http://127.0.0.1:9/")
    if deleted:
        call("webhooks_id", "DELETE", f"/webhooks/{job.target}", headers=user.headers)
    printed("Deliveries")

    handler("webhook_delivery_worker")(sqs_event(job), context())

    [figure] = printed("Deliveries")
    assert figure.by == [{"stage": "local", "status": status}]
    assert figure.facts == {
        "platform": "revit",
        "event": "render.processing",
        "deliveryId": job.delivery_id,
        "userId": user.user_id,
        "pluginVersion": "2.4.1",
    }


def test_a_delivery_that_is_not_due_counts_nothing(here: World, user: User, printed: Printed) -> None:
    job = owed(here, user, "http://127.0.0.1:9/")
    for _ in range(2):
        handler("webhook_delivery_worker")(sqs_event(job), context())

    assert len(printed("Deliveries")) == 1


def test_the_delivery_workers_line_tells_of_plugin_and_render(
    here: World, user: User, caplog: pytest.LogCaptureFixture
) -> None:
    job = owed(here, user, "http://127.0.0.1:9/")
    caplog.clear()

    handler("webhook_delivery_worker")(sqs_event(job), context())

    [line] = logged(caplog)
    [render] = here.items_of("RendersTable", user)
    assert (line["platform"], line["pluginVersion"], line["renderId"]) == ("revit", "2.4.1", render["renderId"])
    assert line["correlation_id"] == job.delivery_id


# ---------------------------------------------------------------- workers' log lines


def logged(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(logger.registered_formatter.format(record)) for record in caplog.records]


def work(job: RenderJob, trouble: Exception | None = None) -> None:
    entrypoint(RenderJob, worker(trouble).work)(sqs_event(job), context())


def test_a_workers_line_tells_of_plugin_and_render(job: RenderJob, caplog: pytest.LogCaptureFixture) -> None:
    work(job)

    [line] = logged(caplog)
    assert line["message"] == "job"
    assert line["correlation_id"] == line["renderId"] == job.render_id
    assert (line["platform"], line["pluginVersion"], line["userId"]) == ("revit", "2.4.1", job.user_id)
    assert line["milliseconds"] >= 0
    assert line["level"] == "INFO"


def test_a_failing_workers_lines_tell_of_them_too(job: RenderJob, caplog: pytest.LogCaptureFixture) -> None:
    work(job, TypeError("a mistake of ours"))

    assert [line["level"] for line in logged(caplog)] == ["ERROR", "INFO"]
    assert {(line["platform"], line["correlation_id"]) for line in logged(caplog)} == {("revit", job.render_id)}


def test_one_record_leaves_nothing_behind_for_the_next(job: RenderJob, caplog: pytest.LogCaptureFixture) -> None:
    work(job)
    caplog.clear()

    handler("project_cleanup_worker")(sqs_event(CleanupJob("someone", "a-project")), context())

    [line] = logged(caplog)
    assert (line["correlation_id"], line["userId"]) == ("a-project", "someone")
    assert not line.keys() & {"renderId", "platform", "pluginVersion"}


def test_a_message_that_is_no_job_is_found_by_its_own_id(caplog: pytest.LogCaptureFixture) -> None:
    event = sqs_event("{}")

    handler("render_worker")(event, context())

    [line] = logged(caplog)
    assert line["level"] == "ERROR"
    assert line["correlation_id"] == line["messageId"] == event["Records"][0]["messageId"]


# ---------------------------------------------------------------- what is kept


@pytest.mark.parametrize("table", ["RendersTable", "ProjectsTable"])
def test_a_record_keeps_which_plugin_made_it(here: World, user: User, table: str) -> None:
    ask(user)
    call("projects", "POST", "/projects", headers={**user.headers, **PLUGIN}, json={"name": "Villa"})

    [kept] = [item for item in here.items_of(table, user) if "platform" in item]
    assert (kept["platform"], kept["pluginVersion"], kept["agent"]) == ("revit", "2.4.1", PLUGIN["user-agent"])
