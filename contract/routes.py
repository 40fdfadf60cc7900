"""Reads the operations of the API from the routes of the endpoints: their signatures, docstrings and error codes."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, get_args, get_origin, get_type_hints

from pydantic.alias_generators import to_camel

from contract.docstrings import summary_and_description
from contract.responses import AnyModel, query_model
from renderiq.domain.keys import Scope
from renderiq.errors import ErrorCode
from renderiq.http.api import Api
from renderiq.http.authentication import require_authentication
from renderiq.http.dependencies.base import PathId, QueryFlag, RequiresPermission, RequiresSession, session
from renderiq.http.dependencies.consent_answers import consent_name
from renderiq.http.dependencies.idempotency import read_idempotency_key
from renderiq.http.dependencies.inputs import BodyOf, QueryOf
from renderiq.http.dependencies.organizations import ORGANIZATION, RequiresRole
from renderiq.http.dependencies.style_names import style_name
from renderiq.http.dependencies.waiting import read_wait_preference
from renderiq.http.image_fields import ImageField
from renderiq.http.project_form import IMAGE, REMOVABLE_IMAGE, read_project_changes, read_project_form
from renderiq.http.rate_limiting import RateLimitedByAddress
from renderiq.http.render_form import CAPTURE, DEPTH, MATERIAL_IDS, NORMALS, read_render_form, read_repeat_form
from renderiq.http.responses import Cacheable, Csv, Flat, JsonLines, Ok, Picture, Redirect
from renderiq.http.routing import Route, dependency_of
from renderiq.http.shared_reads import require_authentication_for_own
from renderiq.models.projects import ProjectChangesIn, ProjectIn
from renderiq.models.renders import RenderIn, RepeatIn
from renderiq.models.wire import WireModel

ROOT: Final = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class RequestBody:
    """A request body. Empty text and null count as absent, unless ``keep_empty``.

    ``form_only`` keeps JSON out of the contract, though the server reads it: a generator that finds JSON beside a form
    sends JSON, which has no files. ``callback_field`` names the field with the URL that receives events.
    ``idempotency_key`` tells whether the operation reads the Idempotency-Key header.
    """

    model: type[WireModel]
    keep_empty: bool = False
    image_fields: tuple[ImageField, ...] = ()
    form_only: bool = False
    callback_field: str = ""
    idempotency_key: bool = False

    @property
    def required(self) -> bool:
        """Whether the body has a required field."""
        fields = self.model.model_fields.values()
        return any(field.is_required() for field in fields) or any(each.required_unless for each in self.image_fields)


@dataclass(frozen=True, slots=True)
class SuccessResponse:
    """A response without error. ``enveloped`` tells whether the model is in ``data`` or is the body itself."""

    status: int
    model: AnyModel
    enveloped: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path.

    ``path`` is below the base path and has parameters as ``{renderId}``. Client generators make a method name from
    ``operation_id``. ``declared_errors`` are the error codes that the route declares itself.
    ``path_texts`` are path parameters that are not ids. A ``cacheable`` operation has an ETag and responds to
    If-None-Match. One that ``waits`` reads the header Prefer. One that ``returns_csv`` can respond with a table
    too, and one that ``returns_lines`` with JSON lines. One ``in_organization`` is for
    members, and keys of the organisation.
    """

    method: str
    path: str
    operation_id: str
    summary: str
    description: str
    declared_errors: tuple[ErrorCode, ...]
    authenticated: bool
    rate_limited: bool
    session_only: bool
    scope: Scope | None
    body: RequestBody | None
    query: type[WireModel] | None
    path_ids: tuple[PathId, ...]
    path_texts: tuple[str, ...]
    responses: tuple[SuccessResponse, ...]
    redirects_to_image: bool
    sends_picture: bool
    cacheable: bool
    waits: bool
    returns_csv: bool
    returns_lines: bool
    in_organization: bool

    @property
    def key(self) -> str:
        """Method and path, such as ``GET /renders``."""
        return f"{self.method} {self.path}"


