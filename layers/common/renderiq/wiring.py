"""The composition root: every store, queue and secret, made on first use and kept for the container's life.

Endpoints take them as dependencies (``http/dependencies.py``), where a test overrides them; workers call them.
"""

from __future__ import annotations

from functools import cache

from renderiq import addresses, clock
from renderiq.addresses import AddressPolicy, Resolve
from renderiq.domain.webhooks import derive_callback_secret
from renderiq.engines import Engine, Tools, registry
from renderiq.queues import Queue
from renderiq.services.endpoints import EndpointDesk
from renderiq.services.health import Probes
from renderiq.services.project_cleanup import ProjectCleanup
from renderiq.services.projects import ProjectDesk
from renderiq.services.renders import RenderDesk
from renderiq.services.webhooks import Herald
from renderiq.settings import Settings, settings
from renderiq.stores.accounts import AccountStore
from renderiq.stores.aws import client
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


def configuration() -> Settings:
    return settings()


def time_source() -> clock.Clock:
    return clock.utc_now


def name_resolver() -> Resolve:
    return addresses.resolve


def address_policy() -> AddressPolicy:
    return AddressPolicy(allow_loopback=settings().allow_loopback_urls)


@cache
def models() -> registry.Models:
    """What users may name as ``model`` here: Gemini needs a key, and Bedrock to be allowed."""
    usable = {"gemini": bool(settings().gemini_secret_id), "bedrock": settings().bedrock_enabled}
    return registry.Models(
        settings().models,
        default=settings().default_engine,
        closed={engine for engine, is_open in usable.items() if not is_open},
    )


@cache
def engine(name: str) -> Engine:
    """The one of that name in this container."""
    return registry.build(name, Tools(secret=lambda secret_id: secrets().value(secret_id), client=client))


@cache
def accounts() -> AccountStore:
    return AccountStore(client("dynamodb"), accounts=settings().accounts_table, ledger=settings().ledger_table)


@cache
def preferences() -> PreferenceStore:
    return PreferenceStore(client("dynamodb"), settings().accounts_table)


@cache
def principals() -> PrincipalStore:
    return PrincipalStore(client("dynamodb"), settings().principals_table)


@cache
def keys() -> KeyStore:
    return KeyStore(client("dynamodb"), settings().api_keys_table)


@cache
def sessions() -> SessionStore:
    return SessionStore(client("dynamodb"), settings().sessions_table)


@cache
def renders() -> RenderStore:
    return RenderStore(
        client("dynamodb"), renders=settings().renders_table, projects=settings().projects_table, accounts=accounts()
    )


@cache
def projects() -> ProjectStore:
    return ProjectStore(client("dynamodb"), settings().projects_table)


@cache
def webhooks() -> WebhookStore:
    return WebhookStore(client("dynamodb"), settings().webhooks_table)


@cache
def deliveries() -> DeliveryStore:
    return DeliveryStore(client("dynamodb"), settings().deliveries_table, webhooks=webhooks())


@cache
def images() -> ImageStore:
    return ImageStore(client("s3"), settings().images_bucket)


@cache
def render_queue() -> Queue:
    return Queue(client("sqs"), settings().render_queue_url)


@cache
def delivery_queue() -> Queue:
    return Queue(client("sqs"), settings().delivery_queue_url)


@cache
def project_cleanup_queue() -> Queue:
    return Queue(client("sqs"), settings().project_cleanup_queue_url)


@cache
def secrets() -> SecretStore:
    return SecretStore(client("secretsmanager"))


@cache
def user_pool() -> UserPool:
    return UserPool(client("cognito-idp"), settings().user_pool_client_id)


@cache
def render_desk() -> RenderDesk:
    return RenderDesk(
        renders=renders(), images=images(), queue=render_queue(), policy=address_policy(), resolve=name_resolver()
    )


@cache
def project_desk() -> ProjectDesk:
    return ProjectDesk(projects(), images())


@cache
def project_cleanup() -> ProjectCleanup:
    return ProjectCleanup(
        projects=projects(), renders=renders(), images=images(), herald=herald(), queue=project_cleanup_queue()
    )


@cache
def herald() -> Herald:
    return Herald(
        webhooks=webhooks(), deliveries=deliveries(), renders=renders(), queue=delivery_queue(), link=images().link
    )


@cache
def endpoint_desk() -> EndpointDesk:
    return EndpointDesk(webhooks=webhooks(), policy=address_policy(), resolve=name_resolver())


@cache
def probes() -> Probes:
    token_secret = settings().token_secret_id
    return Probes(
        authentication=(lambda: secrets().answers(token_secret), principals().answers),
        rendering=(renders().answers, render_queue().answers, delivery_queue().answers),
        storage=(images().answers,),
    )


def callback_secret(user_id: str) -> str:
    """The secret that signs one user's callbacks."""
    return derive_callback_secret(secrets().value(settings().callback_secret_id), user_id)
