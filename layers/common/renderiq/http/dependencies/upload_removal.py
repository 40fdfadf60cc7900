"""The parameter that deletes uploads."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from renderiq.services.upload_removal import UploadRemoval
from renderiq.wiring.upload_removal import upload_removal

Removal = Annotated[UploadRemoval, Depends(upload_removal)]
