"""What this deployment offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from renderiq.domain.plugin_releases import PluginRelease
from renderiq.domain.renders import Quality
from renderiq.domain.styles import StyleCategory
from renderiq.engines.registry import Models


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What differs between deployments: models, plugin versions by platform, and limits.

    ``rate_limits`` has requests a minute by platform, ``max_wait_seconds`` how long a request may wait for a change.
    ``style_categories`` is the tree of the styles.
    """

    models: Models
    plugin_releases: Mapping[str, PluginRelease] = field(hash=False)
    rate_limits: Mapping[str, int] = field(hash=False)
    max_wait_seconds: int
    style_categories: tuple[StyleCategory, ...]
    prices: Mapping[str, Mapping[Quality, int]] = field(default_factory=dict, hash=False)
    """Credits by engine and quality, of engines with prices of their own."""
