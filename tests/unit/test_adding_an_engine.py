"""Adding an engine as docs/engines.md describes it, with the code that it shows."""

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
from tests.support.accounts import User, answer_consents, create_user
from tests.support.aws import AwsEnvironment, clear_caches
from tests.support.functions import handler, lambda_context, sqs_event
from tests.support.http import call
from tests.support.paths import CAPTURE, ROOT
from tests.support.renders import post_render

PAGE = (ROOT / "docs" / "engines.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def clay_environment(aws: AwsEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsEnvironment]:
    """An environment with the engine and the table of models of docs/engines.md."""
    [code], [table] = blocks("python"), blocks("json")
    [file_name] = re.findall(r"One file, `layers/common/renderiq/engines/(\w+\.py)`", PAGE)
    (tmp_path / file_name).write_text(code, encoding="utf-8")
    monkeypatch.setattr(engines, "__path__", [*engines.__path__, str(tmp_path)])
    monkeypatch.setenv("MODELS", table)
    clear_caches()
    yield aws
    monkeypatch.undo()
    sys.modules.pop("renderiq.engines.clay", None)
    clear_caches()


@pytest.fixture
def user(clay_environment: AwsEnvironment) -> User:
    made = create_user(clay_environment)
    answer_consents(made)
    return made


def test_the_engine_of_the_documentation_renders(clay_environment: AwsEnvironment, user: User) -> None:
    posted = post_render(user, {"model": "clay"}, files={"uploadedImageData": CAPTURE.read_bytes()})

    job = RenderJob(user.user_id, posted.data["renderId"])
    handler("render_worker")(sqs_event(job), lambda_context())

    shown = call("renders_id", "GET", f"/renders/{job.render_id}", headers=user.headers).data
    assert (shown["status"], shown["engine"], shown["width"], shown["height"]) == ("completed", "clay", 1920, 1080)
    stored = wiring.renders().get(user.user_id, job.render_id).output
    assert stored is not None
    picture = Image.open(io.BytesIO(wiring.images().get(stored.key, max_bytes=50_000_000)))
    assert picture.size == (1920, 1080)
    red, _, blue = picture.resize((16, 9)).split()
    assert max(ImageChops.difference(red, blue).tobytes()) < 16  # the clay style has hardly any colour


def test_users_may_name_the_models_of_the_documented_table(user: User) -> None:
    accepted = post_render(user, {"model": "gemini"})

    assert json.loads(blocks("json")[0]) == {"preview": "preview", "clay": "clay"}
    assert "choose among preview, clay" in accepted.data["warnings"][0]["message"]


def test_every_engine_of_the_template_is_documented() -> None:
    table = json.loads(load(ROOT / "template.yaml")["Parameters"]["Models"]["Default"])

    assert {f"`{target.partition('/')[0]}`" for target in table.values()} <= set(re.findall(r"`\w+`", PAGE))
