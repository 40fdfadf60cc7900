"""The SDK for C#: its scenarios, its own tests, the programs of its page, its projects and its package."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import pytest

from sdks.conformance.scenarios import expand_answers, read_scenarios
from sdks.conformance.server import Script, scripted_server
from tests.sdks.languages import WITH_MONO, csharp_runner
from tests.sdks.test_conformance import played
from tests.support.paths import ROOT

SDK: Final = ROOT / "sdks" / "csharp"
SOURCES: Final = sorted((SDK / "src").rglob("*.cs"))
PAGE: Final = (SDK / "README.md").read_text(encoding="utf-8")
PROGRAMS: Final[list[str]] = re.findall(r"^```csharp\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
VERSION: Final = re.findall(r'Number = "(.*)"', (SDK / "src" / "RenderiqVersion.cs").read_text(encoding="utf-8"))[0]
AROUND: Final = """
using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using Renderiq;
using Renderiq.Models;

public static class Program
{
    public static void Main()
    {
        RunAsync(%(arguments)s).GetAwaiter().GetResult();
    }

    public static async Task RunAsync(%(parameters)s)
    {
        await Task.Yield();
%(program)s
    }
}
"""
PARAMETERS: Final = "RenderiqClient client, string body, Dictionary<string, string> headers, string secret"


@pytest.fixture
def script(tmp_path: Path) -> Iterator[Script]:
    """A server for a first render."""
    answers = {
        "POST /renders": [{"use": "accepted"}],
        "GET /renders/r1": [{"use": "completed"}],
        "GET /files/t1/output.png": [{"use": "redirect"}],
        "GET /storage/output.png": [{"use": "picture"}],
    }
    with scripted_server() as server:
        yield server.load(1, expand_answers(answers), {"dir": str(tmp_path)})


@pytest.fixture(scope="module")
def library() -> Path:
    make("build/Renderiq.dll")
    return SDK / "build" / "Renderiq.dll"


def make(*arguments: str) -> str:
    """Runs make in the SDK's folder, one at a time."""
    (SDK / "build").mkdir(exist_ok=True)
    done = subprocess.run(
        ["flock", "build/lock", "make", "--silent", *arguments], cwd=SDK, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def compiled(program: str, folder: Path, library: Path) -> Path:
    """Compiles a program of the page beside the library, and returns its path."""
    own_client = "new RenderiqClient(" in program
    parameters, arguments = ("", "") if own_client else (PARAMETERS, "null, null, null, null")
    text = AROUND % {"parameters": parameters, "arguments": arguments, "program": program}
    (folder / "program.cs").write_text(text, encoding="utf-8")
    shutil.copy(library, folder)
    command = ["mcs", "-langversion:7", f"-r:{folder / library.name}", f"-out:{folder / 'program.exe'}", "program.cs"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    return folder / "program.exe"


@WITH_MONO
def test_the_sdk_for_csharp_passes_every_scenario() -> None:
    assert played(csharp_runner(), read_scenarios()) == {}


@WITH_MONO
def test_the_sdks_own_tests_pass() -> None:
    assert re.search(r"^(\d+) of \1 tests passed$", make("test"), re.MULTILINE)


@WITH_MONO
def test_the_first_render_has_less_than_ten_lines_and_works(script: Script, library: Path, tmp_path: Path) -> None:
    (tmp_path / "view.png").write_bytes(b"\x89PNG and more")
    first = PROGRAMS[0].replace("https://api.example.com/api/plugins", script.places["base"]).replace("…", "EXAMPLE")

    done = subprocess.run(
        ["mono", compiled(first, tmp_path, library)], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "out.png").stat().st_size == 5000
    assert PROGRAMS[0].count("\n") < 10


@WITH_MONO
@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_of_the_page_can_be_compiled(program: str, library: Path, tmp_path: Path) -> None:
    assert compiled(program, tmp_path, library).exists()


@WITH_MONO
def test_a_program_that_is_wrong_is_noticed(library: Path, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="does not contain a definition"):
        compiled("await client.Renders.MakeAsync();", tmp_path, library)


@WITH_MONO
def test_the_package_has_all_sources_and_can_be_compiled(tmp_path: Path) -> None:
    make("package", f"DIST={tmp_path}")

    with zipfile.ZipFile(tmp_path / f"renderiq-csharp-{VERSION}.zip") as package:
        package.extractall(tmp_path)
    unpacked = tmp_path / f"renderiq-csharp-{VERSION}"
    sources = [str(each) for each in sorted((unpacked / "src").rglob("*.cs"))]
    command = [
        "mcs",
        "-langversion:7",
        "-target:library",
        "-r:System.Net.Http.dll",
        f"-out:{tmp_path / 'out.dll'}",
        *sources,
    ]
    assert {each.name for each in unpacked.iterdir()} == {"README.md", "LICENSE", "src", "net48", "net8"}
    assert len(sources) == len(SOURCES)
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(("folder", "framework"), [("net48", "net48"), ("net8", "net8.0")])
def test_a_project_compiles_the_sources_as_csharp_7_without_a_package(folder: str, framework: str) -> None:
    project = ElementTree.parse(SDK / folder / "Renderiq.csproj").getroot()
    [pattern] = [each.get("Include", "") for each in project.iter("Compile")]

    assert project.tag == "Project"
    assert project.findtext("PropertyGroup/TargetFramework") == framework
    assert project.findtext("PropertyGroup/LangVersion") == "7.0"
    assert project.findtext("PropertyGroup/Version") == VERSION
    assert sorted((SDK / folder / pattern.split("/**")[0]).resolve().rglob("*.cs")) == SOURCES
    assert not list(project.iter("PackageReference"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_nothing_needs_the_thread_that_has_called(path: Path) -> None:
    """A host's main thread may wait for a task, which must not wait for that thread then."""
    text = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
    awaited = [expression(text[found.end() :]) for found in re.finditer(r"\bawait ", text)]

    assert [each for each in awaited if not each.endswith(".ConfigureAwait(false)")] == []


def expression(text: str) -> str:
    """Returns the expression at the beginning of a text in C#."""
    depth = 0
    for number, letter in enumerate(text):
        depth += (letter in "({") - (letter in ")}")
        if depth < 0 or (depth == 0 and letter == ";"):
            return text[:number].rstrip()
    return text
