"""Requests and responses of the project endpoints."""

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
from renderiq.models.paging import Limit, PageQuery
from renderiq.models.wire import PrintableText, Timestamp, WireModel, read_choice
from renderiq.platform import Client, Platform


def _strip(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


Name = Annotated[PrintableText, BeforeValidator(_strip), Field(min_length=1, max_length=MAX_NAME)]
Description = Annotated[PrintableText, BeforeValidator(_strip), Field(max_length=MAX_DESCRIPTION)]


class ProjectIn(WireModel):
    """A project to create."""

    name: Name
    description: Description = ""
    platform: Platform | None = Field(None, description="The platform of the calling plugin if absent.")

    _choices = field_validator("platform", mode="before")(read_choice)

    def new_project(self, *, client: Client) -> NewProject:
        """Returns the domain's project, created by this client."""
        return NewProject(
            self.name, self.description, self.platform or client.platform, client.plugin_version, client.agent
        )


class ProjectChangesIn(WireModel):
    """Changes to a project. An empty or null description is removed. An empty name is ignored."""

    name: Name = ""
    description: Description | None = None

    def changes(self) -> ProjectChanges:
        """Returns the domain's changes. A field that the client did not send is None."""
        description = self.description
        if "description" in self.model_fields_set and description is None:
            description = ""
        return ProjectChanges(self.name or None, description)


class ProjectsQuery(PageQuery):
    """A page of the projects, all of them or those of one platform."""

    limit: Limit = 50
    offset: int = Field(0, ge=0, le=MAX_PROJECTS, description="The number of projects to skip.")
    platform: Platform | None = Field(None, description="Only projects of this platform.")

    _choices = field_validator("platform", mode="before")(read_choice)


class ProjectOut(WireModel):
    """A project. ``imageUrl`` is valid for 24 hours."""

    id: str
    name: str
    slug: str
    description: str
    created_at: Timestamp
    updated_at: Timestamp
    render_count: int
    platform: Platform
    image_url: str | None = None

    @classmethod
    def of(cls, project: Project, *, link: Callable[[str], str]) -> ProjectOut:
        """Returns the response for a project. ``link`` makes a URL from the key of a stored image."""
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
    """A page of projects, from new to old. ``nextCursor`` is absent on the last page. ``total`` counts all pages."""

    projects: list[ProjectOut]
    total: int
    limit: int
    offset: int
    next_cursor: str | None = None

    @classmethod
    def of(cls, listing: ProjectListing, query: ProjectsQuery, *, link: Callable[[str], str]) -> ProjectPage:
        """Returns the page that a query asked for. ``link`` makes a URL from the key of a stored image."""
        return cls(
            projects=[ProjectOut.of(project, link=link) for project in listing.projects],
            total=listing.total,
            limit=query.limit,
            offset=query.offset,
            next_cursor=listing.cursor,
        )


class ProjectDeleted(WireModel):
    """The project was deleted."""

    id: str
    deleted: bool = True
