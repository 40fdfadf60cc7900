"""Parameters of the endpoints that sign in devices."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from renderiq.http.dependencies.base import BodyOf
from renderiq.models.device_codes import DeviceCodeIn
from renderiq.services.device_codes import DeviceCodeService
from renderiq.wiring.device_codes import device_code_service

DeviceCodes = Annotated[DeviceCodeService, Depends(device_code_service)]
DeviceCodeBody = Annotated[DeviceCodeIn, Depends(BodyOf(DeviceCodeIn).read)]
