"""Renders models that others made in every style, by day and by night, and lays the pictures out to be looked at.

    PYTHONPATH=layers/common .venv/bin/python -m benchmarks.path_tracer.contact FOLDER [MODEL ...] [--width 240]
        [--styles soft studio] [--views exterior] [--sheet docs/path-tracer-sheet.jpg]

The models are those of Debian's package ``assimp-testmodels`` unless files are named: IFC, GLB and USDZ as they are,
OBJ and FBX in a ZIP with what lies beside them. Pictures that are in the folder already are not rendered again, so that
a run can be continued. Each model gets a sheet; ``--sheet`` writes one more, small, of all of them in one picture.
"""

from __future__ import annotations

import argparse
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

from benchmarks.path_tracer.measure import request, trace

_SAMPLES: Final = Path("/usr/share/assimp/models")
MODELS: Final = tuple(
    _SAMPLES / name
    for name in (
        "IFC/AC14-FZK-Haus.ifc",
        "glTF2/2CylinderEngine-glTF-Binary/2CylinderEngine.glb",
        "glTF2/BoxTextured-glTF-Binary/BoxTextured.glb",
        "OBJ/spider.obj",
        "OBJ/WusonOBJ.obj",
        "FBX/huesitos.fbx",
    )
)
STYLES: Final = ("photorealistic", "dramatic", "soft", "studio", "natural")
TIMES: Final = {"day": "", "night": "at night"}
_BESIDE: Final = {".mtl", ".png", ".jpg", ".jpeg", ".bmp", ".tga"}
_LABEL: Final = 14
_LARGEST_SHEET: Final = 300_000
"""Bytes of the picture of all models."""


def upload_of(model: Path, folder: Path) -> Path:
    """Returns the file to upload: the model, or a ZIP of it with the pictures beside it."""
    if model.suffix.lower() not in {".obj", ".fbx"}:
        return model
    packed = folder / f"{model.stem}.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(model, model.name)
        for each in sorted(model.parent.iterdir()):
            if each.suffix.lower() in _BESIDE:
                archive.write(each, each.name)
    return packed


def render(model: Path, folder: Path, *, view: str, styles: Sequence[str], width: int, samples: int) -> bool:
    """Renders what is missing of a model into the folder. Returns whether the model has this view."""
    for style in styles:
        for time, prompt in TIMES.items():
            file = folder / f"{_name(model)}-{view}-{style}-{time}.png"
            if file.exists():
                continue
            with tempfile.TemporaryDirectory(prefix="sheet-") as name:
                upload = upload_of(model, Path(name))
                asked = replace(request(upload, width, view=view, style=style), prompt=prompt)
                pixels, facts, _ = trace(asked, samples=samples)
            print(json.dumps({"file": file.name, "view": facts["view"], "seconds": facts["processorSeconds"],
                              "exposure": facts["exposure"], "rooms": facts["rooms"]}), flush=True)  # fmt: skip
            if facts["view"] != view:
                return False
            Image.fromarray(pixels).save(file)
    return True


def sheet_of(rows: Iterable[tuple[str, Sequence[Path]]], width: int, columns: int) -> Image.Image:
    """Returns pictures in rows with a label above each row. A picture that is missing leaves a grey place."""
    rows = list(rows)
    height = width * 9 // 16
    whole = Image.new("RGB", (width * columns, (height + _LABEL) * len(rows)), (60, 60, 60))
    draw = ImageDraw.Draw(whole)
    for number, (label, files) in enumerate(rows):
        top = number * (height + _LABEL)
        draw.text((4, top + 1), label, fill=(255, 255, 255))
        for column, file in enumerate(files):
            if file.exists():
                with Image.open(file) as picture:
                    small = picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
                whole.paste(small, (column * width, top + _LABEL))
    return whole


def _name(model: Path) -> str:
    return f"{model.stem}-{model.suffix[1:]}".lower()


def jpeg(picture: Image.Image, largest: int) -> bytes:
    """Returns the picture in the best quality that fits into so many bytes."""
    for quality in (90, 84, 78, 70, 60, 50, 40):
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality, optimize=True)
        if file.tell() <= largest:
            break
    return file.getvalue()


def main() -> None:
    """Renders and lays out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("models", type=Path, nargs="*", default=list(MODELS))
    parser.add_argument("--width", type=int, default=240)
    parser.add_argument("--samples", type=int, default=8)
    parser.add_argument("--styles", nargs="+", default=list(STYLES))
    parser.add_argument("--views", nargs="+", choices=("exterior", "interior"), help="both of IFC, else the first")
    parser.add_argument("--sheet", type=Path)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    rows: list[tuple[str, list[Path]]] = []
    for model in given.models:
        own: list[tuple[str, list[Path]]] = []
        for view in given.views or (("exterior", "interior") if model.suffix == ".ifc" else ("exterior",)):
            chosen = {"view": view, "styles": given.styles, "width": given.width, "samples": given.samples}
            if not render(model, given.folder, **chosen):
                print(f"{model.name} has no room", flush=True)
                continue
            for time in TIMES:
                files = [given.folder / f"{_name(model)}-{view}-{style}-{time}.png" for style in given.styles]
                own.append((f"{model.name}, {view}, {time}: {', '.join(given.styles)}", files))
        sheet_of(own, 320, len(given.styles)).save(given.folder / f"sheet-{_name(model)}.png")
        rows += own
    if given.sheet:
        given.sheet.parent.mkdir(parents=True, exist_ok=True)
        given.sheet.write_bytes(jpeg(sheet_of(rows, 160, len(given.styles)), _LARGEST_SHEET))


if __name__ == "__main__":
    main()
