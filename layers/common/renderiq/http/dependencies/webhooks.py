"""Parameters of the webhook endpoints."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.dependencies.base import PathId
from renderiq.http.dependencies.inputs import BodyOf, QueryOf
from renderiq.http.routing import Depends
from renderiq.models.webhooks import PollQuery, RotationIn, WebhookChangesIn, WebhookIn
from renderiq.services.webhooks import WebhookService
from renderiq.wiring.webhooks import webhook_service

Webhooks = Annotated[WebhookService, Depends(webhook_service)]
PollPageQuery = Annotated[PollQuery, Depends(QueryOf(PollQuery).read)]
WebhookId = Annotated[str, Depends(PathId("webhook_id").read)]
DeliveryId = Annotated[str, Depends(PathId("delivery_id").read)]
WebhookBody = Annotated[WebhookIn, Depends(BodyOf(WebhookIn).read)]
WebhookChangesBody = Annotated[WebhookChangesIn, Depends(BodyOf(WebhookChangesIn, keep_empty=True).read)]
RotationBody = Annotated[RotationIn, Depends(BodyOf(RotationIn).read)]
