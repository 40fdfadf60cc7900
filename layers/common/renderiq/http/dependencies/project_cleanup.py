"""The parameter that deletes a project with all its renders."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from renderiq.services.project_cleanup import ProjectCleanup
from renderiq.wiring.project_cleanup import project_cleanup

Cleanup = Annotated[ProjectCleanup, Depends(project_cleanup)]
