"""The bodies of POST /projects and PATCH /projects/{projectId}: JSON or a form, with or without an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from renderiq.domain.projects import ProjectChanges
from renderiq.http.bodies import Fields, read_fields, validate
from renderiq.http.image_fields import ImageField
from renderiq.http.request import Request
from renderiq.http.routing import Depends
from renderiq.models.projects import ProjectChangesIn, ProjectIn
from renderiq.services.projects import Cover

IMAGE: Final = ImageField("image")
REMOVABLE_IMAGE: Final = ImageField("image", removable=True)


@dataclass(frozen=True, slots=True)
class ProjectFormData:
    """The body of a project to create, with its cover image."""

    body: ProjectIn
    cover: Cover


@dataclass(frozen=True, slots=True)
class ProjectChangesData:
    """Changes to a project and to its cover image."""

    changes: ProjectChanges
    cover: Cover


def read_project_form(request: Request) -> ProjectFormData:
    """Reads a project to create. The image is not decoded.

    Raises the errors of ``read_fields``, ``validate`` and ``ImageField.read``.
    """
    fields = read_fields(request)
    cover = _read_cover(fields)
    return ProjectFormData(validate(ProjectIn, fields), cover)


def read_project_changes(request: Request) -> ProjectChangesData:
    """Reads changes to a project. A field that is empty or null is removed; a field that is absent is kept.

    Raises the errors of ``read_project_form``.
    """
    fields = read_fields(request, keep_empty=True)
    name = REMOVABLE_IMAGE.name
    removed = name in fields.values and fields.values[name] in (None, "")
    cover = Cover(removed=True) if removed else _read_cover(fields)
    return ProjectChangesData(validate(ProjectChangesIn, fields).changes(), cover)


def _read_cover(fields: Fields) -> Cover:
    return Cover(*IMAGE.read(fields))


ProjectForm = Annotated[ProjectFormData, Depends(read_project_form)]
ProjectChangesForm = Annotated[ProjectChangesData, Depends(read_project_changes)]
