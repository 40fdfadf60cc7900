"""Projects and their deletion."""

from __future__ import annotations

from functools import cache

from renderiq.services.projects import ProjectService
from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.projects import ProjectStore
from renderiq.wiring.file_links import file_links
from renderiq.wiring.images import images


@cache
def projects() -> ProjectStore:
    """Returns the store of projects."""
    return ProjectStore(client("dynamodb"), settings().projects_table)


@cache
def project_service() -> ProjectService:
    """Returns the service that creates, reads and changes projects."""
    return ProjectService(projects(), images(), file_links())
