"""Parameters of the endpoint that estimates a render."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.dependencies.inputs import BodyOf
from renderiq.http.routing import Depends
from renderiq.models.renders import EstimateIn
from renderiq.services.estimates import EstimateService
from renderiq.wiring.estimates import estimate_service

Estimates = Annotated[EstimateService, Depends(estimate_service)]
EstimateBody = Annotated[EstimateIn, Depends(BodyOf(EstimateIn).read)]
