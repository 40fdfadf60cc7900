"""Creating, reading, changing and deleting the styles of users."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from renderiq.domain.access import Check, anybody
from renderiq.domain.styles import (
    MAX_MADE_STYLES,
    MAX_OWN_STYLES,
    MAX_OWN_VERSIONS,
    ChosenStyle,
    OwnStyle,
    StyleChanges,
    StyleName,
)
from renderiq.errors import ApiError, ErrorCode, invalid_field, not_found
from renderiq.ids import uuid7
from renderiq.stores.styles import OwnStyleStore, StyleLimitError
from renderiq.styles import StyleRegistry, UnknownStyleError


@dataclass(frozen=True, slots=True)
class OwnStyleService:
    """The styles that a user has made of those of the registry."""

    registry: StyleRegistry
    store: OwnStyleStore

    def create(
        self, user_id: str, changes: StyleChanges, *, now: datetime, created_by: str | None = None
    ) -> ChosenStyle:
        """Creates version 1 of a style. Its base is pinned to the version that the base's name stands for now.

        Raises ``INVALID_INPUT`` for a base that the registry has not, and ``QUOTA_EXCEEDED``.
        """
        style = OwnStyle(
            user_id, uuid7(), 1, self._pinned(changes), created_at=now, updated_at=now, created_by=created_by
        )
        try:
            self.store.add(style)
        except StyleLimitError as error:
            raise ApiError(
                ErrorCode.QUOTA_EXCEEDED,
                f"An account may have {MAX_OWN_STYLES} styles, and make {MAX_MADE_STYLES:,} in all. Delete one first.",
            ) from error
        return self._chosen(style)

    def list(self, user_id: str) -> list[ChosenStyle]:
        """Returns the newest version of each style of a user that is not deleted, newest style first."""
        return [self._chosen(style) for style in self.store.list(user_id)]

    def change(
        self, user_id: str, asked: StyleName, changes: StyleChanges, *, now: datetime, check: Check = anybody
    ) -> ChosenStyle:
        """Creates the next version of a style. The version that ``asked`` names, if any, must be the newest.

        Raises ``NOT_FOUND``, the error of ``check`` about who has made it, ``RESOURCE_CONFLICT`` if another version is
        the newest, ``INVALID_INPUT`` for the base, and ``QUOTA_EXCEEDED``.
        """
        newest = self._newest(user_id, asked)
        check(newest.created_by)
        if asked.version not in (None, newest.version):
            raise _changed(newest)
        if newest.version >= MAX_OWN_VERSIONS:
            raise ApiError(ErrorCode.QUOTA_EXCEEDED, f"A style may have {MAX_OWN_VERSIONS} versions. Make another one.")
        changed = replace(newest, version=newest.version + 1, changes=self._pinned(changes), updated_at=now)
        if not self.store.add_version(changed):
            raise _changed(newest)
        return self._chosen(changed)

    def delete(self, user_id: str, asked: StyleName, *, check: Check = anybody) -> OwnStyle:
        """Hides a style: it is not listed any more, and its name stands for nothing. Its versions stay.

        Raises ``NOT_FOUND``, and the error of ``check`` about who has made it.
        """
        newest = self._newest(user_id, asked)
        check(newest.created_by)
        if not self.store.delete(newest):
            raise not_found("style")
        return newest

    def _newest(self, user_id: str, asked: StyleName) -> OwnStyle:
        found = self.store.get(user_id, StyleName(asked.name, None)) if asked.is_own else None
        if found is None:
            raise not_found("style")
        return found

    def _chosen(self, style: OwnStyle) -> ChosenStyle:
        return ChosenStyle(self.registry.get(style.changes.base), style)

    def _pinned(self, changes: StyleChanges) -> StyleChanges:
        try:
            return replace(changes, base=self.registry.get(changes.base).style_id)
        except UnknownStyleError as error:
            names = ", ".join(self.registry.catalogue.newest)
            raise invalid_field("base", f"there is no {changes.base!r}; choose among {names}") from error


def _changed(newest: OwnStyle) -> ApiError:
    return ApiError(
        ErrorCode.RESOURCE_CONFLICT, f"The newest version is not {newest.style_id}, or not the one that you name."
    )
