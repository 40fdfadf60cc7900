"""Models that are too large for the path tracer's function: AWS Batch renders them, with the same worker.

Batch is a client that keeps what was submitted; what a container of it would run is run here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.session import get_session
from botocore.stub import Stubber

from local.template import Template
from renderiq.domain.path_tracing import megabytes, needs_large_worker
from renderiq.domain.renders import (
    LARGE_PATH_TRACER,
    MAX_ATTEMPTS,
    PATH_TRACER,
    AspectRatio,
    Quality,
    Render,
    Status,
)
from renderiq.engines import (
    EngineRequest,
    Output,
    PermanentEngineError,
    RetryableEngineError,
    TooLargeForWorkerError,
)
from renderiq.queues import RENDER_JOB, JobQueue, Queue, RenderJob, to_message
from renderiq.services.render_worker import RenderLeasedError, RenderWorker
from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.workers.large_path_tracer import run
from tests.support import pictures, wiring
from tests.support.accounts import User, answer_consents, balance_of, create_user
from tests.support.aws import AwsEnvironment, clear_caches
from tests.support.clock import LEASE
from tests.support.http import call
from tests.support.paths import ROOT
from tests.support.uploads import glb, upload_file

PRICE = 12
WHOLE = Template(ROOT / "template.yaml", {"CyclesImageUri": "image", "CyclesBatchSubnets": "subnet-1,subnet-2"})
WITHOUT_BATCH = Template(ROOT / "template.yaml", {"CyclesImageUri": "image"})


class Batch:
    """Keeps the jobs that were submitted. ``refuses`` makes it unavailable."""

    def __init__(self) -> None:
        self.submitted: list[dict[str, Any]] = []
        self.refuses = False

    def submit_job(self, **given: Any) -> None:
        if self.refuses:
            from botocore.exceptions import EndpointConnectionError

            raise EndpointConnectionError(endpoint_url="batch")
        self.submitted.append(given)

    def start(self, work: Callable[[RenderJob], object]) -> int:
        """Runs the container of the next job. Returns its exit status."""
        [variable] = self.submitted.pop(0)["containerOverrides"]["environment"]
        assert variable["name"] == RENDER_JOB
        return run(variable["value"], work)


class Engine:
    """Raises what it is told to, and renders then."""

    name = "cycles"

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.renders = 0

    def render(
        self, request: EngineRequest, on_progress: Callable[[int], None], should_cancel: Callable[[], bool]
    ) -> Output:
        self.renders += 1
        on_progress(10)
        assert not should_cancel()
        if self.errors:
            raise self.errors.pop(0)
        return Output(pictures.png(), "image/png", pictures.webp(), *request.size)


@pytest.fixture
def batch() -> Batch:
    return Batch()


@pytest.fixture
def queue(aws: AwsEnvironment, batch: Batch) -> Queue:
    """The queues of a stack with AWS Batch. The path tracer's jobs go to the usual queue here."""
    usual = settings().render_queue_url
    own = Queue(lambda: client("sqs"), usual)
    return Queue(
        lambda: client("sqs"),
        usual,
        {PATH_TRACER: own, LARGE_PATH_TRACER: JobQueue(lambda: batch, "arn:queue", "arn:definition")},
    )


@pytest.fixture
def user(aws: AwsEnvironment, monkeypatch: pytest.MonkeyPatch) -> Iterator[User]:
    monkeypatch.setenv("CYCLES_ENABLED", "true")
    monkeypatch.setenv("CYCLES_PRICES", f'{{"standard": {PRICE}}}')
    clear_caches()
    made = create_user(aws)
    answer_consents(made)
    yield made
    clear_caches()


@pytest.fixture
def job(aws: AwsEnvironment, user: User) -> RenderJob:
    """An accepted render of a small model."""
    model = upload_file(aws, user, glb(), purpose="model", contentType="model/gltf-binary", fileName="house.glb")
    body = {"quality": "standard", "modelUploadId": model}
    posted = call("renders", "POST", "/renders", json=body, headers=user.headers)
    return RenderJob(user.user_id, posted.data["renderId"])


