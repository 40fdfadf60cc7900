"""Renders every sample viewport in every style, and writes a page that shows them. Run by `make gallery`."""

from __future__ import annotations

import argparse
import html
import shutil
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from PIL import Image

from renderiq.domain.renders import AspectRatio, OutputFormat, Quality
from renderiq.engines import EngineRequest
from renderiq.engines.preview import PreviewEngine
from renderiq.styles import registry

INPUTS = Path(__file__).parent / "inputs"
PROMPTS = {"house-lines": ("winter, overcast", "autumn, golden hour", "desert in fog", "night")}
"""Prompts with which a viewport is rendered as well, in the photorealistic style."""
PAGE = """<!doctype html><meta charset="utf-8"><title>Preview engine: before and after</title>
<style>
body {{ font: 15px system-ui, sans-serif; margin: 2rem; background: #f6f6f4; color: #222 }}
section {{ margin-bottom: 3rem }}
div {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: 12px }}
figure {{ margin: 0 }} img {{ width: 100%; display: block; background: #ddd }}
figcaption {{ padding: 4px 0; color: #555 }}
</style><h1>Preview engine: before and after</h1><p>{about}</p>{sections}"""


def main() -> None:
    """Renders the viewports that the command line names, or all of them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quality", choices=[*Quality], default=Quality.STANDARD, type=Quality)
    options.add_argument("--output", type=Path, default=Path("gallery"))
    options.add_argument("--only", default="", help="only viewports whose name contains this")
    chosen = options.parse_args()
    chosen.output.mkdir(parents=True, exist_ok=True)
    captures = [each for each in sorted(INPUTS.iterdir()) if each.suffix in (".png", ".jpg") and "." not in each.stem]
    sections = [render_section(each, chosen.output, chosen.quality) for each in captures if chosen.only in each.stem]
    styles = len(registry().catalogue.newest)
    about = f"{len(sections)} viewports in {styles} styles, quality {chosen.quality}. Click one for its full size."
    page = chosen.output / "index.html"
    page.write_text(PAGE.format(about=about, sections="".join(sections)), encoding="utf-8")
    print(f"→ {page}")


def render_section(capture: Path, output: Path, quality: Quality) -> str:
    """Renders one viewport into the folder ``output``; returns its section of the page."""
    shutil.copy(capture, output / capture.name)
    figures = [figure_html(capture.name, "before")]
    started = time.process_time()
    for caption, request in build_requests(capture, quality):
        name = f"{capture.stem}-{caption.replace(',', '').replace(' ', '-')}.jpg"
        result = PreviewEngine().render(request, lambda _: None, lambda: False)
        (output / name).write_bytes(result.image)
        figures.append(figure_html(name, caption))
    print(f"{capture.stem}: {time.process_time() - started:.1f} s of processor time", flush=True)
    return f"<section><h2>{html.escape(capture.stem)}</h2><div>{''.join(figures)}</div></section>"


def build_requests(capture: Path, quality: Quality) -> Iterator[tuple[str, EngineRequest]]:
    """Yields a caption and a request for each style and each prompt."""
    data = capture.read_bytes()
    width, height = Image.open(BytesIO(data)).size
    ratio = min(AspectRatio, key=lambda each: abs(each.size(quality)[0] / each.size(quality)[1] - width / height))
    guides = [capture.with_name(f"{capture.stem}.{kind}.png") for kind in ("depth", "material")]
    depth, material = (guide.read_bytes() if guide.exists() else None for guide in guides)
    wanted = [(style.name, style, "") for style in registry().newest()]
    wanted += [(prompt, registry().newest()[0], prompt) for prompt in PROMPTS.get(capture.stem, ())]
    for caption, style, prompt in wanted:
        yield (
            caption,
            EngineRequest(
                image=data,
                style=style,
                quality=quality,
                aspect_ratio=ratio,
                seed=1,
                prompt=prompt,
                output_format=OutputFormat.JPEG,
                depth_image=depth,
                material_id_image=material,
            ),
        )


def figure_html(name: str, caption: str) -> str:
    """Returns a picture that links to its file, with a caption."""
    source, text = html.escape(name, quote=True), html.escape(caption)
    return (
        f'<figure><a href="{source}"><img src="{source}" alt="{text}" loading="lazy"></a>'
        f"<figcaption>{text}</figcaption></figure>"
    )


if __name__ == "__main__":
    main()
