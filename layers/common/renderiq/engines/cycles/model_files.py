"""What can be told of a model's file before Blender reads it: its format, its size, and that it needs no other file."""

from __future__ import annotations

import shutil
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final

from renderiq.domain.glb import HEADER_BYTES, GlbError, check_json, count_triangles, json_bytes
from renderiq.engines.cycles.scene import MAX_TRIANGLES, ModelKind

MAX_NODES: Final = 300_000
MAX_UNPACKED: Final = 2_000_000_000
"""Bytes of all files of a ZIP."""
MAX_ENTRIES: Final = 5_000
_MAX_RATIO: Final = 200
_UNSUSPICIOUS: Final = 10_000_000
"""Bytes below which a file of a ZIP may unpack to any multiple of its size."""
_KINDS: Final = {
    ".ifc": ModelKind.IFC,
    ".glb": ModelKind.GLB,
    ".fbx": ModelKind.FBX,
    ".obj": ModelKind.OBJ,
    ".usd": ModelKind.USDZ,
    ".usda": ModelKind.USDZ,
    ".usdc": ModelKind.USDZ,
}
_BESIDE: Final = {".mtl", ".png", ".jpg", ".jpeg", ".webp", ".tga", ".bmp", ".tif", ".tiff", ".exr", ".hdr"}


class ModelFileError(Exception):
    """The file cannot be rendered. The message is a sentence for the user, ``code`` the name of an ``ErrorCode``."""

    def __init__(self, message: str, *, code: str = "MODEL_UNREADABLE") -> None:
        super().__init__(message)
        self.code = code


def prepare(source: Path, folder: Path) -> tuple[str, ModelKind]:
    """Puts the model of a file into a folder. Returns its name there, and its format. Raises ``ModelFileError``."""
    with source.open("rb") as file:
        head = file.read(64)
    if head.startswith(b"glTF"):
        check_glb(source)
        return _moved(source, folder, ModelKind.GLB)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"ISO-10303-21"):
        return _moved(source, folder, ModelKind.IFC)
    if head.startswith(b"PK\x03\x04"):
        return _unpacked(source, folder)
    raise ModelFileError("The model is neither GLB, IFC, USDZ nor a ZIP with an OBJ or FBX file.")


def _moved(source: Path, folder: Path, kind: ModelKind) -> tuple[str, ModelKind]:
    name = f"model.{kind}"
    if source != folder / name:
        shutil.move(source, folder / name)
    return name, kind


def _unpacked(source: Path, folder: Path) -> tuple[str, ModelKind]:
    try:
        with zipfile.ZipFile(source) as archive:
            entries = [each for each in archive.infolist() if not each.is_dir()]
            names = {each.filename: _safe_name(each.filename) for each in entries}
            _check_entries(entries)
            first = entries[0].filename if entries else ""
            if PurePosixPath(first).suffix.lower() in {".usd", ".usda", ".usdc"}:
                return _moved(source, folder, ModelKind.USDZ)  # Blender reads the archive itself
            models = [each for each in entries if PurePosixPath(each.filename).suffix.lower() in _KINDS]
            models = [each for each in models if not PurePosixPath(each.filename).name.startswith((".", "_"))]
            if not models:
                raise ModelFileError("The ZIP has no model: put a GLB, IFC, OBJ or FBX file into it.")
            chosen = max(models, key=lambda each: each.file_size)
            kept = [
                each for each in entries if each is chosen or PurePosixPath(each.filename).suffix.lower() in _BESIDE
            ]
            _extract(archive, kept, names, folder)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise ModelFileError("The ZIP is damaged or encrypted.") from error
    kind = _KINDS[PurePosixPath(chosen.filename).suffix.lower()]
    if kind is ModelKind.GLB:
        check_glb(folder / names[chosen.filename])
    return names[chosen.filename], kind


def _safe_name(name: str) -> str:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in name or "\0" in name or not path.parts:
        raise ModelFileError(f"The ZIP has a file outside its folder: {name[:100]!r}.")
    return str(path)


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise ModelFileError(f"The ZIP has more than {MAX_ENTRIES:,} files.", code="MODEL_TOO_LARGE")
    total = sum(each.file_size for each in entries)
    bombs = (each.file_size > _MAX_RATIO * max(each.compress_size, 1) for each in entries)
    if total > MAX_UNPACKED or any(
        bomb and each.file_size > _UNSUSPICIOUS for each, bomb in zip(entries, bombs, strict=True)
    ):
        raise ModelFileError(
            f"The ZIP unpacks to more than a render may have: {total:,} bytes of {MAX_UNPACKED:,}.",
            code="MODEL_TOO_LARGE",
        )


def _extract(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], names: Mapping[str, str], folder: Path) -> None:
    left = MAX_UNPACKED
    for each in entries:
        target = folder / names[each.filename]
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(each) as source, target.open("xb") as file:
            while chunk := source.read(1 << 20):
                left -= len(chunk)
                if left < 0:  # the directory of the ZIP lies about sizes
                    raise ModelFileError("The ZIP unpacks to more than a render may have.", code="MODEL_TOO_LARGE")
                file.write(chunk)


def check_glb(path: Path) -> int:
    """Returns the triangles that a GLB shows. Raises ``ModelFileError`` for one that is damaged or too large.

    A node that is used often counts as often, so that a small file with a billion instances is found here.
    """
    with path.open("rb") as file:
        header = file.read(HEADER_BYTES)
        try:
            document = check_json(file.read(json_bytes(header, size=path.stat().st_size)))
        except GlbError as error:
            raise ModelFileError(f"The file {error}.") from error
    try:
        triangles = _count(document)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, struct.error) as error:
        raise ModelFileError("The GLB is damaged: its parts do not fit together.") from error
    if triangles > MAX_TRIANGLES:
        raise ModelFileError(
            f"The model has {triangles:,} triangles; at most {MAX_TRIANGLES:,} can be rendered. "
            "Leave out what is not seen from the camera, or export with fewer details.",
            code="MODEL_TOO_LARGE",
        )
    return triangles


def _count(document: Mapping[str, Any]) -> int:
    nodes = document.get("nodes", [])
    if len(nodes) > MAX_NODES:
        raise ModelFileError(
            f"The model has {len(nodes):,} nodes; at most {MAX_NODES:,} can be rendered.", code="MODEL_TOO_LARGE"
        )
    parents = [0] * len(nodes)
    for node in nodes:
        for child in node.get("children", []):
            parents[child] += 1
    if any(count > 1 for count in parents):
        raise ModelFileError("The GLB is damaged: a node has two parents.")
    _check_cycles(nodes, parents)
    return count_triangles(document)


def _check_cycles(nodes: list[Any], parents: list[int]) -> None:
    # With at most one parent each, nodes that no root reaches are in a cycle.
    pending = [index for index, count in enumerate(parents) if count == 0]
    reached = 0
    while pending:
        reached += 1
        pending.extend(nodes[pending.pop()].get("children", []))
    if reached < len(nodes):
        raise ModelFileError("The GLB is damaged: its nodes contain one another.")
