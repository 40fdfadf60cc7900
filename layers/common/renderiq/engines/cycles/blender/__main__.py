"""Renders the scene description of a folder: ``python -m renderiq.engines.cycles.blender FOLDER``.

The folder has ``scene.json`` and the model. The picture is written to ``picture.png``, 8-bit and in sRGB. Each line on
standard output is for the process that started this one: ``progress N`` with 0 to 100, ``fact {…}`` with JSON about the
model, ``refused CODE sentence``, ``log …``. Other lines are Blender's.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

from renderiq.engines.cycles.blender.containment import contain, end_with_parent
from renderiq.engines.cycles.scene import OUT_OF_MEMORY, SceneDescription


def main(folder: Path) -> int:
    """Renders. Returns 0, or 3 if the model was refused."""
    started = time.monotonic()
    end_with_parent()
    description = SceneDescription.from_json((folder / "scene.json").read_text("utf-8"))
    print("progress 1", flush=True)
    os.chdir(folder)
    import bpy  # noqa: F401  # before the containment: it looks for its files at many places

    means = contain(folder.resolve())
    from renderiq.engines.cycles.blender.load import RefusedModelError
    from renderiq.engines.cycles.blender.stage import render

    try:
        facts = render(folder, description)
    except RefusedModelError as error:
        print(f"refused {error.code} {error}", flush=True)
        return 3
    except MemoryError:
        print(f"refused MODEL_TOO_LARGE {OUT_OF_MEMORY}", flush=True)
        return 3
    used = resource.getrusage(resource.RUSAGE_SELF)
    facts |= {
        "contained": means,
        "seconds": round(time.monotonic() - started, 1),
        "processorSeconds": round(used.ru_utime + used.ru_stime, 1),
        "peakMegabytes": used.ru_maxrss // 1024,
    }
    print(f"fact {json.dumps(facts)}", flush=True)
    print("progress 100", flush=True)
    return 0


if __name__ == "__main__":
    status = main(Path(sys.argv[1]))
    sys.stdout.flush()
    os._exit(status)  # Blender's own end takes a second and has nothing left to save
