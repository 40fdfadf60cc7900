"""Deletion of projects with all their renders."""

from __future__ import annotations

from functools import cache

from renderiq.services.project_cleanup import ProjectCleanup
from renderiq.wiring.images import images
from renderiq.wiring.projects import projects
from renderiq.wiring.queues import project_cleanup_queue
from renderiq.wiring.render_store import renders
from renderiq.wiring.webhooks import event_publisher


@cache
def project_cleanup() -> ProjectCleanup:
    """Returns the service that deletes projects with all their renders."""
    return ProjectCleanup(
        projects=projects(),
        renders=renders(),
        images=images(),
        publisher=event_publisher(),
        queue=project_cleanup_queue(),
    )
