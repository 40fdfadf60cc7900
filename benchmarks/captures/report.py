"""Tables, the page docs/captures.md and contact sheets out of results."""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import mean, median

from PIL import Image, ImageDraw

from benchmarks.captures.catalogue import Capture
from benchmarks.captures.dense import DenseResult
from benchmarks.captures.runs import CONTROLS, Mode, Result, output_file

HEADS = (
    "display",
    "captures",
    "recall",
    "precision",
    "details",
    "background",
    "lost",
    "melted",
    "drift",
    "repainted",
    "recognised as",
    "time",
    "memory",
)
NOTHING = "-"
CELL = (400, 225)
PAIRS = 3
ABOUT = """# What the preview engine makes of real viewports

Written by `make benchmark-captures`. The captures are drawn with Blender from models that other people made
([where they come from](../benchmarks/captures/models/README.md)), in the display styles of the hosts. The same scenes
give the truth: which object and material each pixel shows, how far away it is, and where the borders are. Each picture
of the engine (photorealistic, standard quality) is reduced to the size of its capture and compared with it.

How to read the tables:

- **recall**: the part of the visible borders of the scene that the picture still has, within 2 pixels of the capture.
  A border counts only if the gradient keeps its direction along it, so that grass or bricks do not pass for one.
- **precision**: the part of the edges on the objects of the picture that are in the scene or in the capture. Invented
  joints, tiles and reflections lower it. What the engine adds to the background does not count.
- **details**: the part of the small faces (less than 0.5 % of the picture) that have more than half of their border.
- **background**: intersection over union of the background of the scene and of what the picture shows as background.
- **lost**: faces of at least 0.5 % of the picture that became sky, lawn or backdrop; **melted**: such faces with less
  than 35 % of their border left. Both out of all such faces.
- **drift**: how far hue and chroma of the kept materials moved, in CIELAB without lightness. Up to about 5 is grading.
- **repainted**: the part of the objects that has another hue than in the capture, or was grey and is not any more, as a
  floor that became a lawn.
- **recognised as**: how the engine says that it treated the capture, and its mean confidence.
- **time** and **memory**: processor seconds, without imports, and peak megabytes of one picture in a fresh process.

Figures are means over the captures of a row; "-" stands for what cannot be measured there. The last two tables check
the measures themselves, on the captures that are in this repository: a capture that was only enlarged must score 1
everywhere and lose nothing, a blurred one must score low. (Its precision stays high: few edges are left, and those are
in their places.) What the measures do not see: whether a picture looks good, whether a material is the right one, and
errors in the background. Look at the contact sheets, which the command writes into `.captures/`.
"""


def table(results: list[Result], *, by_style: bool) -> str:
    """One row per display style if asked for, and one for all."""
    groups = list(dict.fromkeys(result.group for result in results)) if by_style else []
    rows = [row(group, [each for each in results if each.group == group]) for group in groups]
    lines = [HEADS, ["---"] * len(HEADS), *rows, row("**all**", results)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def row(name: str, results: list[Result]) -> list[str]:
    """Returns the cells of one row of a table: the means over ``results``."""

    def average(of: Callable[[Result], float | None], form: str = "{:.2f}") -> str:
        values = [value for value in map(of, results) if value is not None]
        return form.format(mean(values)) if values else NOTHING

    regions = sum(each.measures.regions for each in results)
    modes = Counter(str(each.recognised) for each in results if each.recognised)
    recognised = [name if count == len(results) else f"{name} {count}" for name, count in sorted(modes.items())]
    return [
        name,
        str(len(results)),
        average(lambda each: each.measures.recall),
        average(lambda each: each.measures.precision),
        average(lambda each: each.measures.details),
        average(lambda each: each.measures.background_iou),
        f"{sum(each.measures.lost for each in results)} of {regions}",
        f"{sum(each.measures.melted for each in results)} of {regions}",
        average(lambda each: each.measures.drift, "{:.1f}"),
        average(lambda each: each.measures.repainted),
        f"{', '.join(recognised)} ({average(lambda each: each.confidence)})" if recognised else NOTHING,
        average(lambda each: each.seconds, "{:.1f} s"),
        average(lambda each: each.megabytes, "{:.0f} MB"),
    ]


def tables(results: list[Result]) -> str:
    """Returns the tables of all modes, in Markdown."""
    parts = []
    for mode in Mode:
        chosen = [each for each in results if each.mode == mode.value]
        if chosen:
            title = mode.value.capitalize()
            parts.append(f"## {title}\n\n{table(chosen, by_style=mode not in CONTROLS)}")
    return "\n\n".join(parts)


def dense_table(dense: list[DenseResult]) -> str:
    """The densest pictures, with their time over the median."""
    middle = median(each.seconds for each in dense)
    lines = [("picture", "recognised as", "time", "over the median"), ("---",) * 4]
    lines += [(each.name, each.mode, f"{each.seconds:.1f} s", f"{each.seconds / middle:.1f}") for each in dense]
    rows = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"## The densest captures\n\n{rows}"


def page(results: list[Result], dense: list[DenseResult]) -> str:
    """Returns docs/captures.md."""
    where = f"Measured with Python {platform.python_version()} on {platform.machine()}, a core per picture."
    return f"{ABOUT}\n{where}\n\n{tables(results)}\n\n{dense_table(dense)}\n"


def write_json(results: list[Result], file: Path) -> None:
    """Writes all results as JSON."""
    file.write_text(json.dumps([each.as_json() for each in results], indent=1) + "\n", encoding="utf-8")


def contact_sheet(captures: Iterable[Capture], mode: Mode, folder: Path, outputs: Path, file: Path) -> None:
    """A grid of pairs: the capture on the left, the picture that was made of it on the right."""
    pairs = [(capture, output_file(capture, mode, outputs)) for capture in captures]
    width, height = CELL
    rows = -(-len(pairs) // PAIRS)
    sheet = Image.new("RGB", (2 * PAIRS * width, rows * (height + 16)), "white")
    pen = ImageDraw.Draw(sheet)
    for number, (capture, output) in enumerate(pairs):
        left, top = number % PAIRS * 2 * width, number // PAIRS * (height + 16)
        pen.text((left + 4, top + 2), capture.name, "black")
        for shift, path in enumerate((folder / capture.file, output)):
            with Image.open(path) as picture:
                sheet.paste(picture.convert("RGB").resize(CELL, Image.Resampling.BOX), (left + shift * width, top + 16))
    sheet.save(file)
