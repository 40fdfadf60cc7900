"""Parameters of the render endpoints."""

from __future__ import annotations

from typing import Annotated

from renderiq.errors import ErrorCode
from renderiq.http.dependencies.base import PathId
from renderiq.http.dependencies.inputs import QueryOf
from renderiq.http.routing import Depends
from renderiq.models.renders import RendersQuery
from renderiq.services.renders import RenderService
from renderiq.wiring.renders import render_service

Renders = Annotated[RenderService, Depends(render_service)]
RenderId = Annotated[str, Depends(PathId("render_id", ErrorCode.INVALID_RENDER_ID).read)]
RenderPageQuery = Annotated[RendersQuery, Depends(QueryOf(RendersQuery).read)]
