"""Which of the published files are views, which are material ids of them, and which is the model. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .watcher import Published

_IDS: Final = re.compile(r"^(?P<view>.+?)[ _.-]+(ids|material ids)$", re.IGNORECASE)
_INSIDE: Final = re.compile(r"\b(interior|inside|innen|int[ée]rieur|interno)", re.IGNORECASE)


@dataclass(frozen=True)
class View:
    """A published view. ``ids`` is the same view in flat colours, if it was published in the same pixels."""

    file: Published
    ids: Published | None = None

    @property
    def guides(self) -> list[str]:
        """The guides in the words of the panel."""
        return ["materialIds"] if self.ids else []


def views_of(files: Sequence[Published]) -> list[View]:
    """Returns the views, in the order of the files."""
    pictures = {each.name.lower(): each for each in files if not each.is_model}
    flat: dict[str, Published] = {}
    for name, file in pictures.items():
        found = _IDS.match(name)
        # JPEG mixes the colours at the borders of the surfaces.
        if found and file.kind.suffix == ".png" and _same_pixels(pictures.get(found["view"]), file):
            flat[found["view"]] = file
    return [View(each, flat.get(name)) for name, each in pictures.items() if each not in flat.values()]


def newest_model(files: Sequence[Published]) -> Published | None:
    """Returns the IFC file that was written last, or None."""
    return max((each for each in files if each.is_model), key=lambda each: each.modified, default=None)


def camera_name(view: str) -> str:
    """Returns which view the path tracer is to find by itself: IFC has no cameras."""
    return "interior" if _INSIDE.search(view) else "exterior"


def _same_pixels(one: Published | None, other: Published) -> bool:
    return one is not None and (one.kind.width, one.kind.height) == (other.kind.width, other.kind.height)
