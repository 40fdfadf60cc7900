"""Google's Gemini models, which edit the capture as they are told in words. REST: ``models/{id}:generateContent``."""

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
from aws_lambda_powertools import Logger

from renderiq.domain.renders import Quality
from renderiq.engines import (
    EngineDependencies,
    EngineRequest,
    Output,
    PermanentEngineError,
    RetryableEngineError,
    Stages,
    responses,
)
from renderiq.engines.images import finish, prepare
from renderiq.engines.prompts import edit_instruction
from renderiq.settings import settings

logger = Logger()

CONNECT_SECONDS: Final = 5.0
SILENCE_SECONDS: Final = 100.0
ANSWER_SECONDS: Final = 140.0
"""Silence may begin just before this is over: both together stay below the render worker's time-out."""
_MAX_PIXELS: Final = 4_194_304
_MAX_ERROR_BYTES: Final = 65_536
_MAX_SEED: Final = 2**31 - 1
_IMAGE_SIZE: Final = {Quality.STANDARD: "2K", Quality.HIGH: "4K", Quality.ULTRA: "4K"}
_BLOCKED: Final = frozenset(
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
    """Renders with the model ``request.model``. ``key`` gives the API key each time, so that it may be rotated."""

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
    def from_dependencies(cls, tools: EngineDependencies) -> GeminiEngine:
        return cls(lambda: tools.secret(settings().gemini_secret_id), settings().gemini_url)

    def render(
        self, request: EngineRequest, on_progress: Callable[[int], None], should_cancel: Callable[[], bool]
    ) -> Output:
        stages = Stages(on_progress, should_cancel)
        stages.passed(2)
        body = _body(request)
        stages.passed(10)
        answer = self._ask(request.model, body, stages)
        picture = responses.picture(_encoded_picture(answer))
        stages.passed(85)
        output = finish(picture, request)
        stages.passed(100)
        return output

    @cached_property
    def _client(self) -> httpx.Client:
        return httpx.Client(timeout=httpx.Timeout(self._silence_seconds, connect=CONNECT_SECONDS))

    def _ask(self, model: str, body: bytes, stages: Stages) -> dict[str, Any]:
        began = time.monotonic()
        until = began + self._answer_seconds
        try:
            with self._client.stream(
                "POST",
                f"{self._url}/v1beta/models/{quote(model, safe='')}:generateContent",
                content=body,
                headers={"content-type": "application/json", "x-goog-api-key": self._key().strip()},
            ) as reply:
                if reply.status_code != httpx.codes.OK:
                    raise _refusal(reply, until)
                stages.passed(60)
                answer = responses.parse(responses.collect(reply.iter_bytes(), until=until))
        except httpx.RequestError as error:
            raise RetryableEngineError(f"the service does not answer: {type(error).__name__}") from error
        _log_usage(model, answer, seconds=time.monotonic() - began)
        stages.passed(75)
        return answer


def _body(request: EngineRequest) -> bytes:
    extras = [extra for extra in (request.depth_image, request.material_id_image) if extra is not None]
    pictures = [prepare(each, request, max_pixels=_MAX_PIXELS) for each in (request.image, *extras)]
    parts: list[dict[str, Any]] = [
        {"inlineData": {"mimeType": "image/jpeg", "data": b64encode(each).decode()}} for each in pictures
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


def _encoded_picture(answer: dict[str, Any]) -> object:
    """The first picture that is no thought. Raises what its absence means."""
    match answer.get("promptFeedback"):
        case {"blockReason": str(reason)} if reason and reason != "BLOCK_REASON_UNSPECIFIED":
            logger.info("gemini declined", extra={"reason": _named(reason)})
            raise responses.blocked()
    match answer.get("candidates"):
        case [{"finishReason": str(reason)}, *_] if reason in _BLOCKED:
            logger.info("gemini declined", extra={"reason": reason})
            raise responses.blocked()
    for data in _pictures(answer):
        return data
    raise RetryableEngineError("the model answered without a picture")


def _pictures(answer: dict[str, Any]) -> list[object]:
    """The first candidate's pictures as they came; thoughts have pictures too, which are none of the answer."""
    match answer.get("candidates"):
        case [{"content": {"parts": [*parts]}}, *_]:
            found = [part for part in parts if isinstance(part, dict) and part.get("thought") is not True]
            return [part["inlineData"].get("data") for part in found if isinstance(part.get("inlineData"), dict)]
    return []


def _refusal(reply: httpx.Response, until: float) -> Exception:
    retry_after, name = responses.wait(reply.headers.get("retry-after")), None
    try:
        answer = responses.parse(responses.collect(reply.iter_bytes(), until=until, at_most=_MAX_ERROR_BYTES))
    except (RetryableEngineError, PermanentEngineError, httpx.RequestError):
        answer = {}  # the status has said enough
    match answer.get("error"):
        case {"status": str(status), **rest}:
            name = _named(status)
            details = rest.get("details")
            for detail in details if isinstance(details, list) else []:
                match detail:
                    case {"@type": str(kind), "retryDelay": delay} if kind.endswith("RetryInfo"):
                        retry_after = responses.wait(delay) or retry_after
    logger.warning("gemini refused", extra={"status": reply.status_code, "reason": name})
    return responses.refused(reply.status_code, retry_after=retry_after)


def _named(reason: str) -> str:
    return reason if _STATUS_NAME.fullmatch(reason) else "unreadable"


def _log_usage(model: str, answer: dict[str, Any], *, seconds: float) -> None:
    """Counts only; prompts and pictures are nobody's business."""
    usage = answer.get("usageMetadata")
    counts = usage if isinstance(usage, dict) else {}
    tokens = {
        name: counts[name]
        for name in ("promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "totalTokenCount")
        if isinstance(counts.get(name), int)
    }
    counted = {"model": model, "seconds": round(seconds, 1), "images": len(_pictures(answer)), "tokens": tokens}
    logger.info("gemini answered", extra=counted)
