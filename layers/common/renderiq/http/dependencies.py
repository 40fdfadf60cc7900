"""What an endpoint may ask for by the type of a parameter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from aws_lambda_powertools.event_handler import Request
from aws_lambda_powertools.event_handler.depends import Depends
from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from renderiq import wiring
from renderiq.addresses import AddressPolicy, Resolve
from renderiq.domain.keys import Scope
from renderiq.errors import ApiError, ErrorCode, invalid_field
from renderiq.http.bodies import invalid, read_fields
from renderiq.http.guards import Identified, Visit
from renderiq.ids import is_uuid
from renderiq.models.auth import RefreshIn, SignInIn
from renderiq.models.credits import TransactionsQuery
from renderiq.models.health import HealthQuery
from renderiq.models.keys import KeyIn, RotateIn
from renderiq.models.preferences import PreferencesIn
from renderiq.models.projects import ProjectsQuery
from renderiq.models.renders import RendersQuery
from renderiq.models.webhooks import DeliveriesQuery, RotationIn, WebhookChangesIn, WebhookIn
from renderiq.models.wire import WireModel
from renderiq.queues import Queue
from renderiq.services.endpoints import EndpointDesk
from renderiq.services.health import Probes
from renderiq.services.project_cleanup import ProjectCleanup
from renderiq.services.projects import ProjectDesk
from renderiq.services.renders import RenderDesk
from renderiq.services.webhooks import Herald
from renderiq.settings import Settings
from renderiq.stores.accounts import AccountStore
from renderiq.stores.deliveries import DeliveryStore
from renderiq.stores.images import ImageStore
from renderiq.stores.keys import KeyStore
from renderiq.stores.preferences import PreferenceStore
from renderiq.stores.principals import PrincipalStore
from renderiq.stores.projects import ProjectStore
from renderiq.stores.renders import RenderStore
from renderiq.stores.secrets import SecretStore
from renderiq.stores.sessions import SessionStore
from renderiq.stores.user_pool import UserPool
from renderiq.stores.webhooks import WebhookStore

Model = TypeVar("Model", bound=WireModel)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user with a session of their own, not a key."""

    user_id: str
    session_id: str


def visit(request: Request) -> Visit:
    """What the guards found out about this request."""
    found: Visit = request.context["visit"]
    return found


def caller(request: Request) -> Identified:
    """Whoever is signed in; the guard has seen to it that somebody is."""
    identified = visit(request).caller
    if identified is None:
        raise ApiError(ErrorCode.AUTH_REQUIRED)
    return identified


def session(request: Request) -> SignedIn:
    """The caller's session. An API key has none, so a leaked one can neither make keys nor end a session."""
    identified = caller(request)
    if identified.session_id is None:
        raise ApiError(ErrorCode.INSUFFICIENT_PERMISSIONS, "An API key cannot do that. Sign in.")
    return SignedIn(identified.user_id, identified.session_id)


def needs(scope: Scope) -> Callable[[Request], Identified]:
    """The caller, if the credentials have ``scope``; else ``INSUFFICIENT_PERMISSIONS``."""

    def allowed(request: Request) -> Identified:
        identified = caller(request)
        if not identified.may(scope):
            raise ApiError(ErrorCode.INSUFFICIENT_PERMISSIONS, requiredScope=scope)
        return identified

    return allowed


def body_of(model: type[Model], *, keep_empty: bool = False) -> Callable[[Request], Model]:
    """The request's body as ``model``. Raises ``INVALID_INPUT`` or ``MISSING_REQUIRED_FIELD``, naming the fields."""

    def read(request: Request) -> Model:
        try:
            return model.model_validate(read_fields(request.resolved_event, keep_empty=keep_empty).values)
        except ValidationError as error:
            raise invalid(error) from error

    return read


def query_of(model: type[Model]) -> Callable[[Request], Model]:
    """The query string as ``model``; raises as ``body_of`` does."""

    def read(request: Request) -> Model:
        given = {name: value for name, value in (request.query_parameters or {}).items() if value != ""}
        try:
            return model.model_validate(given)
        except ValidationError as error:
            raise invalid(error) from error

    return read


def render_id(request: Request) -> str:
    """The ``renderId`` of the path. Raises ``INVALID_RENDER_ID``."""
    given: str = request.path_parameters["render_id"].lower()
    if not is_uuid(given):
        raise ApiError(ErrorCode.INVALID_RENDER_ID)
    return given


def path_id(name: str) -> Callable[[Request], str]:
    """The UUID that the path has for the parameter ``name``. Raises ``INVALID_INPUT``, naming it as the wire does."""

    def read(request: Request) -> str:
        given: str = request.path_parameters[name].lower()
        if not is_uuid(given):
            raise invalid_field(to_camel(name), "must be a UUID")
        return given

    return read


