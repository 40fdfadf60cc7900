"""The journey of a plugin with the client that openapi-python-client generates."""

from __future__ import annotations

import os
import time
from pathlib import Path

import httpx
from renderiq_plugin_api_client import AuthenticatedClient, Client
from renderiq_plugin_api_client.api.auth import sign_in
from renderiq_plugin_api_client.api.renders import create_render, get_render
from renderiq_plugin_api_client.api.webhooks import list_webhook_deliveries, register_webhook
from renderiq_plugin_api_client.models import (
    DeliveryPageResponse,
    DeliveryState,
    Quality,
    RenderAcceptedResponse,
    RenderIn,
    RenderResponse,
    SignInIn,
    Status,
    TokensOut,
    WebhookIn,
    WebhookInEventsItem,
    WebhookRegisteredResponse,
)
from renderiq_plugin_api_client.types import File

url = os.environ["BASE_URL"]
tokens = sign_in.sync(client=Client(url), body=SignInIn(os.environ["EMAIL"], os.environ["PASSWORD"]))
assert isinstance(tokens, TokensOut)
client = AuthenticatedClient(url, tokens.access_token)

wanted = WebhookIn(url=os.environ["HOOK_URL"], events=[WebhookInEventsItem.RENDER_COMPLETED])
webhook = register_webhook.sync(client=client, body=wanted)
assert isinstance(webhook, WebhookRegisteredResponse)

with Path(os.environ["PICTURE"]).open("rb") as picture:
    capture = File(picture, "capture.png", "image/png")
    accepted = create_render.sync(client=client, body=RenderIn(capture, quality=Quality.STANDARD))
assert isinstance(accepted, RenderAcceptedResponse)

while True:
    render = get_render.sync(accepted.data.render_id, client=client)
    assert isinstance(render, RenderResponse)
    if render.data.status not in (Status.PENDING, Status.PROCESSING):
        break
    time.sleep(0.5)
assert render.data.status is Status.COMPLETED
assert isinstance(render.data.output_url, str)
Path(os.environ["OUTPUT"]).write_bytes(httpx.get(render.data.output_url, follow_redirects=True).content)

while True:
    page = list_webhook_deliveries.sync(webhook.data.webhook_id, client=client)
    assert isinstance(page, DeliveryPageResponse)
    if any(delivery.state is DeliveryState.SUCCEEDED for delivery in page.data.deliveries):
        break
    time.sleep(0.5)
print(render.data.render_id)
