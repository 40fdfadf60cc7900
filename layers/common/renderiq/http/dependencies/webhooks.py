"""Parameters of the webhook endpoints."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.dependencies.base import BodyOf, PathId, QueryOf
from renderiq.http.routing import Depends
from renderiq.models.paging import PageQuery
from renderiq.models.webhooks import RotationIn, WebhookChangesIn, WebhookIn
from renderiq.services.webhooks import WebhookService
from renderiq.wiring.webhooks import webhook_service

Webhooks = Annotated[WebhookService, Depends(webhook_service)]
WebhookId = Annotated[str, Depends(PathId("webhook_id").read)]
DeliveryId = Annotated[str, Depends(PathId("delivery_id").read)]
WebhookBody = Annotated[WebhookIn, Depends(BodyOf(WebhookIn).read)]
WebhookChangesBody = Annotated[WebhookChangesIn, Depends(BodyOf(WebhookChangesIn, keep_empty=True).read)]
RotationBody = Annotated[RotationIn, Depends(BodyOf(RotationIn).read)]
DeliveryPageQuery = Annotated[PageQuery, Depends(QueryOf(PageQuery).read)]
