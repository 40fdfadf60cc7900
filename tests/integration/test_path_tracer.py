"""The path tracer with Blender: what it renders, what it refuses, and what it cannot reach. Needs ``make cycles``."""

from __future__ import annotations

import base64
import io
import json
import math
import os
import shutil
import signal
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from renderiq.domain.render_layers import LayerKind
from renderiq.domain.renders import AspectRatio, Quality
from renderiq.domain.scene_description import Camera, Projection
from renderiq.engines import EngineRequest, Output, PermanentEngineError
from renderiq.engines.cycles.engine import CyclesEngine
from renderiq.engines.cycles.scene import RenderLimits
from tests.support.paths import ROOT
from tests.support.styles import PHOTOREALISTIC, SOFT

PYTHON = ROOT / ".venv-cycles" / "bin" / "python"
HOUSE = ROOT / "tests" / "data" / "house.glb"
KITCHEN = ROOT / "benchmarks" / "captures" / "models" / "kitchen.glb"
pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason="the path tracer is not installed (make cycles)")

SIZE = (96, 54)


def render(folder: Path, data: bytes | Path, **fields: Any) -> Output:
    file = folder / "upload"
    file.write_bytes(data if isinstance(data, bytes) else data.read_bytes())
    request = EngineRequest(
        image=b"",
        style=PHOTOREALISTIC,
        quality=Quality.STANDARD,
        aspect_ratio=AspectRatio.WIDE,
        output_size=SIZE,
        seed=1,
        model_file=file,
    )
    limits = fields.pop("limits", RenderLimits(seconds=120))
    return CyclesEngine(str(PYTHON), limits).render(replace(request, **fields), lambda _: None, lambda: False)


def pixels(output: Output) -> Any:
    return np.asarray(Image.open(io.BytesIO(output.image)).convert("RGB"), np.float32)


def glb_of(
    points: list[tuple[float, float, float]],
    faces: list[tuple[int, int, int]],
    *,
    nodes: list[Any] | None = None,
    **more: Any,
) -> bytes:
    """Returns a GLB with one mesh, as a library would write it."""
    indices = struct.pack(f"<{3 * len(faces)}I", *(each for face in faces for each in face))
    corners = struct.pack(f"<{3 * len(points)}f", *(each for point in points for each in point))
    binary = indices + corners
    document = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": list(range(len(nodes or [0])))}],
        "nodes": nodes or [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 1}, "indices": 0}]}],
        "accessors": [
            {"bufferView": 0, "componentType": 5125, "count": 3 * len(faces), "type": "SCALAR"},
            {"bufferView": 1, "componentType": 5126, "count": len(points), "type": "VEC3",
             "min": [0, 0, 0], "max": [1, 1, 1]},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": len(indices)},
            {"buffer": 0, "byteOffset": len(indices), "byteLength": len(corners)},
        ],
        "buffers": [{"byteLength": len(binary)}],
        **more,
    }  # fmt: skip
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


CORNERS = [(x, y, z) for x in (0.0, 4.0) for y in (0.0, 3.0) for z in (0.0, 5.0)]
BOX = [
    (0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5), (0, 4, 5), (0, 5, 1),
    (2, 3, 7), (2, 7, 6), (0, 2, 6), (0, 6, 4), (1, 5, 7), (1, 7, 3),
]  # fmt: skip
NAN = float("nan")
IFC = """ISO-10303-21;
HEADER;
FILE_DESCRIPTION((''),'2;1');
FILE_NAME('','2026-01-01T00:00:00',(''),(''),'','','');
FILE_SCHEMA(('IFC4'));
ENDSEC;
DATA;
{}
ENDSEC;
END-ISO-10303-21;
"""


def textured(side: int) -> bytes:
    """Returns a GLB with a box whose picture has this many pixels a side: black and white, so a file of few KB."""
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    pack = zlib.compressobj(9)
    row = bytes(1 + (side + 7) // 8)
    data = b"".join(pack.compress(row) for _ in range(side)) + pack.flush()
    parts = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part)) for kind, part in parts
    )
    uri = "data:image/png;base64," + base64.b64encode(png).decode()
    mesh = {"primitives": [{"attributes": {"POSITION": 1, "TEXCOORD_0": 2}, "indices": 0, "material": 0}]}
    accessors = [
        {"bufferView": 0, "componentType": 5125, "count": 3 * len(BOX), "type": "SCALAR"},
        {"bufferView": 1, "componentType": 5126, "count": len(CORNERS), "type": "VEC3", "min": [0] * 3, "max": [5] * 3},
        {"bufferView": 1, "componentType": 5126, "count": len(CORNERS), "type": "VEC2"},
    ]
    return glb_of(
        CORNERS,
        BOX,
        meshes=[mesh],
        accessors=accessors,
        images=[{"uri": uri}],
        textures=[{"source": 0}],
        materials=[{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}],
    )


