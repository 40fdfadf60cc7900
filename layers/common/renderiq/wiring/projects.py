"""Projects."""

from __future__ import annotations

from functools import cache

from renderiq.services.projects import ProjectService
from renderiq.wiring.file_links import file_links
from renderiq.wiring.images import images
from renderiq.wiring.project_store import projects


@cache
def project_service() -> ProjectService:
    """Returns the service that creates, reads and changes projects."""
    return ProjectService(projects(), images(), file_links())
