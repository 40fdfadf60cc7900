"""Idempotency keys claim one request each."""

from __future__ import annotations

from datetime import timedelta

from renderiq.domain.idempotency import IDEMPOTENCY_KEY_TTL, claim_of


def test_a_request_without_a_key_claims_nothing() -> None:
    assert claim_of(None, name="villa") is None


def test_the_order_of_the_fields_is_no_difference() -> None:
    assert claim_of("k", name="villa", platform="rhino") == claim_of("k", platform="rhino", name="villa")


def test_another_value_or_key_is_another_claim() -> None:
    claims = {claim_of("k", name="villa"), claim_of("k", name="barn"), claim_of("k2", name="villa"), claim_of("k")}

    assert len(claims) == 4


def test_a_key_is_kept_for_thirty_days() -> None:
    assert timedelta(days=30) == IDEMPOTENCY_KEY_TTL
