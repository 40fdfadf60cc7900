"""Renders in DynamoDB.

PK userId   SK renderId (UUIDv7: newest last), or ``idem#<idempotency key>`` with a TTL, or
           ``waiting#<id>`` beside a render that waits for a slot of its organisation
GSI project  projectId, renderId
GSI due      dueShard, dueAt     sparse: only renders that need work, or whose events are not all published

``items`` converts between items and ``Render``, ``reads`` has the queries, ``transitions`` translates the transitions
of the domain to expressions, and ``writes`` has the store itself.
"""

from __future__ import annotations

from renderiq.stores.renders.items import read_render
from renderiq.stores.renders.reads import RenderReader
from renderiq.stores.renders.writes import (
    InsufficientCreditsError,
    RenderStore,
)

__all__ = ["InsufficientCreditsError", "RenderReader", "RenderStore", "read_render"]
