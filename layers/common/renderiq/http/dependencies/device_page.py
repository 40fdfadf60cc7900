"""Parameters of the page on which users approve devices."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.dependencies.inputs import BodyOf, QueryOf
from renderiq.http.routing import Depends
from renderiq.models.device_codes import DevicePageIn, DevicePageQuery

DevicePageBody = Annotated[DevicePageIn, Depends(BodyOf(DevicePageIn).read)]
DevicePageCode = Annotated[DevicePageQuery, Depends(QueryOf(DevicePageQuery).read)]
