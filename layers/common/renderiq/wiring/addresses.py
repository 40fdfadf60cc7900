"""How names are resolved, and which addresses may be called."""

from __future__ import annotations

from renderiq import addresses
from renderiq.addresses import AddressPolicy, Resolve
from renderiq.settings import settings


def name_resolver() -> Resolve:
    """Returns the DNS resolver."""
    return addresses.resolve


def address_policy() -> AddressPolicy:
    """Returns the policy for webhook and callback URLs."""
    return AddressPolicy(allow_loopback=settings().allow_loopback_urls)
