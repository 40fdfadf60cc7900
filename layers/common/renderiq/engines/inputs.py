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


_WORDS: Final = frozenset(
    {EngineInput.PROMPT, EngineInput.NEGATIVE_PROMPT, EngineInput.STRUCTURE_STRENGTH, EngineInput.SEED}
)
_INPUTS: Final = {
    "preview": frozenset(EngineInput),
    "gemini": _WORDS | {EngineInput.DEPTH_IMAGE, EngineInput.MATERIAL_ID_IMAGE, EngineInput.NORMAL_IMAGE},
    "bedrock": _WORDS,
}


def inputs_of(engine: str) -> list[EngineInput]:
    """Returns the fields that an engine uses, in the order of ``EngineInput``; none for an engine not listed here."""
    return [each for each in EngineInput if each in _INPUTS.get(engine, ())]
