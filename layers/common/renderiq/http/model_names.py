"""Finds the model that an order names."""

from __future__ import annotations

from renderiq.domain.renders import PATH_TRACER, TRACED_FIRST, Order
from renderiq.engines.registry import Model
from renderiq.errors import ApiError, ErrorCode, invalid_field
from renderiq.models.renders import EstimateIn, RenderIn, WarningOut
from renderiq.wiring.models import models, price_of

__all__ = ["find_model", "find_model_again", "find_model_for", "price_of"]


def find_model(name: str) -> tuple[Model, list[WarningOut]]:
    """Returns the model of that name, or the default with a warning: plugins always send a name, and names change."""
    model = models().named(name)
    if model is not None:
        return model, []
    default = models().default
    return default, [WarningOut.of_unknown_model(name, default.engine, models().names)]


def find_model_for(body: RenderIn | EstimateIn) -> tuple[Model, list[WarningOut]]:
    """Returns the model of a render: the one that renders 3D models if one was uploaded, and no model is named.

    Raises ``INVALID_INPUT`` if the model does not render what was sent.
    """
    if not body.model_upload_id:
        model, warnings = find_model(body.model)
        if model.engine == PATH_TRACER:
            raise ApiError(
                ErrorCode.MISSING_REQUIRED_FIELD,
                f"The model {body.model or PATH_TRACER} renders 3D models: upload one, and send modelUploadId.",
                fields=[{"field": "modelUploadId", "problem": "Field required"}],
            )
        return model, warnings
    path_tracer = next((model for model, _ in models().groups if model.engine == PATH_TRACER), None)
    if path_tracer is None:
        raise invalid_field("modelUploadId", "no model here renders 3D models; send a picture of the view")
    if not body.model.strip():
        return path_tracer, []
    model, warnings = find_model(body.model)
    if model.engine not in {PATH_TRACER, *TRACED_FIRST}:
        raise invalid_field("modelUploadId", f"is not used by the model {model.engine}; choose {PATH_TRACER}")
    return model, warnings


def find_model_again(name: str, order: Order) -> tuple[Model, list[WarningOut]]:
    """Returns the model of that name, or for an empty name that of the earlier order, if it is still open here."""
    earlier = Model(order.engine, order.model)
    return (earlier, []) if not name.strip() and models().has(earlier) else find_model(name.strip() or order.engine)
