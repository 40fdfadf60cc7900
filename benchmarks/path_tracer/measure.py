"""Measures the path tracer: error by samples, cost by size, and the preview engine beside it.

    .venv/bin/python -m benchmarks.path_tracer.measure error MODEL [--view interior] [--width 192] [--reference 1024]
    .venv/bin/python -m benchmarks.path_tracer.measure cost MODEL [--width 1920] [--samples 8]
    .venv/bin/python -m benchmarks.path_tracer.measure beside MODEL FOLDER [--width 1920]

Processor seconds are those of Blender's whole process, with its start and the import of the model. ``beside`` makes a
capture as a viewport would show the model, gives it to the preview engine with its guides, and path traces the same
view.
"""

from __future__ import annotations

import argparse
import io
import json
import resource
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from local.paths import ROOT
from renderiq.domain.path_tracing import PROCESSORS, SAMPLES
from renderiq.domain.render_layers import LayerKind
from renderiq.domain.renders import AspectRatio, Quality
from renderiq.domain.scene_description import Camera, SurfaceMaterial
from renderiq.engines import EngineRequest, MadeLayer
from renderiq.engines.cycles import layers, process
from renderiq.engines.cycles.engine import describe
from renderiq.engines.cycles.model_files import prepare
from renderiq.engines.cycles.scene import RenderLimits
from renderiq.engines.preview.engine import PreviewEngine
from renderiq.styles import registry

PYTHON: Final = str(ROOT / ".venv-cycles" / "bin" / "python")
LIMITS: Final = RenderLimits(seconds=7000, memory=20 << 30)
X86_PER_GB_SECOND: Final = 0.0000166667
ARM_PER_GB_SECOND: Final = 0.0000133334
TRACER_GB: Final = 10.0
PREVIEW_GB: Final = 1769 / 1024


