"""Asking a user to confirm who they are, before something that cannot be undone."""

from __future__ import annotations

from renderiq.http.dependencies.base import SessionPrincipal
from renderiq.http.guards import Provide, RequestContext
from renderiq.http.rate_limiting import limit_sign_ins
from renderiq.wiring.accounts import account_service
from renderiq.wiring.base import configuration
from renderiq.wiring.identity_check import identity_check


def confirm_identity(caller: SessionPrincipal, password: str | None, context: RequestContext, provide: Provide) -> None:
    """Does nothing if ``password`` is the caller's, or if there is none and the caller has just signed in.

    Passwords count as sign-ins. Raises ``RATE_LIMIT_EXCEEDED``, ``INVALID_CREDENTIALS`` for a wrong password, and
    ``INSUFFICIENT_PERMISSIONS`` if there is none and the sign-in is too old.
    """
    email = provide(account_service).get(caller.user_id, context.now).email
    if password is not None:
        limit_sign_ins(email.strip().lower(), provide(configuration).sign_ins_per_email, context, provide)
    provide(identity_check).confirm(caller.user_id, caller.session_id, email=email, password=password, now=context.now)