def worker(engine: Engine, queue: Queue, *names: str, late: timedelta = timedelta()) -> RenderWorker:
    return RenderWorker(
        renders=wiring.renders(),
        images=wiring.images(),
        publisher=wiring.event_publisher(),
        queue=queue,
        engine=lambda _name: engine,
        style=wiring.style_registry().get,
        consents=wiring.consent_service(),
        clock=lambda: wiring.time_source()() + late,
        lease=LEASE,
        monotonic=iter(range(10_000)).__next__,
        serves=lambda name: name in names,
    )


def function(engine: Engine, queue: Queue) -> RenderWorker:
    return worker(engine, queue, PATH_TRACER)


def container(engine: Engine, queue: Queue, *, late: timedelta = timedelta()) -> RenderWorker:
    return worker(engine, queue, PATH_TRACER, LARGE_PATH_TRACER, late=late)


def stored(job: RenderJob) -> Render:
    return wiring.renders().get(job.user_id, job.render_id)


TOO_LARGE = TooLargeForWorkerError("It needs more.", code="MODEL_TOO_LARGE")


def test_what_is_too_large_for_the_function_is_given_to_batch(queue: Queue, batch: Batch, job: RenderJob) -> None:
    function(Engine(TOO_LARGE), queue).work(job)
    [submitted] = batch.submitted

    assert (submitted["jobQueue"], submitted["jobDefinition"]) == ("arn:queue", "arn:definition")
    assert (stored(job).status, stored(job).worker, stored(job).attempts) == (Status.PENDING, LARGE_PATH_TRACER, 0)


def test_the_container_finishes_the_render(queue: Queue, batch: Batch, job: RenderJob, user: User) -> None:
    function(Engine(TOO_LARGE), queue).work(job)

    assert batch.start(container(Engine(), queue).work) == 0
    assert stored(job).status is Status.COMPLETED
    assert balance_of(user) == 100 - PRICE


def test_a_model_that_the_container_cannot_render_is_refunded_once(
    queue: Queue, batch: Batch, job: RenderJob, user: User
) -> None:
    function(Engine(TOO_LARGE), queue).work(job)
    batch.start(container(Engine(TOO_LARGE), queue).work)
    function(Engine(), queue).work(job)

    assert (stored(job).status, stored(job).error_code) == (Status.FAILED, "MODEL_TOO_LARGE")
    assert balance_of(user) == 100


def test_without_batch_it_is_refused(aws: AwsEnvironment, job: RenderJob, user: User) -> None:
    function(Engine(TOO_LARGE), wiring.render_queue()).work(job)

    assert stored(job).error_code == "MODEL_TOO_LARGE"
    assert balance_of(user) == 100


def test_a_damaged_model_is_not_given_to_batch(queue: Queue, batch: Batch, job: RenderJob) -> None:
    function(Engine(PermanentEngineError("It has 21,000,000 triangles.", code="MODEL_TOO_LARGE")), queue).work(job)

    assert (stored(job).status, batch.submitted) == (Status.FAILED, [])


def test_a_message_that_comes_late_to_the_function_goes_to_batch_and_uses_no_attempt(
    queue: Queue, batch: Batch, job: RenderJob
) -> None:
    function(Engine(TOO_LARGE), queue).work(job)
    engine = Engine()
    function(engine, queue).work(job)

    assert (engine.renders, len(batch.submitted), stored(job).attempts) == (0, 2, 0)


def test_the_second_of_two_containers_does_nothing(queue: Queue, batch: Batch, job: RenderJob, user: User) -> None:
    function(Engine(TOO_LARGE), queue).work(job)
    function(Engine(), queue).work(job)
    engine = Engine()

    assert [batch.start(container(engine, queue).work) for _ in range(2)] == [0, 0]
    assert engine.renders == 1
    assert balance_of(user) == 100 - PRICE


def test_a_container_that_died_is_followed_by_another(queue: Queue, batch: Batch, job: RenderJob, user: User) -> None:
    class KilledError(BaseException):
        pass

    function(Engine(TOO_LARGE), queue).work(job)
    engine = Engine()
    engine.errors.append(KilledError())  # type: ignore[arg-type]  # as the kernel would end it
    with pytest.raises(KilledError):
        batch.start(container(engine, queue).work)
    queue.of(stored(job).worker).enqueue(job)  # what the sweeper does when the lease is over

    assert batch.start(container(engine, queue, late=2 * LEASE).work) == 0
    assert stored(job).status is Status.COMPLETED
    assert balance_of(user) == 100 - PRICE


