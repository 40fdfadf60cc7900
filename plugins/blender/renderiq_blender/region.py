"""The optics of Blender's 3D view. Pure."""

from __future__ import annotations

from typing import Final

from .shared.frame import Optics

REGION_SENSOR: Final = 72.0
"""The millimetres of a 3D view's longer side: Blender shows twice what a camera of 36 mm and the same lens sees."""


def region_optics(lens: float, view_distance: float, *, is_parallel: bool) -> Optics:
    """Returns the optics of a 3D view. ``view_distance`` is how far its pivot is away."""
    return Optics(
        lens=lens,
        sensor_width=REGION_SENSOR,
        sensor_height=REGION_SENSOR,
        is_parallel=is_parallel,
        ortho_scale=view_distance * REGION_SENSOR / lens,
    )
