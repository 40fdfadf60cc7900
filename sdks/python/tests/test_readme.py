"""The programs of the page work."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .conftest import Serve

PAGE = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
PROGRAMS: list[str] = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_first_render_has_less_than_ten_lines_and_works(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = serve(
        {
            "POST /renders": [{"use": "accepted"}],
            "GET /renders/r1": [{"use": "completed"}],
            "GET /files/t1/output.png": [{"use": "redirect"}],
            "GET /storage/output.png": [{"use": "picture"}],
        }
    )
    monkeypatch.chdir(tmp_path)
    Path("view.png").write_bytes(b"\x89PNG and more")

    exec(PROGRAMS[0].replace("https://api.example.com/api/plugins", script.places["base"]).replace("…", "EXAMPLE"), {})

    assert Path("out.png").stat().st_size == 5000
    assert PROGRAMS[0].count("\n") < 10


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_of_the_page_can_be_compiled(program: str) -> None:
    compile(program, "README.md", "exec")