MOVING: dict[str, Any] = {
    "animations": [
        {
            "channels": [{"sampler": 0, "target": {"node": 0, "path": "translation"}}],
            "samplers": [{"input": 1, "output": 1, "interpolation": "LINEAR"}],
        }
    ]
}
BROKEN = """#1=IFCCARTESIANPOINT((0.,0.,0.));
#2=IFCCARTESIANPOINT((1.,0.,0.));
#3=IFCCARTESIANPOINT((1.E308,1.E308,1.E308));
#4=IFCPOLYLOOP((#1,#2,#2,#1,#3));
#5=IFCFACEOUTERBOUND(#4,.T.);
#6=IFCFACE((#5));
#7=IFCCLOSEDSHELL((#6,#6));
#8=IFCFACETEDBREP(#7);
#9=IFCAXIS2PLACEMENT3D(#1,$,$);
#10=IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-5,#9,$);
#11=IFCSHAPEREPRESENTATION(#10,'Body','Brep',(#8));
#12=IFCPRODUCTDEFINITIONSHAPE($,$,(#11));
#13=IFCLOCALPLACEMENT(#13,#9);
#14=IFCWALL('2O2Fr$t4X7Zf8NOew3FLOH',$,'broken',$,$,#13,#12,$,$);"""


def zipped(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


OBJ = "mtllib box.mtl\n" + "".join(f"v {x} {y} {z}\n" for x, y, z in CORNERS) + "usemtl brick\n" + "".join(
    f"f {a + 1} {b + 1} {c + 1}\n" for a, b, c in BOX
)  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Output:
    return render(tmp_path_factory.mktemp("house"), HOUSE)


def test_a_house_is_rendered_in_the_size_that_was_ordered(house: Output) -> None:
    assert (house.width, house.height) == SIZE
    assert Image.open(io.BytesIO(house.image)).size == SIZE


def test_the_sky_is_above_and_the_grass_below(house: Output) -> None:
    seen = pixels(house)
    sky, ground = seen[:6].mean(axis=(0, 1)), seen[-6:].mean(axis=(0, 1))

    assert sky[2] > sky[0]
    assert ground[1] > ground[2]


def test_the_picture_is_neither_dark_nor_burnt(house: Output) -> None:
    assert 60 < pixels(house).mean() < 200


def test_the_same_order_gives_the_same_picture(tmp_path: Path, house: Output) -> None:
    assert np.array_equal(pixels(render(tmp_path, HOUSE)), pixels(house))


def test_night_is_darker_than_day(tmp_path: Path, house: Output) -> None:
    assert pixels(render(tmp_path, HOUSE, prompt="at night")).mean() < 0.6 * pixels(house).mean()


def test_a_camera_decides_the_view(tmp_path: Path, house: Output) -> None:
    camera = Camera(fov=40, position=(0.0, 60.0, 0.01), target=(0.0, 0.0, 0.0))

    assert np.abs(pixels(render(tmp_path, HOUSE, camera=camera)) - pixels(house)).mean() > 10


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("Draco", KITCHEN),
        ("a box without materials", glb_of(CORNERS, BOX)),
        ("OBJ in a ZIP", zipped({"m/box.obj": OBJ.encode(), "m/box.mtl": b"newmtl brick\nKd 0.6 0.3 0.2\n"})),
        ("corners that are no numbers", glb_of([*CORNERS, (NAN, 0, 0), (math.inf, 1, 1)], [*BOX, (8, 9, 0)])),
        ("a box 50 km from the origin", glb_of([(x + 5e4, y, z - 5e4) for x, y, z in CORNERS], BOX)),
        ("a box of 2 mm", glb_of([(x / 2000, y / 2000, z / 2000) for x, y, z in CORNERS], BOX)),
        ("a node of no size", glb_of(CORNERS, BOX, nodes=[{"mesh": 0}, {"mesh": 0, "scale": [0, 0, 0]}])),
        ("a picture of 16,384 pixels a side", textured(16_384)),
        ("an animation whose parts do not fit", glb_of(CORNERS, BOX, **MOVING)),
        ("an OBJ that names files elsewhere", zipped({"box.obj": OBJ.replace("box.mtl", "/etc/passwd").encode()})),
    ],
)
def test_what_can_be_rendered_is(tmp_path: Path, name: str, data: bytes | Path) -> None:
    assert 40 < pixels(render(tmp_path, data)).mean() < 230


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("indices of corners that do not exist", glb_of(CORNERS, [(0, 1, 4_000_000)]), "MODEL_UNREADABLE"),
        ("nothing but what is no number", glb_of([(NAN, NAN, NAN)] * 3, [(0, 1, 2)]), "MODEL_UNREADABLE"),
        ("no triangles", glb_of(CORNERS, BOX, meshes=[{"primitives": []}]), "MODEL_UNREADABLE"),
        ("an IFC without elements", IFC.format("").encode(), "MODEL_UNREADABLE"),
        ("an IFC that is cut off", IFC.format("#1=IFCWALL('2$', #9").encode()[:220], "MODEL_UNREADABLE"),
        ("an IFC of another thing", b"ISO-10303-21;\x00\xff\xfe" + bytes(500), "MODEL_UNREADABLE"),
        (
            "an FBX that is none",
            zipped({"x.fbx": b"Kaydara FBX Binary  \x00\x1a\x00" + bytes(300)}),
            "MODEL_UNREADABLE",
        ),
        ("a USDZ that is none", zipped({"x.usdc": b"PXR-USDC" + bytes(300)}), "MODEL_UNREADABLE"),
        ("an IFC with broken geometry", IFC.format(BROKEN).encode(), "MODEL_UNREADABLE"),
        ("a picture of 24,000 pixels a side", textured(24_000), "MODEL_TOO_LARGE"),
        ("an OBJ without faces", zipped({"x.obj": b"v 0 0 0\n" * 100}), "MODEL_UNREADABLE"),
    ],
)
def test_what_cannot_be_rendered_is_refused(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    with pytest.raises(PermanentEngineError) as caught:
        render(tmp_path, data)

    assert caught.value.code == code


def test_a_model_that_needs_too_much_memory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PermanentEngineError) as caught:
        render(tmp_path, HOUSE, limits=RenderLimits(seconds=60, memory=700 << 20))

    assert caught.value.code in {"MODEL_TOO_LARGE", "MODEL_UNREADABLE"}


