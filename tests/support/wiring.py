"""The whole composition root in one module. A test may use any part of it; a function imports only what it needs."""

from __future__ import annotations

from renderiq.services.reconciliation import ReconciliationService
from renderiq.wiring.accounts import account_service, accounts
from renderiq.wiring.addresses import address_policy, name_resolver
from renderiq.wiring.base import configuration, time_source
from renderiq.wiring.callbacks import callback_secret
from renderiq.wiring.capabilities import capabilities
from renderiq.wiring.delivery_queue import delivery_queue
from renderiq.wiring.device_codes import device_code_service, device_codes
from renderiq.wiring.device_tokens import device_token_service
from renderiq.wiring.engines import engine
from renderiq.wiring.event_streams import event_streams
from renderiq.wiring.events import event_publisher
from renderiq.wiring.file_links import file_links
from renderiq.wiring.health import health_service
from renderiq.wiring.images import images
from renderiq.wiring.keys import key_service, keys
from renderiq.wiring.models import models
from renderiq.wiring.passwords import password_service
from renderiq.wiring.preferences import preference_service, preferences
from renderiq.wiring.principals import principals
from renderiq.wiring.project_cleanup import project_cleanup, project_cleanup_queue
from renderiq.wiring.project_store import projects
from renderiq.wiring.projects import project_service
from renderiq.wiring.render_queue import render_queue
from renderiq.wiring.render_store import renders
from renderiq.wiring.renders import render_service
from renderiq.wiring.secrets import secrets
from renderiq.wiring.sessions import session_service, sessions
from renderiq.wiring.sign_in import sign_in_service
from renderiq.wiring.signing import signing_keys
from renderiq.wiring.upload_files import upload_files
from renderiq.wiring.upload_removal import upload_removal
from renderiq.wiring.upload_store import uploads
from renderiq.wiring.uploads import upload_service
from renderiq.wiring.user_pool import user_pool
from renderiq.wiring.waiting import waiter
from renderiq.wiring.webhook_stores import deliveries, webhooks
from renderiq.wiring.webhooks import webhook_service

__all__ = [
    "account_service",
    "accounts",
    "address_policy",
    "callback_secret",
    "capabilities",
    "configuration",
    "deliveries",
    "delivery_queue",
    "device_code_service",
    "device_codes",
    "device_token_service",
    "engine",
    "event_publisher",
    "event_streams",
    "file_links",
    "health_service",
    "images",
    "key_service",
    "keys",
    "models",
    "name_resolver",
    "password_service",
    "preference_service",
    "preferences",
    "principals",
    "project_cleanup",
    "project_cleanup_queue",
    "project_service",
    "projects",
    "reconciliation_service",
    "render_queue",
    "render_service",
    "renders",
    "secrets",
    "session_service",
    "sessions",
    "sign_in_service",
    "signing_keys",
    "time_source",
    "upload_files",
    "upload_removal",
    "upload_service",
    "uploads",
    "user_pool",
    "waiter",
    "webhook_service",
    "webhooks",
]


def reconciliation_service() -> ReconciliationService:
    return ReconciliationService(accounts(), renders(), deliveries(), projects(), uploads())
