"""The parameter that holds the public URL of this API."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.routing import Depends
from renderiq.wiring.public_url import public_url

PublicUrl = Annotated[str, Depends(public_url)]
