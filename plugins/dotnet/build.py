"""Compiles the plugins for Revit and AutoCAD by Mono, tests them, and packs each into one zip that needs nothing else.

``python -m plugins.dotnet.build [core] [revit] [autocad] [--test] [--url https://…/api/plugins] [--out dist]``

A plugin is one DLL: its own sources, the shared ones, and the SDK for C#. It is compiled against the host's double,
which has the signatures of the host's libraries. Those of Autodesk are not strong-named, so that versions do not bind.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from ctypes.util import find_library
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from plugins.packages import ROOT, write_archive

PLUGINS: Final = ROOT / "plugins"
SHARED: Final = PLUGINS / "dotnet"
OUT: Final = ROOT / ".local" / "dotnet"
PAGE: Final = PLUGINS / "panel" / "dist" / "panel.html"
PROTOCOL: Final = PLUGINS / "panel" / "protocol"
WEBVIEW2: Final = ("Microsoft.Web.WebView2.Core.dll", "Microsoft.Web.WebView2.WinForms.dll")
_LOADER: Final = "runtimes/win-x64/native/WebView2Loader.dll"
_SYSTEM: Final = ("System.Net.Http.dll", "System.Drawing.dll", "System.Windows.Forms.dll", "System.Xml.dll")
MONO: Final = Path("/usr/lib/mono/4.5")
_TESTS_MAY_TAKE: Final = 900
"""Seconds, after which tests that hang have failed."""
_COMPILER: Final = ("mcs", "-langversion:7", "-warnaserror", "-debug:pdbonly")


@dataclass(frozen=True)
class Host:
    """A host: its plugin's assembly, and the libraries of its double with their sources."""

    name: str
    assembly: str
    doubles: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The sources of the plugin."""
        return PLUGINS / self.name


HOSTS: Final = {
    "revit": Host(
        "revit",
        "Renderiq.Revit",
        {
            "RevitAPI": ("../../dotnet/double/HostRules", "Exceptions", "Document", "Views", "Exports", "Drawing"),
            "RevitAPIUI": ("UI",),
        },
    ),
    "autocad": Host(
        "autocad",
        "Renderiq.AutoCAD",
        {
            "AcDbMgd": ("../../dotnet/double/HostRules", "Database", "Records", "Drawing"),
            "AcCoreMgd": ("Core",),
            "AcMgd": ("Application",),
            "AdWindows": ("Ribbon",),
        },
    ),
}


def missing() -> str:
    """Returns what is not here of what compiling and testing needs, or nothing."""
    if not (shutil.which("mono") and shutil.which("mcs")):
        return "Mono"
    if not (MONO / "System.Windows.Forms.dll").exists() or not find_library("gdiplus"):
        return "Mono's System.Windows.Forms and libgdiplus"
    return ""


def version() -> str:
    """Returns the version of the plugins."""
    found = re.search(r'Version = "([^"]+)"', (SHARED / "src" / "Package.cs").read_text("utf-8"))
    if not found:
        raise SystemExit("✗ Package.cs has no version")
    return found[1]


def sources(folder: Path) -> list[Path]:
    """Returns the C# files of a folder."""
    return sorted(folder.rglob("*.cs"))


def webview2() -> Path:
    """Returns the folder of Microsoft's WebView2 SDK, which is downloaded once."""
    requirements = SHARED / "webview2" / "requirements.txt"
    target = OUT / f"webview2-{hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]}"
    folder = target / "webview" / "lib"
    if not (folder / WEBVIEW2[0]).exists():
        uv = str(Path(sys.executable).with_name("uv"))
        command = ["pip", "install", "--quiet", "--no-deps", "--require-hashes", "--target", str(target)]
        subprocess.run([uv, *command, "--requirement", str(requirements)], check=True)
    return folder


def compile_to(
    path: Path,
    files: list[Path],
    references: list[Path],
    *,
    resources: dict[str, Path] | None = None,
    is_program: bool = False,
) -> Path:
    """Compiles files, unless the result is newer than all of them. Returns its path."""
    needed = [*files, *references, *(resources or {}).values(), Path(__file__)]
    if path.exists() and all(each.stat().st_mtime <= path.stat().st_mtime for each in needed):
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    command = [*_COMPILER, f"-target:{'exe' if is_program else 'library'}", f"-out:{path}"]
    command += [f"-r:{each}" for each in _SYSTEM] + [f"-r:{each}" for each in references]
    command += [f"-resource:{each},{name}" for name, each in (resources or {}).items()]
    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=False)
    if done.returncode:
        path.unlink(missing_ok=True)
        raise SystemExit(f"✗ {path.name} does not compile:\n{done.stdout}{done.stderr}")
    return path


def sdk_and_shared() -> list[Path]:
    """Returns the sources that every plugin contains."""
    return [*sources(ROOT / "sdks" / "csharp" / "src"), *sources(SHARED / "src")]


