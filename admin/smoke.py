"""``make smoke``: checks a deployed API from outside, as a plugin uses it."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

CAPTURE: Final = Path(__file__).resolve().parents[1] / "tests" / "data" / "viewport_clean.png"
RENDER_SECONDS: Final = 300.0
DELIVERY_SECONDS: Final = 60.0
_METHOD_NOT_ALLOWED: Final = 405


class SmokeError(Exception):
    """The API did not do what it should; the message says what."""


def smoke(
    url: str, email: str, password: str, *, webhook_url: str | None = None, say: Callable[[str], None] = print
) -> None:
    """Check health, sign in, render a capture, and check that the webhook was sent. Raises ``SmokeError``.

    This machine need not be reachable from the internet, because the delivery log of the API tells what the receiver
    answered. ``webhook_url`` is a receiver that answers with 2xx. Without one, the webhook is sent to the API's own
    /health. That answers a POST with 405, which is enough to show that the delivery worker reaches the internet.
    """
    with httpx.Client(base_url=url.rstrip("/"), timeout=30) as http:
        check = _Check(http)
        services = check.call("GET", "/health", params={"deep": "1"})
        if services["status"] != "healthy":
            raise SmokeError(f"/health?deep=1 is {services['status']}: {services['services']}")
        say("health: every service answers")
        tokens = check.call("POST", "/auth/signin", json={"email": email, "password": password})
        http.headers["authorization"] = f"Bearer {tokens['access_token']}"
        say("signed in")
        receiver = webhook_url or f"{url.rstrip('/')}/health"
        body = {"url": receiver, "events": ["render.completed"], "description": "smoke test"}
        webhook = check.call("POST", "/webhooks/register", json=body)["data"]["webhookId"]
        try:
            render = check.render()
            say(f"rendered {render['width']} by {render['height']} in {render.get('processingTime', 0)} s")
            status = check.delivery(webhook, render["renderId"])
            if webhook_url and not 200 <= status < 300:
                raise SmokeError(f"{webhook_url} answered the webhook with {status}.")
            if not webhook_url and status != _METHOD_NOT_ALLOWED:
                raise SmokeError(f"The webhook should have reached {receiver} and got 405, but got {status}.")
            say(f"webhook sent; its receiver answered {status}")
        finally:
            check.call("DELETE", f"/webhooks/{webhook}")
            check.call("POST", "/auth/signout")


@dataclass(frozen=True, slots=True)
class _Check:
    http: httpx.Client

    def call(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        """The JSON body of a successful response. Raises ``SmokeError`` for any other."""
        try:
            response = self.http.request(method, path, **request)
            answer: dict[str, Any] = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise SmokeError(f"{method} {path}: {type(error).__name__} {error}") from error
        if not response.is_success:
            raise SmokeError(f"{method} {path} answered {response.status_code}: {response.text[:500]}")
        return answer

    def render(self) -> dict[str, Any]:
        """A completed render, whose image was downloaded."""
        files = {"uploadedImageData": ("viewport.png", CAPTURE.read_bytes(), "image/png")}
        accepted = self.call("POST", "/renders", files=files, data={"quality": "standard"})["data"]
        deadline = time.monotonic() + RENDER_SECONDS
        while time.monotonic() < deadline:
            render: dict[str, Any] = self.call("GET", f"/renders/{accepted['renderId']}")["data"]
            if render["status"] == "completed":
                image = httpx.get(render["outputUrl"], timeout=60, follow_redirects=True)
                if image.status_code != 200 or not image.headers["content-type"].startswith("image/"):
                    raise SmokeError(f"The image's URL answered {image.status_code}.")
                return render
            if render["status"] in {"failed", "cancelled"}:
                raise SmokeError(f"The render is {render['status']}: {render.get('errorCode')} {render.get('error')}")
            time.sleep(2)
        raise SmokeError(f"The render did not end within {RENDER_SECONDS:.0f} s.")

    def delivery(self, webhook: str, render_id: str) -> int:
        """What the receiver answered to the webhook of the render."""
        deadline = time.monotonic() + DELIVERY_SECONDS
        while time.monotonic() < deadline:
            for delivery in self.call("GET", f"/webhooks/{webhook}/deliveries")["data"]["deliveries"]:
                for attempt in delivery["attempts"]:
                    if attempt.get("status") is None:
                        raise SmokeError(f"The webhook of render {render_id} was not sent: {attempt.get('problem')}")
                    return int(attempt["status"])
            time.sleep(2)
        raise SmokeError(f"No attempt was made at the webhook of render {render_id} in {DELIVERY_SECONDS:.0f} s.")


def run(url: str, email: str, password: str, webhook_url: str | None) -> int:
    """Run the checks and print them. Returns the exit status."""
    began = time.monotonic()
    try:
        smoke(url, email, password, webhook_url=webhook_url, say=lambda line: print(f"✓ {line}", flush=True))
    except SmokeError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    print(f"passed in {time.monotonic() - began:.0f} s")
    return 0
