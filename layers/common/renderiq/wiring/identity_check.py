"""Asking once more who somebody is."""

from __future__ import annotations

from functools import cache

from renderiq.services.identity_check import IdentityCheck
from renderiq.wiring.user_pool import user_pool


@cache
def identity_check() -> IdentityCheck:
    """Returns what checks a password, or that the user has just signed in."""
    return IdentityCheck(user_pool())
