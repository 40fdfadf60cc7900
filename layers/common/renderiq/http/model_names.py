"""Finds the model that an order names."""

from __future__ import annotations

from renderiq.domain.renders import Order
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


def find_model_again(name: str, order: Order) -> tuple[Model, list[WarningOut]]:
    """Returns the model of that name, or for an empty name that of the earlier order, if it is still open here."""
    earlier = Model(order.engine, order.model)
    return (earlier, []) if not name.strip() and models().has(earlier) else find_model(name.strip() or order.engine)
