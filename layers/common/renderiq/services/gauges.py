"""What the sweeper measures once a minute for the metrics: how much work waits, and for how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from renderiq.domain.figures import EVERYBODY, Bucket
from renderiq.domain.trends import DAY, Trends, trends
from renderiq.logs import logger
from renderiq.queues import Queue
from renderiq.stores.figures import FigureStore


@dataclass(frozen=True, slots=True)
class Gauges:
    """Measures the queues, by their names in the metrics, and stores what was measured."""

    figures: FigureStore
    queues: Mapping[str, Queue]

    def record(self, oldest: timedelta, *, now: datetime) -> None:
        """Stores the depth of every queue, and how long the oldest overdue record has been waiting.

        An error is logged and not raised: the sweeper has more important work.
        """
        try:
            depths = {f"queue/{name}": queue.depth() for name, queue in self.queues.items()}
            self.figures.record_gauges({**depths, "oldest_due": oldest.total_seconds(), "swept_at": now.timestamp()})
        except (BotoCoreError, ClientError):
            logger.warning("the gauges could not be recorded", exc_info=True)

    def trends(self, *, now: datetime) -> Trends | None:
        """Returns what the figures tell about this hour. None if they cannot be read, which is logged."""
        try:
            hours = self.figures.periods(EVERYBODY, Bucket.HOUR, now - DAY, now)
        except (BotoCoreError, ClientError):
            logger.warning("the figures could not be read", exc_info=True)
            return None
        return trends({hour.start: hour.counts for hour in hours}, now)
