"""Google's Gemini models, which edit the capture by a text instruction. REST: ``models/{id}:generateContent``."""

from __future__ import annotations

import json
import re
import time
from base64 import b64encode
from collections.abc import Callable
from functools import cached_property
from typing import Any, Final
from urllib.parse import quote

import httpx

from renderiq.domain.renders import Quality
from renderiq.engines import (
    EngineDependencies,
    EngineRequest,
    Output,
    PermanentEngineError,
    ProgressReporter,
    RetryableEngineError,
    responses,
)
from renderiq.engines.images import encode_input, make_output
from renderiq.engines.prompts import edit_instruction
from renderiq.logs import logger
from renderiq.settings import settings

CONNECT_SECONDS: Final = 5.0
SILENCE_SECONDS: Final = 100.0
ANSWER_SECONDS: Final = 140.0
"""The time for a whole response. The client may then wait ``SILENCE_SECONDS`` more for data.

Both together are less than the timeout of the render worker.
"""
_MAX_PIXELS: Final = 4_194_304
_MAX_ERROR_BYTES: Final = 65_536
_MAX_SEED: Final = 2**31 - 1
_IMAGE_SIZE: Final = {Quality.STANDARD: "2K", Quality.HIGH: "4K", Quality.ULTRA: "4K"}
_BLOCKED_REASONS: Final = frozenset(
    {
        "SAFETY",
        "IMAGE_SAFETY",
        "PROHIBITED_CONTENT",
        "IMAGE_PROHIBITED_CONTENT",
        "RECITATION",
        "IMAGE_RECITATION",
        "IMAGE_OTHER",
        "NO_IMAGE",
        "BLOCKLIST",
        "SPII",
    }
)
_STATUS_NAME: Final = re.compile(r"[A-Z_]{1,64}")


class GeminiEngine:
    """Renders with the model ``request.model``. ``key`` returns the API key; it is called for each render."""

    name = "gemini"

    def __init__(
        self,
        key: Callable[[], str],
        url: str,
        *,
        silence_seconds: float = SILENCE_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._key = key
        self._url = url.rstrip("/")
        self._silence_seconds = silence_seconds
        self._answer_seconds = answer_seconds

    @classmethod
    def from_dependencies(cls, dependencies: EngineDependencies) -> GeminiEngine:
        """Builds the engine for the worker."""
        return cls(lambda: dependencies.secret(settings().gemini_secret_id), settings().gemini_url)

    def render(
        self, request: EngineRequest, on_progress: Callable[[int], None], should_cancel: Callable[[], bool]
    ) -> Output:
        """See ``Engine.render``."""
        progress = ProgressReporter(on_progress, should_cancel)
        progress.report(2)
        body = _body(request)
        progress.report(10)
        answer = self._generate(request.model, body, progress)
        image = responses.decode_image(_encoded_image(answer))
        progress.report(85)
        output = make_output(image, request)
        progress.report(100)
        return output

    @cached_property
    def _client(self) -> httpx.Client:
        return httpx.Client(timeout=httpx.Timeout(self._silence_seconds, connect=CONNECT_SECONDS))

    def _generate(self, model: str, body: bytes, progress: ProgressReporter) -> dict[str, Any]:
        started = time.monotonic()
        until = started + self._answer_seconds
        try:
            with self._client.stream(
                "POST",
                f"{self._url}/v1beta/models/{quote(model, safe='')}:generateContent",
                content=body,
                headers={"content-type": "application/json", "x-goog-api-key": self._key().strip()},
            ) as response:
                if response.status_code != httpx.codes.OK:
                    raise _error_of(response, until)
                progress.report(60)
                answer = responses.parse(responses.read_body(response.iter_bytes(), until=until))
        except httpx.RequestError as error:
            raise RetryableEngineError(f"the service does not respond: {type(error).__name__}") from error
        _log_usage(model, answer, seconds=time.monotonic() - started)
        progress.report(75)
        return answer


def _body(request: EngineRequest) -> bytes:
    guides = (request.depth_image, request.material_id_image, request.normal_image)
    extras = [extra for extra in guides if extra is not None]
    images = [encode_input(each, request, max_pixels=_MAX_PIXELS) for each in (request.image, *extras)]
    parts: list[dict[str, Any]] = [
        {"inlineData": {"mimeType": "image/jpeg", "data": b64encode(each).decode()}} for each in images
    ]
    return json.dumps(
        {
            "contents": [{"role": "user", "parts": [*parts, {"text": edit_instruction(request)}]}],
            "generationConfig": {
                "responseModalities": ["TEXT", "IMAGE"],
                "seed": request.seed & _MAX_SEED,
                "imageConfig": {
                    "aspectRatio": request.aspect_ratio.value,
                    "imageSize": _IMAGE_SIZE[request.quality],
                },
            },
        }
    ).encode()


def _encoded_image(answer: dict[str, Any]) -> object:
    """Returns the first image of the answer. Raises the error that its absence stands for."""
    match answer.get("promptFeedback"):
        case {"blockReason": str(reason)} if reason and reason != "BLOCK_REASON_UNSPECIFIED":
            logger.info("gemini declined", extra={"reason": _safe_name(reason)})
            raise responses.blocked_error()
    match answer.get("candidates"):
        case [{"finishReason": str(reason)}, *_] if reason in _BLOCKED_REASONS:
            logger.info("gemini declined", extra={"reason": reason})
            raise responses.blocked_error()
    for data in _images(answer):
        return data
    raise RetryableEngineError("the response has no image")


def _images(answer: dict[str, Any]) -> list[object]:
    """Returns the images of the first candidate, without those of the model's thoughts."""
    match answer.get("candidates"):
        case [{"content": {"parts": [*parts]}}, *_]:
            found = [part for part in parts if isinstance(part, dict) and part.get("thought") is not True]
            return [part["inlineData"].get("data") for part in found if isinstance(part.get("inlineData"), dict)]
    return []


def _error_of(response: httpx.Response, until: float) -> Exception:
    retry_after, name = responses.parse_delay(response.headers.get("retry-after")), None
    try:
        answer = responses.parse(responses.read_body(response.iter_bytes(), until=until, max_bytes=_MAX_ERROR_BYTES))
    except (RetryableEngineError, PermanentEngineError, httpx.RequestError):
        answer = {}  # the status is enough
    match answer.get("error"):
        case {"status": str(status), **rest}:
            name = _safe_name(status)
            details = rest.get("details")
            for detail in details if isinstance(details, list) else []:
                match detail:
                    case {"@type": str(kind), "retryDelay": delay} if kind.endswith("RetryInfo"):
                        retry_after = responses.parse_delay(delay) or retry_after
    logger.warning("gemini rejected a request", extra={"status": response.status_code, "reason": name})
    return responses.status_error(response.status_code, retry_after=retry_after)


def _safe_name(reason: str) -> str:
    return reason if _STATUS_NAME.fullmatch(reason) else "unreadable"


def _log_usage(model: str, answer: dict[str, Any], *, seconds: float) -> None:
    """Logs counts only, because prompts and images are private."""
    usage = answer.get("usageMetadata")
    counts = usage if isinstance(usage, dict) else {}
    tokens = {
        name: counts[name]
        for name in ("promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "totalTokenCount")
        if isinstance(counts.get(name), int)
    }
    facts = {"model": model, "seconds": round(seconds, 1), "images": len(_images(answer)), "tokens": tokens}
    logger.info("gemini responded", extra=facts)
