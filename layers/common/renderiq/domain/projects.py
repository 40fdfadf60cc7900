"""Projects, their slugs, and their deletion."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

MAX_PROJECTS: Final = 1000
"""The number of projects that an account may have."""
MAX_NAME: Final = 120
MAX_DESCRIPTION: Final = 2000
_MAX_SLUG: Final = 60
_SEPARATORS: Final = re.compile(r"[^a-z0-9]+")

INDEX_LAG: Final = timedelta(minutes=1)
"""How long after a deletion the project index may still return a render that it did not return before.

The index is eventually consistent, usually within a second. New renders cannot join a deleted project.
"""
DELETION_REDELIVERY_DELAY: Final = timedelta(minutes=10)
"""How long a cleanup may make no progress before its SQS message counts as lost.

It is longer than the visibility timeout of the queue.
"""


@dataclass(frozen=True, slots=True)
class NewProject:
    """A project to create, and the plugin that asks for it. ``platform`` is the host application of its models."""

    name: str
    description: str
    platform: str
    plugin_version: str | None = None
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """A project. The slug is made from its first name and never changes, so that links stay valid."""

    project_id: str
    user_id: str
    name: str
    slug: str
    description: str
    platform: str
    created_at: datetime
    updated_at: datetime
    render_count: int = 0
    cover_key: str | None = None
    plugin_version: str | None = None
    agent: str = ""
    created_by: str | None = None
    """Who has made it for an organisation, which then is ``user_id``: a user id, or ``key#<key id>``."""


@dataclass(frozen=True, slots=True)
class ProjectChanges:
    """What to change about a project. None leaves a value as it is."""

    name: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class ProjectDeletion:
    """A deleted project whose renders are still being removed."""

    user_id: str
    project_id: str
    removed_at: datetime


@dataclass(frozen=True, slots=True)
class ProjectListing:
    """A page of a user's projects. ``total`` counts all that match; ``cursor`` is None on the last page."""

    projects: list[Project]
    total: int
    cursor: str | None


def slugify(name: str) -> str:
    """Returns the words of a name joined by hyphens, or ``project`` if there are none.

    They are in lower-case ASCII; other letters are transliterated (``Łódź`` to ``lodz``, ``Вилла`` to ``villa``).
    """
    from anyascii import anyascii  # loaded here because only the creation of a project needs it

    return _SEPARATORS.sub("-", anyascii(name).lower())[:_MAX_SLUG].strip("-") or "project"


def slug_candidates(name: str, project_id: str) -> tuple[str, ...]:
    """Returns slugs to try in turn: the slug of the name, then the same with digits of the id (``villa-3f9a1c``)."""
    slug, digits = slugify(name), project_id.replace("-", "")
    return slug, f"{slug}-{digits[-6:]}", f"{slug}-{digits[-12:]}"
