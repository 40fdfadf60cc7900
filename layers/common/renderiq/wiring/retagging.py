"""The task that applies a changed retention."""

from __future__ import annotations

from functools import cache

from renderiq.services.retagging import Retagging
from renderiq.wiring.images import images
from renderiq.wiring.organization_retention import organization_retention
from renderiq.wiring.organizations import organizations
from renderiq.wiring.principals import principals
from renderiq.wiring.render_store import renders
from renderiq.wiring.retention import retention_choices
from renderiq.wiring.upload_files import upload_files
from renderiq.wiring.upload_store import uploads


@cache
def retagging() -> Retagging:
    """Returns the work that applies the present retention to what is stored."""
    return Retagging(
        retention_choices(),
        principals(),
        renders(),
        images(),
        uploads(),
        upload_files(),
        organizations(),
        organization_retention(),
    )
