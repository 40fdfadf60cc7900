"""The path-traced engine: renders a 3D model with Cycles of Blender, in a process of its own.

``scene``, ``light``, ``surfaces``, ``model_files`` and ``views`` are pure and need no Blender. ``blender`` has what
runs in the other process: nothing else may import it, because Blender is under the GPL. ``process`` starts it.
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    # The process of Blender imports modules of this package, and has none of the libraries that the engine needs.
    if name == "CyclesEngine":
        from renderiq.engines.cycles.engine import CyclesEngine

        return CyclesEngine
    raise AttributeError(name)
