"""What each engine uses of an order. It is known without the engine's module, which may need image libraries."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class EngineInput(StrEnum):
    """A field of ``POST /renders`` that only some engines use."""

    PROMPT = "prompt"
    NEGATIVE_PROMPT = "negativePrompt"
    STRUCTURE_STRENGTH = "structureStrength"
    SEED = "seed"
    DEPTH_IMAGE = "depthImage"
    MATERIAL_ID_IMAGE = "materialIdImage"
    NORMAL_IMAGE = "normalImage"
    CAMERA = "camera"
    MATERIALS = "materials"
    MODEL_UPLOAD = "modelUploadId"
    SUN = "sun"
    LAYERS = "layers"


_WORDS: Final = frozenset(
    {EngineInput.PROMPT, EngineInput.NEGATIVE_PROMPT, EngineInput.STRUCTURE_STRENGTH, EngineInput.SEED}
)
_INPUTS: Final = {
    "preview": frozenset(EngineInput) - {EngineInput.MODEL_UPLOAD, EngineInput.SUN, EngineInput.LAYERS},
    "gemini": _WORDS | {EngineInput.DEPTH_IMAGE, EngineInput.MATERIAL_ID_IMAGE, EngineInput.NORMAL_IMAGE},
    "bedrock": _WORDS,
    "cycles": frozenset(
        {
            EngineInput.PROMPT,
            EngineInput.NEGATIVE_PROMPT,
            EngineInput.SEED,
            EngineInput.CAMERA,
            EngineInput.MODEL_UPLOAD,
            EngineInput.SUN,
            EngineInput.LAYERS,
        }
    ),
}


_OF_MODELS: Final = {"gemini": frozenset({EngineInput.CAMERA, EngineInput.MODEL_UPLOAD, EngineInput.SUN})}
"""What engines of pictures use if the path tracer is there to make a picture of a 3D model for them."""


def inputs_of(engine: str, *, has_path_tracer: bool = False) -> list[EngineInput]:
    """Returns the fields that an engine uses, in the order of ``EngineInput``; none for an engine not listed here."""
    used = _INPUTS.get(engine, frozenset()) | (_OF_MODELS.get(engine, frozenset()) if has_path_tracer else frozenset())
    return [each for each in EngineInput if each in used]
