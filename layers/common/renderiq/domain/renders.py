"""A render: what may be asked for, what it costs, and how its state may change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final


class Style(StrEnum):
    PHOTOREALISTIC = "photorealistic"
    DRAMATIC = "dramatic"
    SOFT = "soft"
    STUDIO = "studio"
    NATURAL = "natural"


class Quality(StrEnum):
    STANDARD = "standard"
    HIGH = "high"
    ULTRA = "ultra"

    @property
    def cost(self) -> int:
        """Credits debited when a render of this quality is accepted."""
        return _COST[self]

    @property
    def short_side(self) -> int:
        """Pixels on the shorter side of the output."""
        return _SHORT_SIDE[self]


class AspectRatio(StrEnum):
    WIDE = "16:9"
    CLASSIC = "4:3"
    SQUARE = "1:1"
    TALL = "9:16"
    PHOTO = "3:2"
    PHOTO_TALL = "2:3"

    def size(self, quality: Quality) -> tuple[int, int]:
        """Output ``(width, height)`` in pixels."""
        across, down = (int(part) for part in self.value.split(":"))
        short = quality.short_side
        return short * across // min(across, down), short * down // min(across, down)


class OutputFormat(StrEnum):
    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"

    @property
    def content_type(self) -> str:
        return f"image/{self.value}"


_COST: Final = {Quality.STANDARD: 5, Quality.HIGH: 10, Quality.ULTRA: 15}
_SHORT_SIDE: Final = {Quality.STANDARD: 1080, Quality.HIGH: 2160, Quality.ULTRA: 2160}


class Status(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_terminal(self) -> bool:
        return not TRANSITIONS[self]


TRANSITIONS: Final[dict[Status, frozenset[Status]]] = {
    Status.PENDING: frozenset({Status.PROCESSING, Status.CANCELLED, Status.FAILED}),
    Status.PROCESSING: frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELLED, Status.PENDING}),
    Status.COMPLETED: frozenset(),
    Status.FAILED: frozenset(),
    Status.CANCELLED: frozenset(),
}
