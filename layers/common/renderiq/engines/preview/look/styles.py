"""The look of a style as the preview engine needs it."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.domain.style_looks import Drawing, Look, Rgb, read_look
from renderiq.domain.styles import StyleVersion
from renderiq.engines.preview.raster import F32

__all__: Final = ["Drawing", "Look", "Rgb", "look_of", "rgb_array"]


def look_of(style: StyleVersion) -> Look:
    """Returns the look of a version of a style. Raises ``StyleFileError`` if its file cannot be used."""
    return read_look(style.look, style.style_id)


def rgb_array(colour: Rgb) -> F32:
    """Returns a colour as an array (3,)."""
    return np.array(colour, np.float32)
