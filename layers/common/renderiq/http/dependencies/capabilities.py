"""Parameters of the capabilities endpoint."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.routing import Depends
from renderiq.services.capabilities import Capabilities
from renderiq.wiring.capabilities import capabilities

Offered = Annotated[Capabilities, Depends(capabilities)]
