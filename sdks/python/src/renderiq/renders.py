"""Renders: order, wait, download, order again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from renderiq.api import Api
from renderiq.bodies import File, Picture, form_body, read_picture
from renderiq.errors import RenderFailedError, StateError, WaitTimeoutError
from renderiq.files import replacing, write_durably
from renderiq.models import EstimateOut, RenderAccepted, RenderOut
from renderiq.options import IMAGE_FIELDS, MAX_BYTES_IN_ORDER, given_pictures, wire_options
from renderiq.pages import pages
from renderiq.uploads import Uploads

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from renderiq.models import RenderOptions

WAIT_SECONDS: Final = 20
"""How long the server holds a request until the render changes."""
WAIT_PAUSE: Final = 1.0
"""The seconds between an answer and the next request."""


class Renders:
    """``client.renders``. Options such as ``style``, ``quality`` and ``prompt`` are those of ``RenderOptions``."""

    def __init__(self, api: Api, uploads: Uploads) -> None:
        self._api = api
        self._uploads = uploads

    def create(
        self,
        image: Picture,
        *,
        depth_image: Picture | None = None,
        material_id_image: Picture | None = None,
        normal_image: Picture | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[RenderOptions],
    ) -> RenderAccepted:
        """Orders a render of a viewport capture, and returns what was accepted.

        Pictures that are too large for a request are uploaded first. Raises ``InsufficientCreditsError``,
        ``ValidationError``, or another ``RenderiqError``.
        """
        pictures = given_pictures(image, depth_image, material_id_image, normal_image)
        files = {name: read_picture(each, name) for name, each in pictures.items()}
        fields = wire_options(options)
        if sum(len(each.content) for each in files.values()) > MAX_BYTES_IN_ORDER:
            for name, file in files.items():
                _, field, purpose = IMAGE_FIELDS[name]
                fields[field] = self._uploaded(pictures[name], file, purpose)
            files = {}
        return self.order(fields, {IMAGE_FIELDS[name][0]: file for name, file in files.items()}, idempotency_key)

    def order(self, fields: Mapping[str, Any], files: Mapping[str, File], key: str | None = None) -> RenderAccepted:
        """Sends an order in the words of the wire."""
        return RenderAccepted.read(self._api.call("POST", "/renders", body=form_body(fields, files), key=key).data)

    def get(self, render_id: str) -> RenderOut:
        """Returns a render. Raises ``NotFoundError``."""
        return RenderOut.read(self._api.call("GET", f"/renders/{render_id}").data)

    def list(self, **query: Any) -> Iterator[RenderOut]:
        """Yields your renders, from new to old. ``status``, ``projectId`` and ``platform`` filter them."""
        return pages(self._api, "/renders", "renders", RenderOut, query)

    def wait(self, render_id: str, *, timeout: float = 600) -> RenderOut:
        """Waits until a render has completed, and returns it.

        Raises ``RenderFailedError`` if it failed or was cancelled, and ``WaitTimeoutError`` after ``timeout`` seconds.
        """
        clock = self._api.clock
        until = clock.now() + timeout
        while True:
            prefer = {"Prefer": f"wait={WAIT_SECONDS}"}
            answer = self._api.call("GET", f"/renders/{render_id}", headers=prefer, wait=WAIT_SECONDS)
            render = RenderOut.read(answer.data)
            if ended(render):
                return render
            if clock.now() >= until:
                raise wait_timeout()
            clock.sleep(WAIT_PAUSE)

    def download(self, render: RenderOut | str, path: str | os.PathLike[str]) -> Path:
        """Writes the picture of a completed render to a file, whole or not at all.

        Raises ``StateError`` if there is none.
        """
        found = self.get(render) if isinstance(render, str) else render
        if not found.output_url:
            raise StateError("NO_OUTPUT", "The render has no picture yet.")
        with replacing(Path(path)) as file:
            self._api.download(found.output_url, file)
        return Path(path)

    def again(
        self,
        render_id: str,
        *,
        changes: Mapping[str, Any] | None = None,
        count: int | None = None,
        idempotency_key: str | None = None,
    ) -> RenderAccepted:
        """Orders a render again. ``changes`` are options; None gives an option its default: ``{"seed": None}``."""
        body: dict[str, Any] = {"changes": wire_options(changes or {})}
        if count is not None:
            body["count"] = count
        answer = self._api.call("POST", f"/renders/{render_id}/again", json=body, key=idempotency_key)
        return RenderAccepted.read(answer.data)

    def cancel(self, render_id: str) -> RenderOut:
        """Cancels a render; its credits are returned. Raises ``ConflictError`` if it has ended."""
        return RenderOut.read(self._api.call("DELETE", f"/renders/{render_id}").data)

    def estimate(self, **options: Unpack[RenderOptions]) -> EstimateOut:
        """Returns what an order would cost, and whether the balance is enough."""
        fields = {name: value for name, value in wire_options(options).items() if value is not None}
        return EstimateOut.read(self._api.call("POST", "/renders/estimate", json=fields).data)

    def _uploaded(self, picture: Picture, file: File, purpose: str) -> str:
        if not isinstance(picture, bytes):
            return self._uploads.send(picture, purpose=purpose).upload_id
        from tempfile import TemporaryDirectory

        with TemporaryDirectory(prefix="renderiq-") as folder:
            path = Path(folder) / file.name
            write_durably(path, file.content)
            return self._uploads.send(path, purpose=purpose).upload_id


def ended(render: RenderOut) -> bool:
    """Returns whether a render has completed. Raises ``RenderFailedError`` if it will not."""
    if render.status == "cancelled":
        raise RenderFailedError("RENDER_CANCELLED", render.error or "The render was cancelled.", details=render.raw)
    if render.status == "failed":
        code, sentence = render.error_code or "RENDER_FAILED", render.error or "The render failed."
        raise RenderFailedError(code, sentence, details=render.raw)
    return render.status == "completed"


def wait_timeout() -> WaitTimeoutError:
    """Returns the error of a wait that took too long."""
    return WaitTimeoutError("WAIT_TIMEOUT", "The render is not ready yet. It goes on.", retryable=True)