def resources() -> dict[str, Path]:
    """Returns the files inside of every plugin's DLL."""
    return {"protocol.json": PROTOCOL / "schema.json"}


def doubles(host: Host) -> list[Path]:
    """Compiles the double of a host, and returns its libraries."""
    made: list[Path] = []
    for name, files in host.doubles.items():
        paths = [host.folder / "double" / f"{each}.cs" for each in files]
        made.append(compile_to(OUT / host.name / f"{name}.dll", paths, list(made)))
    return made


def plugin(host: Host) -> Path:
    """Compiles a plugin, and returns its DLL. Its libraries lie beside it."""
    libraries = webview2()
    folder = OUT / host.name
    folder.mkdir(parents=True, exist_ok=True)
    for name in WEBVIEW2:
        if not (folder / name).exists():
            shutil.copy2(libraries / name, folder)
    files = [*sdk_and_shared(), *sources(SHARED / "windows"), *sources(host.folder / "src")]
    references = [*doubles(host), *(folder / name for name in WEBVIEW2)]
    return compile_to(folder / f"{host.assembly}.dll", files, references, resources=resources())


def program(host: Host | None, name: str, files: list[Path]) -> Path:
    """Compiles a program that uses a plugin and its double, or the shared sources alone."""
    if host is None:
        return compile_to(
            OUT / "core" / f"{name}.exe", [*sdk_and_shared(), *files], [], resources=resources(), is_program=True
        )
    references = [plugin(host), *doubles(host)]
    return compile_to(OUT / host.name / f"{name}.exe", files, references, is_program=True)


def run_tests(host: Host | None, wanted: str = "") -> bool:
    """Runs the tests of a plugin, or those of the shared sources. Returns whether all of them pass."""
    common = [SHARED / "tests" / f"{name}.cs" for name in ("Testing", "FakeApi", "TestHost")]
    if host is None:
        made = program(None, "tests", sorted({*common, *sources(SHARED / "tests")}))
    else:
        made = program(host, f"{host.assembly}.Tests", [*common, *sources(host.folder / "tests")])
    how = ["--parallel"] if host is None else []
    command = ["mono", "--debug", str(made), str(PROTOCOL), wanted, *how]
    return subprocess.run(command, check=False, timeout=_TESTS_MAY_TAKE).returncode == 0


def pack(host: Host, out: Path, url: str = "") -> Path:
    """Writes the zip of a plugin into ``out`` and returns its path. A DLL of mcs has an id of its own each time."""
    made = plugin(host)
    libraries = webview2()
    top, where = _LAYOUT[host.name]
    inside = {
        f"{host.assembly}.dll": made,
        "panel.html": PAGE,
        "LICENSE": ROOT / "sdks" / "csharp" / "LICENSE",
        "WebView2Loader.dll": libraries / _LOADER,
        "LICENSE-WebView2.txt": SHARED / "webview2" / "LICENSE.txt",
        **{name: libraries / name for name in WEBVIEW2},
    }
    files = {f"{where}/{name}": path for name, path in inside.items()}
    files |= {name: host.folder / Path(name).name for name in top}
    with tempfile.TemporaryDirectory(prefix="renderiq-") as name:
        folder = Path(name)
        for target, path in files.items():
            (folder / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, folder / target)
        if url:
            (folder / where / "server.json").write_text(json.dumps({"url": url}), "utf-8")
        packed = out / f"renderiq-{host.name}-{version()}.zip"
        write_archive(packed, folder)
    return packed


_LAYOUT: Final = {
    "revit": (("Renderiq.addin", "install.cmd"), "Renderiq"),
    "autocad": (("Renderiq.bundle/PackageContents.xml", "install.cmd"), "Renderiq.bundle/Contents"),
}
"""The files at the top of a zip, and the folder of all others."""


def main() -> int:
    """Does what the arguments say. Returns the exit status."""
    parser = argparse.ArgumentParser(description="Build the plugins in C#.")
    parser.add_argument("names", nargs="*", choices=["core", *HOSTS], help="which, normally all")
    parser.add_argument("--test", action="store_true", help="test before packing")
    parser.add_argument("--only", default="", help="only tests with this in their name, and no package")
    parser.add_argument("--url", default="", help="the API that the plugins are for")
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    arguments = parser.parse_args()
    if lacks := missing():
        print(
            f"→ {lacks} is not installed: {' and '.join(arguments.names or HOSTS)} in C# is not compiled and not tested"
        )
        return 0
    for name in arguments.names or ["core", *HOSTS]:
        host = HOSTS.get(name)
        if (arguments.test or arguments.only) and not run_tests(host, arguments.only):
            return 1
        if host and not arguments.only and not PAGE.exists():
            print(f"→ The panel is not built, which needs npm: there is no package for {name}")
        elif host and not arguments.only:
            print(pack(host, arguments.out, arguments.url))
    return 0


if __name__ == "__main__":
    sys.exit(main())
