"""Parameters of the endpoint that serves images."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from renderiq.stores.images import ImageStore
from renderiq.wiring.images import images

Images = Annotated[ImageStore, Depends(images)]
