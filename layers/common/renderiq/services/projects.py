"""Making projects and changing them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from renderiq import captures
from renderiq.domain.projects import Changes, Plan, Project, slugs_to_try
from renderiq.errors import ApiError, ErrorCode
from renderiq.ids import uuid7
from renderiq.stores.images import ImageStore, cover_key
from renderiq.stores.projects import ProjectStore, SlugTakenError


@dataclass(frozen=True, slots=True)
class Cover:
    """A project's picture: new bytes, or with ``dropped`` no picture any more."""

    data: bytes | None = None
    declared_type: str | None = None
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class ProjectDesk:
    projects: ProjectStore
    images: ImageStore

    def create(self, user_id: str, plan: Plan, cover: Cover, *, now: datetime) -> Project:
        """Raises what ``captures.check`` raises, and ``QUOTA_EXCEEDED``; then nothing is kept."""
        project_id = uuid7()
        slug, *others = slugs_to_try(plan.name, project_id)
        project = Project(
            project_id=project_id,
            user_id=user_id,
            name=plan.name,
            slug=slug,
            description=plan.description,
            platform=plan.platform,
            created_at=now,
            updated_at=now,
            cover_key=self._store(user_id, project_id, cover),
            plugin_version=plan.plugin_version,
            agent=plan.agent,
        )
        try:
            return self._add(project, others)
        except ApiError:
            if project.cover_key:
                self.images.delete(project.cover_key)
            raise

    def change(self, user_id: str, project_id: str, changes: Changes, cover: Cover, *, now: datetime) -> Project:
        """Raises what ``captures.check`` raises, and ``NOT_FOUND``."""
        key = self._store(user_id, project_id, cover)
        try:
            project = self.projects.change(
                user_id, project_id, changes, cover_key=key, drop_cover=cover.dropped, now=now
            )
        except ApiError:
            if key:
                self.images.delete(key)
            raise
        if cover.dropped:
            self.images.delete(cover_key(user_id, project_id))
        return project

    def _add(self, project: Project, other_slugs: list[str]) -> Project:
        for slug in (project.slug, *other_slugs):
            try:
                named = replace(project, slug=slug)
                self.projects.add(named)
            except SlugTakenError:
                continue
            return named
        raise ApiError(ErrorCode.ALREADY_EXISTS, "There is a project of that name already.")

    def _store(self, user_id: str, project_id: str, cover: Cover) -> str | None:
        if cover.data is None:
            return None
        key = cover_key(user_id, project_id)
        self.images.put(key, cover.data, captures.check(cover.data, declared=cover.declared_type))
        return key
