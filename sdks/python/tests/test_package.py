"""What a host sees of the package: it starts quickly, sends nothing, and depends on nothing."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import renderiq
from renderiq.models import OPTION_NAMES, RenderOut

SOURCE = Path(renderiq.__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SOURCE.parent)}


def run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=ENVIRONMENT, check=True, timeout=60
    )
    return done.stdout


def test_the_import_loads_few_modules_and_none_that_is_slow() -> None:
    program = """
import sys
before = set(sys.modules)
import renderiq
loaded = set(sys.modules) - before
slow = {"asyncio", "email", "http.client", "logging", "socket", "sqlite3", "ssl", "urllib.request"}
print(len(loaded), sorted(loaded & slow))
"""

    count, slow = run(program).strip().split(" ", 1)

    assert int(count) <= 110
    assert slow == "[]"


def test_the_import_opens_no_socket_and_no_file_of_the_user() -> None:
    program = """
import sys
events = []
sys.addaudithook(lambda name, args: events.append((name, args)))
import renderiq
from renderiq.client import Renderiq
Renderiq("rk_live_EXAMPLE", base_url="http://127.0.0.1:9")
written = [args for name, args in events if name == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+")]
print([name for name, _ in events if name.startswith(("socket", "urllib"))], written)
"""
    assert run(program).strip() == "[] []"


@pytest.mark.skipif(sys.version_info < (3, 10), reason="Python 3.9 does not list its modules")
def test_only_the_standard_library_is_imported() -> None:
    allowed = {*sys.stdlib_module_names, "renderiq"}
    optional = {"aio.py": {"httpx"}, "tokens.py": {"keyring"}}
    for path in SOURCE.rglob("*.py"):
        names = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {each.name.partition(".")[0] for each in node.names}
            elif isinstance(node, ast.ImportFrom):
                names.add((node.module or "").partition(".")[0])
        assert names - allowed - optional.get(path.name, set()) <= {"typing_extensions"}, path  # for type checkers only


def test_the_package_is_typed() -> None:
    assert (SOURCE / "py.typed").exists()


def test_a_model_shows_what_it_knows_and_keeps_what_it_does_not() -> None:
    render = RenderOut.read({"renderId": "r1", "status": "resting", "moonPhase": "full"})

    assert (render.render_id, render.output_url, render.raw["moonPhase"]) == ("r1", None, "full")
    assert repr(render) == "RenderOut(render_id='r1', status='resting')"


@pytest.mark.parametrize("data", [None, [], "text"])
def test_a_model_of_nothing_is_empty(data: object) -> None:
    assert RenderOut.read(data).raw == {}


def test_an_api_key_is_sent_nowhere_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RENDERIQ_URL", raising=False)

    with pytest.raises(renderiq.StateError) as caught:
        renderiq.Renderiq("rk_live_EXAMPLE")

    assert caught.value.code == "NO_ADDRESS"


def test_options_have_the_names_of_the_language() -> None:
    assert OPTION_NAMES["negative_prompt"] == "negativePrompt"
