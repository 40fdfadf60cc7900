"""The client for asyncio follows the same rules."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httpx")

from renderiq.aio import AsyncRenderiq
from renderiq.clock import Clock
from renderiq.errors import InsufficientCreditsError, NetworkError, RenderFailedError
from renderiq.tokens import FileTokenStore, Tokens

from .conftest import Serve

CREDITS = {"GET /credits": [{"use": "unavailable"}, {"use": "credits"}]}


def run(work: Callable[[AsyncRenderiq], Awaitable[Any]], url: str, **options: Any) -> Any:
    async def inside() -> Any:
        async with AsyncRenderiq(base_url=url, **{"api_key": "rk_live_EXAMPLE", **options}) as client:
            return await work(client)

    return asyncio.run(inside())


def test_a_failed_call_is_repeated(serve: Serve) -> None:
    script = serve(CREDITS)

    found = run(lambda client: client.credits(), script.places["base"])

    assert (found.balance, len(script.requests)) == (90, 2)


def test_an_order_is_created_waited_for_and_downloaded(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "view.png").write_bytes(b"\x89PNG and more")
    script = serve(
        {
            "POST /renders": [{"fault": "reset"}, {"use": "accepted"}],
            "GET /renders/r1": [{"use": "processing"}, {"use": "completed"}],
            "GET /files/t1/output.png": [{"use": "redirect"}],
            "GET /storage/output.png": [{"use": "picture"}],
        }
    )

    async def work(client: AsyncRenderiq) -> Path:
        order = await client.create(tmp_path / "view.png", style="soft")
        return await client.download(await client.wait(order.render_id), tmp_path / "out.png")

    path = run(work, script.places["base"])

    orders = [each for each in script.requests if each.name == "POST /renders"]
    assert path.stat().st_size == 5000
    assert len({each.headers["idempotency-key"] for each in orders}) == 1
    assert "x-api-key" not in script.requests[-1].headers


def test_errors_have_the_same_families(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "view.png").write_bytes(b"\x89PNG and more")
    script = serve({"POST /renders": [{"use": "broke"}], "GET /renders/r1": [{"use": "failed"}]})

    with pytest.raises(InsufficientCreditsError):
        run(lambda client: client.create(tmp_path / "view.png"), script.places["base"])
    with pytest.raises(RenderFailedError):
        run(lambda client: client.wait("r1"), script.places["base"])


def test_without_a_server_the_error_says_that_nothing_was_sent() -> None:
    class Quick(Clock):
        def chance(self) -> float:
            return -1.4

    with pytest.raises(NetworkError) as caught:
        run(lambda client: client.credits(), "http://127.0.0.1:9", clock=Quick())

    assert caught.value.was_sent is False


def test_tokens_are_refreshed(serve: Serve, tmp_path: Path) -> None:
    script = serve(
        {"GET /credits": [{"use": "expired"}, {"use": "credits"}], "POST /auth/refresh": [{"use": "tokens"}]}
    )
    store = FileTokenStore(tmp_path / "session.json")
    store.save(Tokens("access-1", "refresh-1", Clock().now() + 3600))

    found = run(lambda client: client.credits(), script.places["base"], api_key=None, token_store=store)

    kept = store.load()
    assert found.balance == 90
    assert kept
    assert kept.access_token == "access-2"


def test_all_pages_are_read(serve: Serve) -> None:
    def page(ids: str, cursor: str | None) -> dict[str, Any]:
        return {
            "json": {"success": True, "data": {"renders": [{"renderId": each} for each in ids], "nextCursor": cursor}}
        }

    script = serve({"GET /renders": [page("ab", "b"), page("c", None)]})

    async def work(client: AsyncRenderiq) -> list[str]:
        return [each.render_id async for each in client.list()]

    assert run(work, script.places["base"]) == ["a", "b", "c"]
