"""Parameters of the endpoints that sign in devices."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.dependencies.inputs import BodyOf
from renderiq.http.routing import Depends
from renderiq.models.device_codes import DeviceCodeIn
from renderiq.services.device_codes import DeviceCodeService
from renderiq.wiring.device_codes import device_code_service

DeviceCodes = Annotated[DeviceCodeService, Depends(device_code_service)]
DeviceCodeBody = Annotated[DeviceCodeIn, Depends(BodyOf(DeviceCodeIn).read)]
