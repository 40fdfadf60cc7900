"""Parameters of the endpoint that exports an account."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.routing import Depends
from renderiq.services.account_export import AccountExportService
from renderiq.wiring.account_export import account_export_service

Exports = Annotated[AccountExportService, Depends(account_export_service)]
