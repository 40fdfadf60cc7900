"""What the endpoints say of themselves: paths, callers, bodies and answers, read from their signatures."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

from aws_lambda_powertools.event_handler.depends import Depends
from pydantic.alias_generators import to_camel

from renderiq.domain.keys import Scope
from renderiq.http.api import Api
from renderiq.http.authentication import require_authentication
from renderiq.http.dependencies.base import BodyOf, PathId, QueryOf, RequiresScope, session
from renderiq.http.project_form import read_project_changes, read_project_form
from renderiq.http.rate_limiting import RateLimitedByAddress
from renderiq.http.render_form import read_render_form
from renderiq.http.responses import Flat, Ok
from renderiq.models.projects import ProjectChangesIn, ProjectIn
from renderiq.models.renders import RenderIn
from renderiq.models.wire import WireModel

ROOT: Final = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Picture:
    """A field of a form that holds a picture.

    ``unless``: it is required unless that other field is sent. ``removable``: null takes away the one there is.
    """

    name: str
    unless: str = ""
    removable: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """A body. ``keeps_empty``: empty text and null are values, and not as good as absent."""

    model: type[WireModel]
    keeps_empty: bool = False
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    model: type[WireModel]
    enveloped: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path. ``path`` is below the base path, with parameters as ``{renderId}``."""

    function: str
    method: str
    path: str
    authenticated: bool
    counted: bool
    session_only: bool
    scope: Scope | None
    body: Body | None
    query: type[WireModel] | None
    ids: tuple[PathId, ...]
    answers: tuple[Answer, ...]

    @property
    def key(self) -> str:
        return f"{self.method} {self.path}"


_FORMS: Final[dict[Callable[..., Any], Body]] = {
    read_render_form: Body(
        RenderIn,
        pictures=(Picture("uploadedImageData", unless="imageUrl"), Picture("depthImage"), Picture("materialIdImage")),
    ),
    read_project_form: Body(ProjectIn, pictures=(Picture("image"),)),
    read_project_changes: Body(ProjectChangesIn, keeps_empty=True, pictures=(Picture("image", removable=True),)),
}


def operations() -> list[Operation]:
    """Every operation that answers JSON, by path and method."""
    found = [
        operation
        for folder in sorted((ROOT / "functions").iterdir())
        if (folder / "app.py").is_file()
        for operation in _of(folder.name)
    ]
    return sorted(found, key=lambda each: (each.path, each.method))


def _of(function: str) -> Iterator[Operation]:
    app = getattr(importlib.import_module(f"functions.{function}.app"), "app", None)
    if not isinstance(app, Api):
        return
    # Powertools keeps its routes to itself, and has no other list of them.
    for route in app._static_routes + app._dynamic_routes:
        hints = get_type_hints(route.func, include_extras=True)
        answers = tuple(_answers(hints.pop("return")))
        if not answers:
            continue
        readers = [reader for hint in hints.values() if (reader := _reader(hint))]
        owners = [getattr(reader, "__self__", None) for reader in readers]
        bodies = [Body(each.model, each.keep_empty) for each in owners if isinstance(each, BodyOf)]
        bodies += [_FORMS[reader] for reader in readers if reader in _FORMS]
        yield Operation(
            function=function,
            method=route.method if isinstance(route.method, str) else route.method[0],
            path=re.sub(r"<(\w+)>", lambda name: "{" + to_camel(name[1]) + "}", route.path),
            authenticated=app.guard is require_authentication,
            counted=app.guard is require_authentication or isinstance(app.guard, RateLimitedByAddress),
            session_only=session in readers,
            scope=next((each.scope for each in owners if isinstance(each, RequiresScope)), None),
            body=next(iter(bodies), None),
            query=next((each.model for each in owners if isinstance(each, QueryOf)), None),
            ids=tuple(each for each in owners if isinstance(each, PathId)),
            answers=answers,
        )


def _reader(hint: Any) -> Callable[..., Any] | None:
    if get_origin(hint) is not Annotated:
        return None
    return next((each.dependency for each in get_args(hint) if isinstance(each, Depends)), None)


def _answers(hint: Any) -> Iterator[Answer]:
    kind = get_origin(hint)
    if isinstance(kind, type) and issubclass(kind, Ok):
        yield Answer(int(kind.status), get_args(hint)[0], enveloped=not issubclass(kind, Flat))
        return
    for each in get_args(hint):
        yield from _answers(each)
