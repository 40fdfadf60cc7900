"""A 3D model for an engine of pictures: the path tracer makes the picture, the other engine works from it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from renderiq.domain.account_deletion import DELETION_TASK
from renderiq.domain.account_tasks import RETENTION_TASK
from renderiq.domain.consents import ConsentName
from renderiq.domain.render_layers import LayerKind
from renderiq.domain.renders import MAX_ATTEMPTS, Quality, Render, Status
from renderiq.engines import EngineRequest, MadeLayer, Output, PermanentEngineError, RetryableEngineError
from renderiq.queues import AccountTaskJob, RenderJob
from renderiq.services.render_worker import RenderWorker
from renderiq.settings import settings
from renderiq.workers import account
from tests.support import pictures, wiring
from tests.support.accounts import User, answer_consents, balance_of, create_user
from tests.support.aws import AwsEnvironment, clear_caches
from tests.support.clock import LEASE
from tests.support.http import Response, call
from tests.support.lifecycle import tags_of
from tests.support.uploads import glb, upload_file

TRACED = pictures.png(160, 90)
DEPTH = pictures.png(32, 18)
PRICE = 5 + 12
"""Of the picture by Gemini in standard quality, and of the path-traced one."""


class TwoEngines:
    """Both engines. Each keeps its requests; ``failing`` maps an engine to what it raises."""

    name = "two"

    def __init__(self, failing: dict[str, Exception] | None = None) -> None:
        self.requests: dict[str, list[EngineRequest]] = {"cycles": [], "gemini": []}
        self.failing = failing or {}
        self.on_render: Callable[[str], None] = lambda _name: None

    def named(self, name: str) -> _One:
        return _One(self, name)


class _One:
    def __init__(self, both: TwoEngines, name: str) -> None:
        self.both, self.name = both, name

    def render(
        self, request: EngineRequest, on_progress: Callable[[int], None], should_cancel: Callable[[], bool]
    ) -> Output:
        self.both.requests[self.name].append(request)
        self.both.on_render(self.name)
        on_progress(50)
        if should_cancel():
            from renderiq.engines import RenderCancelledError

            raise RenderCancelledError
        if self.name in self.both.failing:
            raise self.both.failing[self.name]
        layers = tuple(MadeLayer(kind, DEPTH, 1.0, 9.0) for kind in request.layers)
        return Output(TRACED, "image/png", pictures.webp(), *request.size, layers=layers)


@pytest.fixture
def user(aws: AwsEnvironment, monkeypatch: pytest.MonkeyPatch) -> Iterator[User]:
    """A user of a stack with the path tracer and Gemini. All jobs go to the usual queue here."""
    monkeypatch.setenv("CYCLES_ENABLED", "true")
    monkeypatch.setenv("CYCLES_PRICES", '{"standard": 12, "high": 30}')
    monkeypatch.setenv("GEMINI_SECRET_ID", "gemini")
    clear_caches()
    made = create_user(aws)
    answer_consents(made)
    yield made
    clear_caches()


def upload_model(aws: AwsEnvironment, user: User) -> str:
    return upload_file(aws, user, glb(), purpose="model", contentType="model/gltf-binary", fileName="house.glb")


@pytest.fixture
def model(aws: AwsEnvironment, user: User) -> str:
    return upload_model(aws, user)


def worker(engines: TwoEngines, name: str, *, late: timedelta = timedelta()) -> RenderWorker:
    """The worker of one of the engines."""
    return RenderWorker(
        renders=wiring.renders(),
        images=wiring.images(),
        publisher=wiring.event_publisher(),
        queue=wiring.render_queue(),
        engine=engines.named,
        style=wiring.style_registry().get,
        consents=wiring.consent_service(),
        clock=lambda: wiring.time_source()() + late,
        lease=LEASE,
        monotonic=iter(range(10_000)).__next__,
        serves=lambda step: step == name,
    )


def order(user: User, model: str, **fields: Any) -> Response:
    body = {"quality": "standard", "model": "gemini", "modelUploadId": model, **fields}
    return call("renders", "POST", "/renders", json=body, headers=user.headers)


def order_layers(user: User, model: str, layers: list[str]) -> Response:
    """Orders the path tracer's own picture, with layers."""
    body = {"quality": "standard", "modelUploadId": model, "layers": layers}
    return call("renders", "POST", "/renders", json=body, headers=user.headers)


def work(user: User, render_id: str, engines: TwoEngines, *names: str) -> Render:
    """Has workers of these engines work, one after the other. Returns the render."""
    for name in names:
        worker(engines, name).work(RenderJob(user.user_id, render_id))
    return wiring.renders().get(user.user_id, render_id)


