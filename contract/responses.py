"""Models of responses that do without pydantic, as pydantic models, which have JSON schemas."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, get_args, get_origin, get_type_hints

from pydantic import Field, create_model

from renderiq.http.dependencies.base import QueryFlag
from renderiq.models.responses import ResponseModel
from renderiq.models.wire import SnakeModel, Timestamp, WireModel

AnyModel = type[WireModel] | type[ResponseModel]


_MADE: Final[dict[str, type[WireModel]]] = {}
"""The models that were made, by their names: a name in a JSON schema stands for one class."""


def schema_model(model: AnyModel) -> type[WireModel]:
    """Returns the pydantic model with the name, the fields, the defaults and the texts of a model."""
    if issubclass(model, WireModel):
        return model
    if model.__name__ not in _MADE:
        _MADE[model.__name__] = _make(model)
    return _MADE[model.__name__]


def _make(model: type[ResponseModel]) -> type[WireModel]:
    defaults = model.defaults()
    fields: dict[str, Any] = {
        name: (
            _schema_type(hint),
            Field(defaults.get(name, ...), description=model.descriptions.get(name)),
        )
        for name, hint in get_type_hints(model, include_extras=True).items()
        if name not in get_type_hints(ResponseModel)
    }
    base = SnakeModel if model.has_snake_case() else WireModel
    return create_model(model.__name__, __base__=base, __doc__=model.__doc__, **fields)


def query_model(flags: list[QueryFlag]) -> type[WireModel] | None:
    """Returns the pydantic model of a query string that has only flags, or None if there are none."""
    if not flags:
        return None
    fields: dict[str, Any] = {flag.name: (bool, Field(False, description=flag.description)) for flag in flags}
    return create_model("Flags", __base__=SnakeModel, **fields)


def _schema_type(hint: Any) -> Any:
    if hint is datetime:
        return Timestamp
    if isinstance(hint, type) and get_origin(hint) is None and issubclass(hint, ResponseModel):
        return schema_model(hint)
    if get_origin(hint) is list:
        return list[_schema_type(get_args(hint)[0])]  # type: ignore[misc]  # a type that is known at run time
    if type(None) in get_args(hint):
        [inner] = [each for each in get_args(hint) if each is not type(None)]
        return _schema_type(inner) | None
    return hint
