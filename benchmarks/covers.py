"""Makes the covers of the styles that have none, from the gallery's viewports. Run by `make covers`.

A cover is the style's own picture of one viewport. A version keeps its cover for good, so that an existing one is left
alone, unless ``--all`` says otherwise.
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path
from typing import Final

from PIL import Image

from renderiq.domain.renders import AspectRatio, Quality
from renderiq.domain.styles import StyleVersion
from renderiq.engines import EngineRequest
from renderiq.engines.preview import PreviewEngine
from renderiq.styles import FILES, registry

INPUTS: Final = Path(__file__).parent / "gallery" / "inputs"
SIZE: Final = (480, 270)
RENDERED: Final = 3
"""How many times larger the picture is rendered."""
WEBP_QUALITY: Final = 82


def main() -> None:
    """Makes the covers that are missing."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--all", action="store_true", help="make every cover again")
    options.add_argument("--output", type=Path, default=FILES, help="the folder of the covers")
    chosen = options.parse_args()
    for style in registry().all_versions():
        path = chosen.output / f"{style.style_id}.webp"
        if chosen.all or not path.exists():
            path.write_bytes(cover_of(style))
            print(f"→ {path.name}: {path.stat().st_size:,} bytes", flush=True)


def cover_of(style: StyleVersion) -> bytes:
    """Returns the cover of a style as WebP."""
    capture = INPUTS / f"{style.cover}.png"
    size = SIZE[0] * RENDERED, SIZE[1] * RENDERED
    request = EngineRequest(capture.read_bytes(), style, Quality.STANDARD, AspectRatio.WIDE, seed=1, output_size=size)
    output = PreviewEngine().render(request, lambda _: None, lambda: False)
    if output.report and output.report.reasons:
        print(f"! {style.style_id}: {', '.join(output.report.reasons)}", file=sys.stderr)
    with Image.open(io.BytesIO(output.image)) as picture:
        small = picture.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
    file = io.BytesIO()
    small.save(file, "WEBP", quality=WEBP_QUALITY, method=6)
    return file.getvalue()


if __name__ == "__main__":
    main()
