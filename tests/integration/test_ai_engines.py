"""The AI engines against services that answer correctly, wrongly, slowly or not at all."""

from __future__ import annotations

import base64
import io
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from PIL import Image

from renderiq.clock import from_iso
from renderiq.domain.consents import ConsentName
from renderiq.domain.renders import AspectRatio, OutputFormat, Quality, Status
from renderiq.engines import (
    Engine,
    EngineRequest,
    Output,
    PermanentEngineError,
    RenderCancelledError,
    RetryableEngineError,
    responses,
)
from renderiq.engines.bedrock import BedrockEngine
from renderiq.engines.gemini import GeminiEngine
from renderiq.engines.images import THUMBNAIL_SIDE
from renderiq.logs import SERVICE
from renderiq.queues import RenderJob
from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.workers.render import worker
from tests.support import pictures, wiring
from tests.support.accounts import User, answer_consents, balance_of, create_user
from tests.support.ai_services import (
    RETRY_INFO,
    AiServices,
    Reply,
    bedrock_error,
    bedrock_finish,
    bedrock_picture,
    gemini_block,
    gemini_error,
    gemini_finish,
    gemini_parts,
    gemini_picture,
    http_date,
    thought,
)
from tests.support.aws import AwsEnvironment, clear_caches
from tests.support.paths import CAPTURE
from tests.support.renders import post_render
from tests.support.styles import DRAMATIC

KEY = "a-key-of-the-test"
REQUEST = EngineRequest(
    image=CAPTURE.read_bytes(),
    style=DRAMATIC,
    quality=Quality.STANDARD,
    aspect_ratio=AspectRatio.WIDE,
    seed=2**32 - 1,
    prompt="A villa by the sea",
    negative_prompt="people",
    structure_strength=0.9,
    model="some-model",
)
RED = pictures.png(1376, 768, "#c02010")
CONTROL = "us.stability.stable-image-control-structure-v1:0"


@pytest.fixture
def services() -> Iterator[AiServices]:
    with AiServices() as services:
        yield services


@pytest.fixture
def gemini_engine(services: AiServices) -> GeminiEngine:
    return GeminiEngine(lambda: KEY, services.url)


@pytest.fixture
def bedrock_engine(
    aws: AwsEnvironment, services: AiServices, monkeypatch: pytest.MonkeyPatch
) -> Iterator[BedrockEngine]:
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", services.url)
    client.cache_clear()
    yield BedrockEngine(client("bedrock-runtime"))
    client.cache_clear()


def ignore(_: int) -> None:
    return


def run(engine: Engine, request: EngineRequest = REQUEST) -> Output:
    return engine.render(request, ignore, lambda: False)


def error_of(engine: Engine, request: EngineRequest = REQUEST) -> tuple[str, Any]:
    """Returns the error of a render: "again" with the seconds to wait, or the kind of permanent error with its code."""
    try:
        run(engine, request)
    except RetryableEngineError as error:
        return "again", error.retry_after
    except PermanentEngineError as error:
        return "never", error.code
    raise AssertionError("it went well")


