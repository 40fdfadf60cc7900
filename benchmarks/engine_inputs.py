"""Measures the preview engine on drawings that were made to be expensive, and how it grows with pixels and regions.

Run by `make benchmark`. Each drawing is rendered in standard quality in a new process on one core; the time is the
processor time of the render, the best of two runs. The table is written to docs/performance.md.
"""

from __future__ import annotations

import io
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from benchmarks.page import table, write_section
from benchmarks.preview_engine import run_on_one_core

ROOT = Path(__file__).parents[1]
Pixels = NDArray[np.uint8]
SIZE = (1920, 1080)
SKY, GROUND = (205, 222, 240), (120, 150, 90)
RUNS = 2
MOST = 3.0
"""No drawing may take longer than so many times the median."""
MEGAPIXELS = (0.5, 2, 8, 20, 40)
REGIONS = (100, 500, 2_000, 5_000, 20_000)


def canvas(size: tuple[int, int] = SIZE) -> Image.Image:
    """Returns a sky above the ground."""
    image = Image.new("RGB", size, SKY)
    ImageDraw.Draw(image).rectangle([0, int(size[1] * 0.7), *size], fill=GROUND)
    return image


def facets(many: int, *, size: tuple[int, int] = SIZE, edges: bool = False) -> Image.Image:
    """Returns a grid of crooked quadrilaterals, each of its own colour, with or without black edges."""
    rng = np.random.default_rng(1)
    image = canvas(size)
    draw = ImageDraw.Draw(image)
    width, height = int(size[0] * 0.76), int(size[1] * 0.76)
    side = (width * height / many) ** 0.5
    columns, rows = max(1, round(width / side)), max(1, round(height / side))
    jitter = rng.uniform(-0.25, 0.25, (2, rows + 1, columns + 1)) * side
    x = size[0] * 0.12 + np.arange(columns + 1)[None, :] * width / columns + jitter[0]
    y = size[1] * 0.12 + np.arange(rows + 1)[:, None] * height / rows + jitter[1]
    for row in range(rows):
        for column in range(columns):
            corners = ((row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column))
            colour = tuple(int(each) for each in rng.integers(60, 235, 3))
            outline = (10, 10, 10) if edges else None
            draw.polygon([(float(x[at]), float(y[at])) for at in corners], fill=colour, outline=outline)
    return image


def towers(many: int) -> Image.Image:
    """Returns boxes that stand apart on the ground, with three faces each."""
    rng = np.random.default_rng(2)
    image = canvas()
    draw = ImageDraw.Draw(image)
    for _ in range(many):
        x, y = rng.uniform(0, SIZE[0]), rng.uniform(SIZE[1] * 0.45, SIZE[1] * 0.97)
        w, h, d = rng.uniform(4, 26), rng.uniform(8, 90), rng.uniform(3, 12)
        colour = rng.integers(90, 230, 3)
        front = [(x, y), (x + w, y), (x + w, y - h), (x, y - h)]
        side = [(x + w, y), (x + w + d, y - d), (x + w + d, y - h - d), (x + w, y - h)]
        top = [(x, y - h), (x + w, y - h), (x + w + d, y - h - d), (x + d, y - h - d)]
        for shape, light in ((front, 1.0), (side, 0.7), (top, 1.1)):
            draw.polygon(shape, fill=tuple(int(min(255, each * light)) for each in colour))
    return image


def _painted(mask: Callable[[Pixels, Pixels], Pixels], *colours: tuple[int, int, int]) -> Image.Image:
    """Returns the canvas with colours where a mask of the rows and columns is 1, 2 and so on."""
    pixels = np.asarray(canvas()).copy()
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    inside = (y > SIZE[1] * 0.15) & (y < SIZE[1] * 0.95) & (x > 60) & (x < SIZE[0] - 60)
    found = np.where(inside, mask(y, x), 0)
    for number, colour in enumerate(colours, 1):
        pixels[found == number] = colour
    return Image.fromarray(pixels)


def hatch(period: int) -> Image.Image:
    """Returns slanted stripes."""
    return _painted(lambda y, x: ((x + y) % period < period / 2).astype(np.uint8), (170, 90, 70))