def test_a_render_that_fails_in_the_container_has_no_more_attempts_than_others(
    queue: Queue, batch: Batch, job: RenderJob, user: User
) -> None:
    function(Engine(TOO_LARGE), queue).work(job)
    engine = Engine(*[RetryableEngineError("It ended.") for _ in range(10)])
    for _ in range(MAX_ATTEMPTS):
        # As in the job definition, the container itself cannot submit: the function passes the render on.
        batch.start(container(engine, wiring.render_queue()).work)
        function(Engine(), queue).work(job)

    assert engine.renders == MAX_ATTEMPTS
    assert (stored(job).status, batch.submitted) == (Status.FAILED, [])
    assert balance_of(user) == 100


def test_a_render_that_is_cancelled_while_it_waits_for_batch_is_refunded_once(
    queue: Queue, batch: Batch, job: RenderJob, user: User
) -> None:
    function(Engine(TOO_LARGE), queue).work(job)
    call("renders_id", "DELETE", f"/renders/{job.render_id}", headers=user.headers)
    engine = Engine()

    assert batch.start(container(engine, queue).work) == 0
    assert (engine.renders, stored(job).status) == (0, Status.CANCELLED)
    assert balance_of(user) == 100


def test_a_job_that_batch_rejects_is_submitted_again_by_the_sweeper(
    aws: AwsEnvironment, queue: Queue, batch: Batch, job: RenderJob
) -> None:
    batch.refuses = True
    function(Engine(TOO_LARGE), queue).work(job)
    due = wiring.renders().due_index.get(job.user_id, job.render_id)

    assert (stored(job).status, batch.submitted) == (Status.PENDING, [])
    assert due is not None
    assert isinstance(queue.of(due.worker), JobQueue)


@pytest.mark.parametrize(
    ("triangles", "quality", "worker"),
    [
        (19_000_000, "standard", LARGE_PATH_TRACER),
        (14_000_000, "high", LARGE_PATH_TRACER),
        (14_000_000, "standard", PATH_TRACER),
    ],
)
def test_an_order_that_is_known_to_be_too_large_goes_to_batch_at_once(
    aws: AwsEnvironment, user: User, monkeypatch: pytest.MonkeyPatch, triangles: int, quality: str, worker: str
) -> None:
    document = {
        "asset": {"version": "2.0"},
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 0}]}],
        "accessors": [{"componentType": 5125, "count": 3 * triangles, "type": "SCALAR"}],
    }
    kind = {"purpose": "model", "contentType": "model/gltf-binary", "fileName": "house.glb"}
    model = upload_file(aws, user, glb(document), **kind)
    monkeypatch.setenv("CYCLES_BATCH", "arn:queue arn:definition")
    clear_caches()
    body = {"quality": quality, "modelUploadId": model}
    posted = call("renders", "POST", "/renders", json=body, headers=user.headers)
    clear_caches()
    job = RenderJob(user.user_id, posted.data["renderId"])

    assert stored(job).worker == worker


@pytest.mark.parametrize(
    ("triangles", "quality", "is_large"),
    [
        (0, Quality.STANDARD, False),
        (0, Quality.ULTRA, False),
        (10_000_000, Quality.STANDARD, False),
        (14_000_000, Quality.STANDARD, False),
        (14_000_000, Quality.HIGH, True),
        (19_000_000, Quality.STANDARD, True),
    ],
)
def test_triangles_and_pixels_decide_which_worker_renders(triangles: int, quality: Quality, is_large: bool) -> None:
    assert needs_large_worker(*AspectRatio.WIDE.size(quality), triangles) is is_large


@pytest.mark.parametrize(
    ("size", "triangles", "gigabytes"),
    [((1920, 1080), 45_330, 1.9), ((3840, 2160), 45_330, 4.2), ((1920, 1080), 999_698, 2.4)],
)
def test_the_memory_is_what_was_measured(size: tuple[int, int], triangles: int, gigabytes: float) -> None:
    assert megabytes(*size, triangles) / 1000 == pytest.approx(gigabytes, rel=0.05)


