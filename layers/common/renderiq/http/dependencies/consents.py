"""Parameters of the endpoint that lists consents."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.routing import Depends
from renderiq.services.consents import ConsentService
from renderiq.wiring.consents import consent_service

Consents = Annotated[ConsentService, Depends(consent_service)]
