"""Bodies of the project endpoints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator

from renderiq.domain.projects import (
    MAX_DESCRIPTION,
    MAX_NAME,
    MAX_PROJECTS,
    NewProject,
    Project,
    ProjectChanges,
    ProjectListing,
)
from renderiq.models.wire import Moment, Printable, UuidText, WireModel
from renderiq.platform import Client, Platform


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _lower(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


Name = Annotated[Printable, BeforeValidator(_stripped), Field(min_length=1, max_length=MAX_NAME)]
Description = Annotated[Printable, BeforeValidator(_stripped), Field(max_length=MAX_DESCRIPTION)]


class ProjectIn(WireModel):
    """A project to make, beside its image. Without a platform it is the calling plugin's."""

    name: Name
    description: Description = ""
    platform: Platform | None = None

    _any_case = field_validator("platform", mode="before")(_lower)

    def new_project(self, *, client: Client) -> NewProject:
        return NewProject(
            self.name, self.description, self.platform or client.platform, client.plugin_version, client.agent
        )


class ProjectChangesIn(WireModel):
    """What changes, beside the image. An empty or null description removes it; a name cannot be removed."""

    name: Name = ""
    description: Description | None = None

    def changes(self) -> ProjectChanges:
        description = self.description
        if "description" in self.model_fields_set and description is None:
            description = ""
        return ProjectChanges(self.name or None, description)


class ProjectsQuery(WireModel):
    limit: int = Field(50, ge=1, le=100)
    offset: int = Field(0, ge=0, le=MAX_PROJECTS)
    cursor: UuidText | None = None
    platform: Platform | None = None

    _any_case = field_validator("platform", mode="before")(_lower)


class ProjectOut(WireModel):
    """A project as plugins see it. ``imageUrl`` works for an hour."""

    id: str
    name: str
    slug: str
    description: str
    created_at: Moment
    updated_at: Moment
    render_count: int
    platform: Platform
    image_url: str | None = None

    @classmethod
    def of(cls, project: Project, *, link: Callable[[str], str]) -> ProjectOut:
        return cls(
            id=project.project_id,
            name=project.name,
            slug=project.slug,
            description=project.description,
            created_at=project.created_at,
            updated_at=project.updated_at,
            render_count=project.render_count,
            platform=Platform(project.platform),
            image_url=link(project.cover_key) if project.cover_key else None,
        )


class ProjectPage(WireModel):
    """Newest first; ``nextCursor`` is absent on the last page. ``total`` counts every page."""

    projects: list[ProjectOut]
    total: int
    limit: int
    offset: int
    next_cursor: str | None = None

    @classmethod
    def of(cls, listing: ProjectListing, query: ProjectsQuery, *, link: Callable[[str], str]) -> ProjectPage:
        return cls(
            projects=[ProjectOut.of(project, link=link) for project in listing.projects],
            total=listing.total,
            limit=query.limit,
            offset=query.offset,
            next_cursor=listing.cursor,
        )


class ProjectDeleted(WireModel):
    id: str
    deleted: bool = True
