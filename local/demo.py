"""``make demo``: the main job once, on ports and a state of its own.

Signs in, asks for a render of a viewport, watches its progress, receives the webhook and verifies both of its
signatures, and leaves the two pictures in demo/. Every step says how long it took; the first that fails ends it.
"""

import hashlib
import hmac
import json
import os
import queue
import sys
import time
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any, Final

import httpx
from PIL import Image
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from local import paths
from local.dev import stop_on_signals
from local.receiver import Received, Receiver, receiving
from local.stack import Stack
from local.users import DEMO_USER

VIEWPORT: Final = paths.ROOT / "tests" / "data" / "viewport_clean.png"
PICTURES: Final = paths.ROOT / "demo"
RENDER_SECONDS: Final = 120.0
WEBHOOK_SECONDS: Final = 15.0
_USER_AGENT: Final = "Renderiq-Plugin/SketchUp/1.0.0"


class DemoError(Exception):
    """A step did not hold; the message says which and what came instead."""


def demonstrate(parameters: Mapping[str, str]) -> int:
    """The exit status: 0 only if every step held."""
    stop_on_signals()
    log = paths.STATE / "demo.log"
    log.unlink(missing_ok=True)
    tell = _timeline()
    tell("starting emulated AWS and the API")
    troubles: list[str] = []

    def note(line: str, *, trouble: bool = False) -> None:
        if trouble:
            troubles.append(line)

    try:
        with (
            Stack(parameters=parameters, log=log, report=note) as stack,
            receiving() as receiver,
            httpx.Client(base_url=stack.url, headers={"user-agent": _USER_AGENT}, timeout=35, trust_env=False) as http,
        ):
            _Demo(http, receiver, tell, troubles).run()
    except (DemoError, httpx.HTTPError) as error:
        print(
            f"✗ {error or type(error).__name__}\n  What the functions printed is in {os.path.relpath(log)}",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("✗ stopped", file=sys.stderr)
        return 130
    return 0


def _timeline() -> Callable[[str], None]:
    """Prints lines with the seconds since now."""
    started = time.monotonic()
    return lambda line: print(f"{time.monotonic() - started:6.2f} s  {line}", flush=True)


class _Demo:
    def __init__(
        self, http: httpx.Client, receiver: Receiver, tell: Callable[[str], None], troubles: list[str]
    ) -> None:
        self._http = http
        self._receiver = receiver
        self._tell = tell
        self._troubles = troubles

    def run(self) -> None:
        self._tell(f"the API is up at {str(self._http.base_url).rstrip('/')}")
        self._sign_in()
        secret = self._register_webhook()
        render_id = self._ask_for_render()
        render = self._wait_for(render_id)
        self._verify_webhook(secret, render_id)
        self._keep_pictures(render)

    def _call(self, method: str, path: str, expected: int, **request: Any) -> dict[str, Any]:
        answer = self._http.request(method, path, **request)
        if answer.status_code != expected:
            raise DemoError(f"{method} {path} answered {answer.status_code} instead of {expected}: {answer.text[:500]}")
        try:
            return dict(answer.json())
        except ValueError:
            raise DemoError(f"{method} {path} did not answer JSON: {answer.text[:500]}") from None

    def _sign_in(self) -> None:
        answer = self._call(
            "POST", "/auth/signin", 200, json={"email": DEMO_USER.email, "password": DEMO_USER.password}
        )
        self._http.headers["authorization"] = f"Bearer {answer['access_token']}"
        balance = self._call("GET", "/credits", 200)["data"]["balance"]
        self._tell(f"signed in as {answer['user']['email']}, {balance:,} credits")

    def _register_webhook(self) -> str:
        body = {"url": self._receiver.url, "events": ["render.completed", "render.failed"]}
        answer = self._call("POST", "/webhooks/register", 201, json=body)
        self._tell(f"webhook registered for {', '.join(body['events'])}")
        return str(answer["data"]["secret"])

    def _ask_for_render(self) -> str:
        style = os.environ.get("DEMO_STYLE", "photorealistic")
        answer = self._call(
            "POST",
            "/renders",
            202,
            files={"uploadedImageData": ("viewport.png", VIEWPORT.read_bytes(), "image/png")},
            data={"uploadedImageType": "image/png", "quality": "standard", "style": style, "prompt": "A house at noon"},
        )["data"]
        self._tell(f"render {answer['renderId']} accepted: {style}, standard, {answer['creditsCost']} credits")
        return str(answer["renderId"])

    def _wait_for(self, render_id: str) -> dict[str, Any]:
        shown = None
        often_until = time.monotonic() + 15
        deadline = time.monotonic() + RENDER_SECONDS
        while time.monotonic() < deadline:
            render: dict[str, Any] = self._call("GET", f"/renders/{render_id}", 200)["data"]
            state = render["status"], render["progress"]
            if state != shown:
                self._tell(f"{state[0]} {state[1]} %")
                shown = state
            if render["status"] == "completed":
                return render
            if render["status"] in ("failed", "cancelled"):
                raise DemoError(f"The render {render['status']}: {render.get('errorCode')} {render.get('error')}")
            self._stop_at_trouble()
            time.sleep(0.3 if time.monotonic() < often_until else 1.5)  # a plugin may call 100 times a minute
        raise DemoError(f"The render was not done after {RENDER_SECONDS:.0f} s; last seen: {shown}")

    def _stop_at_trouble(self) -> None:
        """A worker that fails would be called again, but much later than anybody watches a demo."""
        if self._troubles:
            raise DemoError("\n  ".join(self._troubles))

    def _verify_webhook(self, secret: str, render_id: str) -> None:
        try:
            received = self._receiver.arrivals.get(timeout=WEBHOOK_SECONDS)
        except queue.Empty:
            self._stop_at_trouble()
            raise DemoError(f"No webhook came within {WEBHOOK_SECONDS:.0f} s of completion.") from None
        payload = verified(received, secret)
        if (payload["event"], payload["data"]["renderId"]) != ("render.completed", render_id):
            raise DemoError(f"The webhook tells of something else: {payload}")
        self._tell("webhook render.completed received; webhook-signature and X-Renderiq-Signature are right")

    def _keep_pictures(self, render: Mapping[str, Any]) -> None:
        download = httpx.get(render["outputUrl"], timeout=30, trust_env=False)
        if download.status_code != 200:
            raise DemoError(f"The picture's link answered {download.status_code}.")
        PICTURES.mkdir(exist_ok=True)
        before, after = Image.open(VIEWPORT).convert("RGB"), Image.open(BytesIO(download.content)).convert("RGB")
        if after.size != (render["width"], render["height"]):
            raise DemoError(
                f"The picture is {after.size}, but the render said {render['width']} by {render['height']}."
            )
        before.save(PICTURES / "before.png")
        after.save(PICTURES / "after.png")
        side_by_side(before, after).save(PICTURES / "before-after.png")
        self._tell(f"picture downloaded, {after.width} by {after.height}, {len(download.content) / 1e6:.1f} MB")
        for name in ("before.png", "after.png", "before-after.png"):
            print(f"          {os.path.relpath(PICTURES / name)}")


def verified(received: Received, secret: str) -> dict[str, Any]:
    """The webhook's payload. Raises ``DemoError`` unless both signatures are right."""
    try:
        Webhook(secret).verify(received.body, dict(received.headers))
    except WebhookVerificationError as error:
        raise DemoError(f"webhook-signature is wrong: {error}") from error
    expected = hmac.new(secret.encode(), received.body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, received.headers.get("x-renderiq-signature", "")):
        raise DemoError("X-Renderiq-Signature is wrong.")
    return dict(json.loads(received.body))


def side_by_side(before: Image.Image, after: Image.Image) -> Image.Image:
    """Both at the height of ``after``, ``before`` on the left."""
    left = before.resize((round(before.width * after.height / before.height), after.height), Image.Resampling.LANCZOS)
    both = Image.new("RGB", (left.width + after.width, after.height))
    both.paste(left, (0, 0))
    both.paste(after, (left.width, 0))
    return both
