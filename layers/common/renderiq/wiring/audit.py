"""The audit log."""

from __future__ import annotations

from functools import cache

from renderiq.settings import settings
from renderiq.stores.audit import AuditStore
from renderiq.stores.aws import client


@cache
def audit() -> AuditStore:
    """Returns the store of the audit log."""
    return AuditStore(client("dynamodb"), settings().audit_table)
