"""The journey of a plugin with the Python client that openapi-generator generates."""

from __future__ import annotations

import os
import time
from pathlib import Path

import httpx
from openapi_client import ApiClient, AuthApi, Configuration, RendersApi, WebhooksApi
from openapi_client.models import DeliveryState, Event, Quality, SignInIn, Status, WebhookIn

configuration = Configuration(host=os.environ["BASE_URL"])
client = ApiClient(configuration)
credentials = SignInIn(email=os.environ["EMAIL"], password=os.environ["PASSWORD"])
configuration.access_token = AuthApi(client).sign_in(credentials).access_token

webhooks = WebhooksApi(client)
webhook = webhooks.register_webhook(WebhookIn(url=os.environ["HOOK_URL"], events=[Event.RENDER_DOT_COMPLETED])).data

renders = RendersApi(client)
picture = Path(os.environ["PICTURE"]).read_bytes()
render_id = renders.create_render(uploaded_image_data=("capture.png", picture), quality=Quality.STANDARD).data.render_id

while (render := renders.get_render(render_id).data).status in (Status.PENDING, Status.PROCESSING):
    time.sleep(0.5)
assert render.status is Status.COMPLETED
assert render.output_url
Path(os.environ["OUTPUT"]).write_bytes(httpx.get(render.output_url, follow_redirects=True).content)

while not any(
    delivery.state is DeliveryState.SUCCEEDED
    for delivery in webhooks.list_webhook_deliveries(webhook.webhook_id).data.deliveries
):
    time.sleep(0.5)
print(render.render_id)
