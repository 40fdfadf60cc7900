"""Organisations."""

from __future__ import annotations

from functools import cache

from renderiq.services.organizations import OrganizationService
from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.organizations import OrganizationStore
from renderiq.wiring.accounts import accounts
from renderiq.wiring.audit import audit


@cache
def organizations() -> OrganizationStore:
    """Returns the store of organisations, their members and invitations."""
    return OrganizationStore(client("dynamodb"), settings().organizations_table, audit=audit())


@cache
def organization_service() -> OrganizationService:
    """Returns the service that creates and changes organisations."""
    return OrganizationService(organizations(), accounts(), audit())
