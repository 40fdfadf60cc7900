"""Draws captures and their truth into a folder: ``python -m benchmarks.captures.draw FOLDER NAME...``.

Runs in the environment .venv-captures, because Blender and the preview engine need different packages.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import bpy

from benchmarks.captures import display_styles, scenes
from benchmarks.captures.catalogue import CAPTURES, STYLES, Capture
from benchmarks.captures.truth import Maps


def draw(capture: Capture, folder: Path, scene: bpy.types.Scene, maps: Maps) -> None:
    """Draws a capture and writes it, with its truth, into ``folder``."""
    picture = display_styles.draw(scene, maps, STYLES[capture.style])
    axes, camera = scenes.describe_camera(scene)
    maps.every(scenes.FINER).truth(axes, camera).save(folder / capture.name)
    # The capture is written last: it stands for the whole.
    options = {"quality": capture.jpeg} if capture.jpeg else {"optimize": True}
    picture.save(folder / capture.file, **options)


def main() -> None:
    """Draws the captures that the command line names into its folder."""
    folder, names = Path(sys.argv[1]), sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    staged = None
    # Captures of one view follow each other, so that the model is loaded once for them.
    for capture in sorted(CAPTURES, key=lambda each: (repr(each.view), each.size)):
        if capture.name not in names:
            continue
        started = time.perf_counter()
        if staged != (capture.view, capture.size):
            staged = capture.view, capture.size
            scene = scenes.stage(*staged)
            maps = scenes.read_maps(scene)
        draw(capture, folder, scene, maps)
        print(f"drawn: {capture.name} in {time.perf_counter() - started:.1f} s", flush=True)


if __name__ == "__main__":
    main()
