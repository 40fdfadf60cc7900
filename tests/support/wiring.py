"""The whole composition root in one module. A test may use any part of it; a function imports only what it needs."""

from __future__ import annotations

from renderiq.services.reconciliation import ReconciliationService
from renderiq.wiring.account_archive import account_archive
from renderiq.wiring.account_deletion import account_deletion_service
from renderiq.wiring.account_export import account_export_service, exports
from renderiq.wiring.account_records import account_files, account_records
from renderiq.wiring.account_removal import account_removal
from renderiq.wiring.account_task_queue import account_task_queue
from renderiq.wiring.account_tasks import account_tasks
from renderiq.wiring.accounts import account_service, accounts
from renderiq.wiring.addresses import address_policy, name_resolver
from renderiq.wiring.audit import audit
from renderiq.wiring.base import configuration, time_source
from renderiq.wiring.callbacks import callback_secret
from renderiq.wiring.capabilities import capabilities
from renderiq.wiring.consent_answers import consent_answers
from renderiq.wiring.consents import consent_service, consents
from renderiq.wiring.deletions import deletions
from renderiq.wiring.delivery_queue import delivery_queue
from renderiq.wiring.device_codes import device_code_service, device_codes
from renderiq.wiring.device_tokens import device_token_service
from renderiq.wiring.engines import engine
from renderiq.wiring.event_streams import event_streams
from renderiq.wiring.events import event_publisher
from renderiq.wiring.figures import figures
from renderiq.wiring.file_links import file_links
from renderiq.wiring.gauges import gauges
from renderiq.wiring.health import health_service
from renderiq.wiring.identity_check import identity_check
from renderiq.wiring.images import images
from renderiq.wiring.keys import key_service, keys
from renderiq.wiring.memberships import memberships
from renderiq.wiring.models import models
from renderiq.wiring.organization_deletion import organization_deletion
from renderiq.wiring.organization_retention import organization_retention
from renderiq.wiring.organizations import organization_service, organizations
from renderiq.wiring.passwords import password_service
from renderiq.wiring.preferences import preference_service, preferences
from renderiq.wiring.principals import principals
from renderiq.wiring.project_cleanup import project_cleanup, project_cleanup_queue
from renderiq.wiring.project_store import projects
from renderiq.wiring.projects import project_service
from renderiq.wiring.render_queue import render_queue
from renderiq.wiring.render_store import renders
from renderiq.wiring.renders import render_service
from renderiq.wiring.retagging import retagging
from renderiq.wiring.retention import retention_choices, retention_service
from renderiq.wiring.secrets import secrets
from renderiq.wiring.sessions import session_service, sessions
from renderiq.wiring.sign_in import sign_in_service
from renderiq.wiring.signing import signing_keys
from renderiq.wiring.style_choice import style_choice
from renderiq.wiring.style_registry import style_registry
from renderiq.wiring.style_store import own_styles
from renderiq.wiring.styles import own_style_service
from renderiq.wiring.upload_files import upload_files
from renderiq.wiring.upload_removal import upload_removal
from renderiq.wiring.upload_store import uploads
from renderiq.wiring.uploads import upload_service
from renderiq.wiring.usage import usage_service
from renderiq.wiring.usage_months import usage_month_publisher
from renderiq.wiring.user_pool import user_pool
from renderiq.wiring.waiting import waiter
from renderiq.wiring.webhook_stores import deliveries, webhooks
from renderiq.wiring.webhooks import webhook_service

__all__ = [
    "account_archive",
    "account_deletion_service",
    "account_export_service",
    "account_files",
    "account_records",
    "account_removal",
    "account_service",
    "account_task_queue",
    "account_tasks",
    "accounts",
    "address_policy",
    "audit",
    "callback_secret",
    "capabilities",
    "configuration",
    "consent_answers",
    "consent_service",
    "consents",
    "deletions",
    "deliveries",
    "delivery_queue",
    "device_code_service",
    "device_codes",
    "device_token_service",
    "engine",
    "event_publisher",
    "event_streams",
    "exports",
    "figures",
    "file_links",
    "gauges",
    "health_service",
    "identity_check",
    "images",
    "key_service",
    "keys",
    "memberships",
    "models",
    "name_resolver",
    "organization_deletion",
    "organization_retention",
    "organization_service",
    "organizations",
    "own_style_service",
    "own_styles",
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
    "retagging",
    "retention_choices",
    "retention_service",
    "secrets",
    "session_service",
    "sessions",
    "sign_in_service",
    "signing_keys",
    "style_choice",
    "style_registry",
    "time_source",
    "upload_files",
    "upload_removal",
    "upload_service",
    "uploads",
    "usage_month_publisher",
    "usage_service",
    "user_pool",
    "waiter",
    "webhook_service",
    "webhooks",
]


def reconciliation_service() -> ReconciliationService:
    return ReconciliationService(accounts(), renders(), deliveries(), projects(), uploads(), organizations())
