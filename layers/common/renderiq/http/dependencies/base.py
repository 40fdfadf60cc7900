"""Parameters of every endpoint: the request context, the caller with its scopes, path ids and flags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from renderiq.domain.access import ACCESS, Permission
from renderiq.domain.keys import ORGANIZATION_SCOPES, Scope
from renderiq.errors import ApiError, ErrorCode, invalid_field
from renderiq.http.guards import Principal, RequestContext
from renderiq.http.request import Request
from renderiq.http.routing import Depends
from renderiq.ids import is_uuid
from renderiq.names import camel_case
from renderiq.settings import Settings
from renderiq.wiring.base import configuration

_TRUE: Final = frozenset({"1", "true", "t", "yes", "y", "on"})
_FALSE: Final = frozenset({"0", "false", "f", "no", "n", "off"})
_MAX_ETAGS: Final = 2000
"""Characters of ``If-None-Match``: about fifty ETags of ours."""


@dataclass(frozen=True, slots=True)
class SessionPrincipal(Principal):
    """A caller with an access token, and therefore with a session. API keys have no session."""

    session_id: str

    def check_may_grant(self, scopes: frozenset[Scope]) -> None:
        """Raises ``INSUFFICIENT_PERMISSIONS`` if an API key of the caller may not have one of the scopes."""
        allowed = self.scopes | (ORGANIZATION_SCOPES if self.membership else frozenset())
        for scope in sorted(scopes - allowed):
            raise ApiError(ErrorCode.INSUFFICIENT_PERMISSIONS, requiredScope=scope)

    def require_own(self) -> None:
        """Raises ``INVALID_INPUT`` for a request for an organisation: the operation is about the user's own account."""
        if self.membership:
            raise invalid_field(
                "X-Renderiq-Organization",
                "must be absent, because this is about your own account; an organization is changed and deleted at "
                "/organizations/{organizationId}",
            )


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
    return SessionPrincipal(
        caller.user_id, caller.session_id, caller.scopes, caller.membership, retention=caller.retention
    )


@dataclass(frozen=True, slots=True)
class RequiresSession:
    """A session, and within an organisation a permission. Keys cannot do that, whatever their scopes."""

    permission: Permission

    def check(self, request: Request) -> SessionPrincipal:
        """Returns the caller. Raises ``INSUFFICIENT_PERMISSIONS`` for an API key, or a member without permission."""
        caller = session(request)
        if caller.membership:
            caller.require(self.permission)
        return caller


@dataclass(frozen=True, slots=True)
class RequiresPermission:
    """A permission that an operation requires. The table ``ACCESS`` says who has it."""

    permission: Permission

    @property
    def scope(self) -> Scope | None:
        """The scope that an API key needs; None if no key has the permission."""
        return ACCESS[self.permission].scope

    def check(self, request: Request) -> Principal:
        """Returns the caller. Raises ``INSUFFICIENT_PERMISSIONS`` if it lacks the permission."""
        caller = principal(request)
        caller.require(self.permission)
        return caller


@dataclass(frozen=True, slots=True)
class QueryFlag:
    """A flag in the query string, which is false if it is absent or blank."""

    name: str
    description: str

    def read(self, request: Request) -> bool:
        """Returns the flag, which has the spellings that pydantic accepts. Raises ``INVALID_INPUT``."""
        text = request.query.get(self.name, "").strip().lower()
        if text in _TRUE:
            return True
        if text and text not in _FALSE:
            raise invalid_field(self.name, "Input should be a valid boolean, unable to interpret input")
        return False


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
            raise invalid_field(camel_case(self.name), "must be a UUID")
        raise ApiError(self.code)


def read_if_none_match(request: Request) -> frozenset[str]:
    """Returns the ETags that ``If-None-Match`` names, each as its opaque part in quotes, or ``*``.

    Raises ``INVALID_INPUT`` if the header has more than ``_MAX_ETAGS`` characters.
    """
    given: str = request.headers.get("if-none-match", "")
    if len(given) > _MAX_ETAGS:
        raise invalid_field("If-None-Match", f"has more than {_MAX_ETAGS} characters")
    return frozenset(each.strip().removeprefix("W/") for each in given.split(",") if each.strip())


Config = Annotated[Settings, Depends(configuration)]
IfNoneMatch = Annotated[frozenset[str], Depends(read_if_none_match)]
Context = Annotated[RequestContext, Depends(request_context)]
Caller = Annotated[Principal, Depends(principal)]
Session = Annotated[SessionPrincipal, Depends(session)]
CanAnswerConsents = Annotated[SessionPrincipal, Depends(RequiresSession(Permission.ANSWER_CONSENTS).check)]
CanExport = Annotated[SessionPrincipal, Depends(RequiresSession(Permission.EXPORT_EVERYTHING).check)]
CanManageKeys = Annotated[SessionPrincipal, Depends(RequiresSession(Permission.MANAGE_KEYS).check)]
CanCreateRenders = Annotated[Principal, Depends(RequiresPermission(Permission.CREATE_RENDERS).check)]
CanReadRenders = Annotated[Principal, Depends(RequiresPermission(Permission.READ_RENDERS).check)]
CanReadProjects = Annotated[Principal, Depends(RequiresPermission(Permission.READ_PROJECTS).check)]
CanReadWebhooks = Annotated[Principal, Depends(RequiresPermission(Permission.READ_WEBHOOKS).check)]
CanWriteWebhooks = Annotated[Principal, Depends(RequiresPermission(Permission.WRITE_WEBHOOKS).check)]
CanReadMetrics = Annotated[Principal, Depends(RequiresPermission(Permission.READ_METRICS).check)]
