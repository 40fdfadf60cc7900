"""Requests and responses of the retention endpoint."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, field_validator

from renderiq.domain.retention import Retention, RetentionPeriod
from renderiq.models.wire import Timestamp, WireModel, read_choice
from renderiq.services.retention import RetentionState


def read_period(value: Any) -> Any:
    """Reads a period as ``read_choice`` reads any choice, in whatever case its letters are."""
    text = read_choice(value)
    return next((period for period in RetentionPeriod if period.lower() == text), text)


class RetentionIn(WireModel):
    """The retention to change. What is absent or null stays as it is."""

    captures: RetentionPeriod | None = None
    models: RetentionPeriod | None = None
    renders: RetentionPeriod | None = None

    _choices = field_validator("captures", "models", "renders", mode="before")(read_period)

    def changes(self) -> dict[str, RetentionPeriod]:
        """Returns the periods that were sent, by their names."""
        given = {"captures": self.captures, "models": self.models, "renders": self.renders}
        return {name: period for name, period in given.items() if period is not None}


class RetentionOut(WireModel):
    """For how long captures, 3D models and renders are kept."""

    captures: Annotated[RetentionPeriod, Field(description="Captures and the guide images beside them.")]
    models: Annotated[RetentionPeriod, Field(description="Uploaded 3D models.")]
    renders: Annotated[RetentionPeriod, Field(description="Rendered images, with the records of their renders.")]
    is_applied: bool = Field(description="`false` while a change is being applied to what was stored before it.")
    updated_at: Timestamp | None = Field(None, description="Absent until the first change.")

    @classmethod
    def of(cls, state: RetentionState) -> RetentionOut:
        """Returns the response for what holds."""
        retention: Retention = state.retention
        return cls(
            captures=retention.captures,
            models=retention.models,
            renders=retention.renders,
            is_applied=state.is_applied,
            updated_at=state.updated_at,
        )
