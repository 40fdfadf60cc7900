"""Sign-in of devices."""

from __future__ import annotations

from functools import cache

from renderiq.services.device_codes import DeviceCodeService
from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.device_codes import DeviceCodeStore
from renderiq.wiring.signing import signing_keys


@cache
def device_codes() -> DeviceCodeStore:
    """Returns the store of the sign-ins of devices."""
    return DeviceCodeStore(client("dynamodb"), settings().device_codes_table)


@cache
def device_code_service() -> DeviceCodeService:
    """Returns the service that issues device codes and lets users decide about them."""
    return DeviceCodeService(device_codes(), signing_keys)
