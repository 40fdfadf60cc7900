"""The task that removes everything of a closed account."""

from __future__ import annotations

from functools import cache

from renderiq.services.account_removal import AccountRemoval
from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.user_pool import UserPoolAdmin
from renderiq.wiring.account_records import account_files, account_records
from renderiq.wiring.deletions import deletions
from renderiq.wiring.organizations import organization_service
from renderiq.wiring.principals import principals
from renderiq.wiring.render_store import renders


@cache
def account_removal() -> AccountRemoval:
    """Returns the work that removes everything of a closed account."""
    pool = UserPoolAdmin(client("cognito-idp"), settings().user_pool_id)
    return AccountRemoval(
        deletions(), account_records(), account_files(), principals(), renders(), pool, organization_service()
    )
