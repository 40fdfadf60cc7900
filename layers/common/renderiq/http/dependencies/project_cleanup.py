"""The parameter that deletes a project with all its renders."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.routing import Depends
from renderiq.services.project_cleanup import ProjectCleanup
from renderiq.wiring.project_cleanup import project_cleanup

Cleanup = Annotated[ProjectCleanup, Depends(project_cleanup)]
