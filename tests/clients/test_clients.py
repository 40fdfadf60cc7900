"""The contract passes three linters, and the clients that seven generators make of it do the journey of a plugin."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from local.receiver import Receiver, receiving
from local.stack import Stack
from local.users import DEMO_USER
from tests.clients.generators import CONTRACT, GENERATORS, HERE, NODE_MODULES, PYTHON, Generator, execute, npm
from tests.support.paths import CAPTURE, ROOT

pytestmark = pytest.mark.long

needs_npm = pytest.mark.skipif(
    not NODE_MODULES.is_dir(),
    reason="tests/clients/node_modules is missing: run `make .node-clients` where npm is installed",
)
needs_python = pytest.mark.skipif(not PYTHON.exists(), reason=".venv-clients is missing: run `make .venv-clients`")


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(parameters={"SignInsPerEmail": "1000", "RateLimits": json.dumps({"unknown": 1000})}) as running:
        yield running


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


@needs_python
def test_the_contract_is_valid(tmp_path: Path) -> None:
    execute((str(PYTHON.with_name("openapi-spec-validator")), "--errors", "all", str(CONTRACT)), tmp_path)


@needs_npm
def test_redocly_finds_nothing(tmp_path: Path) -> None:
    found = execute((npm("redocly"), "lint", "--extends=recommended", "--format=json", str(CONTRACT)), tmp_path)

    assert '"problems": []' in found


@needs_npm
def test_spectral_finds_nothing(tmp_path: Path) -> None:
    rules = str(HERE / "spectral.yaml")
    execute((npm("spectral"), "lint", "--ruleset", rules, "--fail-severity=hint", str(CONTRACT)), tmp_path)


@needs_python
@needs_npm
@pytest.mark.parametrize("generator", [pytest.param(each, id=each.name) for each in GENERATORS])
def test_a_generated_client_does_the_journey(
    stack: Stack, receiver: Receiver, tmp_path: Path, generator: Generator
) -> None:
    for program in generator.needs:
        if not _works(program):
            pytest.skip(f"{program} is not installed")
    output = tmp_path / "output.png"
    command = generator.build(tmp_path)

    printed = execute(
        tuple(command),
        tmp_path,
        {
            "BASE_URL": stack.url,
            "EMAIL": DEMO_USER.email,
            "PASSWORD": DEMO_USER.password,
            "PICTURE": str(CAPTURE),
            "HOOK_URL": receiver.url,
            "OUTPUT": str(output),
        },
    )

    with Image.open(io.BytesIO(output.read_bytes())) as image:
        assert (image.format, min(image.size)) == ("PNG", 1080)
    render_id = printed.split()[-1]
    assert render_id.encode() in receiver.arrivals.get(timeout=5).body


@needs_npm
def test_the_described_journey_can_be_followed(stack: Stack, receiver: Receiver, tmp_path: Path) -> None:
    inputs = {"email": DEMO_USER.email, "password": DEMO_USER.password, "hookUrl": receiver.url}
    journey = str(ROOT / "docs/journey.arazzo.yaml")

    execute((npm("redocly"), "lint", journey), tmp_path)
    execute(
        (npm("redocly"), "respect", journey, f"--server=renderiq={stack.url}", f"--input={json.dumps(inputs)}"),
        tmp_path,
    )

    assert json.loads(receiver.arrivals.get(timeout=5).body)["event"] == "render.completed"


def _works(program: str) -> bool:
    check = {"java": ["java", "-version"], "node": ["node", "--version"], "ruby": ["ruby", "-rtyphoeus", "-e", ""]}
    if shutil.which(program) is None:
        return False
    return subprocess.run(check[program], capture_output=True, check=False).returncode == 0


def test_the_lock_file_names_no_registry() -> None:
    locked = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))["packages"]

    assert [name for name, package in locked.items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in locked.items() if name)