_FORM_BODIES: Final[dict[Callable[..., Any], RequestBody]] = {
    read_render_form: RequestBody(
        RenderIn,
        image_fields=(CAPTURE, DEPTH, MATERIAL_IDS, NORMALS),
        form_only=True,
        callback_field="callback_url",
        idempotency_key=True,
    ),
    read_repeat_form: RequestBody(RepeatIn),
    read_project_form: RequestBody(ProjectIn, image_fields=(IMAGE,)),
    read_project_changes: RequestBody(ProjectChangesIn, keep_empty=True, image_fields=(REMOVABLE_IMAGE,)),
}
"""The bodies that are read by a function of their own, by that function."""


def operations() -> list[Operation]:
    """Returns every operation that responds with JSON or redirects to an image, sorted by path and method."""
    found = [
        operation
        for folder in sorted((ROOT / "functions").iterdir())
        if (folder / "app.py").is_file()
        for operation in _operations_of(folder.name)
    ]
    return sorted(found, key=lambda each: (each.path, each.method))


def _operations_of(function_folder: str) -> Iterator[Operation]:
    app = getattr(importlib.import_module(f"functions.{function_folder}.app"), "app", None)
    if not isinstance(app, Api):
        return
    for route in app.routes:
        hints = get_type_hints(route.func, include_extras=True)
        returned = hints.pop("return")
        responses = tuple(_success_responses(returned))
        if not responses and returned not in (Redirect, Picture):
            continue
        readers = [reader for hint in hints.values() if (reader := dependency_of(hint))]
        owners = [getattr(reader, "__self__", None) for reader in readers]
        bodies = [RequestBody(each.model, each.keep_empty) for each in owners if isinstance(each, BodyOf)]
        bodies += [_FORM_BODIES[reader] for reader in readers if reader in _FORM_BODIES]
        if read_idempotency_key in readers:
            bodies = [replace(body, idempotency_key=True) for body in bodies]
        summary, description = summary_and_description(route.func)
        yield Operation(
            method=route.method,
            path=re.sub(r"<(\w+)>", lambda name: "{" + to_camel(name[1]) + "}", route.path),
            operation_id=route.operation_id or "",
            summary=summary,
            description=description,
            declared_errors=getattr(route.func, "error_codes", ()),
            authenticated=_is_authenticated(app, route),
            rate_limited=_is_authenticated(app, route) or isinstance(app.guard, RateLimitedByAddress),
            session_only=session in readers or any(isinstance(each, RequiresSession) for each in owners),
            scope=next((each.scope for each in owners if isinstance(each, RequiresPermission | RequiresRole)), None),
            body=next(iter(bodies), None),
            query=next(
                (each.model for each in owners if isinstance(each, QueryOf)),
                query_model([each for each in owners if isinstance(each, QueryFlag)]),
            ),
            path_ids=(
                *(ORGANIZATION for each in owners if isinstance(each, RequiresRole)),
                *(each for each in owners if isinstance(each, PathId)),
            ),
            path_texts=(
                *(name for name, hint in hints.items() if hint is str),
                *(["styleId"] if style_name in readers else []),
                *(["consentName"] if consent_name in readers else []),
            ),
            responses=responses,
            redirects_to_image=returned is Redirect,
            sends_picture=returned is Picture,
            cacheable=get_origin(returned) is Cacheable or returned is Picture,
            waits=read_wait_preference in readers,
            returns_csv=Csv in get_args(returned),
            returns_lines=JsonLines in get_args(returned),
            in_organization=any(isinstance(each, RequiresRole) for each in owners),
        )


def _is_authenticated(app: Api, route: Route) -> bool:
    return app.guard is require_authentication or (
        app.guard is require_authentication_for_own and route.method != "GET"
    )


def _success_responses(hint: Any) -> Iterator[SuccessResponse]:
    response_class = get_origin(hint)
    if isinstance(response_class, type) and issubclass(response_class, Ok):
        yield SuccessResponse(
            int(response_class.status), get_args(hint)[0], enveloped=not issubclass(response_class, Flat)
        )
        return
    for each in get_args(hint):
        yield from _success_responses(each)
