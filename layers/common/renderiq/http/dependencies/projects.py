"""Parameters of the project endpoints."""

from __future__ import annotations

from typing import Annotated

from renderiq.errors import ErrorCode
from renderiq.http.dependencies.base import PathId
from renderiq.http.dependencies.inputs import QueryOf
from renderiq.http.routing import Depends
from renderiq.models.projects import ProjectsQuery
from renderiq.services.projects import ProjectService
from renderiq.wiring.projects import project_service

Projects = Annotated[ProjectService, Depends(project_service)]
ProjectId = Annotated[str, Depends(PathId("project_id", ErrorCode.INVALID_PROJECT_ID).read)]
ProjectPageQuery = Annotated[ProjectsQuery, Depends(QueryOf(ProjectsQuery).read)]
