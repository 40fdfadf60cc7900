"""Consents."""

from __future__ import annotations

from functools import cache

from renderiq.services.consents import ConsentService
from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.consents import ConsentStore


@cache
def consents() -> ConsentStore:
    """Returns the store of answers to consents."""
    return ConsentStore(client("dynamodb"), settings().consents_table)


@cache
def consent_service() -> ConsentService:
    """Returns the service that asks whether something was agreed to."""
    return ConsentService(consents())
