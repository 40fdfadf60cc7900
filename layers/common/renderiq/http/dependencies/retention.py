"""Parameters of the retention endpoint."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.dependencies.inputs import BodyOf
from renderiq.http.routing import Depends
from renderiq.models.retention import RetentionIn
from renderiq.services.retention import RetentionService
from renderiq.wiring.retention import retention_service

RetentionSettings = Annotated[RetentionService, Depends(retention_service)]
RetentionBody = Annotated[RetentionIn, Depends(BodyOf(RetentionIn).read)]
