"""What this deployment offers."""

from __future__ import annotations

from functools import cache

from renderiq.domain.plugin_releases import PluginRelease
from renderiq.platform import Platform
from renderiq.services.capabilities import Capabilities
from renderiq.settings import SettingsError, settings
from renderiq.wiring.models import models, prices
from renderiq.wiring.style_registry import style_registry


@cache
def capabilities() -> Capabilities:
    """Returns what this deployment offers. Raises ``SettingsError`` for a release that cannot be read."""
    return Capabilities(
        models=models(),
        plugin_releases=dict(_releases()),
        rate_limits=settings().rate_limits,
        max_wait_seconds=settings().max_wait_seconds,
        style_categories=style_registry().catalogue.categories,
        prices=prices(),
    )


def _releases() -> list[tuple[str, PluginRelease]]:
    releases = []
    for platform, given in settings().plugin_releases.items():
        try:
            releases.append((Platform(platform).value, PluginRelease.of(given)))
        except (KeyError, ValueError) as error:
            raise SettingsError(f"PLUGIN_RELEASES cannot be read for {platform!r}: {error}") from error
    return releases
