"""What the path tracer refuses before Blender reads a model, and what it unpacks."""

from __future__ import annotations

import io
import shutil
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from renderiq.engines.cycles.model_files import ModelFileError, check_glb, prepare
from renderiq.engines.cycles.scene import ModelKind
from tests.support.paths import ROOT
from tests.support.uploads import glb

HOUSE = ROOT / "tests" / "data" / "house.glb"
ASSET = {"version": "2.0"}
TRIANGLE = {"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}
ACCESSORS = [{"count": 300}, {"count": 300}]


def scene(nodes: list[Any], **more: Any) -> bytes:
    return glb({"asset": ASSET, "nodes": nodes, "meshes": [TRIANGLE], "accessors": ACCESSORS, **more})


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def prepared(folder: Path, data: bytes) -> tuple[str, ModelKind]:
    source = folder / "upload"
    source.write_bytes(data)
    target = folder / "render"
    target.mkdir(exist_ok=True)
    return prepare(source, target)


def refused(folder: Path, data: bytes) -> ModelFileError:
    with pytest.raises(ModelFileError) as caught:
        prepared(folder, data)
    return caught.value


def test_the_triangles_of_a_glb_are_counted(tmp_path: Path) -> None:
    assert check_glb(HOUSE) > 10_000


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (HOUSE.read_bytes(), "model.glb", ModelKind.GLB),
        (b"ISO-10303-21;\nHEADER;", "model.ifc", ModelKind.IFC),
        (b"\xef\xbb\xbf ISO-10303-21;", "model.ifc", ModelKind.IFC),
        (zipped({"scene.usdc": b"PXR-USDC"}, zipfile.ZIP_STORED), "model.usdz", ModelKind.USDZ),
        (zipped({"a/house.obj": b"v 0 0 0", "a/house.mtl": b"newmtl x"}), "a/house.obj", ModelKind.OBJ),
        (zipped({"house.fbx": b"Kaydara"}), "house.fbx", ModelKind.FBX),
        (zipped({"house.ifc": b"ISO-10303-21;"}), "house.ifc", ModelKind.IFC),
    ],
)
def test_a_model_is_known_by_its_content(tmp_path: Path, data: bytes, name: str, kind: ModelKind) -> None:
    assert prepared(tmp_path, data) == (name, kind)
    assert (tmp_path / "render" / name).exists()


def test_a_zip_gives_only_the_model_and_what_lies_beside_it(tmp_path: Path) -> None:
    prepared(tmp_path, zipped({"house.obj": b"v", "wood.png": b"p", "run.sh": b"x", "x.py": b"x", "b.blend": b"x"}))

    assert sorted(each.name for each in (tmp_path / "render").iterdir()) == ["house.obj", "wood.png"]


HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "MODEL_UNREADABLE"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "MODEL_UNREADABLE"),
    "a Blender file, which may have scripts": (b"BLENDER-v402" + bytes(100), "MODEL_UNREADABLE"),
    "a GLB that is cut off": (HOUSE.read_bytes()[:5000], "MODEL_UNREADABLE"),
    "a GLB with a link": (glb({"asset": ASSET, "images": [{"uri": "file:///etc/passwd"}]}), "MODEL_UNREADABLE"),
    "a GLB with a link to a server": (glb({"asset": ASSET, "buffers": [{"uri": "http://x/y"}]}), "MODEL_UNREADABLE"),
    "nodes in a circle": (scene([{"children": [1]}, {"children": [0]}]), "MODEL_UNREADABLE"),
    "a node that is its own child": (scene([{"children": [0]}]), "MODEL_UNREADABLE"),
    "a node with two parents": (scene([{"children": [2]}, {"children": [2]}, {}]), "MODEL_UNREADABLE"),
    "a mesh that does not exist": (scene([{"mesh": 9}]), "MODEL_UNREADABLE"),
    "a child that does not exist": (scene([{"children": [99]}]), "MODEL_UNREADABLE"),
    "an accessor that does not exist": (scene([{"mesh": 0}], accessors=[]), "MODEL_UNREADABLE"),
    "nodes that are no objects": (scene([7]), "MODEL_UNREADABLE"),
    "200,000 uses of a mesh of 100 triangles": (scene([{"mesh": 0}] * 200_001), "MODEL_TOO_LARGE"),
    "a billion triangles": (
        scene([{"mesh": 0}], accessors=[{"count": 3_000_000_000}, {"count": 3_000_000_000}]),
        "MODEL_TOO_LARGE",
    ),
    "a billion instances": (
        scene(
            [{"mesh": 0, "extensions": {"EXT_mesh_gpu_instancing": {"attributes": {"TRANSLATION": 2}}}}],
            accessors=[*ACCESSORS, {"count": 1_000_000_000}],
        ),
        "MODEL_TOO_LARGE",
    ),
    "more nodes than a scene may have": (scene([{}] * 300_001), "MODEL_TOO_LARGE"),
    "an empty ZIP": (zipped({}), "MODEL_UNREADABLE"),
    "a ZIP without a model": (zipped({"readme.txt": b"x"}), "MODEL_UNREADABLE"),
    "a ZIP with a script only": (zipped({"run.py": b"x"}), "MODEL_UNREADABLE"),
    "a ZIP that climbs": (zipped({"../house.obj": b"v"}), "MODEL_UNREADABLE"),
    "a ZIP with an absolute path": (zipped({"/etc/house.obj": b"v"}), "MODEL_UNREADABLE"),
    "a ZIP with a path of Windows": (zipped({"C:\\house.obj": b"v"}), "MODEL_UNREADABLE"),
    "a ZIP that climbs like Windows": (zipped({"a\\..\\..\\house.obj": b"v"}), "MODEL_UNREADABLE"),
    "a ZIP bomb": (zipped({"house.obj": bytes(40_000_000)}), "MODEL_TOO_LARGE"),
    "a ZIP of 6,000 files": (zipped({f"{n}.png": b"" for n in range(6000)} | {"h.obj": b"v"}), "MODEL_TOO_LARGE"),
    "a ZIP that is cut off": (zipped({"house.obj": b"v" * 1000})[:-30], "MODEL_UNREADABLE"),
    "a ZIP with a GLB with a link": (
        zipped({"h.glb": glb({"asset": ASSET, "images": [{"uri": "../x.png"}]})}),
        "MODEL_UNREADABLE",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_model_is_refused_with_a_sentence(tmp_path: Path, name: str) -> None:
    data, code = HOSTILE[name]
    error = refused(tmp_path, data)

    assert error.code == code
    assert str(error).endswith((".", "embedded."))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["render", "upload"]


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    data = bytearray(zipped({"house.obj": b"v 0 0 0"}))
    for at, mark in ((6, b"PK\x03\x04"), (8, b"PK\x01\x02")):
        start = data.index(mark)
        data[start + at] |= 1  # the flag of encryption

    assert refused(tmp_path, bytes(data)).code == "MODEL_UNREADABLE"


def test_a_zip_whose_directory_lies_about_sizes_is_refused(tmp_path: Path) -> None:
    data = bytearray(zipped({"house.obj": b"v" * 50_000}))
    start = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, start + 24, 10)

    assert refused(tmp_path, bytes(data)).code == "MODEL_UNREADABLE"


def test_a_model_is_moved_and_not_copied(tmp_path: Path) -> None:
    shutil.copy(HOUSE, tmp_path / "upload")
    (tmp_path / "render").mkdir()
    prepare(tmp_path / "upload", tmp_path / "render")

    assert not (tmp_path / "upload").exists()
