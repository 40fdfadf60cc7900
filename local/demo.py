"""``make demo``: renders one viewport in a local stack of its own, with free ports and no kept state.

``make demo MODEL=1`` renders the sample house instead, a 3D model, with the path tracer.

It signs in, creates a render, polls its progress, receives the webhook, verifies both of its signatures and saves the
images in demo/. It prints each step with the seconds since the start, and ends at the first step that fails.
"""

import hashlib
import hmac
import json
import logging
import os
import queue
import sys
import time
from collections.abc import Callable, Mapping
from io import BytesIO
from logging.handlers import BufferingHandler
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
IMAGES: Final = paths.ROOT / "demo"
MODEL: Final = paths.ROOT / "tests" / "data" / "house.glb"
RENDER_SECONDS: Final = 120.0
PATH_TRACER_SECONDS: Final = 900.0
WEBHOOK_SECONDS: Final = 15.0
_USER_AGENT: Final = "Renderiq-Plugin/SketchUp/1.0.0"


class DemoError(Exception):
    """A step failed. The message names the step and what happened."""


def demonstrate(parameters: Mapping[str, str]) -> int:
    """Run the demo. Returns the exit status: 0 if every step succeeded, 1 if one failed, 130 on Ctrl-C."""
    stop_on_signals()
    log = paths.STATE / "demo.log"
    log.unlink(missing_ok=True)
    print_step = _timeline()
    print_step("starting emulated AWS and the API")
    errors = BufferingHandler(capacity=1000)
    errors.setLevel(logging.ERROR)
    logging.getLogger("local").addHandler(errors)
    try:
        with (
            Stack(parameters=parameters, log=log) as stack,
            receiving() as receiver,
            httpx.Client(base_url=stack.url, headers={"user-agent": _USER_AGENT}, timeout=35, trust_env=False) as http,
        ):
            _Demo(http, receiver, print_step, errors, renders_model=bool(os.environ.get("MODEL"))).run()
    except (DemoError, httpx.HTTPError) as error:
        print(
            f"✗ {error or type(error).__name__}\n  The functions' output is in {os.path.relpath(log)}",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("✗ stopped", file=sys.stderr)
        return 130
    return 0


def _timeline() -> Callable[[str], None]:
    """A function that prints lines with the seconds since now."""
    started = time.monotonic()
    return lambda line: print(f"{time.monotonic() - started:6.2f} s  {line}", flush=True)


class _Demo:
    def __init__(
        self,
        http: httpx.Client,
        receiver: Receiver,
        print_step: Callable[[str], None],
        errors: BufferingHandler,
        *,
        renders_model: bool,
    ) -> None:
        self._http = http
        self._receiver = receiver
        self._print_step = print_step
        self._errors = errors
        self._renders_model = renders_model

    def run(self) -> None:
        self._print_step(f"the API is up at {str(self._http.base_url).rstrip('/')}")
        self._sign_in()
        secret = self._register_webhook()
        render_id = self._create_render()
        render = self._wait_for_render(render_id)
        self._verify_webhook(secret, render_id)
        self._save_images(render)

    def _call(self, method: str, path: str, expected: int, **request: Any) -> dict[str, Any]:
        response = self._http.request(method, path, **request)
        if response.status_code != expected:
            raise DemoError(
                f"{method} {path} responded {response.status_code} instead of {expected}: {response.text[:500]}"
            )
        try:
            return dict(response.json())
        except ValueError:
            raise DemoError(f"{method} {path} did not respond with JSON: {response.text[:500]}") from None

    def _sign_in(self) -> None:
        response = self._call(
            "POST", "/auth/signin", 200, json={"email": DEMO_USER.email, "password": DEMO_USER.password}
        )
        self._http.headers["authorization"] = f"Bearer {response['access_token']}"
        balance = self._call("GET", "/credits", 200)["data"]["balance"]
        self._print_step(f"signed in as {response['user']['email']}, {balance:,} credits")

    def _register_webhook(self) -> str:
        body = {"url": self._receiver.url, "events": ["render.completed", "render.failed"]}
        response = self._call("POST", "/webhooks/register", 201, json=body)
        self._print_step(f"webhook registered for {', '.join(body['events'])}")
        return str(response["data"]["secret"])

    def _create_render(self) -> str:
        style = os.environ.get("DEMO_STYLE", "photorealistic")
        if self._renders_model:
            return self._create_render_of_model(style)
        response = self._call(
            "POST",
            "/renders",
            202,
            files={"uploadedImageData": ("viewport.png", VIEWPORT.read_bytes(), "image/png")},
            data={"uploadedImageType": "image/png", "quality": "standard", "style": style, "prompt": "A house at noon"},
        )["data"]
        self._print_step(
            f"render {response['renderId']} accepted: {style}, standard, {response['creditsCost']} credits"
        )
        return str(response["renderId"])

    def _create_render_of_model(self, style: str) -> str:
        data = MODEL.read_bytes()
        file = {"fileName": MODEL.name, "contentType": "model/gltf-binary", "size": len(data), "purpose": "model"}
        self._agree_to("model_upload")
        upload = self._call("POST", "/uploads", 201, json=file)["data"]
        if httpx.put(upload["putUrl"], content=data, timeout=60, trust_env=False).status_code != 200:
            raise DemoError("The model could not be uploaded.")
        self._call("POST", f"/uploads/{upload['uploadId']}/complete", 200, json={})
        self._print_step(f"{MODEL.name} uploaded, {len(data) / 1e6:.1f} MB")
        order = {"modelUploadId": upload["uploadId"], "model": "cycles", "quality": "standard", "style": style}
        response = self._call("POST", "/renders", 202, json=order)["data"]
        self._print_step(
            f"render {response['renderId']} accepted: {style}, standard, {response['creditsCost']} credits"
        )
        return str(response["renderId"])

    def _agree_to(self, name: str) -> None:
        """Agrees to a consent for the demo user, who cannot be asked."""
        listed = self._call("GET", "/consents", 200)["data"]["consents"]
        text = next(each for each in listed if each["name"] == name)
        self._call("POST", f"/consents/{name}", 200, json={"version": text["version"], "granted": True})
        self._print_step(f"agreed to: {text['title']}")

    def _wait_for_render(self, render_id: str) -> dict[str, Any]:
        shown = None
        often_until = time.monotonic() + 15
        seconds = PATH_TRACER_SECONDS if self._renders_model else RENDER_SECONDS
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            render: dict[str, Any] = self._call("GET", f"/renders/{render_id}", 200)["data"]
            state = render["status"], render["progress"]
            if state != shown:
                self._print_step(f"{state[0]} {state[1]} %")
                shown = state
            if render["status"] == "completed":
                return render
            if render["status"] in ("failed", "cancelled"):
                raise DemoError(f"The render is {render['status']}: {render.get('errorCode')} {render.get('error')}")
            self._raise_errors()
            time.sleep(0.3 if time.monotonic() < often_until else 1.5)  # the rate limit is 100 requests a minute
        raise DemoError(f"The render did not end within {seconds:.0f} s; its last state was {shown}.")

    def _raise_errors(self) -> None:
        """Raise the errors that the stack has logged. A retry of a failed worker would take too long for a demo."""
        if self._errors.buffer:
            raise DemoError("\n  ".join(record.getMessage() for record in self._errors.buffer))

    def _verify_webhook(self, secret: str, render_id: str) -> None:
        try:
            received = self._receiver.arrivals.get(timeout=WEBHOOK_SECONDS)
        except queue.Empty:
            self._raise_errors()
            raise DemoError(f"No webhook was received within {WEBHOOK_SECONDS:.0f} s of completion.") from None
        payload = verified(received, secret)
        if (payload["event"], payload["data"]["renderId"]) != ("render.completed", render_id):
            raise DemoError(f"The webhook is about another event or render: {payload}")
        self._print_step("webhook render.completed received; webhook-signature and X-Renderiq-Signature are valid")

    def _save_images(self, render: Mapping[str, Any]) -> None:
        download = httpx.get(render["outputUrl"], timeout=30, trust_env=False, follow_redirects=True)
        if download.status_code != 200:
            raise DemoError(f"The image's URL responded {download.status_code}.")
        IMAGES.mkdir(exist_ok=True)
        after = Image.open(BytesIO(download.content)).convert("RGB")
        if after.size != (render["width"], render["height"]):
            raise DemoError(f"The image is {after.size}, but the render says {render['width']} by {render['height']}.")
        names = ["after.png"]
        after.save(IMAGES / "after.png")
        if not self._renders_model:
            before = Image.open(VIEWPORT).convert("RGB")
            before.save(IMAGES / "before.png")
            side_by_side(before, after).save(IMAGES / "before-after.png")
            names += ["before.png", "before-after.png"]
        self._print_step(f"image downloaded, {after.width} by {after.height}, {len(download.content) / 1e6:.1f} MB")
        for name in names:
            print(f"          {os.path.relpath(IMAGES / name)}")


def verified(received: Received, secret: str) -> dict[str, Any]:
    """The webhook's payload. Raises ``DemoError`` if one of its two signatures is wrong."""
    try:
        Webhook(secret).verify(received.body, dict(received.headers))
    except WebhookVerificationError as error:
        raise DemoError(f"webhook-signature is wrong: {error}") from error
    expected = hmac.new(secret.encode(), received.body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, received.headers.get("x-renderiq-signature", "")):
        raise DemoError("X-Renderiq-Signature is wrong.")
    return dict(json.loads(received.body))


def side_by_side(before: Image.Image, after: Image.Image) -> Image.Image:
    """One image with ``before`` on the left and ``after`` on the right, at the height of ``after``."""
    left = before.resize((round(before.width * after.height / before.height), after.height), Image.Resampling.LANCZOS)
    both = Image.new("RGB", (left.width + after.width, after.height))
    both.paste(left, (0, 0))
    both.paste(after, (left.width, 0))
    return both
