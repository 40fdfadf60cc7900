"""Tells Schemathesis what it cannot know: pictures, reachable hosts, and that signing out ends a session."""

from __future__ import annotations

import base64
import io
import os
from functools import cache
from typing import Any
from uuid import uuid4

import schemathesis
from hypothesis import strategies as st
from PIL import Image
from schemathesis import Case, GenerationMode, HookContext
from schemathesis.core import NotSet

from local.users import User
from tests.fuzz.sessions import Sessions

LEAVER = User("leaver@example.com", "Fuzz-everything-1", "Leaver")
# Loopback is the only host that the local stack may call. Nothing listens there: it can be registered, deliveries fail.
HOOK = "http://127.0.0.1:9/hook"
DELETIONS = ("DELETE /account", "DELETE /organizations/{organizationId}")
UPLOADS = ("uploadId", "modelUploadId", "depthUploadId", "materialIdUploadId", "normalUploadId")
PICTURES = ("uploadedImageData", "depthImage", "materialIdImage", "normalImage", "image")

schemathesis.openapi.format("uri", st.just(HOOK))


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    if case.operation.label == "POST /auth/signout":
        leave_by_another_session(case)
    if case.operation.label in DELETIONS:
        keep_the_account(case)
    if case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE and isinstance(case.body, dict):
        make_acceptable(case, case.body)


def keep_the_account(case: Case[Any]) -> None:
    """Sends a wrong password with a deletion. One without is allowed right after signing in, and ends every other case.

    A body that is no object is refused anyway.
    """
    if isinstance(case.body, NotSet):
        case.body, case.media_type = {}, "application/json"
    if isinstance(case.body, dict):
        case.body["password"] = "Wrong-password-1"


def leave_by_another_session(case: Case[Any]) -> None:
    """Signs out a session that no other case uses. Credentials that were generated are kept."""
    if case.headers.get("Authorization") == f"Bearer {os.environ['FUZZ_TOKEN']}":
        case.headers["Authorization"] = f"Bearer {Sessions.of_environment().sign_in(LEAVER)}"


def make_acceptable(case: Case[Any], body: dict[str, Any]) -> None:
    """Replaces what a schema cannot describe: pictures, future times, existing hosts, unused idempotency keys."""
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid4())
    if case.operation.label == "POST /renders":
        # in standard quality, to keep the render worker's load small
        body |= {"uploadedImageData": "a picture", "quality": "standard"}
        for field in ("imageUrl", "projectId", "model", "uploadedImageType", *UPLOADS):
            body.pop(field, None)
    if case.operation.label == "POST /renders/estimate":
        body.pop("modelUploadId", None)  # the stack of the test renders no 3D models
    for order in (body, body.get("changes")):
        if isinstance(order, dict):
            make_order_acceptable(order)
    body.pop("newPassword", None)  # only a user that has to choose one may send it
    for name in [each for each in body if not each.strip()]:
        del body[name]  # a part of a form needs a name
    for field in PICTURES:
        if field in body:
            body[field] = capture() if case.media_type == "multipart/form-data" else as_text(capture())
    if case.operation.path.startswith("/consents"):
        body["version"] = 1
    if body.get("expiresAt"):
        body["expiresAt"] = "2999-12-31T23:59:59Z"
    if case.operation.path.startswith("/styles") and body.get("base"):
        body["base"] = "golden-hour"
    if body.get("url"):
        body["url"] = HOOK
    if body.get("headers"):
        body["headers"] = {"X-Office": "Graz"}


def make_order_acceptable(order: dict[str, Any]) -> None:
    """Gives colours a form that a schema cannot ask for, a depth a nearest and a farthest end, a style a name, and the
    sun what belongs together.
    """
    if order.get("style"):
        order["style"] = "golden-hour@1"
    if isinstance(order.get("materials"), dict):
        order["materials"] = {"#a1b2c3": "brick"}
    if isinstance(order.get("sun"), dict):
        order["sun"] = {"azimuth": 120, "elevation": 30}
    if isinstance(order.get("camera"), dict):
        order["camera"] = {name: value for name, value in order["camera"].items() if name not in ("near", "far")}


@cache
def capture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (96, 64), (120, 150, 170)).save(file, "PNG")
    return file.getvalue()


def as_text(picture: bytes) -> str:
    return base64.b64encode(picture).decode()
