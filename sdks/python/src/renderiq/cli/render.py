"""``renderiq render view.png -o out.png --style dramatic``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, Final

from renderiq.client import Renderiq
from renderiq.models import RenderOut
from renderiq.renders import ended

_WIDTH: Final = 30
_PAUSE: Final = 2.5
"""Seconds between two looks. The strictest rate limit is 30 requests a minute."""


def chosen_options(options: argparse.Namespace) -> dict[str, Any]:
    """Returns the options of an order that were given."""
    names = ("style", "quality", "prompt", "seed")
    return {name: getattr(options, name) for name in names if getattr(options, name) is not None}


def render(client: Renderiq, options: argparse.Namespace) -> int:
    """Renders a picture, shows the progress, and writes the result."""
    accepted = client.renders.create(options.image, **chosen_options(options))
    print(f"ordered for {accepted.credits_cost} credits: {accepted.render_id}")
    found = _wait(client, accepted.render_id)
    default = Path(options.image).with_name(f"{Path(options.image).stem}-render.{found.output_format or 'png'}")
    path = client.renders.download(found, options.output or default)
    print(f"{path}: {found.width} by {found.height}, seed {found.seed}")
    return 0


def progress_bar(percent: int, status: str) -> str:
    """Returns one line that replaces itself."""
    done = round(_WIDTH * min(max(percent, 0), 100) / 100)
    return f"\r{'█' * done}{'░' * (_WIDTH - done)} {percent:3} % {status:<12}"


def _wait(client: Renderiq, render_id: str) -> RenderOut:
    is_terminal = sys.stderr.isatty()
    while True:
        found = client.renders.get(render_id)
        if is_terminal:
            is_over = found.status in ("completed", "failed", "cancelled")
            end = "\n" if is_over else ""
            print(progress_bar(found.progress or 0, found.status), end=end, file=sys.stderr, flush=True)
        if ended(found):
            return found
        client.sleep(_PAUSE)
