"""Parameters of every endpoint: the request context, the caller with its scopes, bodies, queries and path ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from renderiq.domain.keys import Scope
from renderiq.errors import ApiError, ErrorCode, invalid_field
from renderiq.http.bodies import read_fields, validate, validation_error
from renderiq.http.guards import Principal, RequestContext
from renderiq.http.request import Request
from renderiq.http.routing import Depends
from renderiq.ids import is_uuid
from renderiq.models.wire import WireModel
from renderiq.settings import Settings
from renderiq.wiring.base import configuration

Model = TypeVar("Model", bound=WireModel)


@dataclass(frozen=True, slots=True)
class SessionPrincipal:
    """A caller with an access token, and therefore with a session. API keys have no session."""

    user_id: str
    session_id: str


def request_context(request: Request) -> RequestContext:
    """Returns what the guards know about this request."""
    return request.context


def principal(request: Request) -> Principal:
    """Returns the authenticated caller. Raises ``AUTH_REQUIRED`` if the app has no guard that authenticates."""
    caller = request_context(request).principal
    if caller is None:
        raise ApiError(ErrorCode.AUTH_REQUIRED)
    return caller


def session(request: Request) -> SessionPrincipal:
    """Returns the caller with its session. Raises ``INSUFFICIENT_PERMISSIONS`` for an API key.

    So a leaked API key can neither create keys nor end a session.
    """
    caller = principal(request)
    if caller.session_id is None:
        raise ApiError(ErrorCode.INSUFFICIENT_PERMISSIONS, "An API key cannot do that. Sign in.")
    return SessionPrincipal(caller.user_id, caller.session_id)


@dataclass(frozen=True, slots=True)
class RequiresScope:
    """A scope that an operation requires."""

    scope: Scope

    def check(self, request: Request) -> Principal:
        """Returns the caller. Raises ``INSUFFICIENT_PERMISSIONS`` if its credentials lack the scope."""
        caller = principal(request)
        if not caller.may(self.scope):
            raise ApiError(ErrorCode.INSUFFICIENT_PERMISSIONS, requiredScope=self.scope)
        return caller


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


@dataclass(frozen=True, slots=True)
class PathId:
    """A UUID in the path. ``code`` is raised if the value is not a UUID."""

    name: str
    code: ErrorCode = ErrorCode.INVALID_INPUT

    def read(self, request: Request) -> str:
        """Returns the id in lower case. Raises ``code``."""
        given = request.path_parameters[self.name].lower()
        if is_uuid(given):
            return given
        if self.code is ErrorCode.INVALID_INPUT:
            raise invalid_field(to_camel(self.name), "must be a UUID")
        raise ApiError(self.code)


Config = Annotated[Settings, Depends(configuration)]
Context = Annotated[RequestContext, Depends(request_context)]
Caller = Annotated[Principal, Depends(principal)]
Session = Annotated[SessionPrincipal, Depends(session)]
CanCreateRenders = Annotated[Principal, Depends(RequiresScope(Scope.CREATE_RENDERS).check)]
CanReadRenders = Annotated[Principal, Depends(RequiresScope(Scope.READ_RENDERS).check)]
CanReadProjects = Annotated[Principal, Depends(RequiresScope(Scope.READ_PROJECTS).check)]
CanWriteWebhooks = Annotated[Principal, Depends(RequiresScope(Scope.WRITE_WEBHOOKS).check)]
