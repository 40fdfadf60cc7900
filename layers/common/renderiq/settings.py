"""The environment variables of the functions, typed. Nothing else reads the environment."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import cache
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class SettingsError(RuntimeError):
    """An environment variable is missing or has a value of the wrong type. The message names the variable."""


class _Variable(Generic[T]):
    """Reads the variable named like the attribute, in capitals, on first access, and keeps the value."""

    def __init__(self, parse: Callable[[str], T], kind: str, default: str | None = None) -> None:
        self._parse = parse
        self._kind = kind
        self._default = default

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: Settings, owner: type[Settings]) -> T:
        """Raises ``SettingsError``."""
        name = self._name.upper()
        text = os.environ.get(name, self._default)
        if text is None:
            raise SettingsError(f"environment variable {name} is missing")
        try:
            value = self._parse(text)
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            raise SettingsError(f"environment variable {name} is not {self._kind}: {text!r}") from error
        # An instance attribute takes precedence over this descriptor, because it has no __set__.
        instance.__dict__[self._name] = value
        return value


def _text(default: str | None = None) -> _Variable[str]:
    return _Variable(str, "text", default)


def _number(default: str | None = None) -> _Variable[int]:
    return _Variable(int, "a whole number", default)


def _flag(default: str | None = None) -> _Variable[bool]:
    return _Variable({"true": True, "false": False}.__getitem__, "true or false", default)


def _map_of(value_type: Callable[[Any], T], default: str | None = None) -> _Variable[dict[str, T]]:
    def parse(text: str) -> dict[str, T]:
        return {key: value_type(value) for key, value in json.loads(text).items()}

    return _Variable(parse, "a JSON object", default)


class Settings:
    """One attribute per environment variable of template.yaml.

    Each is read when it is first used. So a function needs only the variables that it uses, and the template gives it
    only those.
    """

    stage = _text()
    log_level = _text(default="INFO")
    emulator_url = _text()
    public_url = _text()

    rate_limits = _map_of(int)
    plugin_releases = _map_of(dict)
    max_wait_seconds = _number()
    sign_ins_per_address = _number()
    sign_ins_per_email = _number()
    welcome_credits = _number()
    allow_loopback_urls = _flag()

    default_engine = _text()
    models = _map_of(str)
    gemini_secret_id = _text()
    gemini_url = _text()
    bedrock_enabled = _flag()
    cycles_enabled = _flag(default="false")
    cycles_python = _text()
    cycles_prices = _map_of(int, default="{}")
    cycles_seconds = _number()
    cycles_megabytes = _number()
    render_lease_seconds = _number()
    max_model_bytes = _number()

    accounts_table = _text()
    ledger_table = _text()
    principals_table = _text()
    sessions_table = _text()
    device_codes_table = _text()
    api_keys_table = _text()
    projects_table = _text()
    renders_table = _text()
    webhooks_table = _text()
    deliveries_table = _text()
    uploads_table = _text()
    styles_table = _text()
    consents_table = _text()
    account_tasks_table = _text()
    figures_table = _text()
    organizations_table = _text()
    audit_table = _text()
    images_bucket = _text()

    render_queue_url = _text()
    cycles_queue_url = _text(default="")
    cycles_batch = _text(default="")
    delivery_queue_url = _text()
    project_cleanup_queue_url = _text()
    account_task_queue_url = _text()
    render_dead_letter_queue_url = _text()
    delivery_dead_letter_queue_url = _text()
    project_cleanup_dead_letter_queue_url = _text()
    account_task_dead_letter_queue_url = _text()

    user_pool_id = _text()
    user_pool_client_id = _text()
    token_secret_id = _text()
    callback_secret_id = _text()


def runtime_variable(name: str) -> str | None:
    """Returns a variable that Lambda sets itself, such as the region or the credentials. It may change later."""
    return os.environ.get(name)


@cache
def settings() -> Settings:
    """Returns the settings of this container. Attributes raise ``SettingsError``."""
    return Settings()