def checker(period: int) -> Image.Image:
    """Returns a chess board."""
    return _painted(lambda y, x: (1 + (x // period + y // period) % 2).astype(np.uint8), (180, 90, 70), (90, 120, 180))


def combs() -> Image.Image:
    """Returns one long strip that meanders over the whole picture."""
    return _painted(
        lambda y, x: (((y // 6) % 2 == 0) | ((x < 67) & ((y // 12) % 2 == 0))).astype(np.uint8), (160, 160, 170)
    )


def rings(step: int) -> Image.Image:
    """Returns rings around the middle, each of its own colour."""
    pixels = np.asarray(canvas()).copy()
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    radius = np.hypot(x - SIZE[0] / 2, y - SIZE[1] / 2)
    inside = radius < SIZE[1] * 0.49
    palette = np.random.default_rng(5).integers(70, 230, (4096, 3))
    pixels[inside] = palette[(radius[inside] // step).astype(int)]
    return Image.fromarray(pixels)


def speckle(share: float) -> Image.Image:
    """Returns a flat picture with small squares of odd colours strewn over a share of it."""
    rng = np.random.default_rng(4)
    pixels = np.asarray(canvas()).copy()
    for _ in range(int(share * SIZE[0] * SIZE[1] / 25)):
        x, y = rng.integers(0, SIZE[0] - 6), rng.integers(0, SIZE[1] - 6)
        pixels[y : y + 5, x : x + 5] = rng.integers(0, 256, 3)
    return Image.fromarray(pixels)


def crossed(many: int) -> Image.Image:
    """Returns facets with long black lines across."""
    rng = np.random.default_rng(6)
    image = facets(300)
    draw = ImageDraw.Draw(image)
    for _ in range(many):
        draw.line([float(each) for each in rng.uniform(0, 1, 4) * (*SIZE, *SIZE)], fill=(5, 5, 5), width=2)
    return image


def noise() -> Image.Image:
    """Returns noise, which no viewport shows."""
    return Image.fromarray(np.random.default_rng(3).integers(0, 256, (SIZE[1], SIZE[0], 3), dtype=np.uint8))


def sized(megapixels: float, mode: str = "RGB") -> Image.Image:
    """Returns the same facets in another size, in 16:10."""
    height = round((megapixels * 1e6 / 1.6) ** 0.5)
    image = facets(600, size=(1920, 1200)).resize((int(height * 1.6), height), Image.Resampling.NEAREST)
    if mode == "RGBA":
        image.putalpha(255)
        image.paste((0, 0, 0, 0), (0, 0, image.width, image.height // 4))
    return image


def viewport() -> Image.Image:
    """Returns a viewport of a house, which is what is usually sent."""
    return Image.open(ROOT / "tests" / "data" / "viewport_edges.png")


DRAWINGS: dict[str, Callable[[], Image.Image]] = {
    "a usual viewport": viewport,
    **{f"{many:,} facets": partial(facets, many) for many in REGIONS},
    "4,000 facets with black edges": lambda: facets(4_000, edges=True),
    **{f"{many:,} towers": partial(towers, many) for many in (300, 1_300, 4_000)},
    **{f"hatching, {period} px": partial(hatch, period) for period in (8, 16, 40)},
    **{f"chess board, {side} px": partial(checker, side) for side in (6, 12, 30)},
    "combs": combs,
    **{f"rings, {step} px": partial(rings, step) for step in (6, 12)},
    "speckles on 5 %": lambda: speckle(0.05),
    "speckles on 30 %": lambda: speckle(0.3),
    "500 black lines across": lambda: crossed(500),
    "5,000 black lines across": lambda: crossed(5_000),
    "noise": noise,
}
SIZES: dict[str, Callable[[], Image.Image]] = {
    **{f"{each:g} MP": partial(sized, each) for each in MEGAPIXELS},
    f"{MEGAPIXELS[-1]} MP, transparent": lambda: sized(MEGAPIXELS[-1], "RGBA"),
}


def forty_megapixels(mode: str) -> bytes:
    """Returns a file of 40 megapixels in a mode of Pillow, or in 16 bits a channel."""
    import pyvips

    if mode.endswith("16"):
        pixels = np.asarray(sized(40).convert(mode[:-2])).astype(np.uint16) * 257
        written: bytes = pyvips.Image.new_from_array(pixels, interpretation="rgb16").pngsave_buffer(compression=6)
        return written
    return saved(sized(40, "RGBA") if mode == "RGBA" else sized(40).convert(mode), "JPEG" if mode == "CMYK" else "PNG")


MODES: dict[str, Callable[[], bytes]] = {
    "RGB": partial(forty_megapixels, "RGB"),
    "RGB with transparency": partial(forty_megapixels, "RGBA"),
    "RGB, 16 bits": partial(forty_megapixels, "RGB16"),
    "RGB with transparency, 16 bits": partial(forty_megapixels, "RGBA16"),
    "grey": partial(forty_megapixels, "L"),
    "grey with transparency": partial(forty_megapixels, "LA"),
    "palette": partial(forty_megapixels, "P"),
    "black and white": partial(forty_megapixels, "1"),
    "JPEG, CMYK": partial(forty_megapixels, "CMYK"),
}
"""What a file of 40 megapixels may be."""


def read(file: Path) -> None:
    """Reads a file as the engine does; prints seconds of processor time and peak megabytes as JSON."""
    from renderiq.engines.images import decode_layered

    began = time.process_time()
    decode_layered(file.read_bytes())
    print(json.dumps([time.process_time() - began, peak_megabytes()]))


def render(file: Path) -> None:
    """Renders a file in this process; prints seconds of processor time and peak megabytes as JSON."""
    from renderiq.domain.renders import AspectRatio, Quality
    from renderiq.engines import EngineRequest
    from renderiq.engines.preview import PreviewEngine
    from renderiq.styles import registry

    request = EngineRequest(file.read_bytes(), registry().newest()[0], Quality.STANDARD, AspectRatio.WIDE, seed=1)
    began = time.process_time()
    PreviewEngine().render(request, lambda _: None, lambda: False)
    print(json.dumps([time.process_time() - began, peak_megabytes()]))


def peak_megabytes() -> float:
    """Returns the peak memory of this process. ``getrusage`` would count that of the process which forked it too."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def saved(image: Image.Image, kind: str = "PNG") -> bytes:
    """Returns a picture as a file."""
    data = io.BytesIO()
    image.save(data, kind, compress_level=6)
    return data.getvalue()


def measure(act: str, data: bytes, folder: Path) -> tuple[float, float]:
    """Returns the least processor time of a few runs in seconds, and the most memory in megabytes."""
    file = folder / "capture"
    file.write_bytes(data)
    command = [sys.executable, "-m", "benchmarks.engine_inputs", act, str(file)]
    runs = [json.loads(run_on_one_core(command).stdout.splitlines()[-1]) for _ in range(RUNS)]
    return min(seconds for seconds, _ in runs), max(megabytes for _, megabytes in runs)


def main() -> None:
    """Measures all drawings, and writes the section of the page."""
    found, of_reading = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for name, make in (DRAWINGS | SIZES).items():
            found[name] = measure("--render", saved(make()), Path(folder))
            print(f"{name}: {found[name][0]:.2f} s, {found[name][1]:.0f} MB", flush=True)
        for name, make_file in MODES.items():
            of_reading[name] = measure("--read", make_file(), Path(folder))
            print(f"reading {name}: {of_reading[name][0]:.2f} s, {of_reading[name][1]:.0f} MB", flush=True)
    median = statistics.median(found[name][0] for name in DRAWINGS)
    slowest = max(DRAWINGS, key=lambda name: found[name][0])
    over = [name for name in DRAWINGS if found[name][0] > MOST * median]
    verdict = f"too slow: {', '.join(over)}" if over else "none is slower than that"
    regions = [f"{many:,} facets" for many in REGIONS]
    sections = [
        "Measured by `make benchmark`, in standard quality (1920 x 1080), as processor time of one core without "
        f"imports. Drawings are 1920 x 1080. The median takes {median:.2f} s, and the slowest, {slowest}, "
        f"{found[slowest][0] / median:.1f} times as long. The budget is {MOST:.0f} times: {verdict}.",
        table(
            ("drawing", "time over the median", "peak memory"),
            [(name, f"{found[name][0] / median:.2f}", f"{found[name][1]:.0f} MB") for name in DRAWINGS],
        ),
        "How it grows with the pixels of the capture, and with the facets in it, over the first of each:",
        table(
            ("capture", "time", "peak memory"),
            [
                (name, f"{found[name][0] / found[names[0]][0]:.2f}", f"{found[name][1]:.0f} MB")
                for names in (list(SIZES), regions)
                for name in names
            ],
        ),
        "Reading a capture of 40 megapixels, without the render; the budget is 4 s and 700 MB:",
        table(
            ("capture", "processor time", "peak memory"),
            [(name, f"{seconds:.2f} s", f"{megabytes:.0f} MB") for name, (seconds, megabytes) in of_reading.items()],
        ),
    ]
    write_section("engine inputs", "Preview engine on odd captures", "\n\n".join(sections))
    if over:
        print(f"✗ Slower than {MOST:.0f} times the median: {', '.join(over)}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        {"--render": render, "--read": read}[sys.argv[1]](Path(sys.argv[2]))
    else:
        main()