class Recorder(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def center(data: bytes) -> Any:
    picture = opened(data).convert("RGB")
    return picture.getpixel((picture.width // 2, picture.height // 2))


# ---------------------------------------------------------------- Gemini: what goes out


def test_gemini_receives_the_capture_the_prompt_and_the_size(services: AiServices, gemini_engine: GeminiEngine) -> None:
    services.will(gemini_picture(RED))

    run(gemini_engine)

    [sent] = services.calls
    [capture, text] = sent.body["contents"][0]["parts"]
    assert (sent.path, sent.headers["x-goog-api-key"]) == ("/v1beta/models/some-model:generateContent", KEY)
    assert opened(base64.b64decode(capture["inlineData"]["data"])).format == "JPEG"
    assert "<wishes>A villa by the sea</wishes>" in text["text"]
    assert sent.body["generationConfig"] == {
        "responseModalities": ["TEXT", "IMAGE"],
        "seed": 2**31 - 1,
        "imageConfig": {"aspectRatio": "16:9", "imageSize": "2K"},
    }


def test_gemini_is_asked_for_4k_if_4k_was_requested(services: AiServices, gemini_engine: GeminiEngine) -> None:
    services.will(gemini_picture(RED))

    output = run(gemini_engine, replace(REQUEST, quality=Quality.HIGH, aspect_ratio=AspectRatio.PHOTO_TALL))

    assert services.calls[0].body["generationConfig"]["imageConfig"] == {"aspectRatio": "2:3", "imageSize": "4K"}
    assert opened(output.image).size == (2160, 3240)


def test_gemini_receives_depth_and_materials_after_the_capture(
    services: AiServices, gemini_engine: GeminiEngine
) -> None:
    services.will(gemini_picture(RED))

    run(
        gemini_engine,
        replace(REQUEST, depth_image=pictures.png(color="#010203"), material_id_image=pictures.png(color="#a0b0c0")),
    )

    parts = services.calls[0].body["contents"][0]["parts"]
    depth, materials = (center(base64.b64decode(part["inlineData"]["data"])) for part in parts[1:3])
    assert depth == pytest.approx((1, 2, 3), abs=3)
    assert materials == pytest.approx((160, 176, 192), abs=3)
    assert "The second picture is the depth" in parts[3]["text"]


# ---------------------------------------------------------------- Gemini: what comes back


@pytest.mark.parametrize("output_format", list(OutputFormat))
def test_the_output_has_the_requested_size_and_format(
    services: AiServices, gemini_engine: GeminiEngine, output_format: OutputFormat
) -> None:
    services.will(gemini_picture(RED))

    output = run(gemini_engine, replace(REQUEST, output_format=output_format))

    picture = opened(output.image)
    assert (picture.size, picture.format, output.content_type) == (
        (1920, 1080),
        output_format.name,
        output_format.content_type,
    )
    assert (output.width, output.height) == (1920, 1080)
    assert (opened(output.thumbnail).format, max(opened(output.thumbnail).size)) == ("WEBP", THUMBNAIL_SIDE)


@pytest.mark.parametrize("made", [pictures.jpeg(1376, 768), pictures.png(900, 900), pictures.png(300, 2000)])
def test_a_jpeg_of_other_proportions_is_cropped_to_fit(
    services: AiServices, gemini_engine: GeminiEngine, made: bytes
) -> None:
    services.will(gemini_picture(made, mime="image/anything"))

    assert opened(run(gemini_engine).image).size == (1920, 1080)


def test_gemini_thoughts_are_skipped(services: AiServices, gemini_engine: GeminiEngine) -> None:
    services.will(gemini_picture(RED, before_it=(thought(pictures.png(1376, 768, "#0000ff")),)))

    assert center(run(gemini_engine).image) == (0xC0, 0x20, 0x10)


def test_progress_rises_until_the_end(services: AiServices, gemini_engine: GeminiEngine) -> None:
    services.will(gemini_picture(RED))
    seen: list[int] = []

    gemini_engine.render(REQUEST, seen.append, lambda: False)

    assert seen == sorted(set(seen))
    assert seen[-1] == 100


def test_only_token_counts_of_the_usage_are_logged(services: AiServices, gemini_engine: GeminiEngine) -> None:
    services.will(gemini_picture(RED))
    recorder, log = Recorder(), logging.getLogger(SERVICE)
    log.addHandler(recorder)
    try:
        run(gemini_engine)
    finally:
        log.removeHandler(recorder)

    [line] = recorder.lines
    assert vars(line)["tokens"] == {"promptTokenCount": 1806, "candidatesTokenCount": 1290, "totalTokenCount": 3096}
    assert vars(line)["images"] == 1
    assert "villa" not in str(vars(line))
    assert KEY not in str(vars(line))


# ---------------------------------------------------------------- Gemini: every trouble

RETRY = partial(gemini_error, 429, "RESOURCE_EXHAUSTED")
BROKEN = gemini_picture(RED)
GEMINI_TROUBLE: dict[str, tuple[Reply, tuple[str, Any]]] = {
    "429 with RetryInfo": (RETRY({"@type": RETRY_INFO, "retryDelay": "22s"}), ("again", 22.0)),
    "429 with a fraction": (RETRY({"@type": RETRY_INFO, "retryDelay": "1.5s"}), ("again", 1.5)),
    "429 with Retry-After": (RETRY(**{"retry-after": "30"}), ("again", 30.0)),
    "429 with a wait for ever": (RETRY({"@type": RETRY_INFO, "retryDelay": "999999999s"}), ("again", 3600.0)),
    "429 with a wait that is none": (RETRY({"@type": RETRY_INFO, "retryDelay": "soon"}), ("again", None)),
    "429 with details that are none": (
        Reply(b'{"error": {"status": "X", "details": {"a": 1}}}', 429),
        ("again", None),
    ),
    "429 that is no JSON": (Reply(b"<html>", 429), ("again", None)),
    "429 of great length": (Reply(b"x" * 1_000_000, 429), ("again", None)),
    "503": (gemini_error(503, "UNAVAILABLE"), ("again", None)),
    "500": (gemini_error(500, "INTERNAL"), ("again", None)),
    "504": (gemini_error(504, "DEADLINE_EXCEEDED"), ("again", None)),
    "408": (gemini_error(408, "CANCELLED"), ("again", None)),
    "400": (gemini_error(400, "INVALID_ARGUMENT"), ("never", "RENDER_FAILED")),
    "400 that is cut off": (replace(gemini_error(400, "INVALID_ARGUMENT"), cut_after=9), ("never", "RENDER_FAILED")),
    "401": (gemini_error(401, "UNAUTHENTICATED"), ("never", "RENDER_FAILED")),
    "403": (gemini_error(403, "PERMISSION_DENIED"), ("never", "RENDER_FAILED")),
    "404, a retired model": (gemini_error(404, "NOT_FOUND"), ("never", "RENDER_FAILED")),
    "a redirection": (Reply(b"", 302, {"location": "http://127.0.0.1:9/"}), ("never", "RENDER_FAILED")),
    "a blocked prompt": (gemini_block("SAFETY"), ("never", "CONTENT_BLOCKED")),
    "a prompt blocked for other reasons": (gemini_block("OTHER"), ("never", "CONTENT_BLOCKED")),
    **{
        f"finished for {reason}": (gemini_finish(reason), ("never", "CONTENT_BLOCKED"))
        for reason in (
            "SAFETY",
            "IMAGE_SAFETY",
            "PROHIBITED_CONTENT",
            "IMAGE_PROHIBITED_CONTENT",
            "RECITATION",
            "IMAGE_RECITATION",
            "IMAGE_OTHER",
            "NO_IMAGE",
        )
    },
    "text only": (gemini_parts({"text": "I cannot draw."}), ("again", None)),
    "out of tokens": (gemini_finish("MAX_TOKENS"), ("again", None)),
    "only a thought": (gemini_parts(thought(RED)), ("again", None)),
    "no candidates": (Reply(b"{}"), ("again", None)),
    "a list": (Reply(b"[]"), ("again", None)),
    "types that are wrong": (Reply(b'{"candidates": {"0": []}, "promptFeedback": 7}'), ("again", None)),
    "parts that are wrong": (gemini_parts({"inlineData": {"data": 7}}), ("again", None)),
    "depth without end": (Reply(b'{"a":' * 100_000), ("again", None)),
    "bytes that are no text": (Reply(b"\xff\xfe\x00"), ("again", None)),
    "a body that is cut off": (replace(BROKEN, cut_after=900), ("again", None)),
    "JSON that is cut off": (Reply(BROKEN.body[:900]), ("again", None)),
    "invalid base64": (gemini_parts({"inlineData": {"data": "@@@@"}}), ("again", None)),
    "base64 of no picture": (gemini_picture(b"not a picture"), ("again", None)),
    "half a picture": (gemini_picture(RED[: len(RED) // 2]), ("again", None)),
    "a picture that unpacks to 100 megapixels": (gemini_picture(pictures.bomb()), ("again", None)),
    "a drawing that Pillow should not see": (gemini_picture(pictures.gif()), ("again", None)),
    "a picture of a few pixels": (gemini_picture(pictures.png(16, 9)), ("again", None)),
    "a reset connection": (Reply(reset=True), ("again", None)),
    "gzip that is none": (Reply(b"no gzip", headers={"content-encoding": "gzip"}), ("again", None)),
}


@pytest.mark.parametrize(("reply", "end"), GEMINI_TROUBLE.values(), ids=GEMINI_TROUBLE)
def test_each_failure_of_gemini_raises_its_own_error(
    services: AiServices, gemini_engine: GeminiEngine, reply: Reply, end: tuple[str, Any]
) -> None:
    services.will(reply)

    assert error_of(gemini_engine) == end
    assert len(services.calls) == 1


def test_messages_of_the_ai_service_are_not_shown_to_users(services: AiServices, gemini_engine: GeminiEngine) -> None:
    services.will(gemini_error(400, "INVALID_ARGUMENT"))

    with pytest.raises(PermanentEngineError, match=r"^The engine did not take the request\.$"):
        run(gemini_engine)


def test_a_retry_after_date_sets_the_delay(services: AiServices, gemini_engine: GeminiEngine) -> None:
    services.will(gemini_error(503, "UNAVAILABLE", **{"retry-after": http_date(120)}))

    kind, seconds = error_of(gemini_engine)

    assert kind == "again"
    assert 60 < seconds <= 120


def test_an_oversized_response_is_not_requested_again(services: AiServices, gemini_engine: GeminiEngine) -> None:
    services.will(Reply(b'"' + b"x" * responses.MAX_BYTES))

    assert error_of(gemini_engine) == ("never", "RENDER_FAILED")


def test_a_slow_response_of_gemini_times_out(services: AiServices) -> None:
    services.will(replace(gemini_picture(RED), seconds_per_byte=0.02))

    assert error_of(GeminiEngine(lambda: KEY, services.url, answer_seconds=0.3)) == ("again", None)


def test_a_silent_gemini_times_out(services: AiServices) -> None:
    services.will(replace(gemini_picture(RED), seconds_per_byte=30))

    assert error_of(GeminiEngine(lambda: KEY, services.url, silence_seconds=0.3)) == ("again", None)


def test_a_refused_connection_can_be_retried() -> None:
    with AiServices(Reply()) as gone:
        pass

    assert error_of(GeminiEngine(lambda: KEY, gone.url)) == ("again", None)


def test_an_unreadable_capture_is_not_sent(services: AiServices, gemini_engine: GeminiEngine) -> None:
    assert error_of(gemini_engine, replace(REQUEST, image=b"\x89PNG\r\n\x1a\n")) == ("never", "INVALID_INPUT")
    assert services.calls == []


# ---------------------------------------------------------------- a whole render


@pytest.fixture
def gemini_environment(
    aws: AwsEnvironment, services: AiServices, monkeypatch: pytest.MonkeyPatch
) -> Iterator[AwsEnvironment]:
    """A deployment that uses Gemini."""
    aws.client("secretsmanager").create_secret(Name=services.url, SecretString=f"{KEY}\n")
    monkeypatch.setenv("GEMINI_SECRET_ID", services.url)
    monkeypatch.setenv("GEMINI_URL", services.url)
    clear_caches()
    yield aws
    monkeypatch.undo()
    clear_caches()


@pytest.fixture
def user(gemini_environment: AwsEnvironment) -> User:
    made = create_user(gemini_environment)
    answer_consents(made, ConsentName.THIRD_PARTY_AI)
    return made


def request_render(gemini_environment: AwsEnvironment, user: User, **fields: str) -> RenderJob:
    answer = post_render(user, {"model": "gemini-flash", **fields}, files={"uploadedImageData": RED})
    return RenderJob(user.user_id, answer.data["renderId"])


def work(job: RenderJob) -> Any:
    worker().work(job)
    return wiring.renders().get(job.user_id, job.render_id)


def test_a_render_with_a_gemini_model_is_completed(
    gemini_environment: AwsEnvironment, services: AiServices, user: User
) -> None:
    services.will(gemini_picture(RED))

    render = work(request_render(gemini_environment, user))

    assert (render.status, render.order.engine) == (Status.COMPLETED, "gemini")
    assert (services.calls[0].model, services.calls[0].headers["x-goog-api-key"]) == ("gemini-3.1-flash-image", KEY)
    stored = (
        gemini_environment.client("s3")
        .get_object(Bucket=settings().images_bucket, Key=render.output.key)["Body"]
        .read()
    )
    assert opened(stored).size == (1920, 1080)


def test_a_busy_gemini_delays_the_next_attempt_by_its_retry_after(
    gemini_environment: AwsEnvironment, services: AiServices, user: User
) -> None:
    services.will(RETRY({"@type": RETRY_INFO, "retryDelay": "222s"}))
    job = request_render(gemini_environment, user)
    gemini_environment.messages(settings().render_queue_url)
    now = wiring.time_source()()

    render = work(job)

    [item] = gemini_environment.items_of("RendersTable", user)
    assert (render.status, render.attempts) == (Status.PENDING, 1)
    assert from_iso(item["dueAt"]) - now >= timedelta(seconds=222)
    assert gemini_environment.messages(settings().render_queue_url) == []  # not before its delay is over
    assert balance_of(user) == 95


def test_a_render_that_gemini_blocks_fails_without_retry_and_is_refunded(
    gemini_environment: AwsEnvironment, services: AiServices, user: User
) -> None:
    services.will(gemini_block("PROHIBITED_CONTENT"))

    render = work(request_render(gemini_environment, user))

    assert (render.status, render.error_code, render.attempts) == (Status.FAILED, "CONTENT_BLOCKED", 1)
    assert balance_of(user) == 100


# ---------------------------------------------------------------- cancellation


@pytest.mark.parametrize("name", ["gemini_engine", "bedrock_engine"])
def test_a_cancelled_render_is_not_sent_to_gemini(
    services: AiServices, name: str, request: pytest.FixtureRequest
) -> None:
    engine: Engine = request.getfixturevalue(name)

    with pytest.raises(RenderCancelledError):
        engine.render(REQUEST, ignore, lambda: True)

    assert services.calls == []


@pytest.mark.parametrize(
    ("name", "reply"), [("gemini_engine", gemini_picture(RED)), ("bedrock_engine", bedrock_picture(RED))]
)
def test_a_cancellation_during_the_call_takes_effect_right_after_it(
    services: AiServices, name: str, reply: Reply, request: pytest.FixtureRequest
) -> None:
    engine: Engine = request.getfixturevalue(name)
    cancelled: list[bool] = []
    services.will(replace(reply, before=lambda: cancelled.append(True)))

    with pytest.raises(RenderCancelledError):
        engine.render(REQUEST, ignore, lambda: bool(cancelled))

    assert len(services.calls) == 1


# ---------------------------------------------------------------- Bedrock


def engine_request(model: str = CONTROL, **changes: Any) -> EngineRequest:
    return replace(REQUEST, model=model, **changes)


def test_bedrock_renders_from_the_structure_and_then_upscales(
    services: AiServices, bedrock_engine: BedrockEngine
) -> None:
    services.will(bedrock_picture(RED), bedrock_picture(pictures.png(2752, 1536, "#20c010")))

    output = run(bedrock_engine, engine_request())

    drawn, enlarged = services.calls
    assert [each.model for each in services.calls] == [CONTROL, "us.stability.stable-fast-upscale-v1:0"]
    assert drawn.body["prompt"].startswith("A villa by the sea")
    assert (drawn.body["negative_prompt"], drawn.body["control_strength"]) == ("people", 0.9)
    assert drawn.body["seed"] == 2
    for each in services.calls:
        width, height = opened(base64.b64decode(each.body["image"])).size
        assert min(width, height) >= 64
        assert width * height <= 1_048_576
    assert "prompt" not in enlarged.body
    assert opened(output.image).size == (1920, 1080)
    assert center(output.image) == (0x20, 0xC0, 0x10)
    assert opened(output.thumbnail).format == "WEBP"


def test_bedrock_does_not_upscale_a_large_enough_picture(services: AiServices, bedrock_engine: BedrockEngine) -> None:
    services.will(bedrock_picture(pictures.png(1920, 1080)))

    run(bedrock_engine, engine_request(negative_prompt=""))

    [sent] = services.calls
    assert "negative_prompt" not in sent.body


@pytest.mark.parametrize("seed", [0, 4_294_967_293, 4_294_967_294, 4_294_967_295])
def test_every_seed_is_mapped_into_the_range_of_bedrock(
    services: AiServices, bedrock_engine: BedrockEngine, seed: int
) -> None:
    services.will(bedrock_picture(pictures.png(1920, 1080)))

    run(bedrock_engine, engine_request(seed=seed))

    assert 1 <= services.calls[0].body["seed"] <= 4_294_967_294


def test_a_small_capture_is_enlarged_to_the_minimum_of_bedrock(
    services: AiServices, bedrock_engine: BedrockEngine
) -> None:
    services.will(bedrock_picture(pictures.png(1920, 1080)))

    run(bedrock_engine, engine_request(image=pictures.png(64, 64)))

    assert min(opened(base64.b64decode(services.calls[0].body["image"])).size) >= 64


BEDROCK_TROUBLE: dict[str, tuple[Reply, tuple[str, Any]]] = {
    "throttled": (bedrock_error(429, "ThrottlingException"), ("again", None)),
    "throttled with a time": (bedrock_error(429, "ThrottlingException", **{"retry-after": "9"}), ("again", 9.0)),
    "a model that is not ready": (bedrock_error(429, "ModelNotReadyException"), ("again", None)),
    "a model that took too long": (bedrock_error(408, "ModelTimeoutException"), ("again", None)),
    "a model that failed": (bedrock_error(424, "ModelErrorException"), ("again", None)),
    "a service that is away": (bedrock_error(503, "ServiceUnavailableException"), ("again", None)),
    "a service that broke": (bedrock_error(500, "InternalServerException"), ("again", None)),
    "a request that is wrong": (bedrock_error(400, "ValidationException"), ("never", "RENDER_FAILED")),
    "no access to the model": (bedrock_error(403, "AccessDeniedException"), ("never", "RENDER_FAILED")),
    "no such model": (bedrock_error(404, "ResourceNotFoundException"), ("never", "RENDER_FAILED")),
    "a filtered prompt": (bedrock_finish("Filter reason: prompt"), ("never", "CONTENT_BLOCKED")),
    "a filtered output": (bedrock_finish("Filter reason: output image"), ("never", "CONTENT_BLOCKED")),
    "an inference error": (bedrock_finish("Inference error"), ("again", None)),
    "no images": (Reply(b'{"seeds": [1], "finish_reasons": [null]}'), ("again", None)),
    "no images in the list": (Reply(b'{"images": [], "finish_reasons": 7}'), ("again", None)),
    "an image that is none": (Reply(b'{"images": [7], "finish_reasons": [null]}'), ("again", None)),
    "a body that is cut off": (replace(bedrock_picture(RED), cut_after=500), ("again", None)),
    "a body that is no JSON": (Reply(b"<html>"), ("again", None)),
    "a bomb": (bedrock_picture(pictures.bomb()), ("again", None)),
    "a reset connection": (Reply(reset=True), ("again", None)),
}


@pytest.mark.parametrize(("reply", "end"), BEDROCK_TROUBLE.values(), ids=BEDROCK_TROUBLE)
def test_each_failure_of_bedrock_raises_its_own_error(
    services: AiServices, bedrock_engine: BedrockEngine, reply: Reply, end: tuple[str, Any]
) -> None:
    services.will(reply)

    assert error_of(bedrock_engine, engine_request()) == end
    assert len(services.calls) == 1


def test_a_failure_of_the_upscaler_raises_an_error(services: AiServices, bedrock_engine: BedrockEngine) -> None:
    services.will(bedrock_picture(RED), bedrock_error(429, "ThrottlingException"))

    assert error_of(bedrock_engine, engine_request()) == ("again", None)


@pytest.mark.usefixtures("bedrock_engine")
def test_a_slow_response_of_bedrock_times_out(services: AiServices) -> None:
    services.will(replace(bedrock_picture(RED), seconds_per_byte=0.0005))

    assert error_of(BedrockEngine(client("bedrock-runtime"), answer_seconds=0.1), engine_request()) == ("again", None)


# ---------------------------------------------------------------- consent


def refused_order(user: User) -> Any:
    return post_render(user, {"model": "gemini-flash"}, files={"uploadedImageData": RED})


def test_without_consent_no_byte_goes_to_a_third_party(
    gemini_environment: AwsEnvironment, services: AiServices
) -> None:
    stranger = create_user(gemini_environment)
    gemini_environment.messages(settings().render_queue_url)

    refused = refused_order(stranger)

    assert refused.code == (403, "CONSENT_REQUIRED")
    assert gemini_environment.messages(settings().render_queue_url) == []
    assert services.calls == []


def test_a_withdrawal_in_the_middle_of_a_queue_of_ten_keeps_all_that_wait_from_being_sent(
    gemini_environment: AwsEnvironment, services: AiServices, user: User
) -> None:
    services.will(gemini_picture(RED))
    before = balance_of(user)
    jobs = [request_render(gemini_environment, user) for _ in range(10)]
    sent = [work(job) for job in jobs[:4]]

    answer_consents(user, ConsentName.THIRD_PARTY_AI, granted=False)
    waiting = [work(job) for job in jobs[4:]]

    assert {render.status for render in sent} == {Status.COMPLETED}
    assert {(render.status, render.error_code) for render in waiting} == {(Status.FAILED, "CONSENT_REQUIRED")}
    assert len(services.calls) == 4
    assert balance_of(user) == before - sum(render.cost for render in sent)
    assert refused_order(user).code == (403, "CONSENT_REQUIRED")


def test_a_withdrawal_between_two_attempts_keeps_the_second_from_being_sent(
    gemini_environment: AwsEnvironment, services: AiServices, user: User
) -> None:
    services.will(RETRY({"@type": RETRY_INFO, "retryDelay": "1s"}))
    job = request_render(gemini_environment, user)
    first = work(job).status
    answer_consents(user, ConsentName.THIRD_PARTY_AI, granted=False)

    second = work(job)

    assert (first, second.status, second.error_code) == (Status.PENDING, Status.FAILED, "CONSENT_REQUIRED")
    assert len(services.calls) == 1


def test_consent_given_back_opens_the_way_again(
    gemini_environment: AwsEnvironment, services: AiServices, user: User
) -> None:
    services.will(gemini_picture(RED))
    answer_consents(user, ConsentName.THIRD_PARTY_AI, granted=False)
    answer_consents(user, ConsentName.THIRD_PARTY_AI)

    assert work(request_render(gemini_environment, user)).status is Status.COMPLETED
