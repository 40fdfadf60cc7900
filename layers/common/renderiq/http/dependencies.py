"""What an endpoint may ask for by the type of a parameter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

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


@dataclass(frozen=True, slots=True)
class Needs:
    """A scope that an operation asks for."""

    scope: Scope

    def allow(self, request: Request) -> Identified:
        """The caller, if the credentials have the scope; else ``INSUFFICIENT_PERMISSIONS``."""
        identified = caller(request)
        if not identified.may(self.scope):
            raise ApiError(ErrorCode.INSUFFICIENT_PERMISSIONS, requiredScope=self.scope)
        return identified


@dataclass(frozen=True, slots=True)
class BodyOf(Generic[Model]):
    """A body that is one model. Unless kept, empty text and null count as absent."""

    model: type[Model]
    keep_empty: bool = False

    def read(self, request: Request) -> Model:
        """Raises ``INVALID_INPUT`` or ``MISSING_REQUIRED_FIELD``, naming the fields, and what ``read_fields`` does."""
        try:
            return self.model.model_validate(read_fields(request.resolved_event, keep_empty=self.keep_empty).values)
        except ValidationError as error:
            raise invalid(error) from error


@dataclass(frozen=True, slots=True)
class QueryOf(Generic[Model]):
    """A query string that is one model; empty values count as absent."""

    model: type[Model]

    def read(self, request: Request) -> Model:
        """Raises ``INVALID_INPUT``, naming the fields."""
        given = {name: value for name, value in (request.query_parameters or {}).items() if value != ""}
        try:
            return self.model.model_validate(given)
        except ValidationError as error:
            raise invalid(error) from error


@dataclass(frozen=True, slots=True)
class PathId:
    """A UUID in the path. ``code`` is the error for what is none, where the catalogue has one of its own."""

    name: str
    code: ErrorCode = ErrorCode.INVALID_INPUT

    def read(self, request: Request) -> str:
        """In lower case. Raises ``code``."""
        given: str = request.path_parameters[self.name].lower()
        if is_uuid(given):
            return given
        if self.code is ErrorCode.INVALID_INPUT:
            raise invalid_field(to_camel(self.name), "must be a UUID")
        raise ApiError(self.code)


def origin(request: Request) -> str:
    """Scheme and host that clients reach this API by: as configured, else API Gateway's, never the Host header's."""
    configured = wiring.configuration().public_url
    if configured:
        return configured.rstrip("/")
    return f"https://{request.resolved_event.raw_event['requestContext']['domainName']}"


Session = Annotated[SignedIn, Depends(session)]
Caller = Annotated[Identified, Depends(caller)]
CanCreateRenders = Annotated[Identified, Depends(Needs(Scope.CREATE_RENDERS).allow)]
CanReadRenders = Annotated[Identified, Depends(Needs(Scope.READ_RENDERS).allow)]
CanWriteWebhooks = Annotated[Identified, Depends(Needs(Scope.WRITE_WEBHOOKS).allow)]
CanReadProjects = Annotated[Identified, Depends(Needs(Scope.READ_PROJECTS).allow)]
ThisVisit = Annotated[Visit, Depends(visit)]
KeyId = Annotated[str, Depends(PathId("key_id").read)]
KeyBody = Annotated[KeyIn, Depends(BodyOf(KeyIn).read)]
RotateBody = Annotated[RotateIn, Depends(BodyOf(RotateIn).read)]
RenderId = Annotated[str, Depends(PathId("render_id", ErrorCode.INVALID_RENDER_ID).read)]
WebhookId = Annotated[str, Depends(PathId("webhook_id").read)]
DeliveryId = Annotated[str, Depends(PathId("delivery_id").read)]
ProjectId = Annotated[str, Depends(PathId("project_id", ErrorCode.INVALID_PROJECT_ID).read)]
SignInBody = Annotated[SignInIn, Depends(BodyOf(SignInIn).read)]
RefreshBody = Annotated[RefreshIn, Depends(BodyOf(RefreshIn).read)]
PreferencesBody = Annotated[PreferencesIn, Depends(BodyOf(PreferencesIn).read)]
WebhookBody = Annotated[WebhookIn, Depends(BodyOf(WebhookIn).read)]
WebhookChangesBody = Annotated[WebhookChangesIn, Depends(BodyOf(WebhookChangesIn, keep_empty=True).read)]
RotationBody = Annotated[RotationIn, Depends(BodyOf(RotationIn).read)]
DeliveryPageQuery = Annotated[DeliveriesQuery, Depends(QueryOf(DeliveriesQuery).read)]
HealthQueryIn = Annotated[HealthQuery, Depends(QueryOf(HealthQuery).read)]
RenderPageQuery = Annotated[RendersQuery, Depends(QueryOf(RendersQuery).read)]
ProjectPageQuery = Annotated[ProjectsQuery, Depends(QueryOf(ProjectsQuery).read)]
TransactionPageQuery = Annotated[TransactionsQuery, Depends(QueryOf(TransactionsQuery).read)]
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
