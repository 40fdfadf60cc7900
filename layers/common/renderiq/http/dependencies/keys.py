"""Parameters of the API key endpoints."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from renderiq.http.dependencies.base import BodyOf, PathId
from renderiq.models.keys import KeyIn, RotateIn
from renderiq.services.keys import KeyService
from renderiq.wiring.keys import key_service

Keys = Annotated[KeyService, Depends(key_service)]
KeyId = Annotated[str, Depends(PathId("key_id").read)]
KeyBody = Annotated[KeyIn, Depends(BodyOf(KeyIn).read)]
RotateBody = Annotated[RotateIn, Depends(BodyOf(RotateIn).read)]
