"""The parameter that deletes uploads."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.routing import Depends
from renderiq.services.upload_removal import UploadRemoval
from renderiq.wiring.upload_removal import upload_removal

Removal = Annotated[UploadRemoval, Depends(upload_removal)]
