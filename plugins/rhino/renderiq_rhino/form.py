"""The part of the window where the user chooses: view, style, prompt, seed, quality."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import Eto.Drawing
import Eto.Forms

from . import preferences
from .settings import Settings
from .shared.frame import NEAREST, RATIOS, SOURCE
from .shared.order import MAX_SEED, Look
from .shared.ordering import is_path_traced, roll
from .shared.snapshot import Snapshot
from .widgets import Choice, button, check, label, picture, stack, titled

_QUALITIES: Final = {"standard": "1080p", "high": "4K", "ultra": "4K Ultra"}
_SOURCES: Final = [("Clean", "clean"), ("As the viewport", "view")]
_MAX_TEXT: Final = 2000
_COVER: Final = (240, 135)


class Form:
    """``settings`` always has what is shown. ``changed`` is called after each choice."""

    def __init__(self, changed: Callable[[], object], settings: Settings | None = None) -> None:
        self._changed, self._is_showing, self._cover_path = changed, True, ""
        self.settings = settings or Settings(
            seed=roll(), use_guides=bool(preferences.value("guides")),
            as_wallpaper=bool(preferences.value("wallpaper")),
        )  # fmt: skip
        self.ratio, self.source, self.style, self.quality, self.model = (Choice(self._read) for _ in range(5))
        self.guides = check("Send depth and materials", self.settings.use_guides, self._read)
        self.frame = check("Show the frame in the viewport", bool(preferences.value("frame")), self._read)
        self.wallpaper = check("Show results as wallpaper", self.settings.as_wallpaper, self._read)
        self.wallpaper.ToolTip = "Behind the viewport that was captured. Named views get none"
        self.about, self.cover, self.sun = label(), Eto.Forms.ImageView(), label()
        self.cover.Size = Eto.Drawing.Size(*_COVER)
        self.prompt, self.negative = Eto.Forms.TextArea(), Eto.Forms.TextBox()
        self.prompt.Height = 64
        self.negative.MaxLength = _MAX_TEXT
        self.negative.PlaceholderText = "What the image should not show"
        self.fidelity, self.fidelity_value = Eto.Forms.Slider(), label()
        self.fidelity.MinValue, self.fidelity.MaxValue = 0, 100
        self.seed = Eto.Forms.NumericStepper()
        self.seed.DecimalPlaces = 0
        self.seed.MinValue, self.seed.MaxValue = 0.0, float(MAX_SEED)
        self.dice = button("Dice", self._roll, "Choose another seed by chance")
        self.prompt.TextChanged += self._event
        self.negative.TextChanged += self._event
        self.fidelity.ValueChanged += self._event
        self.seed.ValueChanged += self._event
        self.control = stack(
            [
                titled("Ratio", self.ratio.control), titled("Capture", self.source.control), self.guides, self.frame,
                self.wallpaper, titled("Style", self.style.control), self.cover, self.about,
                titled("Prompt", self.prompt), titled("Without", self.negative),
                titled("Fidelity", stack([self.fidelity, self.fidelity_value])),
                titled("Seed", stack([self.seed, self.dice], is_row=True)), titled("Quality", self.quality.control),
                titled("Model", self.model.control), self.sun,
            ]
        )  # fmt: skip
        self.source.show(_SOURCES, "view" if self.settings.as_view else "clean")
        self.show_settings(self.settings)

    def show_offer(self, found: Snapshot) -> None:
        """Shows what the server offers."""
        ratios = [("Nearest to the view", NEAREST), ("As the view", SOURCE)]
        ratios += [(name, name) for name in ([each for each in found.ratios if each != SOURCE] or list(RATIOS))]
        qualities = [(_QUALITIES.get(each, each), each) for each in found.qualities or tuple(_QUALITIES)]
        models = [("Default", ""), *((each.name.capitalize(), each.name) for each in found.models)]
        styles = [("Default", ""), *((f"{each.category}: {each.title}", each.style_id) for each in found.styles)]
        self._is_showing = True
        self.ratio.show(ratios, self.settings.ratio)
        self.quality.show(qualities, self.settings.quality)
        self.model.show(models, self.settings.model)
        self.style.show(styles, self.settings.style)
        self._is_showing = False
        style = next((each for each in found.styles if each.style_id == self.settings.style), None)
        self.about.Text = style.description if style else "The first style of the server"
        cover = style.cover if style else ""
        if cover != self._cover_path:
            self._cover_path, image = cover, picture(cover)
            self.cover.Image = image
            self.cover.Visible = image is not None
        traced = is_path_traced(found, self.settings.look())
        self.guides.Enabled = not traced
        self.fidelity.Enabled = not traced
        self.sun.Text = "The sun is Rhino's own, if it is on." if traced else ""

    def show_settings(self, settings: Settings) -> None:
        """Shows other settings."""
        self._is_showing = True
        self.settings = settings
        if self.prompt.Text != settings.prompt:
            self.prompt.Text = settings.prompt
        if self.negative.Text != settings.negative_prompt:
            self.negative.Text = settings.negative_prompt
        self.fidelity.Value = round(settings.structure_strength * 100)
        self.fidelity_value.Text = f"{round(settings.structure_strength * 100)} %"
        self.seed.Value = float(settings.seed)
        self._is_showing = False

    def take(self, look: Look) -> None:
        """Takes the choices of a look."""
        self.show_settings(self.settings.with_look(look))
        self._changed()

    def _roll(self) -> None:
        self.seed.Value = float(roll())

    def _event(self, _sender: Any, _event: Any) -> None:
        self._read()

    def _read(self) -> None:
        if self._is_showing:
            return
        found = self.settings
        found.ratio, found.as_view = self.ratio.value or NEAREST, self.source.value == "view"
        found.style, found.model = self.style.value, self.model.value
        found.quality = self.quality.value or "standard"
        found.use_guides, found.as_wallpaper = bool(self.guides.Checked), bool(self.wallpaper.Checked)
        found.prompt, found.negative_prompt = str(self.prompt.Text)[:_MAX_TEXT], str(self.negative.Text)
        found.structure_strength, found.seed = int(self.fidelity.Value) / 100, int(self.seed.Value)
        self.fidelity_value.Text = f"{int(self.fidelity.Value)} %"
        preferences.keep("guides", found.use_guides)
        preferences.keep("wallpaper", found.as_wallpaper)
        preferences.keep("frame", bool(self.frame.Checked))
        self._changed()