MADE_BY_BLENDER = """
import bpy, sys
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.mesh.primitive_cube_add(size=3, location=(0, 0, 1.5))
bpy.ops.object.camera_add(location=(0, -9, 1.5), rotation=(1.5708, 0, 0))
bpy.context.object.name = "Front"
bpy.ops.wm.usd_export(filepath="box.usdz")
bpy.ops.export_scene.gltf(filepath="box.glb", export_cameras=True)
bpy.ops.export_scene.gltf(filepath="packed.glb", export_meshopt_compression_enable=True)
bpy.ops.export_scene.fbx(filepath="box.fbx")
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    code = MADE_BY_BLENDER.replace("bpy.ops.mesh", "import addon_utils; addon_utils.enable('io_scene_gltf2'); "
                                   "addon_utils.enable('io_scene_fbx'); bpy.ops.mesh", 1)  # fmt: skip
    done = subprocess.run([PYTHON, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert (folder / "box.fbx").exists(), done.stdout + done.stderr
    return folder


@pytest.mark.parametrize("name", ["box.usdz", "box.glb", "packed.glb"])
def test_every_format_shows_the_same_box(tmp_path: Path, made: Path, name: str) -> None:
    camera = Camera(fov=40, position=(0.0, 1.5, 9.0), target=(0.0, 1.5, 0.0))
    seen = pixels(render(tmp_path, made / name, camera=camera))

    assert np.abs(seen[20:30, 40:56] - seen[25, 48]).mean() < 25  # one side of a box fills the middle
    assert np.abs(seen[25, 48] - seen[25, 5]).mean() > 8  # and nothing of it is at the edge


def test_an_fbx_in_a_zip_is_rendered(tmp_path: Path, made: Path) -> None:
    assert 40 < pixels(render(tmp_path, zipped({"box.fbx": (made / "box.fbx").read_bytes()}))).mean() < 230


def test_layers_show_the_box_and_nothing_else(tmp_path: Path, made: Path) -> None:
    camera = Camera(lens=50, position=(0.0, 1.5, 9.0), target=(0.0, 1.5, 0.0))
    output = render(tmp_path, made / "box.glb", camera=camera, layers=tuple(LayerKind))
    depth, normal, ids = (np.asarray(Image.open(io.BytesIO(layer.image))) for layer in output.layers)
    near, far = output.layers[0].near, output.layers[0].far
    assert near is not None
    assert far is not None

    front = far - (depth[25, 48] - 1) / 65534 * (far - near)
    assert front == pytest.approx(7.5, abs=0.05)  # from the camera to the front of a box of 3 m
    assert depth[2, 2] == 0
    assert normal[25, 48].tolist() == pytest.approx([128, 128, 255], abs=1)
    assert ids[25, 48].tolist() != ids[50, 2].tolist()


def test_a_thing_of_a_few_millimetres_is_seen_from_as_near(tmp_path: Path) -> None:
    box = glb_of([(x / 1000, y / 1000, z / 1000) for x, y, z in CORNERS], BOX)
    camera = Camera(lens=50, position=(0.002, 0.0015, 0.015), target=(0.002, 0.0015, 0.0))

    output = render(tmp_path, box, camera=camera, layers=(LayerKind.DEPTH,))

    (layer,) = output.layers
    near, far = layer.near, layer.far
    assert near is not None
    assert far is not None
    level = np.asarray(Image.open(io.BytesIO(layer.image)))[25, 48]
    front = far - (level - 1) / 65534 * (far - near)
    assert front == pytest.approx(0.01, rel=0.02)  # from the camera to the front of a box of 5 mm


def test_a_camera_of_the_model_is_used_by_its_name(tmp_path: Path, made: Path) -> None:
    given = Camera(lens=50, position=(0.0, 1.5, 9.0), target=(0.0, 1.5, 0.0))
    by_name = pixels(render(tmp_path, made / "box.glb", camera=Camera(name="Front")))
    by_place = pixels(render(tmp_path, made / "box.glb", camera=given))

    assert np.abs(by_name - by_place).mean() < 6


def test_a_parallel_camera_shows_a_box_without_perspective(tmp_path: Path, made: Path) -> None:
    camera = Camera(40, Projection.PARALLEL, (9.0, 9.0, 9.0), (0.0, 1.5, 0.0))

    assert 40 < pixels(render(tmp_path, made / "box.glb", camera=camera)).mean() < 230


ESCAPES = """
import pathlib, socket, subprocess, sys
sys.path.insert(0, {layer!r})
from renderiq.engines.cycles.blender.containment import contain
folder = pathlib.Path({folder!r})
print("means", *contain(folder))
def attempt(name, act):
    try:
        act()
    except (OSError, PermissionError) as error:
        print("refused", name)
    else:
        print("ALLOWED", name)
