"""The command ``renderiq``."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from renderiq.cli import main
from renderiq.cli.render import progress_bar

from .conftest import Serve

PICTURE = {"GET /files/t1/output.png": [{"use": "redirect"}], "GET /storage/output.png": [{"use": "picture"}]}


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENDERIQ_API_KEY", "rk_live_EXAMPLE")


@pytest.fixture
def view(tmp_path: Path) -> Path:
    path = tmp_path / "view.png"
    path.write_bytes(b"\x89PNG and more")
    return path


def run(url: str, home: Path, *arguments: str | os.PathLike[str]) -> int:
    return main(["--url", url, "--home", str(home), *map(str, arguments)])


def test_renders_a_picture_beside_the_capture(serve: Serve, view: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = serve({"POST /renders": [{"use": "accepted"}], "GET /renders/r1": [{"use": "completed"}], **PICTURE})

    status = run(script.places["base"], view.parent, "render", view, "--style", "dramatic", "--seed", "7")

    assert status == 0
    assert (view.parent / "view-render.png").stat().st_size == 5000
    assert script.requests[0].fields["style"] == "dramatic"
    assert "1920 by 1080" in capsys.readouterr().out


def test_an_error_is_a_sentence(serve: Serve, view: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = serve({"POST /renders": [{"use": "broke"}]})

    status = run(script.places["base"], view.parent, "render", view)

    assert (status, capsys.readouterr().err) == (1, "✗ Not enough credits for this render. (request req-1)\n")


def test_a_wrong_key_says_how_to_sign_in(serve: Serve, view: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = serve({"POST /renders": [{"use": "wrong key"}]})

    run(script.places["base"], view.parent, "render", view)

    assert capsys.readouterr().err.endswith("Run: renderiq login\n")


def test_a_missing_picture_is_a_sentence(serve: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(serve({}).places["base"], tmp_path, "render", tmp_path / "none.png") == 1
    assert "none.png" in capsys.readouterr().err


def test_pictures_are_queued_and_sent(serve: Serve, view: Path, capsys: pytest.CaptureFixture[str]) -> None:
    accepted = {"use": "accepted", "json": {"data": {"estimatedTime": 0}}}
    script = serve({"POST /renders": [accepted], "GET /renders/r1": [{"use": "completed"}], **PICTURE})
    home = view.parent / "home"

    assert run(script.places["base"], home, "queue", "add", view, "--prompt", "A house") == 0
    assert run(script.places["base"], home, "queue", "run") == 0
    capsys.readouterr()
    assert run(script.places["base"], home, "queue", "list") == 0

    identity, state, path = capsys.readouterr().out.split()
    assert (state, Path(path).stat().st_size) == ("done", 5000)
    assert run(script.places["base"], home, "queue", "remove", identity) == 0


def test_a_paused_queue_says_why(serve: Serve, view: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = serve({"POST /renders": [{"use": "broke"}]})
    home = view.parent / "home"
    run(script.places["base"], home, "queue", "add", view)

    status = run(script.places["base"], home, "queue", "run")

    assert (status, capsys.readouterr().out.splitlines()[-1]) == (1, "paused: Not enough credits for this render.")


def test_an_unknown_order_is_a_sentence(serve: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(serve({}).places["base"], tmp_path, "queue", "cancel", "abc") == 1
    assert capsys.readouterr().err == "✗ 0 orders have an id that begins with abc.\n"


def test_styles_are_listed_with_their_categories(
    serve: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    style = {"name": "soft", "styleId": "soft@1", "category": "daylight", "title": "Soft"}
    data = {"styles": [style], "categories": [{"name": "daylight", "title": "Daylight"}]}
    script = serve({"GET /styles": [{"json": {"success": True, "data": data}}]})

    run(script.places["base"], tmp_path, "styles")

    assert capsys.readouterr().out.split() == ["soft@1", "Daylight", "Soft"]


def test_events_are_printed_and_the_endpoint_is_deleted(
    serve: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    event = {"id": "e1", "type": "render.completed", "timestamp": "2026-03-14T09:26:57Z", "data": {"renderId": "r1"}}
    script = serve(
        {
            "POST /webhooks/register": [{"status": 201, "json": {"success": True, "data": {"webhookId": "w1"}}}],
            "GET /webhooks/w1/poll": [{"json": {"success": True, "data": {"events": [event], "cursor": "1"}}}],
            "DELETE /webhooks/w1": [{"json": {"success": True, "data": {"webhookId": "w1"}}}],
        }
    )

    assert run(script.places["base"], tmp_path, "webhooks", "listen", "--count", "1") == 0

    assert capsys.readouterr().out == "2026-03-14T09:26:57Z  render.completed   r1\n"
    assert [each.name for each in script.requests][-1] == "DELETE /webhooks/w1"


def test_the_doctor_finds_a_wrong_clock(serve: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    health = {"json": {"success": True, "status": "healthy", "timestamp": "2020-01-01T00:00:00Z"}}
    script = serve({"GET /health": [health], "GET /credits": [{"use": "credits"}]})

    assert run(script.places["base"], tmp_path, "doctor") == 0

    shown = capsys.readouterr().out
    assert "clock is wrong" in shown
    assert "90 credits" in shown


def test_the_doctor_says_what_is_wrong(serve: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    health = {"json": {"success": True, "status": "healthy", "timestamp": "2020-01-01T00:00:00Z"}}
    script = serve({"GET /health": [health], "GET /credits": [{"use": "wrong key"}]})

    assert run(script.places["base"], tmp_path, "doctor") == 1
    assert "✗ session: The API key is not valid." in capsys.readouterr().out


def test_login_shows_the_code(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("RENDERIQ_API_KEY")
    monkeypatch.setenv("BROWSER", "true")
    script = serve(
        {
            "POST /auth/device/code": [{"use": "device code", "json": {"interval": 0}}],
            "POST /auth/device/token": [{"use": "device tokens"}],
        }
    )

    assert run(script.places["base"], tmp_path, "login") == 0

    shown = capsys.readouterr().out
    assert "WDJB-MJHT" in shown
    assert shown.endswith("signed in as ada@example.com\n")


@pytest.mark.parametrize(("percent", "blocks"), [(0, 0), (50, 15), (100, 30), (140, 30)])
def test_the_progress_bar_shows_the_share(percent: int, blocks: int) -> None:
    assert progress_bar(percent, "processing").count("█") == blocks
