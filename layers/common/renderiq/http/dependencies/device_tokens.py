"""Parameters of the endpoint that exchanges device codes."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.dependencies.inputs import BodyOf
from renderiq.http.routing import Depends
from renderiq.models.device_codes import DeviceTokenIn
from renderiq.services.device_codes import DeviceTokenService
from renderiq.wiring.device_tokens import device_token_service

DeviceTokens = Annotated[DeviceTokenService, Depends(device_token_service)]
DeviceTokenBody = Annotated[DeviceTokenIn, Depends(BodyOf(DeviceTokenIn).read)]
