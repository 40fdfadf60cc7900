"""How far the publishing of each month's figures has got, in the table of figures.

PK scope ``control``   SK period ``usage#2026-11``: the last organisation that is done, and whether all are
TTL expiresAt, 90 days
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from renderiq.clock import to_iso
from renderiq.domain.months import Month
from renderiq.stores.items import Item, from_attributes, to_attributes, update_item

_TTL: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a month is published.

    ``after`` is the last organisation that is done, None at the beginning. ``has_failed`` tells that at least one
    before it is not.
    """

    after: str | None = None
    has_failed: bool = False
    is_finished: bool = False


class UsageMonthStore:
    """Reads and writes the progress of months."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def progress(self, month: Month) -> Progress:
        """Returns how far a month is published."""
        found = self._client.get_item(TableName=self._table, Key=_key(month), ConsistentRead=True)
        item = from_attributes(found.get("Item", {}))
        return Progress(item.get("after"), item.get("failed", False), "finishedAt" in item)

    def save(self, month: Month, after: str, *, has_failed: bool) -> None:
        """Stores the last organisation that is done. That one has failed is kept until ``restart``."""
        failed = {"failed": True} if has_failed else {}
        self._update(month, {"after": after, **failed})

    def restart(self, month: Month) -> None:
        """Begins the month again."""
        self._update(month, {}, removes=("after", "failed"))

    def finish(self, month: Month, now: datetime) -> None:
        """Stores that the month is published."""
        self._update(month, {"finishedAt": to_iso(now)})

    def _update(self, month: Month, sets: Item, *, removes: Sequence[str] = ()) -> None:
        sets = {**sets, "expiresAt": int((month.end + _TTL).timestamp())}
        removal = f" REMOVE {', '.join(f'#{name}' for name in removes)}" if removes else ""
        update_item(
            self._client,
            TableName=self._table,
            Key=_key(month),
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in sets) + removal,
            ExpressionAttributeNames={f"#{name}": name for name in (*sets, *removes)},
            ExpressionAttributeValues=to_attributes({f":{name}": value for name, value in sets.items()}),
        )


def _key(month: Month) -> dict[str, Any]:
    return to_attributes({"scope": "control", "period": f"usage#{month}"})
