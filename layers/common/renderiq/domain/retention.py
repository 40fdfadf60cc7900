"""Retention: for how long captures, models and renders are kept.

S3 deletes an object by its tag and a rule of the bucket; DynamoDB deletes a record at the time in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from renderiq.domain.precedence import effective

TAG: Final = "retention"
"""The name of the tag that every object has whose retention can be chosen. Its value is a ``RetentionPeriod``."""
_RECORD_DELAY: Final = timedelta(days=1)
"""S3 counts days to the next midnight, so a record that names objects goes a day later than its period says."""


class RetentionPeriod(StrEnum):
    """How long something is kept."""

    DAY = "1d"
    WEEK = "7d"
    MONTH = "30d"
    QUARTER = "90d"
    YEAR = "365d"
    UNTIL_DELETED = "untilDeleted"

    @property
    def length(self) -> timedelta | None:
        """The time, or None for ``UNTIL_DELETED``."""
        return None if self is RetentionPeriod.UNTIL_DELETED else timedelta(days=int(self.removesuffix("d")))

    def end(self, since: datetime) -> datetime | None:
        """Returns when something of this age is to be deleted, or None."""
        return None if self.length is None else since + self.length

    def record_end(self, since: datetime, now: datetime) -> datetime | None:
        """Returns when a record is to be deleted that names objects of this age, or None.

        It is not before ``now``: DynamoDB deletes no record whose time was more than five years ago.
        """
        end = self.end(since)
        return None if end is None else max(end + _RECORD_DELAY, now)


@dataclass(frozen=True, slots=True)
class RetentionChoice:
    """What somebody has chosen. None leaves the next one's choice, in the end the default."""

    captures: RetentionPeriod | None = None
    models: RetentionPeriod | None = None
    renders: RetentionPeriod | None = None

    @classmethod
    def of(cls, texts: Mapping[str, Any]) -> RetentionChoice:
        """Reads what ``to_texts`` has written. Raises ValueError for a period that there is not."""
        return cls(**{name: RetentionPeriod(text) for name, text in texts.items()})

    def to_texts(self) -> dict[str, str]:
        """Returns the periods that were chosen, by their names."""
        return {each.name: str(period) for each in fields(self) if (period := getattr(self, each.name))}

    @property
    def is_complete(self) -> bool:
        """Whether it leaves nothing open."""
        return len(self.to_texts()) == len(fields(self))


@dataclass(frozen=True, slots=True)
class Retention:
    """What holds for a user. Captures are also the guide images, uploaded or not."""

    captures: RetentionPeriod = RetentionPeriod.MONTH
    models: RetentionPeriod = RetentionPeriod.MONTH
    renders: RetentionPeriod = RetentionPeriod.UNTIL_DELETED

    @classmethod
    def of(cls, texts: Mapping[str, Any]) -> Retention:
        """Reads what ``to_texts`` has written. Raises ValueError for a period that there is not."""
        return cls(**{name: RetentionPeriod(text) for name, text in texts.items()})

    def to_texts(self) -> dict[str, str]:
        """Returns the periods by their names."""
        return {each.name: str(getattr(self, each.name)) for each in fields(self)}


DEFAULT_RETENTION: Final = Retention()


def effective_retention(organization: RetentionChoice | None, user: RetentionChoice | None) -> Retention:
    """Returns what holds: for each kind the organization's choice over the user's over the default."""
    default, none = DEFAULT_RETENTION, RetentionChoice()
    by_organization, by_user = organization or none, user or none
    return Retention(
        **{
            each.name: effective(
                getattr(by_organization, each.name), getattr(by_user, each.name), getattr(default, each.name)
            )
            for each in fields(Retention)
        }
    )
