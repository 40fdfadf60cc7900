"""Stability AI's control models on Amazon Bedrock, which follow the structure of the capture.

They render about a megapixel; the fast upscaler of the same provider enlarges it.
"""

from __future__ import annotations

import contextlib
import json
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from PIL.Image import Image

from renderiq.engines import (
    EngineDependencies,
    EngineRequest,
    Output,
    ProgressReporter,
    RetryableEngineError,
    responses,
)
from renderiq.engines.images import encode_input, make_output, resized_jpeg
from renderiq.engines.prompts import negative_prompt, scene_description
from renderiq.logs import logger

ANSWER_SECONDS: Final = 20.0
"""The time for reading one response body.

The client waits at most 50 s for data, so two calls take less than the timeout of the render worker.
"""
_MAX_PIXELS: Final = 1_048_576
"""The largest input of the fast upscaler, and about the size of the control models' output."""
_UPSCALER: Final = "stability.stable-fast-upscale-v1:0"
_CHUNK_BYTES: Final = 1024
"""botocore waits for a whole chunk. A small one lets the time limit work for a slow body."""
_SEEDS: Final = 4_294_967_294


class BedrockEngine:
    """Renders with the control model ``request.model``, then enlarges the image with the fast upscaler."""

    name = "bedrock"

    def __init__(self, client: Any, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._client = client
        self._answer_seconds = answer_seconds

    @classmethod
    def from_dependencies(cls, dependencies: EngineDependencies) -> BedrockEngine:
        """Builds the engine for the worker."""
        return cls(dependencies.client("bedrock-runtime"))

    def render(
        self, request: EngineRequest, on_progress: Callable[[int], None], should_cancel: Callable[[], bool]
    ) -> Output:
        """See ``Engine.render``. Two calls are made for an output of more than a megapixel."""
        progress = ProgressReporter(on_progress, should_cancel)
        progress.report(2)
        body = _control_body(request)
        progress.report(10)
        image = self._invoke(request.model, body)
        progress.report(50)
        if image.width < request.size[0] or image.height < request.size[1]:
            image = self._invoke(_upscaler_for(request.model), _upscale_body(image))
        progress.report(85)
        output = make_output(image, request)
        progress.report(100)
        return output

    def _invoke(self, model: str, body: dict[str, Any]) -> Image:
        started = time.monotonic()
        try:
            response = self._client.invoke_model(
                modelId=model, contentType="application/json", accept="application/json", body=json.dumps(body)
            )
            with contextlib.closing(response["body"]) as stream:  # its own __enter__ returns the raw stream
                until = time.monotonic() + self._answer_seconds
                result = responses.parse(responses.read_body(_chunks(stream), until=until))
        except ClientError as error:
            raise _error_of(error) from error
        except BotoCoreError as error:
            raise RetryableEngineError(f"the service does not respond: {type(error).__name__}") from error
        encoded = _encoded_image(result)
        logger.info(
            "bedrock responded", extra={"model": model, "seconds": round(time.monotonic() - started, 1), "images": 1}
        )
        return responses.decode_image(encoded)


def _control_body(request: EngineRequest) -> dict[str, Any]:
    body = {
        "prompt": scene_description(request),
        "image": b64encode(encode_input(request.image, request, max_pixels=_MAX_PIXELS)).decode(),
        "control_strength": request.structure_strength,
        "seed": 1 + request.seed % _SEEDS,  # 0 means a random seed
        "output_format": "png",
    }
    if negative := negative_prompt(request):
        body["negative_prompt"] = negative
    return body


def _upscale_body(image: Image) -> dict[str, Any]:
    # The upscaler quadruples width and height. A PNG of that in base64 may exceed the 25 MB limit of Bedrock.
    return {
        "image": b64encode(resized_jpeg(image, max_pixels=_MAX_PIXELS)).decode(),
        "output_format": "jpeg",
    }


def _upscaler_for(model: str) -> str:
    """Returns the id of the upscaler, with the same geographic prefix as the model, such as ``us.``."""
    return model.partition("stability.")[0] + _UPSCALER


def _chunks(stream: Any) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK_BYTES):
        yield chunk


def _encoded_image(body: dict[str, Any]) -> object:
    """Returns the first image. Raises the error that ``finish_reasons`` stand for if there is one."""
    reasons = body.get("finish_reasons")
    for reason in reasons if isinstance(reasons, list) else []:
        if isinstance(reason, str):
            declined = reason.lower().startswith("filter reason")
            logger.info("bedrock returned no image", extra={"declined": declined})
            raise responses.blocked_error() if declined else RetryableEngineError("the model stopped")
    match body.get("images"):
        case [first, *_]:
            return first
    raise RetryableEngineError("the response has no image")


def _error_of(error: ClientError) -> Exception:
    metadata = error.response.get("ResponseMetadata", {})
    status = metadata.get("HTTPStatusCode", 0)
    logger.warning(
        "bedrock rejected a request",
        extra={"status": status, "reason": str(error.response.get("Error", {}).get("Code"))[:64]},
    )
    return responses.status_error(
        status, retry_after=responses.parse_delay(metadata.get("HTTPHeaders", {}).get("retry-after"))
    )
