"""Creating, reading and changing projects."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from renderiq import captures
from renderiq.domain.idempotency import IdempotencyClaim, claim_of
from renderiq.domain.projects import MAX_PROJECTS, NewProject, Project, ProjectChanges, ProjectListing, slug_candidates
from renderiq.errors import ApiError, ErrorCode
from renderiq.ids import uuid7
from renderiq.services.file_links import FileLinks
from renderiq.stores.idempotency import AlreadyAcceptedError
from renderiq.stores.images import ImageStore, cover_key
from renderiq.stores.projects import ProjectLimitError, ProjectStore, SlugTakenError


@dataclass(frozen=True, slots=True)
class Cover:
    """The cover image of a project: the bytes of a new one, or ``removed`` if the project is to have none."""

    data: bytes | None = None
    declared_type: str | None = None
    removed: bool = False


@dataclass(frozen=True, slots=True)
class ProjectService:
    """Creates, reads and changes the projects of a user."""

    projects: ProjectStore
    images: ImageStore
    links: FileLinks

    def create(
        self,
        user_id: str,
        new_project: NewProject,
        cover: Cover,
        *,
        idempotency_key: str | None = None,
        now: datetime,
        created_by: str | None = None,
    ) -> Project:
        """Creates a project. A repeated request with the same idempotency key returns the project of the first one.

        Raises the errors of ``captures.check``, ``QUOTA_EXCEEDED`` and ``IDEMPOTENCY_KEY_REUSED``. Nothing is stored in
        that case.
        """
        claim = claim_of(
            idempotency_key,
            name=new_project.name,
            description=new_project.description,
            platform=new_project.platform,
            image=hashlib.sha256(cover.data).hexdigest() if cover.data is not None else None,
        )
        project_id = uuid7()
        slug, *others = slug_candidates(new_project.name, project_id)
        project = Project(
            project_id=project_id,
            user_id=user_id,
            name=new_project.name,
            slug=slug,
            description=new_project.description,
            platform=new_project.platform,
            created_at=now,
            updated_at=now,
            cover_key=self._store(user_id, project_id, cover),
            plugin_version=new_project.plugin_version,
            agent=new_project.agent,
            created_by=created_by,
        )
        try:
            return self._add(project, others, claim)
        except (ApiError, AlreadyAcceptedError) as error:
            if project.cover_key:
                self.images.delete(project.cover_key)
            if isinstance(error, AlreadyAcceptedError):
                return self.projects.get(user_id, error.check(claim))
            raise

    def get(self, user_id: str, project_id: str) -> Project:
        """Raises ``NOT_FOUND``, also for a project of another user."""
        return self.projects.get(user_id, project_id)

    def page(
        self, user_id: str, *, limit: int, offset: int, before: str | None, platform: str | None
    ) -> ProjectListing:
        """Returns projects, newest first, and how many there are on all pages."""
        return self.projects.page(user_id, limit=limit, offset=offset, before=before, platform=platform)

    def link(self, key: str) -> str:
        """Returns a temporary URL of a cover image."""
        return self.links.link(key)

    def change(self, user_id: str, project_id: str, changes: ProjectChanges, cover: Cover, *, now: datetime) -> Project:
        """Raises the errors of ``captures.check`` and ``NOT_FOUND``."""
        key = self._store(user_id, project_id, cover)
        try:
            project = self.projects.change(
                user_id, project_id, changes, cover_key=key, remove_cover=cover.removed, now=now
            )
        except ApiError:
            if key:
                self.images.delete(key)
            raise
        if cover.removed:
            self.images.delete(cover_key(user_id, project_id))
        return project

    def _add(self, project: Project, other_slugs: list[str], claim: IdempotencyClaim | None) -> Project:
        for slug in (project.slug, *other_slugs):
            try:
                named = replace(project, slug=slug)
                self.projects.add(named, claim)
            except SlugTakenError:
                continue
            except ProjectLimitError as error:
                raise ApiError(
                    ErrorCode.QUOTA_EXCEEDED, f"An account may have {MAX_PROJECTS:,} projects. Delete one first."
                ) from error
            return named
        raise ApiError(ErrorCode.ALREADY_EXISTS, "There is a project of that name already.")

    def _store(self, user_id: str, project_id: str, cover: Cover) -> str | None:
        if cover.data is None:
            return None
        key = cover_key(user_id, project_id)
        self.images.put(key, cover.data, captures.check(cover.data, declared=cover.declared_type))
        return key
