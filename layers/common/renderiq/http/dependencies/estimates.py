"""Parameters of the endpoint that estimates a render."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from renderiq.http.dependencies.base import BodyOf
from renderiq.models.renders import EstimateIn

EstimateBody = Annotated[EstimateIn, Depends(BodyOf(EstimateIn).read)]
