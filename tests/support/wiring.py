"""The whole composition root in one module. A test may use any part of it; a function imports only what it needs."""

from __future__ import annotations

from renderiq.services.reconciliation import ReconciliationService
from renderiq.wiring.accounts import account_service, accounts
from renderiq.wiring.addresses import address_policy, name_resolver
from renderiq.wiring.base import configuration, time_source
from renderiq.wiring.engines import engine, models
from renderiq.wiring.health import health_service
from renderiq.wiring.images import images
from renderiq.wiring.keys import key_service, keys
from renderiq.wiring.preferences import preference_service, preferences
from renderiq.wiring.principals import principals
from renderiq.wiring.project_cleanup import project_cleanup
from renderiq.wiring.projects import project_service, projects
from renderiq.wiring.queues import delivery_queue, project_cleanup_queue, render_queue
from renderiq.wiring.render_store import renders
from renderiq.wiring.renders import render_service
from renderiq.wiring.secrets import secrets, signing_keys
from renderiq.wiring.sessions import session_service, sessions, sign_in_service, user_pool
from renderiq.wiring.webhooks import callback_secret, deliveries, event_publisher, webhook_service, webhooks

__all__ = [
    "account_service",
    "accounts",
    "address_policy",
    "callback_secret",
    "configuration",
    "deliveries",
    "delivery_queue",
    "engine",
    "event_publisher",
    "health_service",
    "images",
    "key_service",
    "keys",
    "models",
    "name_resolver",
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
    "user_pool",
    "webhook_service",
    "webhooks",
]


def reconciliation_service() -> ReconciliationService:
    return ReconciliationService(accounts(), renders(), deliveries(), projects())
