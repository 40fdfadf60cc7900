"""Styles on the local stack: the example of the page, covers over HTTP, and a style that two windows change."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from PIL import Image

from local.stack import Stack
from local.users import DEMO_USER
from tests.support.paths import ROOT

LIMITS: Final = '{"unknown": 100000}'
VIEW: Final = ROOT / "tests/data/viewport_clean.png"
STYLE: Final = {"title": "Our evenings", "base": "golden-hour"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    log = tmp_path_factory.mktemp("stack") / "functions.log"
    with Stack(log=log, parameters={"RateLimits": LIMITS}) as running:
        yield running


@pytest.fixture(scope="module")
def api(stack: Stack) -> Iterator[httpx.Client]:
    body = {"email": DEMO_USER.email, "password": DEMO_USER.password}
    token = httpx.post(f"{stack.url}/auth/signin", json=body, timeout=60).json()["access_token"]
    with httpx.Client(base_url=stack.url, headers={"authorization": f"Bearer {token}"}, timeout=60) as made:
        yield made


def finished(api: httpx.Client, render_id: str) -> dict[str, Any]:
    for _ in range(120):
        render: dict[str, Any] = api.get(f"/renders/{render_id}").json()["data"]
        if render["status"] not in {"pending", "processing"}:
            return render
        time.sleep(0.5)
    raise AssertionError("the render takes too long")


def test_the_example_of_the_page_makes_a_style_and_orders_a_render_in_it(
    stack: Stack, api: httpx.Client, tmp_path: Path
) -> None:
    page = (ROOT / "docs" / "styles.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (tmp_path / "example.py").write_text(example)
    token = api.headers["authorization"].removeprefix("Bearer ")
    command = [sys.executable, "-W", "ignore", "example.py", stack.url, token, str(VIEW)]

    *listed, style_id = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )[:-1]

    assert "Evening and night: Golden hour (golden-hour@1)" in listed
    assert re.fullmatch(r"my:[0-9a-f-]{36}@1", style_id)
    [render] = [each for each in api.get("/renders").json()["data"]["renders"] if each["styleId"] == style_id]
    assert finished(api, render["renderId"])["status"] == "completed"


def test_a_cover_is_reached_by_its_url(api: httpx.Client) -> None:
    styles = api.get("/styles").json()["data"]["styles"]
    covers = [httpx.get(each["coverUrl"], timeout=60) for each in styles[:3]]
    encoded = httpx.get(styles[0]["coverUrl"].replace("@", "%40"), timeout=60)

    assert [cover.headers["content-type"] for cover in covers] == ["image/webp"] * 3
    assert Image.open(io.BytesIO(covers[0].content)).size == (480, 270)
    assert encoded.content == covers[0].content


def test_two_windows_that_change_a_style_at_once_make_one_version(api: httpx.Client) -> None:
    style_id = api.post("/styles", json=STYLE).json()["data"]["styleId"]

    with ThreadPoolExecutor(4) as windows:
        answers = list(
            windows.map(lambda title: api.put(f"/styles/{style_id}", json={**STYLE, "title": title}), "abcd")
        )

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert api.get(f"/styles/{style_id.partition('@')[0]}").json()["data"]["version"] == 2


def test_a_version_renders_the_same_bytes_when_it_is_ordered_again(api: httpx.Client) -> None:
    form = {"style": "dramatic@1", "quality": "standard", "seed": "7"}
    renders = [
        api.post("/renders", data=form, files={"uploadedImageData": VIEW.read_bytes()}).json()["data"]["renderId"]
        for _ in range(2)
    ]

    done = [finished(api, render_id) for render_id in renders]

    assert {each["styleId"] for each in done} == {"dramatic@1"}
    first, second = (httpx.get(each["outputUrl"], follow_redirects=True, timeout=60).content for each in done)
    assert first == second
