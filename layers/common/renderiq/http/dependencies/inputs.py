"""Bodies and queries that are validated by a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import ValidationError

from renderiq.http.bodies import read_fields, validate, validation_error
from renderiq.http.request import Request
from renderiq.models.wire import WireModel

Model = TypeVar("Model", bound=WireModel)


@dataclass(frozen=True, slots=True)
class BodyOf(Generic[Model]):
    """A request body that is one model. Empty text and null count as absent, unless ``keep_empty``."""

    model: type[Model]
    keep_empty: bool = False

    def read(self, request: Request) -> Model:
        """Returns the validated body. Raises the errors of ``read_fields`` and ``validate``."""
        return validate(self.model, read_fields(request, keep_empty=self.keep_empty))


@dataclass(frozen=True, slots=True)
class QueryOf(Generic[Model]):
    """A query string that is one model. Blank values count as absent, and blanks around a value do not count."""

    model: type[Model]

    def read(self, request: Request) -> Model:
        """Returns the validated query. Raises ``INVALID_INPUT``, which names the fields."""
        given = {name: value.strip() for name, value in request.query.items() if value.strip()}
        try:
            return self.model.model_validate(given)
        except ValidationError as error:
            raise validation_error(error) from error
