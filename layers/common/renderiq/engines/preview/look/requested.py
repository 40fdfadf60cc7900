"""The look that a request asks for: that of its style, changed by its prompt and by the user's own style."""

from __future__ import annotations

from renderiq.engines import EngineRequest
from renderiq.engines.preview.look.look_modifiers import apply_setting
from renderiq.engines.preview.look.prompt_parser import PromptSetting, parse_prompt
from renderiq.engines.preview.look.styles import Look, look_of


def read_setting(request: EngineRequest) -> PromptSetting:
    """Returns the choices of the prompt and, where it makes none, those of the user's own style."""
    asked, own = parse_prompt(request.prompt, request.negative_prompt), request.setting
    return PromptSetting(
        time=asked.time or own.time,
        weather=asked.weather or own.weather,
        season=asked.season or own.season,
        ground=asked.ground or own.ground,
    )


def requested_look(request: EngineRequest) -> Look:
    """Returns the look of the style with the choices of ``read_setting``."""
    return apply_setting(look_of(request.style), read_setting(request))
