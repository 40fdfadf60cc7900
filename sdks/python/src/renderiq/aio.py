"""The client for asyncio: ``pip install renderiq[async]``.

>>> async with AsyncRenderiq("rk_live_…", base_url="https://api.example.com/api/plugins") as client:
...     order = await client.create("view.png", style="dramatic")
...     await client.download(await client.wait(order.render_id), "out.png")

Requests go through httpx. What locks files (refreshing tokens, uploads) runs in a thread. The queue has a thread of its
own: use ``client.sync.queue.start()``.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

import httpx

from renderiq.api import Answer, read_answer
from renderiq.bodies import Body, File, Picture, form_body, json_body
from renderiq.client import TIMEOUT, Renderiq
from renderiq.errors import AuthError, NetworkError, RenderiqError, StateError
from renderiq.files import replacing
from renderiq.models import CreditsOut, EstimateOut, RenderAccepted, RenderOut, StyleList
from renderiq.options import IMAGE_FIELDS, MAX_BYTES_IN_ORDER, read_pictures, wire_options
from renderiq.renders import WAIT_PAUSE, WAIT_SECONDS, ended, wait_timeout
from renderiq.retries import retry_pause
from renderiq.transport import Response, network_error

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Unpack

    from renderiq.models import RenderOptions

T = TypeVar("T")


class AsyncRenderiq:
    """The client for asyncio. Its arguments are those of ``Renderiq``; ``sync`` is that client, for everything else."""

    def __init__(self, api_key: str | None = None, *, timeout: float = TIMEOUT, **options: Any) -> None:
        self.sync = Renderiq(api_key, timeout=timeout, **options)
        self._api = self.sync.api
        self._http = httpx.AsyncClient(timeout=timeout, follow_redirects=False)

    async def __aenter__(self) -> AsyncRenderiq:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def create(
        self,
        image: Picture,
        *,
        depth_image: Picture | None = None,
        material_id_image: Picture | None = None,
        normal_image: Picture | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[RenderOptions],
    ) -> RenderAccepted:
        """Orders a render, as ``client.renders.create`` does."""
        pictures = await asyncio.to_thread(read_pictures, image, depth_image, material_id_image, normal_image)
        if sum(len(each.content) for each in pictures.values()) > MAX_BYTES_IN_ORDER:
            given = {"depth_image": depth_image, "material_id_image": material_id_image, "normal_image": normal_image}
            create: Callable[..., RenderAccepted] = self.sync.renders.create
            return await asyncio.to_thread(create, image, **given, idempotency_key=idempotency_key, **options)
        files: dict[str, File] = {IMAGE_FIELDS[name][0]: each for name, each in pictures.items()}
        body = form_body(wire_options(options), files)
        return RenderAccepted.read((await self._call("POST", "/renders", body, key=idempotency_key)).data)

    async def get(self, render_id: str) -> RenderOut:
        """Returns a render."""
        return RenderOut.read((await self._call("GET", f"/renders/{render_id}")).data)

    async def list(self, **query: Any) -> AsyncIterator[RenderOut]:
        """Yields your renders, from new to old."""
        cursor = query.get("cursor")
        while True:
            found = (await self._call("GET", "/renders", query={**query, "cursor": cursor})).data or {}
            for each in found.get("renders") or []:
                yield RenderOut.read(each)
            cursor = found.get("nextCursor")
            if not cursor:
                return

    async def wait(self, render_id: str, *, timeout: float = 600) -> RenderOut:
        """Waits until a render has completed, as ``client.renders.wait`` does."""
        until = self._api.clock.now() + timeout
        prefer = {"Prefer": f"wait={WAIT_SECONDS}"}
        while True:
            answer = await self._call("GET", f"/renders/{render_id}", headers=prefer, wait=WAIT_SECONDS)
            render = RenderOut.read(answer.data)
            if ended(render):
                return render
            if self._api.clock.now() >= until:
                raise wait_timeout()
            await asyncio.sleep(WAIT_PAUSE)

    async def download(self, render: RenderOut | str, path: str | os.PathLike[str]) -> Path:
        """Writes the picture of a completed render to a file, whole or not at all."""
        found = await self.get(render) if isinstance(render, str) else render
        if not found.output_url:
            raise StateError("NO_OUTPUT", "The render has no picture yet.")
        url = found.output_url

        async def once() -> bytes:
            answer = await self._send(self._http.build_request("GET", url), follow_redirects=True)
            if answer.status != 200:
                raise self._api.error(answer)
            return answer.body

        content = await self._repeat(once)
        with replacing(Path(path)) as file:
            file.write(content)
        return Path(path)

    async def again(
        self, render_id: str, *, changes: Mapping[str, Any] | None = None, count: int | None = None
    ) -> RenderAccepted:
        """Orders a render again, as ``client.renders.again`` does."""
        body: dict[str, Any] = {"changes": wire_options(changes or {}), **({} if count is None else {"count": count})}
        return RenderAccepted.read((await self._call("POST", f"/renders/{render_id}/again", json_body(body))).data)

    async def cancel(self, render_id: str) -> RenderOut:
        """Cancels a render."""
        return RenderOut.read((await self._call("DELETE", f"/renders/{render_id}")).data)

    async def estimate(self, **options: Unpack[RenderOptions]) -> EstimateOut:
        """Returns what an order would cost."""
        fields = {name: value for name, value in wire_options(options).items() if value is not None}
        return EstimateOut.read((await self._call("POST", "/renders/estimate", json_body(fields))).data)

    async def credits(self) -> CreditsOut:
        """Returns the balance."""
        return CreditsOut.read((await self._call("GET", "/credits")).data)

    async def styles(self) -> StyleList:
        """Returns all styles."""
        return StyleList.read((await self._call("GET", "/styles", signed_in=False)).data)

    async def _call(
        self,
        method: str,
        path: str,
        body: Body | None = None,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        key: str | None = None,
        signed_in: bool = True,
        wait: float = 0,
    ) -> Answer:
        chosen = key or str(uuid4())
        request = self._api.request(method, path, body=body, query=query, headers=headers, key=chosen)

        async def once(proof: Mapping[str, str]) -> Answer:
            sent = replace(request, headers={**request.headers, **proof})
            outgoing = self._http.build_request(
                sent.method, sent.url, content=sent.body, headers=dict(sent.headers), timeout=self._api.timeout + wait
            )
            return read_answer(await self._send(outgoing), self._api)

        if not signed_in:
            return await self._repeat(lambda: once({}))
        credentials = self._api.credentials
        proof = await asyncio.to_thread(credentials.headers, self._api)
        try:
            return await self._repeat(lambda: once(proof))
        except AuthError as error:
            if not error.may_be_renewed or not await asyncio.to_thread(credentials.renew, self._api, proof):
                raise
        renewed = await asyncio.to_thread(credentials.headers, self._api)
        return await self._repeat(lambda: once(renewed))

    async def _send(self, request: httpx.Request, *, follow_redirects: bool = False) -> Response:
        try:
            answer = await self._http.send(request, follow_redirects=follow_redirects)
        except httpx.TimeoutException as error:
            raise network_error(TimeoutError()) from error
        except httpx.ConnectError as error:
            raise NetworkError("NETWORK_ERROR", str(network_error(error)), was_sent=False) from error
        except httpx.HTTPError as error:
            raise network_error(error) from error
        return Response(
            answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, answer.content
        )

    async def _repeat(self, once: Callable[[], Awaitable[T]]) -> T:
        failures = 0
        while True:
            try:
                return await once()
            except RenderiqError as error:
                failures += 1
                pause = retry_pause(error, failures, self._api.clock.chance(), retries=self._api.retries)
                if pause is None:
                    raise
            await asyncio.sleep(pause)
