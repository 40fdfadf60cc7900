"""Stability's control models on Amazon Bedrock: they draw along the capture's structure, a megapixel at a time."""

from __future__ import annotations

import contextlib
import json
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any, Final

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError
from PIL.Image import Image

from renderiq.engines import EngineDependencies, EngineRequest, Output, RetryableEngineError, Stages, responses
from renderiq.engines.images import finish, prepare, resized_jpeg
from renderiq.engines.prompts import scene_description, unwanted

logger = Logger()

ANSWER_SECONDS: Final = 20.0
"""For one body. The client itself waits 50 s at most in silence, so two calls stay below the worker's time-out."""
_MAX_PIXELS: Final = 1_048_576
"""What the fast upscaler takes, and about what the control models make."""
_UPSCALER: Final = "stability.stable-fast-upscale-v1:0"
_CHUNK: Final = 1024
"""botocore reads until it has as many: a small one lets the clock be looked at while a body trickles in."""
_SEEDS: Final = 4_294_967_294


class BedrockEngine:
    """Renders with the control model ``request.model``, then enlarges the picture with the fast upscaler beside it."""

    name = "bedrock"

    def __init__(self, client: Any, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._client = client
        self._answer_seconds = answer_seconds

    @classmethod
    def from_dependencies(cls, tools: EngineDependencies) -> BedrockEngine:
        return cls(tools.client("bedrock-runtime"))

    def render(
        self, request: EngineRequest, on_progress: Callable[[int], None], should_cancel: Callable[[], bool]
    ) -> Output:
        stages = Stages(on_progress, should_cancel)
        stages.passed(2)
        body = _control_body(request)
        stages.passed(10)
        picture = self._ask(request.model, body)
        stages.passed(50)
        if picture.width < request.size[0] or picture.height < request.size[1]:
            picture = self._ask(_upscaler_beside(request.model), _upscale_body(picture))
        stages.passed(85)
        output = finish(picture, request)
        stages.passed(100)
        return output

    def _ask(self, model: str, body: dict[str, Any]) -> Image:
        began = time.monotonic()
        try:
            reply = self._client.invoke_model(
                modelId=model, contentType="application/json", accept="application/json", body=json.dumps(body)
            )
            with contextlib.closing(reply["body"]) as stream:  # as a context it is the bare stream below
                until = time.monotonic() + self._answer_seconds
                answer = responses.parse(responses.collect(_chunks(stream), until=until))
        except ClientError as error:
            raise _refusal(error) from error
        except BotoCoreError as error:
            raise RetryableEngineError(f"the service does not answer: {type(error).__name__}") from error
        encoded = _encoded_picture(answer)
        logger.info(
            "bedrock answered", extra={"model": model, "seconds": round(time.monotonic() - began, 1), "images": 1}
        )
        return responses.picture(encoded)


def _control_body(request: EngineRequest) -> dict[str, Any]:
    body = {
        "prompt": scene_description(request),
        "image": b64encode(prepare(request.image, request, max_pixels=_MAX_PIXELS)).decode(),
        "control_strength": request.structure_strength,
        "seed": 1 + request.seed % _SEEDS,  # 0 would be any seed
        "output_format": "png",
    }
    if negative := unwanted(request):
        body["negative_prompt"] = negative
    return body


def _upscale_body(picture: Image) -> dict[str, Any]:
    # Four times as wide and high, a PNG in base64 could be over the 25 MB that Bedrock hands on.
    return {
        "image": b64encode(resized_jpeg(picture, max_pixels=_MAX_PIXELS)).decode(),
        "output_format": "jpeg",
    }


def _upscaler_beside(model: str) -> str:
    """In the same geography as the control model: its id may begin with one, such as ``us.``."""
    return model.partition("stability.")[0] + _UPSCALER


def _chunks(stream: Any) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def _encoded_picture(answer: dict[str, Any]) -> object:
    """Raises what a reason in place of a picture means."""
    reasons = answer.get("finish_reasons")
    for reason in reasons if isinstance(reasons, list) else []:
        if isinstance(reason, str):
            declined = reason.lower().startswith("filter reason")
            logger.info("bedrock made no picture", extra={"declined": declined})
            raise responses.blocked() if declined else RetryableEngineError("the model broke off")
    match answer.get("images"):
        case [first, *_]:
            return first
    raise RetryableEngineError("the model answered without a picture")


def _refusal(error: ClientError) -> Exception:
    metadata = error.response.get("ResponseMetadata", {})
    status = metadata.get("HTTPStatusCode", 0)
    logger.warning(
        "bedrock refused", extra={"status": status, "reason": str(error.response.get("Error", {}).get("Code"))[:64]}
    )
    return responses.refused(status, retry_after=responses.wait(metadata.get("HTTPHeaders", {}).get("retry-after")))
