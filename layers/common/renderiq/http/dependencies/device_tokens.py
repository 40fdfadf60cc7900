"""Parameters of the endpoint that exchanges device codes."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from renderiq.http.dependencies.base import BodyOf
from renderiq.models.device_codes import DeviceTokenIn
from renderiq.services.device_codes import DeviceTokenService
from renderiq.wiring.device_tokens import device_token_service

DeviceTokens = Annotated[DeviceTokenService, Depends(device_token_service)]
DeviceTokenBody = Annotated[DeviceTokenIn, Depends(BodyOf(DeviceTokenIn).read)]