attempt("passwd", lambda: open("/etc/passwd").read())
attempt("parent", lambda: open("/proc/{parent}/environ").read())
attempt("write", lambda: open("/tmp/escaped", "w").write("x"))
attempt("socket", lambda: socket.create_connection(("127.0.0.1", 9), timeout=1))
attempt("program", lambda: subprocess.run(["/bin/true"]))
(folder / "own").write_text("x")
print("ALLOWED own" if (folder / "own").read_text() == "x" else "refused own")
"""


def test_the_process_has_no_network_no_programs_and_no_files_but_its_own(tmp_path: Path) -> None:
    code = ESCAPES.format(layer=str(ROOT / "layers/common"), folder=str(tmp_path), parent=os.getpid())
    ended = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=False, env={"PATH": "/usr/bin"})
    lines = ended.stdout.splitlines()
    if "files" not in lines[0]:
        pytest.skip("this kernel has no Landlock")

    assert [line for line in lines if line.startswith("ALLOWED")] == ["ALLOWED own"]


PARENT = """
import sys, pathlib
sys.path.insert(0, {layer!r})
from renderiq.engines.cycles import process
from renderiq.engines.cycles.scene import RenderLimits
process.run({python!r}, pathlib.Path({folder!r}), RenderLimits(seconds=60),
    lambda percent: print(percent, flush=True), lambda: False)
"""


@pytest.fixture
def killed_parent(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    from renderiq.engines.cycles.engine import describe
    from renderiq.engines.cycles.scene import ModelKind

    shutil.copy(HOUSE, tmp_path / "model.glb")
    request = EngineRequest(
        image=b"", style=SOFT, quality=Quality.ULTRA, aspect_ratio=AspectRatio.WIDE, seed=1, model_file=HOUSE
    )
    (tmp_path / "scene.json").write_text(describe(request, "model.glb", ModelKind.GLB, RenderLimits()).to_json())
    code = PARENT.format(layer=str(ROOT / "layers/common"), python=str(PYTHON), folder=str(tmp_path))
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.wait()
    if process.stdout:
        process.stdout.close()


def blenders(folder: Path) -> list[str]:
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = each.read_bytes()
        except OSError:
            continue
        if str(folder).encode() in command and b"cycles.blender" in command:
            found.append(each.parent.name)
    return found


@pytest.mark.parametrize("stage", [1, 30])
def test_blender_ends_with_a_worker_that_is_killed(
    tmp_path: Path, killed_parent: subprocess.Popen[str], stage: int
) -> None:
    assert killed_parent.stdout
    for line in killed_parent.stdout:
        if int(line) >= stage:
            break
    assert blenders(tmp_path)
    killed_parent.send_signal(signal.SIGKILL)
    killed_parent.wait()
    time.sleep(1)

    assert blenders(tmp_path) == []
