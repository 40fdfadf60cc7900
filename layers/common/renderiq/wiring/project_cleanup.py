"""Deletion of projects with all their renders."""

from __future__ import annotations

from functools import cache

from renderiq.queues import Queue
from renderiq.services.project_cleanup import ProjectCleanup
from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.wiring.events import event_publisher
from renderiq.wiring.images import images
from renderiq.wiring.project_store import projects
from renderiq.wiring.render_store import renders


@cache
def project_cleanup_queue() -> Queue:
    """Returns the queue of the project cleanup worker."""
    return Queue(lambda: client("sqs"), settings().project_cleanup_queue_url)


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
