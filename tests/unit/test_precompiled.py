"""Methods of dataclasses and patterns come from the layer's file, and are what Python would have compiled."""

from __future__ import annotations

import json
import marshal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT

LAYER = ROOT / "layers" / "common"

_RECORD = """
import dataclasses, re, sys
from precompile import Recorder

recorder = Recorder()
exec(sys.argv[2])
open(sys.argv[1], "wb").write(recorder.to_bytes())
"""
_INSTALL = """
import builtins, dataclasses, json, re, sys
from pathlib import Path
from renderiq import precompiled

precompiled.install(Path(sys.argv[1]))
compiled, parsed = [], []
compile_text, parse = builtins.compile, re._parser.parse

def compile(text, *arguments, **options):
    compiled.append(text)
    return compile_text(text, *arguments, **options)

def parse_pattern(pattern, *arguments):
    parsed.append(pattern)
    return parse(pattern, *arguments)

builtins.compile, re._parser.parse = compile, parse_pattern
exec(compile_text(sys.argv[2], "code", "exec"))
print(json.dumps({"found": found, "compiled": len(compiled), "parsed": [str(each) for each in parsed]}))
"""

ORDER = """
@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Order:
    style: str
    seed: int = 7
    tags: list = dataclasses.field(default_factory=list)

first, second = Order("clay"), Order("clay", seed=8)
"""
BEHAVIOUR = (
    ORDER
    + """
def refuses(change):
    try:
        change()
    except dataclasses.FrozenInstanceError:
        return True
    return False

found = [
    repr(first), first == Order("clay"), first < second, first.tags is not second.tags,
    dataclasses.asdict(dataclasses.replace(first, seed=9)), Order.__init__.__qualname__, Order.__slots__,
    refuses(lambda: setattr(first, "seed", 1)), Order.__init__.__annotations__["seed"].__name__,
]
"""
)
PATTERNS = r"""
found = [
    re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)").fullmatch("2026-11").groupdict(),
    re.compile(r"[äöü]+", re.IGNORECASE).findall("ÄÖ ü x"),
    re.compile(rb"\xff(.)", re.DOTALL).findall(b"\xff\n\xffa")[1].decode(),
    re.compile(r"(?x) a  b").flags, re.compile("x*").groups, re.compile("(a)|(?P<b>b)").groupindex["b"],
]
"""


def python(program: str, *arguments: str) -> str:
    """Runs a program in a new interpreter, because it changes ``dataclasses`` and ``re``."""
    command = [sys.executable, "-c", program, *arguments]
    ran = subprocess.run(command, env={"PYTHONPATH": str(LAYER)}, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.parametrize("code", [BEHAVIOUR, PATTERNS])
def test_what_is_stored_is_used_and_behaves_as_if_it_had_been_compiled(tmp_path: Path, code: str) -> None:
    stored = tmp_path / "stored.bin"
    python(_RECORD, str(stored), code)

    with_file = json.loads(python(_INSTALL, str(stored), code))
    without = json.loads(python(_INSTALL, str(tmp_path / "absent.bin"), code))

    assert with_file["found"] == without["found"]
    assert (with_file["compiled"], with_file["parsed"]) == (0, [])


@pytest.mark.parametrize("code", [BEHAVIOUR, PATTERNS])
def test_what_is_not_stored_is_compiled(tmp_path: Path, code: str) -> None:
    stored = tmp_path / "stored.bin"
    python(_RECORD, str(stored), "pass")

    with_file = json.loads(python(_INSTALL, str(stored), code))
    without = json.loads(python(_INSTALL, str(tmp_path / "absent.bin"), code))

    assert with_file["found"] == without["found"]
    assert with_file["compiled"] + len(with_file["parsed"]) > 0


def test_patterns_of_another_regular_expression_engine_are_not_used(tmp_path: Path) -> None:
    stored = tmp_path / "stored.bin"
    python(_RECORD, str(stored), PATTERNS)
    content = marshal.loads(stored.read_bytes())
    stored.write_bytes(marshal.dumps(content | {"magic": content["magic"] - 1}))

    ran = json.loads(python(_INSTALL, str(stored), PATTERNS))

    assert len(ran["parsed"]) == 6


def test_the_same_code_is_stored_as_the_same_bytes(tmp_path: Path) -> None:
    files = [tmp_path / "one.bin", tmp_path / "two.bin"]
    for file in files:
        python(_RECORD, str(file), BEHAVIOUR + PATTERNS)

    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_layer_in_which_nothing_is_found_is_not_built(tmp_path: Path) -> None:
    package = tmp_path / "renderiq"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "stores").mkdir()
    (package / "stores" / "aws.py").write_text("def client(service): ...\n")

    ran = subprocess.run(
        [sys.executable, str(LAYER / "precompile.py"), str(tmp_path)], capture_output=True, text=True, check=False
    )

    assert ran.returncode != 0
    assert "were found to precompile" in ran.stderr
