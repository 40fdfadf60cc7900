"""Who may do what. This table is the only place that says so; endpoints ask it by the type of a parameter.

A request acts for its user, or for an organisation. A user may do everything with what is their own; an API key needs
the scope of the second column. For an organisation, the role of the member decides (the other columns), and for one
of its keys the scope. What has no scope, no key may do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Final

from renderiq.domain.keys import Scope


class Role(StrEnum):
    """What a member is in an organisation."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"


class Permission(Enum):
    """Something that a caller may do or not. *Shared* is what another member has made."""

    CREATE_RENDERS = auto()
    READ_RENDERS = auto()
    READ_PROJECTS = auto()
    CHANGE_SHARED = auto()
    READ_WEBHOOKS = auto()
    WRITE_WEBHOOKS = auto()
    MANAGE_KEYS = auto()
    READ_ORGANIZATION = auto()
    CHANGE_ORGANIZATION = auto()
    MANAGE_MEMBERS = auto()
    MANAGE_OWNERS = auto()
    READ_SHARED_LEDGER = auto()
    READ_AUDIT = auto()
    ANSWER_CONSENTS = auto()
    EXPORT_EVERYTHING = auto()
    DELETE_ORGANIZATION = auto()
    READ_METRICS = auto()


@dataclass(frozen=True, slots=True)
class Access:
    """Who has a permission: keys with ``scope`` (no key, if it is None), and members with one of ``roles``."""

    scope: Scope | None
    roles: frozenset[Role]


_ALL: Final = frozenset(Role)
_LEAD: Final = frozenset({Role.OWNER, Role.ADMIN})
_OWNERS: Final = frozenset({Role.OWNER})

ACCESS: Final = {
    # what                                  scope of a key             roles of a member
    Permission.CREATE_RENDERS: Access(Scope.CREATE_RENDERS, _ALL),
    Permission.READ_RENDERS: Access(Scope.READ_RENDERS, _ALL),
    Permission.READ_PROJECTS: Access(Scope.READ_PROJECTS, _ALL),
    Permission.CHANGE_SHARED: Access(Scope.ADMINISTER_ORGANIZATION, _LEAD),
    Permission.READ_WEBHOOKS: Access(Scope.WRITE_WEBHOOKS, _ALL),
    Permission.WRITE_WEBHOOKS: Access(Scope.WRITE_WEBHOOKS, _LEAD),
    Permission.MANAGE_KEYS: Access(None, _LEAD),
    Permission.READ_ORGANIZATION: Access(Scope.READ_ORGANIZATION, _ALL),
    Permission.CHANGE_ORGANIZATION: Access(Scope.ADMINISTER_ORGANIZATION, _LEAD),
    Permission.MANAGE_MEMBERS: Access(Scope.ADMINISTER_ORGANIZATION, _LEAD),
    Permission.MANAGE_OWNERS: Access(None, _OWNERS),
    Permission.READ_SHARED_LEDGER: Access(Scope.ADMINISTER_ORGANIZATION, _LEAD),
    Permission.READ_AUDIT: Access(Scope.ADMINISTER_ORGANIZATION, _LEAD),
    Permission.ANSWER_CONSENTS: Access(None, _LEAD),
    Permission.EXPORT_EVERYTHING: Access(None, _OWNERS),
    Permission.DELETE_ORGANIZATION: Access(None, _OWNERS),
    Permission.READ_METRICS: Access(Scope.READ_METRICS, frozenset()),
}


def is_allowed(permission: Permission, *, role: Role | None, scopes: frozenset[Scope]) -> bool:
    """Returns whether a caller has a permission.

    ``role`` is that of a signed-in member in the organisation that the request acts for. It is None for a user who acts
    for themselves, and for every key: then ``scopes`` decide.
    """
    access = ACCESS[permission]
    if role is not None:
        return role in access.roles
    return access.scope in scopes


Check = Callable[[str | None], None]
"""Raises an error if the caller may not change what was made by this user or key. None is who owns it."""


def anybody(_created_by: str | None) -> None:
    """Lets everybody who has reached it change a thing: the check of what is a user's own."""


def lowest_role(permission: Permission) -> Role | None:
    """Returns the role with the fewest rights that has the permission, or None if no role has it."""
    roles = ACCESS[permission].roles
    return next((role for role in reversed(Role) if role in roles), None)
