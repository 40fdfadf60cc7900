"""Applying a changed retention to what is stored already: tags of objects, and the times in records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Final

from renderiq.domain.account_tasks import AccountTask
from renderiq.domain.credits import is_member
from renderiq.domain.organizations import Membership
from renderiq.domain.renders import Render, RenderFilters
from renderiq.domain.retention import Retention, RetentionChoice, effective_retention
from renderiq.domain.uploads import Upload, UploadStatus, is_upload_key
from renderiq.errors import ApiError, ErrorCode
from renderiq.services.organization_retention import OrganizationRetention
from renderiq.stores.images import ImageStore
from renderiq.stores.organizations import OrganizationStore
from renderiq.stores.principals import PrincipalStore
from renderiq.stores.renders import RenderStore
from renderiq.stores.retention import RetentionStore
from renderiq.stores.upload_files import UploadFiles
from renderiq.stores.uploads import UploadStore

_PAGE: Final = 50
_PAGES_PER_JOB: Final = 4
_RENDERS: Final = "renders"
_UPLOADS: Final = "uploads"


Rules = Callable[[str | None], Retention]
"""Returns what holds for what somebody has stored: for an organisation, each member's own choice may decide."""


@dataclass(frozen=True, slots=True)
class Retagging:
    """Applies the present retention of a user or an organisation. Every part of it may be repeated.

    A record is changed before its objects. So a worker that ends a render meanwhile sees the new retention in the
    record, or its output is seen here.
    """

    choices: RetentionStore
    principals: PrincipalStore
    renders: RenderStore
    images: ImageStore
    uploads: UploadStore
    files: UploadFiles
    organizations: OrganizationStore
    of_organizations: OrganizationRetention

    def begin(self, task: AccountTask, *, now: datetime) -> bool:
        """Makes the next requests of the user see the retention.

        Returns False if they had not seen it yet; the rest must wait until those that run now have ended.
        """
        if self.organizations.find(task.user_id, None, now):
            return True  # each request of a member reads the policy
        return self.principals.set_retention(task.user_id, self._choice_over(RetentionChoice(), task.user_id), now=now)

    def work(self, task: AccountTask, *, now: datetime) -> AccountTask | None:
        """Applies the retention to a bounded number of records. Returns the task as it goes on, or None if it is done.

        An account that is gone has nothing left.
        """
        organization = self.organizations.find(task.user_id, None, now)
        rules = self._rules(task.user_id, organization)
        for _ in range(_PAGES_PER_JOB):
            following = (
                self._retag_uploads(task, rules, now)
                if task.step == _UPLOADS
                else self._retag_renders(task, rules, now)
            )
            if following is None:
                if organization is None:
                    self._ask_organizations(task.user_id, now)
                return None
            task = following
        return task

    def _rules(self, owner_id: str, organization: Membership | None) -> Rules:
        if organization is None:
            own = self._choice_over(RetentionChoice(), owner_id)
            return lambda _made_by: own
        choice = organization.organization.policy.retention

        @cache
        def rule(created_by: str | None) -> Retention:
            if created_by is None or choice.is_complete or not is_member(created_by):
                return effective_retention(choice, None)
            return self._choice_over(choice, created_by)

        return rule

    def _choice_over(self, organization: RetentionChoice, user_id: str) -> Retention:
        """Returns what holds for a user, under the choice of an organisation."""
        try:
            return effective_retention(organization, self.choices.get(user_id).choice)
        except ApiError as error:
            if error.code is not ErrorCode.NOT_FOUND:
                raise
            return effective_retention(organization, None)

    def _ask_organizations(self, user_id: str, now: datetime) -> None:
        """What a member has stored for an organisation depends on the member's choice, if the policy leaves it open."""
        for membership in self.organizations.of_user(user_id, now):
            found = self.organizations.find(membership.organization_id, None, now)
            if found and not found.organization.policy.retention.is_complete:
                self.of_organizations.ask(membership.organization_id, now=now)

    def _retag_renders(self, task: AccountTask, rules: Rules, now: datetime) -> AccountTask:
        found, cursor = self.renders.page(
            task.user_id, limit=_PAGE, before=task.cursor or None, filters=RenderFilters()
        )
        for render in found:
            self._retag_render(render, rules(render.created_by), now)
        return replace(task, step=_RENDERS if cursor else _UPLOADS, cursor=cursor or "")

    def _retag_render(self, render: Render, retention: Retention, now: datetime) -> None:
        for key in render.input_keys:
            if not is_upload_key(key):
                self.images.tag(key, retention.captures)
        changed = self.renders.set_retention(render, retention, now=now)
        if changed is None:
            return
        for key in changed.structure.keys if changed.structure else ():
            self.images.tag(key, retention.captures)
        for key in changed.output.keys if changed.output else ():
            self.images.tag(key, retention.renders)

    def _retag_uploads(self, task: AccountTask, rules: Rules, now: datetime) -> AccountTask | None:
        found, cursor = self.uploads.page(
            task.user_id, limit=_PAGE, before=task.cursor or None, status=None, purpose=None
        )
        for upload in found:
            self._retag_upload(upload, rules(upload.created_by), now)
        return replace(task, cursor=cursor) if cursor else None

    def _retag_upload(self, upload: Upload, retention: Retention, now: datetime) -> None:
        period = upload.spec.purpose.retention(retention)
        # An open upload gets its retention when it is completed.
        if upload.status is UploadStatus.READY and upload.retention is not period:
            self.files.tag(upload, period)
            self.uploads.set_retention(upload, period, now=now)
