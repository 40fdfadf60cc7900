"""What the user chooses in the panel. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .shared.frame import NEAREST
from .shared.order import Look


@dataclass
class Settings:
    """The choices for all views of a batch together. ``problem`` is a sentence about the last capture, or empty."""

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
    as_wallpaper: bool = False
    problem: str = ""

    def look(self) -> Look:
        """Returns what the user has chosen for the look."""
        return Look(
            style=self.style, prompt=self.prompt.strip(), negative_prompt=self.negative_prompt.strip(),
            quality=self.quality, model=self.model, structure_strength=round(self.structure_strength, 3),
            seed=self.seed,
        )  # fmt: skip

    def with_look(self, look: Look) -> Settings:
        """Returns the settings with the choices of a look."""
        return replace(
            self, style=look.style, prompt=look.prompt, negative_prompt=look.negative_prompt, quality=look.quality,
            model=look.model, structure_strength=look.structure_strength,
            seed=self.seed if look.seed is None else look.seed,
        )  # fmt: skip
