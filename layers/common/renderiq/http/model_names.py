"""Finds the model that an order names."""

from __future__ import annotations

from renderiq.engines.registry import Model
from renderiq.models.renders import WarningOut
from renderiq.wiring.models import models


def find_model(name: str) -> tuple[Model, list[WarningOut]]:
    """Returns the model of that name, or the default with a warning: plugins always send a name, and names change."""
    model = models().named(name)
    if model is not None:
        return model, []
    default = models().default
    return default, [WarningOut.of_unknown_model(name, default.engine, models().names)]
