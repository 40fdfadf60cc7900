"""POST /projects and PATCH /projects/{projectId}: JSON or a form, with an image or without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from aws_lambda_powertools.event_handler import Request
from aws_lambda_powertools.event_handler.depends import Depends
from pydantic import ValidationError

from renderiq.domain.projects import ProjectChanges
from renderiq.http.bodies import Fields, read_fields, validation_error
from renderiq.http.image_fields import read_picture
from renderiq.models.projects import ProjectChangesIn, ProjectIn
from renderiq.services.projects import Cover

_IMAGE_FIELD: Final = "image"


@dataclass(frozen=True, slots=True)
class ProjectFormData:
    asked: ProjectIn
    cover: Cover


@dataclass(frozen=True, slots=True)
class ProjectChangesData:
    changes: ProjectChanges
    cover: Cover


def read_project_form(request: Request) -> ProjectFormData:
    """Raises the catalogue's error for the first thing that is wrong; the image itself is not looked into here."""
    fields = read_fields(request.resolved_event)
    cover = _cover(fields)
    try:
        return ProjectFormData(ProjectIn.model_validate(fields.values), cover)
    except ValidationError as error:
        raise validation_error(error) from error


def read_project_changes(request: Request) -> ProjectChangesData:
    """As ``read_project_form``. What is sent empty or null is to be removed, what is absent stays."""
    fields = read_fields(request.resolved_event, keep_empty=True)
    removed = _IMAGE_FIELD in fields.values and fields.values[_IMAGE_FIELD] in (None, "")
    cover = Cover(removed=True) if removed else _cover(fields)
    try:
        return ProjectChangesData(ProjectChangesIn.model_validate(fields.values).changes(), cover)
    except ValidationError as error:
        raise validation_error(error) from error


def _cover(fields: Fields) -> Cover:
    return Cover(*read_picture(fields, _IMAGE_FIELD))


ProjectForm = Annotated[ProjectFormData, Depends(read_project_form)]
ProjectChangesForm = Annotated[ProjectChangesData, Depends(read_project_changes)]