def project_id(request: Request) -> str:
    """The ``projectId`` of the path. Raises ``INVALID_PROJECT_ID``."""
    given: str = request.path_parameters["project_id"].lower()
    if not is_uuid(given):
        raise ApiError(ErrorCode.INVALID_PROJECT_ID)
    return given


def origin(request: Request) -> str:
    """Scheme and host that clients reach this API by: as configured, else API Gateway's, never the Host header's."""
    configured = wiring.configuration().public_url
    if configured:
        return configured.rstrip("/")
    return f"https://{request.resolved_event.raw_event['requestContext']['domainName']}"


Session = Annotated[SignedIn, Depends(session)]
Caller = Annotated[Identified, Depends(caller)]
CanCreateRenders = Annotated[Identified, Depends(needs(Scope.CREATE_RENDERS))]
CanReadRenders = Annotated[Identified, Depends(needs(Scope.READ_RENDERS))]
CanWriteWebhooks = Annotated[Identified, Depends(needs(Scope.WRITE_WEBHOOKS))]
CanReadProjects = Annotated[Identified, Depends(needs(Scope.READ_PROJECTS))]
ThisVisit = Annotated[Visit, Depends(visit)]
KeyId = Annotated[str, Depends(path_id("key_id"))]
KeyBody = Annotated[KeyIn, Depends(body_of(KeyIn))]
RotateBody = Annotated[RotateIn, Depends(body_of(RotateIn))]
RenderId = Annotated[str, Depends(render_id)]
WebhookId = Annotated[str, Depends(path_id("webhook_id"))]
DeliveryId = Annotated[str, Depends(path_id("delivery_id"))]
ProjectId = Annotated[str, Depends(project_id)]
SignInBody = Annotated[SignInIn, Depends(body_of(SignInIn))]
RefreshBody = Annotated[RefreshIn, Depends(body_of(RefreshIn))]
PreferencesBody = Annotated[PreferencesIn, Depends(body_of(PreferencesIn))]
WebhookBody = Annotated[WebhookIn, Depends(body_of(WebhookIn))]
WebhookChangesBody = Annotated[WebhookChangesIn, Depends(body_of(WebhookChangesIn, keep_empty=True))]
RotationBody = Annotated[RotationIn, Depends(body_of(RotationIn))]
DeliveryPageQuery = Annotated[DeliveriesQuery, Depends(query_of(DeliveriesQuery))]
HealthQueryIn = Annotated[HealthQuery, Depends(query_of(HealthQuery))]
RenderPageQuery = Annotated[RendersQuery, Depends(query_of(RendersQuery))]
ProjectPageQuery = Annotated[ProjectsQuery, Depends(query_of(ProjectsQuery))]
TransactionPageQuery = Annotated[TransactionsQuery, Depends(query_of(TransactionsQuery))]
PublicOrigin = Annotated[str, Depends(origin)]

Config = Annotated[Settings, Depends(wiring.configuration)]
Resolver = Annotated[Resolve, Depends(wiring.name_resolver)]
Addresses = Annotated[AddressPolicy, Depends(wiring.address_policy)]
Accounts = Annotated[AccountStore, Depends(wiring.accounts)]
PreferencesOfUsers = Annotated[PreferenceStore, Depends(wiring.preferences)]
Principals = Annotated[PrincipalStore, Depends(wiring.principals)]
Keys = Annotated[KeyStore, Depends(wiring.keys)]
Sessions = Annotated[SessionStore, Depends(wiring.sessions)]
Renders = Annotated[RenderStore, Depends(wiring.renders)]
Desk = Annotated[RenderDesk, Depends(wiring.render_desk)]
Projects = Annotated[ProjectStore, Depends(wiring.projects)]
ProjectsAtWork = Annotated[ProjectDesk, Depends(wiring.project_desk)]
Removals = Annotated[ProjectCleanup, Depends(wiring.project_cleanup)]
Announcing = Annotated[Herald, Depends(wiring.herald)]
Endpoints = Annotated[EndpointDesk, Depends(wiring.endpoint_desk)]
Probing = Annotated[Probes, Depends(wiring.probes)]
Webhooks = Annotated[WebhookStore, Depends(wiring.webhooks)]
Deliveries = Annotated[DeliveryStore, Depends(wiring.deliveries)]
DeliveryBell = Annotated[Queue, Depends(wiring.delivery_queue)]
Images = Annotated[ImageStore, Depends(wiring.images)]
Secrets = Annotated[SecretStore, Depends(wiring.secrets)]
Pool = Annotated[UserPool, Depends(wiring.user_pool)]
