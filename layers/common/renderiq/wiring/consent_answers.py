"""Answers to consents."""

from __future__ import annotations

from functools import cache

from renderiq.services.consent_answers import ConsentAnswers
from renderiq.wiring.audit import audit
from renderiq.wiring.consents import consents


@cache
def consent_answers() -> ConsentAnswers:
    """Returns the service that records answers."""
    return ConsentAnswers(consents(), audit)