def request(model: Path, width: int, *, view: str = "exterior", style: str = "photorealistic") -> EngineRequest:
    """Returns an order of a wide picture in standard quality."""
    return EngineRequest(
        image=b"",
        style=registry().get(f"{style}@1"),
        quality=Quality.STANDARD,
        aspect_ratio=AspectRatio.WIDE,
        output_size=(width, width * 9 // 16),
        seed=1,
        model_file=model,
        camera=Camera(name=view),
    )


def trace(
    asked: EngineRequest,
    *,
    samples: int,
    noise: float = 0.02,
    seed: int = 1,
    wanted: tuple[LayerKind, ...] = (),
) -> tuple[Any, Mapping[str, Any], tuple[MadeLayer, ...]]:
    """Returns the pixels of a path-traced picture, what Blender's process told of it, and its layers."""
    if asked.model_file is None:
        raise ValueError("there is no model")
    with tempfile.TemporaryDirectory(prefix="measure-") as name:
        folder = Path(name)
        copy = folder / f"upload{asked.model_file.suffix}"
        shutil.copy(asked.model_file, copy)
        model, kind = prepare(copy, folder)
        scene = replace(
            describe(asked, model, kind, LIMITS), samples=samples, noise=noise, seed=seed, layers=bool(wanted)
        )
        (folder / "scene.json").write_text(scene.to_json(), "utf-8")
        facts = process.run(PYTHON, folder, LIMITS, lambda _: None, lambda: False).facts
        pixels = np.asarray(Image.open(folder / "picture.png").convert("RGB"))
        made = layers.read(folder, asked.size, wanted) if wanted else ()
    return pixels, facts, made


def lambda_price(processor_seconds: float) -> float:
    """Returns dollars of a path-traced render on Lambda: 10 GB, and six processors of which five are kept busy."""
    return processor_seconds / PROCESSORS * TRACER_GB * X86_PER_GB_SECOND


def error(model: Path, *, view: str, width: int, reference: int) -> None:
    """Prints the error of each number of samples, in levels of 8 bits, to a picture without early stopping."""
    asked = request(model, width, view=view)
    truth, facts, _ = trace(asked, samples=reference, noise=0.0005, seed=99)
    print(json.dumps({"view": view, "reference": reference, "seconds": facts["processorSeconds"]}), flush=True)
    for samples, noise in ((4, 0.02), (8, 0.02), (16, 0.02), (32, 0.02), (128, 0.005)):
        pixels, facts, _ = trace(asked, samples=samples, noise=noise)
        rmse = float(np.sqrt(((pixels.astype(np.float32) - truth) ** 2).mean()))
        found = {"view": view, "samples": samples, "noise": noise, "rmse": round(rmse, 2)}
        print(json.dumps({**found, "seconds": facts["processorSeconds"]}), flush=True)


def cost(model: Path, *, view: str, width: int, samples: int) -> None:
    """Prints what a picture needs."""
    started = time.monotonic()
    _, facts, _ = trace(request(model, width, view=view), samples=samples)
    kept = {key: value for key, value in facts.items() if key != "materials"}
    price = round(lambda_price(facts["processorSeconds"]), 5)
    waited = round(time.monotonic() - started, 1)
    print(
        json.dumps(
            {"model": model.name, "width": width, "samples": samples, "dollars": price, **kept, "waited": waited}
        )
    )


def beside(model: Path, folder: Path, *, view: str, width: int) -> None:
    """Writes the capture and the pictures of both engines, and prints what each needed."""
    asked = request(model, width, view=view)
    pixels, facts, made = trace(asked, samples=SAMPLES["standard"], wanted=tuple(LayerKind))
    capture, materials = viewport(made)
    given = {layer.kind: layer for layer in made}
    depth = given[LayerKind.DEPTH]
    drawn = replace(
        asked,
        image=capture,
        model_file=None,
        camera=Camera(fov=None, near=depth.near, far=depth.far),
        depth_image=depth.image,
        normal_image=given[LayerKind.NORMAL].image,
        material_id_image=given[LayerKind.MATERIAL_ID].image,
        materials=materials,
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    output = PreviewEngine().render(drawn, lambda _: None, lambda: False)
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = used.ru_utime - before
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "capture.png").write_bytes(capture)
    (folder / "preview.png").write_bytes(output.image)
    Image.fromarray(pixels).save(folder / "path-traced.png")
    preview_price = seconds * PREVIEW_GB * ARM_PER_GB_SECOND
    print(json.dumps({"engine": "preview", "seconds": round(seconds, 1), "megabytes": used.ru_maxrss // 1024,
                      "dollars": round(preview_price, 6)}))  # fmt: skip
    print(json.dumps({"engine": "cycles", "seconds": facts["processorSeconds"], "megabytes": facts["peakMegabytes"],
                      "dollars": round(lambda_price(facts["processorSeconds"]), 6)}))  # fmt: skip


_COLOURS: Final = {
    "brick": (150, 85, 65), "timber": (170, 130, 85), "glass": (170, 200, 215), "metal": (170, 172, 175),
    "roof_tiles": (165, 80, 60), "grass": (120, 150, 80), "foliage": (90, 130, 70), "concrete": (180, 178, 172),
    "plaster": (225, 220, 210), "paint": (235, 235, 232), "fabric": (90, 130, 165),
}  # fmt: skip


def viewport(made: tuple[MadeLayer, ...]) -> tuple[bytes, dict[str, SurfaceMaterial]]:
    """Returns a capture as viewports draw one, flat colours by the angle to the camera, and materials by colour."""
    given = {layer.kind: layer for layer in made}
    ids = np.asarray(Image.open(io.BytesIO(given[LayerKind.MATERIAL_ID].image)).convert("RGB"))
    normals = np.asarray(Image.open(io.BytesIO(given[LayerKind.NORMAL].image)).convert("RGB")).astype(np.float32)
    direction = normals / 127.5 - 1
    light = np.clip(direction @ np.array((0.35, 0.6, 0.55), np.float32), 0, 1) * 0.45 + 0.55
    picture = np.full((*ids.shape[:2], 3), 245, np.uint8)
    materials: dict[str, SurfaceMaterial] = {}
    for each in given[LayerKind.MATERIAL_ID].materials:
        if each.name == "ground":
            continue
        colour = tuple(bytes.fromhex(each.colour[1:]))
        mask = (ids == np.array(colour, np.uint8)).all(axis=2)
        shade = np.array(_COLOURS.get(each.surface, (200, 198, 194)), np.float32)
        picture[mask] = np.clip(shade * light[mask][:, None], 0, 255).astype(np.uint8)
        if known := SurfaceMaterial.named(each.surface):
            materials[each.colour] = known
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue(), materials


def main() -> None:
    """Runs one measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("error", "cost", "beside"))
    parser.add_argument("model", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("beside"))
    parser.add_argument("--view", default="exterior", choices=("exterior", "interior"))
    parser.add_argument("--width", type=int, default=192)
    parser.add_argument("--samples", type=int, default=SAMPLES["standard"])
    parser.add_argument("--reference", type=int, default=1024)
    given = parser.parse_args()
    match given.what:
        case "error":
            error(given.model, view=given.view, width=given.width, reference=given.reference)
        case "cost":
            cost(given.model, view=given.view, width=given.width, samples=given.samples)
        case "beside":
            beside(given.model, given.folder, view=given.view, width=given.width)


if __name__ == "__main__":
    main()
