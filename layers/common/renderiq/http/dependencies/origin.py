"""The parameter that holds the public address of this API."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from renderiq.wiring.origin import public_origin

PublicOrigin = Annotated[str, Depends(public_origin)]
