"""The store that tells who is a member of an organisation."""

from __future__ import annotations

from functools import cache

from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.memberships import MembershipStore


@cache
def memberships() -> MembershipStore:
    """Returns the store of memberships."""
    return MembershipStore(client("dynamodb"), settings().organizations_table)