def test_it_costs_both_pictures(user: User, model: str) -> None:
    assert order(user, model).data["creditsCost"] == PRICE
    assert balance_of(user) == 100 - PRICE


def test_the_estimate_has_that_price(user: User, model: str) -> None:
    body = {"model": "gemini", "quality": "standard", "modelUploadId": model}
    estimated = call("renders_estimate", "POST", "/renders/estimate", json=body, headers=user.headers).data
    ordered = order(user, model).data

    assert (estimated["creditsCost"], estimated["estimatedTime"]) == (ordered["creditsCost"], ordered["estimatedTime"])


def test_the_first_step_is_the_path_tracers(user: User, model: str) -> None:
    render_id = order(user, model).data["renderId"]
    due = wiring.renders().due_index.get(user.user_id, render_id)

    assert due is not None
    assert due.worker == "cycles"


def test_the_path_tracer_gets_the_model_and_is_asked_for_depth(user: User, model: str) -> None:
    engines = TwoEngines()
    work(user, order(user, model, quality="ultra").data["renderId"], engines, "cycles")
    [request] = engines.requests["cycles"]

    assert request.model_file is not None
    assert (request.quality, request.size, request.layers) == (Quality.STANDARD, (1920, 1080), (LayerKind.DEPTH,))


def test_then_the_render_waits_for_the_other_worker(user: User, model: str) -> None:
    render = work(user, order(user, model).data["renderId"], TwoEngines(), "cycles")
    due = wiring.renders().due_index.get(user.user_id, render.render_id)

    assert (render.status, render.worker, render.progress, render.attempts) == (Status.PENDING, "gemini", 60, 0)
    assert due is not None
    assert due.worker == "gemini"


def test_the_other_engine_gets_the_picture_and_its_depth(user: User, model: str) -> None:
    engines = TwoEngines()
    render = work(user, order(user, model, quality="high").data["renderId"], engines, "cycles", "gemini")
    [request] = engines.requests["gemini"]

    assert (request.image, request.depth_image, request.model_file) == (TRACED, DEPTH, None)
    assert request.size == (3840, 2160)
    assert render.status is Status.COMPLETED
    assert balance_of(user) == 100 - (10 + 12)


def test_progress_never_goes_back(user: User, model: str) -> None:
    render_id = order(user, model).data["renderId"]
    engines, seen = TwoEngines(), []
    engines.on_render = lambda _name: seen.append(wiring.renders().get(user.user_id, render_id).progress)
    work(user, render_id, engines, "cycles", "gemini")

    assert seen == [0, 60]


def test_a_message_that_came_twice_makes_no_second_picture(user: User, model: str) -> None:
    engines = TwoEngines()
    render = work(user, order(user, model).data["renderId"], engines, "cycles", "cycles", "gemini")

    assert render.status is Status.COMPLETED
    assert len(engines.requests["cycles"]) == 1


def test_a_message_for_the_wrong_worker_uses_no_attempt(user: User, model: str) -> None:
    render = work(user, order(user, model).data["renderId"], TwoEngines(), "gemini", "gemini")

    assert (render.status, render.attempts, render.worker) == (Status.PENDING, 0, "cycles")


@pytest.mark.parametrize("failing", ["cycles", "gemini"])
def test_a_step_that_cannot_succeed_refunds_everything_once(user: User, model: str, failing: str) -> None:
    engines = TwoEngines({failing: PermanentEngineError("No.", code="MODEL_UNREADABLE")})
    render = work(user, order(user, model).data["renderId"], engines, "cycles", "gemini", "cycles", "gemini")

    assert (render.status, render.error_code) == (Status.FAILED, "MODEL_UNREADABLE")
    assert balance_of(user) == 100


@pytest.mark.parametrize("failing", ["cycles", "gemini"])
def test_each_step_has_all_attempts(user: User, model: str, failing: str) -> None:
    engines = TwoEngines({failing: RetryableEngineError("Later.")})
    render_id = order(user, model).data["renderId"]
    if failing == "gemini":
        work(user, render_id, engines, "cycles")
    render = work(user, render_id, engines, *[failing] * (MAX_ATTEMPTS + 1))

    assert len(engines.requests[failing]) == MAX_ATTEMPTS
    assert render.status is Status.FAILED
    assert balance_of(user) == 100


@pytest.mark.parametrize("cancelled_in", ["cycles", "gemini"])
def test_a_render_that_is_cancelled_in_a_step_is_refunded_once(user: User, model: str, cancelled_in: str) -> None:
    render_id = order(user, model).data["renderId"]
    engines = TwoEngines()

    def cancel(name: str) -> None:
        if name == cancelled_in:
            call("renders_id", "DELETE", f"/renders/{render_id}", headers=user.headers)

    engines.on_render = cancel
    render = work(user, render_id, engines, "cycles", "gemini", "gemini")

    assert render.status is Status.CANCELLED
    assert balance_of(user) == 100


