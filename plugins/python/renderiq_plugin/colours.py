"""The colours that stand for materials in a material id image. Pure."""

from __future__ import annotations

import colorsys
from typing import Final

NO_MATERIAL: Final = (204, 204, 204)
"""What a face without a material may have. It is also what Blender's Workbench paints such a face."""


def id_colours(count: int) -> list[tuple[int, int, int]]:
    """Returns that many colours, far from each other, from black and from the colour of faces without a material."""
    colours: list[tuple[int, int, int]] = []
    taken, number = {NO_MATERIAL, (0, 0, 0)}, 0
    while len(colours) < count:
        hue = (number * 0.61803398875) % 1.0
        ring = number // 24
        red, green, blue = colorsys.hls_to_rgb(hue, (0.5, 0.35, 0.68, 0.25, 0.78)[ring % 5], (1.0, 0.65)[ring // 5 % 2])
        colour = (round(red * 255), round(green * 255), round(blue * 255))
        number += 1
        if colour not in taken:
            taken.add(colour)
            colours.append(colour)
    return colours
