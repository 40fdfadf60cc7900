"""The environment, typed and read once. A missing variable stops the cold start and names itself."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any


class SettingsError(RuntimeError):
    """The environment lacks a variable or has one that cannot be read."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One field per variable of the template's Globals, in capitals there."""

    stage: str
    public_url: str
    default_engine: str
    models: dict[str, str] = field(hash=False)
    gemini_secret_id: str
    gemini_url: str
    bedrock_enabled: bool
    welcome_credits: int
    rate_limits: dict[str, int] = field(hash=False)
    sign_ins_per_address: int
    sign_ins_per_email: int
    render_lease_seconds: int
    allow_loopback_urls: bool
    emulator_url: str
    accounts_table: str
    ledger_table: str
    principals_table: str
    sessions_table: str
    api_keys_table: str
    projects_table: str
    renders_table: str
    webhooks_table: str
    deliveries_table: str
    images_bucket: str
    render_queue_url: str
    delivery_queue_url: str
    project_cleanup_queue_url: str
    user_pool_client_id: str
    token_secret_id: str
    callback_secret_id: str


@cache
def settings() -> Settings:
    """Raises ``SettingsError`` naming every variable that is missing."""
    missing = [f.name.upper() for f in fields(Settings) if f.name.upper() not in os.environ]
    if missing:
        raise SettingsError(f"environment variables missing: {', '.join(missing)}")
    return Settings(**{f.name: _read(f.name.upper(), f.type) for f in fields(Settings)})


def _read(name: str, kind: object) -> Any:
    text = os.environ[name]
    try:
        match kind:
            case "int":
                return int(text)
            case "bool":
                return {"true": True, "false": False}[text]
            case "dict[str, int]":
                return {key: int(value) for key, value in json.loads(text).items()}
            case "dict[str, str]":
                return {key: str(value) for key, value in json.loads(text).items()}
            case _:
                return text
    except (ValueError, KeyError, AttributeError) as error:
        raise SettingsError(f"environment variable {name} cannot be read as {kind}: {text!r}") from error