def test_a_render_that_is_cancelled_between_the_steps_is_refunded_once(user: User, model: str) -> None:
    render_id = order(user, model).data["renderId"]
    engines = TwoEngines()
    work(user, render_id, engines, "cycles")
    call("renders_id", "DELETE", f"/renders/{render_id}", headers=user.headers)
    render = work(user, render_id, engines, "gemini")

    assert (render.status, engines.requests["gemini"]) == (Status.CANCELLED, [])
    assert balance_of(user) == 100


@pytest.mark.parametrize("dies_in", ["cycles", "gemini"])
def test_a_worker_that_dies_in_a_step_loses_nothing(user: User, model: str, dies_in: str) -> None:
    class KilledError(BaseException):
        pass

    render_id = order(user, model).data["renderId"]
    engines = TwoEngines()

    def die(name: str) -> None:
        if name == dies_in:
            raise KilledError

    if dies_in == "gemini":
        work(user, render_id, engines, "cycles")
    engines.on_render = die
    with pytest.raises(KilledError):
        work(user, render_id, engines, dies_in)
    engines.on_render = lambda _name: None
    for name in ("cycles", "gemini"):
        worker(engines, name, late=2 * LEASE).work(RenderJob(user.user_id, render_id))

    assert wiring.renders().get(user.user_id, render_id).status is Status.COMPLETED
    assert balance_of(user) == 100 - PRICE


def test_the_pictures_of_the_step_are_deleted_with_the_render(user: User, model: str) -> None:
    from renderiq.stores.images import keys_of_render

    render = work(user, order(user, model).data["renderId"], TwoEngines(), "cycles")
    assert render.structure is not None

    assert {render.structure.picture_key, render.structure.depth_key} <= set(keys_of_render(render))


def test_an_order_without_consent_is_refused_before_anything_is_traced(aws: AwsEnvironment, user: User) -> None:
    model = upload_model(aws, user)
    answer_consents(user, ConsentName.THIRD_PARTY_AI, granted=False)

    assert order(user, model).code == (403, "CONSENT_REQUIRED")
    assert (balance_of(user), aws.items_of("RendersTable", user)) == (100, [])


def test_consent_that_is_withdrawn_between_the_steps_keeps_the_picture_here(user: User, model: str) -> None:
    engines = TwoEngines()
    render_id = order(user, model).data["renderId"]
    work(user, render_id, engines, "cycles")
    answer_consents(user, ConsentName.THIRD_PARTY_AI, granted=False)
    render = work(user, render_id, engines, "gemini")

    assert (render.status, render.error_code) == (Status.FAILED, "CONSENT_REQUIRED")
    assert (engines.requests["gemini"], balance_of(user)) == ([], 100)


def test_consent_is_not_asked_for_by_the_path_tracer(user: User, model: str) -> None:
    engines = TwoEngines()
    render_id = order(user, model).data["renderId"]
    answer_consents(user, ConsentName.THIRD_PARTY_AI, granted=False)
    render = work(user, render_id, engines, "cycles")

    assert (render.status, len(engines.requests["cycles"])) == (Status.PENDING, 1)


def choose(user: User, **periods: str) -> None:
    assert call("settings_retention", "PUT", "/settings/retention", headers=user.headers, json=periods).status == 200


def do_task(user: User, task_id: str, *, later: timedelta) -> None:
    """Works at a task of the account until it is done."""
    at = wiring.time_source()() + later
    for _ in range(60):
        if wiring.account_tasks().find(user.user_id, task_id) is None:
            return
        account.worker().resume(AccountTaskJob(task_id, user.user_id), now=at)
    raise AssertionError("the task does not end")


def tags(aws: AwsEnvironment, keys: list[str]) -> list[str]:
    return [tags_of(aws, key)["retention"] for key in keys]


def test_pictures_of_the_step_are_kept_as_captures_are(aws: AwsEnvironment, user: User, model: str) -> None:
    choose(user, captures="7d", renders="90d")
    render = work(user, order(user, model).data["renderId"], TwoEngines(), "cycles")

    assert render.structure is not None
    assert tags(aws, render.structure.keys) == ["7d", "7d"]


def test_a_change_of_the_retention_applies_to_pictures_of_the_step(aws: AwsEnvironment, user: User, model: str) -> None:
    render = work(user, order(user, model).data["renderId"], TwoEngines(), "cycles")
    assert render.structure is not None
    choose(user, captures="1d")
    do_task(user, RETENTION_TASK, later=timedelta(minutes=2))

    assert tags(aws, render.structure.keys) == ["1d", "1d"]


