"""A session of the plugin's window in the double of a Rhino that allows no internet access."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import eto_double
import pytest
import rhino_double

from renderiq_rhino import panel, runtime


@contextmanager
def offline_session(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keeps settings and orders below ``home``. At the end all windows are closed, and nothing of the session runs."""
    monkeypatch.setenv("RENDERIQ_HOME", str(home))
    monkeypatch.setattr(panel, "_panel", None)
    rhino_double.APP._init(IsInternetAccessAllowed=False)
    eto_double.Form.shown.clear()
    yield
    for each in list(eto_double.Form.shown):
        each.Close()
    rhino_double.RhinoDoc.others.clear()
    runtime.stop()
    runtime.turns.forget()
    rhino_double.APP._init(IsInternetAccessAllowed=True)


def wait(what: Callable[[], Any]) -> Any:
    """Lets Rhino and its windows work until ``what`` returns something that is true, and returns that."""
    until = time.monotonic() + 60
    while not (found := what()):
        assert time.monotonic() < until
        runtime.tick()
        eto_double.APPLICATION.pump()
    return found