def test_batch_understands_what_is_submitted() -> None:
    real = get_session().create_client(
        "batch", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    job = RenderJob("user", "render")
    with Stubber(real) as stub:
        stub.add_response(
            "submit_job",
            {"jobName": "render", "jobId": "1"},
            {
                "jobName": "render",
                "jobQueue": "arn:queue",
                "jobDefinition": "arn:definition",
                "containerOverrides": {"environment": [{"name": RENDER_JOB, "value": to_message(job)}]},
            },
        )
        assert JobQueue(lambda: real, "arn:queue", "arn:definition").enqueue(job)


@pytest.mark.parametrize("message", ["", "{}", "x"])
def test_a_container_without_a_job_fails(message: str) -> None:
    assert run(message, lambda _job: None) == 1


def test_a_container_whose_render_another_one_holds_ends_well() -> None:
    def held(_job: RenderJob) -> None:
        raise RenderLeasedError

    assert run(to_message(RenderJob("user", "render")), held) == 0


def test_a_worker_without_a_queue_of_its_own_has_that_of_its_engine() -> None:
    own = Queue(lambda: None, "own")
    queue = Queue(lambda: None, "usual", {PATH_TRACER: own})

    assert queue.of(LARGE_PATH_TRACER) is own
    assert not queue.has(LARGE_PATH_TRACER)


# ---------------------------------------------------------------- the template


def definition() -> dict[str, Any]:
    found: dict[str, Any] = WHOLE.resources["CyclesJobDefinition"]["Properties"]
    return found


def variables() -> dict[str, Any]:
    return {each["Name"]: each["Value"] for each in definition()["ContainerProperties"]["Environment"]}


def test_the_container_has_the_variables_of_the_function() -> None:
    of_function = WHOLE.variables("CyclesWorkerFunction")
    differ = {"CYCLES_SECONDS", "CYCLES_MEGABYTES", "RENDER_LEASE_SECONDS", "CYCLES_BATCH", "EMULATOR_URL"}
    own = {"AWS_DEFAULT_REGION"}
    unused = {"PYDANTIC_DISABLE_PLUGINS"}

    assert set(variables()) - own == set(of_function) - unused
    assert {name for name in set(variables()) - own - differ if variables()[name] != of_function[name]} == set()


def test_the_lease_outlasts_the_container_and_the_container_outlasts_blender() -> None:
    given = variables()
    timeout = definition()["Timeout"]["AttemptDurationSeconds"]

    assert int(given["CYCLES_SECONDS"]) < timeout < int(given["RENDER_LEASE_SECONDS"])


def test_blender_may_use_less_memory_than_the_container_has() -> None:
    [memory] = [
        int(each["Value"])
        for each in definition()["ContainerProperties"]["ResourceRequirements"]
        if each["Type"] == "MEMORY"
    ]

    assert int(variables()["CYCLES_MEGABYTES"]) <= memory - 4096


def test_the_container_may_do_what_the_function_may() -> None:
    role = WHOLE.resources["CyclesJobRole"]["Properties"]
    policies = WHOLE.resources["CyclesWorkerFunction"]["Properties"]["Policies"]
    [own], managed = role["Policies"], [each for each in policies if "Ref" in each]
    statements = next(each["Statement"] for each in policies if "Statement" in each)

    assert sorted(map(json.dumps, role["ManagedPolicyArns"])) == sorted(map(json.dumps, managed))
    assert json.dumps(own["PolicyDocument"]["Statement"], sort_keys=True) == json.dumps(statements, sort_keys=True)


def test_a_stack_without_subnets_has_nothing_of_batch() -> None:
    assert [name for name, each in WITHOUT_BATCH.resources.items() if "Batch" in each["Type"]] == []


def test_a_stack_without_batch_has_no_queue_for_large_models(aws: AwsEnvironment) -> None:
    assert not wiring.render_queue().has(LARGE_PATH_TRACER)


def test_a_stack_with_subnets_has_a_queue_and_a_definition() -> None:
    kinds = {each["Type"] for each in WHOLE.resources.values() if "Batch" in each["Type"]}

    assert kinds == {"AWS::Batch::ComputeEnvironment", "AWS::Batch::JobQueue", "AWS::Batch::JobDefinition"}
