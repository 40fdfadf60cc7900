"""What the user chooses in the window of a host, for all views of a batch together. Pure."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from .frame import NEAREST
from .order import Look
from .restore import NotRestoredError
from .sentences import sentence_of

_Choices = TypeVar("_Choices", bound="Choices")


@dataclass
class Choices:
    """The choices. ``problem`` is a sentence about the last capture, or empty. A plugin adds its own."""

    style: str = ""
    prompt: str = ""
    negative_prompt: str = ""
    quality: str = "standard"
    model: str = ""
    structure_strength: float = 0.7
    seed: int = 0
    ratio: str = NEAREST
    as_view: bool = False
    use_guides: bool = True
    problem: str = ""

    def look(self) -> Look:
        """Returns what the user has chosen for the look."""
        return Look(
            style=self.style, prompt=self.prompt.strip(), negative_prompt=self.negative_prompt.strip(),
            quality=self.quality, model=self.model, structure_strength=round(self.structure_strength, 3),
            seed=self.seed,
        )  # fmt: skip

    def with_look(self: _Choices, look: Look) -> _Choices:
        """Returns the choices with those of a look."""
        return replace(
            self, style=look.style, prompt=look.prompt, negative_prompt=look.negative_prompt, quality=look.quality,
            model=look.model, structure_strength=look.structure_strength,
            seed=self.seed if look.seed is None else look.seed,
        )  # fmt: skip


class CaptureError(Exception):
    """There is nothing that can be captured. The message is a sentence for a person."""


def telling(steps: Iterator[None], choices: Choices, log: logging.Logger) -> Iterator[None]:
    """Does the steps of a capture. ``choices.problem`` gets a sentence if it cannot be done."""
    try:
        yield from steps
    except (CaptureError, NotRestoredError) as error:
        log.warning("capture: %s", error)
        choices.problem = str(error)
    except Exception as error:
        log.exception("capture")
        choices.problem = sentence_of(error)
