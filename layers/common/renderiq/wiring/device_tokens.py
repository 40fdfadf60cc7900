"""The exchange of device codes for sessions."""

from __future__ import annotations

from functools import cache

from renderiq.services.device_codes import DeviceTokenService
from renderiq.wiring.accounts import accounts
from renderiq.wiring.device_codes import device_codes
from renderiq.wiring.sessions import session_service


@cache
def device_token_service() -> DeviceTokenService:
    """Returns the service that exchanges approved device codes for sessions."""
    return DeviceTokenService(device_codes(), accounts(), session_service())
