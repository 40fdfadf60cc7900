"""Calendar months in UTC, and when the figures of one are published."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from renderiq.domain.events import Event
from renderiq.ids import uuid8

PUBLISHED_AFTER: Final = timedelta(hours=6)
"""How long after its end a month is published. Figures follow a change within seconds, unless the worker is late."""
GIVE_UP_AFTER: Final = timedelta(days=3)
"""How long after its end it is tried again to publish a month to an organisation for which that failed."""
_TEXT: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of a calendar year, in UTC. ``number`` is 1 for January."""

    year: int
    number: int

    @classmethod
    def of(cls, moment: datetime) -> Month:
        """Returns the month that ``moment`` is in."""
        in_utc = moment.astimezone(UTC)
        return cls(in_utc.year, in_utc.month)

    @classmethod
    def parse(cls, text: str) -> Month:
        """Reads a month such as ``2026-11``. Raises ``ValueError``."""
        if not _TEXT.fullmatch(text):
            raise ValueError("a month is written as 2026-11")
        return cls(int(text[:4]), int(text[5:]))

    @property
    def begin(self) -> datetime:
        """The first moment of the month."""
        return datetime(self.year, self.number, 1, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """The first moment of the next month."""
        return self._next().begin

    @property
    def previous(self) -> Month:
        """The month before."""
        return Month.of(self.begin - timedelta(days=1))

    def is_due(self, now: datetime) -> bool:
        """Returns whether the figures of the month may be published."""
        return now >= self.end + PUBLISHED_AFTER

    def __str__(self) -> str:
        """Returns the month as it is sent, such as ``2026-11``."""
        return f"{self.year:04d}-{self.number:02d}"

    def _next(self) -> Month:
        return Month(self.year + self.number // 12, self.number % 12 + 1)


def usage_delivery_id(organization_id: str, month: Month, webhook_id: str) -> str:
    """Returns the id of the delivery of a month's figures. It is always the same, so that publishing is idempotent.

    It begins with the end of the month.
    """
    return uuid8(month.end, f"{organization_id}/{Event.USAGE_MONTH}/{month}/{webhook_id}")


def last_due(now: datetime) -> Month:
    """Returns the last month whose figures may be published."""
    return Month.of(now - PUBLISHED_AFTER).previous
