"""Which consent an order or an upload needs."""

from __future__ import annotations

from typing import Final

from renderiq.domain.consents import ConsentName
from renderiq.domain.renders import EMBEDDED_ENGINE, PATH_TRACER
from renderiq.domain.uploads import Purpose

ENGINES_OF_OUR_OWN: Final = frozenset({EMBEDDED_ENGINE, PATH_TRACER})
"""The engines that send nothing out. Every other one needs the consent ``third_party_ai``."""


def consent_for_engine(engine: str) -> ConsentName | None:
    """Returns the consent that an order to this engine needs, or None."""
    return None if engine in ENGINES_OF_OUR_OWN else ConsentName.THIRD_PARTY_AI


def consent_for_upload(purpose: Purpose) -> ConsentName | None:
    """Returns the consent that an upload for this purpose needs, or None."""
    return ConsentName.MODEL_UPLOAD if purpose is Purpose.MODEL else None
