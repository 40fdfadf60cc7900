"""Parameters of the page on which users approve devices."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from renderiq.http.dependencies.base import BodyOf, QueryOf
from renderiq.models.device_codes import DevicePageIn, DevicePageQuery

DevicePageBody = Annotated[DevicePageIn, Depends(BodyOf(DevicePageIn).read)]
DevicePageCode = Annotated[DevicePageQuery, Depends(QueryOf(DevicePageQuery).read)]
