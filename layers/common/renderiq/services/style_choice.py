"""Finds the style that an order or a path names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from renderiq.domain.renders import Order
from renderiq.domain.styles import ChosenStyle, StyleName
from renderiq.errors import ApiError, ErrorCode, invalid_field, not_found
from renderiq.styles import StyleRegistry, UnknownStyleError

if TYPE_CHECKING:
    from renderiq.stores.styles import OwnStyleReader


@dataclass(frozen=True, slots=True)
class StyleChoice:
    """Finds styles by name or ``styleId``. ``own_styles`` returns the store of users' styles, which few orders need."""

    registry: StyleRegistry
    own_styles: Callable[[], OwnStyleReader]

    def choose(self, user_id: str, text: str) -> ChosenStyle:
        """Returns the style that an order names; the default one for empty text.

        Raises ``INVALID_INPUT`` if the registry has no such style, and ``NOT_FOUND`` if the user has made no such
        style, also for one of another user. The newest version of a deleted style is not found either.
        """
        catalogue = self.registry.catalogue
        asked = StyleName.parse(text or catalogue.default)
        try:
            if asked is None:
                raise UnknownStyleError(text)
            return self._find(user_id, asked)
        except UnknownStyleError as error:
            names = ", ".join(catalogue.newest)
            raise invalid_field("style", f"there is no {text!r}; choose among {names}, or a style of yours") from error

    def find(self, user_id: str | None, asked: StyleName) -> ChosenStyle:
        """Returns the style that a path names. Raises ``AUTH_REQUIRED`` for a user's own one, and ``NOT_FOUND``."""
        try:
            return self._find(user_id, asked)
        except UnknownStyleError as error:
            raise not_found("style") from error

    def subject(self, order: Order) -> str:
        """Returns the subject of the words of an order's style, with which its prompt may begin."""
        return self.registry.get(order.base_style_id).words.subject

    def _find(self, user_id: str | None, asked: StyleName) -> ChosenStyle:
        if not asked.is_own:
            return ChosenStyle(self.registry.get(asked))
        if user_id is None:
            raise ApiError(ErrorCode.AUTH_REQUIRED)
        own = self.own_styles().get(user_id, asked)
        if own is None:
            raise not_found("style")
        return ChosenStyle(self.registry.get(own.changes.base), own)
