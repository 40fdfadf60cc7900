"""The plugin as it is built, on the path; and a Rhino that is a strict double."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import drawing_double  # noqa: E402 - found by the path above
import eto_double  # noqa: E402
import rhino_double  # noqa: E402

from build import assemble  # noqa: E402

_FOLDER = tempfile.TemporaryDirectory(prefix="renderiq-rhino-")
os.environ.setdefault("RENDERIQ_HOME", str(Path(_FOLDER.name) / "home"))
assemble(Path(_FOLDER.name) / "plugin")
sys.path.insert(0, str(Path(_FOLDER.name) / "plugin"))
sys.modules.update({**rhino_double.modules(), **eto_double.modules()})

import strict  # noqa: E402
from models import box, model  # noqa: E402


@pytest.fixture
def document() -> Iterator[rhino_double.RhinoDoc]:
    """A model with two boxes, a block, a curve and a clipping plane. At the end no picture and no handler is left."""
    found = model()
    rhino_double.RhinoDoc.ActiveDoc = found
    rhino_double.ViewCapture.taken.clear()
    strict.uses.clear()
    strict.fails_at.clear()
    drawing_double.alive.clear()  # a test that failed must not let the next ones fail
    for name in rhino_double.PIPELINE.KINDS:
        getattr(rhino_double.PIPELINE, name).handlers.clear()
    yield found
    rhino_double.RhinoDoc.ActiveDoc = None

    assert not drawing_double.alive
    for name in rhino_double.PIPELINE.KINDS:
        assert not getattr(rhino_double.PIPELINE, name).handlers


__all__ = ["box", "document"]
