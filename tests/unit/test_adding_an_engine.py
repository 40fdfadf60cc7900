"""docs/engines.md tells how to add an engine. This does what it says, with the code that it shows."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from local.cloudformation import load
from renderiq import engines
from renderiq.queues import RenderJob
from tests.support import wiring
from tests.support.world import CAPTURE, ROOT, User, World, call, context, forget, handler, multipart, sqs_event

PAGE = (ROOT / "docs" / "engines.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def added(here: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A deployment with the page's file and the page's table."""
    [code], [table] = blocks("python"), blocks("json")
    [file_name] = re.findall(r"One file, `layers/common/renderiq/engines/(\w+\.py)`", PAGE)
    (tmp_path / file_name).write_text(code, encoding="utf-8")
    monkeypatch.setattr(engines, "__path__", [*engines.__path__, str(tmp_path)])
    monkeypatch.setenv("MODELS", table)
    forget()
    yield here
    monkeypatch.undo()
    sys.modules.pop("renderiq.engines.clay", None)
    forget()


@pytest.fixture
def user(added: World) -> User:
    return added.user()


def test_the_pages_engine_renders(added: World, user: User) -> None:
    body, kind = multipart({"quality": "standard", "model": "clay"}, {"uploadedImageData": CAPTURE.read_bytes()})
    posted = call("renders", "POST", "/renders", body=body, headers={**user.headers, "content-type": kind})

    job = RenderJob(user.user_id, posted.data["renderId"])
    handler("render_worker")(sqs_event(job), context())

    shown = call("renders_id", "GET", f"/renders/{job.render_id}", headers=user.headers).data
    assert (shown["status"], shown["engine"], shown["width"], shown["height"]) == ("completed", "clay", 1920, 1080)
    stored = wiring.renders().get(user.user_id, job.render_id).picture
    assert stored is not None
    picture = Image.open(io.BytesIO(wiring.images().get(stored.key, at_most=50_000_000)))
    assert picture.size == (1920, 1080)
    red, _, blue = picture.resize((16, 9)).split()
    assert max(ImageChops.difference(red, blue).tobytes()) < 16  # clay has hardly any colour


def test_the_pages_table_is_what_users_may_name(user: User) -> None:
    body, kind = multipart({"model": "gemini"}, {"uploadedImageData": CAPTURE.read_bytes()})

    accepted = call("renders", "POST", "/renders", body=body, headers={**user.headers, "content-type": kind})

    assert json.loads(blocks("json")[0]) == {"preview": "preview", "clay": "clay"}
    assert "choose among preview, clay" in accepted.data["warnings"][0]["message"]


def test_every_engine_that_the_template_names_is_on_the_page() -> None:
    table = json.loads(load(ROOT / "template.yaml")["Parameters"]["Models"]["Default"])

    assert {f"`{target.partition('/')[0]}`" for target in table.values()} <= set(re.findall(r"`\w+`", PAGE))
