"""Parameters of the endpoint that estimates a render."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.dependencies.inputs import BodyOf
from renderiq.http.routing import Depends
from renderiq.models.renders import EstimateIn

EstimateBody = Annotated[EstimateIn, Depends(BodyOf(EstimateIn).read)]
