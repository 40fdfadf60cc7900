"""The parameter of the endpoints that take an order: it finds the style that the order names."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.routing import Depends
from renderiq.services.style_choice import StyleChoice
from renderiq.wiring.style_choice import style_choice

Styles = Annotated[StyleChoice, Depends(style_choice)]