def test_a_change_during_the_step_applies_to_its_pictures(aws: AwsEnvironment, user: User, model: str) -> None:
    engines = TwoEngines()

    def change(_name: str) -> None:
        choose(user, captures="7d")
        do_task(user, RETENTION_TASK, later=timedelta(minutes=2))

    engines.on_render = change
    render = work(user, order(user, model).data["renderId"], engines, "cycles")

    assert render.structure is not None
    assert tags(aws, render.structure.keys) == ["7d", "7d"]


def test_layers_are_kept_as_the_output_is(aws: AwsEnvironment, user: User, model: str) -> None:
    choose(user, captures="7d", renders="90d")
    ordered = order_layers(user, model, ["depth", "normal"])
    render = work(user, ordered.data["renderId"], TwoEngines(), "cycles")
    assert render.output is not None
    before = tags(aws, render.output.keys)
    choose(user, renders="30d")
    do_task(user, RETENTION_TASK, later=timedelta(minutes=2))

    assert (before, tags(aws, render.output.keys)) == (["90d"] * 4, ["30d"] * 4)


def test_a_change_during_the_render_applies_to_its_layers(aws: AwsEnvironment, user: User, model: str) -> None:
    engines = TwoEngines()

    def change(_name: str) -> None:
        choose(user, renders="7d")
        do_task(user, RETENTION_TASK, later=timedelta(minutes=2))

    engines.on_render = change
    ordered = order_layers(user, model, ["depth"])
    render = work(user, ordered.data["renderId"], engines, "cycles")

    assert render.output is not None
    assert tags(aws, render.output.keys) == ["7d"] * 3


def test_the_export_of_the_account_has_layers_and_pictures_of_the_step(
    aws: AwsEnvironment, user: User, model: str
) -> None:
    keys = store_all(user, model)
    call("account_export", "POST", "/account/export", headers=user.headers)
    [export] = [each["taskId"] for each in aws.items_of("AccountTasksTable", user) if "version" in each]
    do_task(user, export, later=timedelta(minutes=2))
    [file] = wiring.exports().newest(user.user_id, now=wiring.time_source()()).files
    body = aws.client("s3").get_object(Bucket=settings().images_bucket, Key=file.key)["Body"].read()

    expected = {f"files/{key.split('/')[0]}/{key.split('/', 2)[2]}" for key in keys}
    assert expected <= set(zipfile.ZipFile(io.BytesIO(body)).namelist())


def test_the_receipt_of_the_account_counts_layers_and_pictures_of_the_step(
    aws: AwsEnvironment, user: User, model: str
) -> None:
    store_all(user, model)
    stored = [key for kind in ("captures", "renders", "uploads") for key in aws.objects(f"{kind}/{user.user_id}/")]
    receipt = call("account", "DELETE", "/account", headers=user.headers, json={}).data["receiptId"]
    do_task(user, DELETION_TASK, later=timedelta(hours=26))

    assert [key for kind in ("captures", "renders") for key in aws.objects(f"{kind}/{user.user_id}/")] == []
    assert wiring.deletions().receipt(receipt).counts["files"] == len(stored)


def store_all(user: User, model: str) -> list[str]:
    """Stores a picture with depth for Gemini, and a render with a layer. Returns their keys."""
    traced = work(user, order(user, model).data["renderId"], TwoEngines(), "cycles", "gemini")
    ordered = order_layers(user, model, ["depth"])
    layered = work(user, ordered.data["renderId"], TwoEngines(), "cycles")
    assert traced.structure is not None
    assert layered.output is not None
    return [*traced.structure.keys, *layered.output.keys]


def test_it_can_be_ordered_again(user: User, model: str) -> None:
    render_id = order(user, model).data["renderId"]
    body = {"changes": {"style": "soft"}}
    again = call("renders_id_again", "POST", f"/renders/{render_id}/again", json=body, headers=user.headers).data

    assert (again["engine"], again["creditsCost"]) == ("gemini", PRICE)
    assert work(user, again["renderId"], TwoEngines(), "cycles", "gemini").status is Status.COMPLETED


def test_capabilities_say_that_it_takes_models(user: User) -> None:
    models = {each["engine"]: each for each in call("capabilities", "GET", "/capabilities").data["models"]}

    assert "modelUploadId" in models["gemini"]["inputs"]


def test_capabilities_of_a_stack_without_path_tracer_do_not(
    aws: AwsEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEMINI_SECRET_ID", "gemini")
    clear_caches()
    models = {each["engine"]: each for each in call("capabilities", "GET", "/capabilities").data["models"]}
    clear_caches()

    assert "modelUploadId" not in models["gemini"]["inputs"]
