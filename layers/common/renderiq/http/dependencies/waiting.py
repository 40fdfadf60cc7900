"""The preference of a client to wait for a change: ``Prefer: wait=20`` (RFC 7240, section 4.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Final

from renderiq.http.request import Request
from renderiq.http.routing import Depends
from renderiq.wiring.base import configuration

_WAIT: Final = re.compile(r'(?:^|,)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?=[;,]|$)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WaitPreference:
    """How long the response may wait for a change, in seconds since the request; 0 if it may not."""

    seconds: int

    @property
    def headers(self) -> dict[str, str]:
        """The header that tells the client for how long the API was willing to wait; empty if it was not."""
        return {"Preference-Applied": f"wait={self.seconds}"} if self.seconds else {}


def read_wait_preference(request: Request) -> WaitPreference:
    """Reads the header ``Prefer``. A preference that cannot be read is ignored, as the RFC asks."""
    found = _WAIT.search(request.headers.get("prefer", ""))
    return WaitPreference(min(int(found[1]), configuration().max_wait_seconds) if found else 0)


PreferredWait = Annotated[WaitPreference, Depends(read_wait_preference)]
