"""Projects: names, slugs, and how a deleted one goes away."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

MAX_PROJECTS: Final = 1000
"""What an account may have."""
MAX_NAME: Final = 120
MAX_DESCRIPTION: Final = 2000
_MAX_SLUG: Final = 60
_NO_LETTERS: Final = re.compile(r"[^a-z0-9]+")

INDEX_LAG: Final = timedelta(minutes=1)
"""How long after a deletion the index by project may still bring up a render that it had not shown before.

No render joins a deleted project; this is only for the index, which follows the table within a second or so.
"""
DELETION_REDELIVERY_DELAY: Final = timedelta(minutes=10)
"""How long a cleanup may stand still before its message counts as lost; longer than the queue hides one."""


@dataclass(frozen=True, slots=True)
class NewProject:
    """A project as it is asked for, and by which plugin. ``platform`` is whose models it holds."""

    name: str
    description: str
    platform: str
    plugin_version: str | None = None
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """The slug is made of the first name and stays, so that links do."""

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


@dataclass(frozen=True, slots=True)
class ProjectChanges:
    """None leaves a value as it is."""

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
    """Part of a user's projects. ``total`` counts all that match; ``cursor`` is None if no more follow."""

    projects: list[Project]
    total: int
    cursor: str | None


def slugify(name: str) -> str:
    """Lower-case ASCII words joined by hyphens; ``project`` for a name that has none."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _NO_LETTERS.sub("-", plain)[:_MAX_SLUG].strip("-") or "project"


def slug_candidates(name: str, project_id: str) -> tuple[str, ...]:
    """The name's own slug, then ones that nobody else will have thought of: ``villa``, ``villa-3f9a1c``, …"""
    slug, digits = slugify(name), project_id.replace("-", "")
    return slug, f"{slug}-{digits[-6:]}", f"{slug}-{digits[-12:]}"
