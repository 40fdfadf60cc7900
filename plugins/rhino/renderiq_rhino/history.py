"""The rows of queue and history. Rhino's main thread alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import Eto.Drawing
import Eto.Forms

from .shared.sentences import state_words
from .shared.snapshot import PREPARING, Entry
from .widgets import button, fill, label, picture, stack

_SHOWN: Final = 20
_SIDE: Final = (96, 54)
Action = Callable[[str, Entry], None]


class Rows:
    """Shows the newest orders. ``action`` gets the name of a button and its order."""

    def __init__(self, action: Action, empty: str, *, is_history: bool) -> None:
        self._action, self._empty, self._is_history = action, empty, is_history
        self.control = stack([label(empty)])
        self._rows: dict[str, tuple[tuple[Any, ...], Any]] = {}
        self._shown: list[tuple[Any, ...]] = []

    def show_entries(self, entries: list[Entry]) -> None:
        """Shows orders. A row is only made anew if its order has changed."""
        keys = [(each.job, each.state, each.reason, each.next, each.result) for each in entries[:_SHOWN]]
        if keys == self._shown and entries:
            return
        self._shown = keys
        rows = {}
        for key, entry in zip(keys, entries):
            before = self._rows.get(entry.job)
            rows[entry.job] = before if before and before[0] == key else (key, self._row(entry))
        self._rows = rows
        more = [label(f"and {len(entries) - _SHOWN} more")] if len(entries) > _SHOWN else []
        fill(self.control, [row for _, row in rows.values()] + more or [label(self._empty)])

    def _row(self, entry: Entry) -> Any:
        when = time.strftime("%d %b %H:%M", time.localtime(entry.created))
        texts = [label(text) for text in (f"{entry.view}, {when}", *self._texts(entry))]
        buttons = [
            button(title, partial(self._action, name, entry), tip) for name, title, tip in _buttons(entry)
        ]  # fmt: skip
        lines = [stack(buttons[each : each + 3], is_row=True) for each in range(0, len(buttons), 3)]
        small: list[Any] = []
        if self._is_history and (image := picture(entry.result or entry.capture)) is not None:
            view = Eto.Forms.ImageView()
            view.Image = Eto.Drawing.Bitmap(image, *_SIDE)  # the large one would stay in memory
            image.Dispose()
            small.append(view)
        return stack([*small, *texts, *lines])

    def _texts(self, entry: Entry) -> list[str]:
        look = entry.look
        if not self._is_history or entry.state == "cancelled":
            return [state_words(entry.state, entry.reason, entry.next), *([entry.reason] if entry.reason else [])]
        found = [f"{look.style or 'default style'}, {look.quality}, seed {look.seed}"]
        return found + ([look.prompt] if look.prompt else [])


def _buttons(entry: Entry) -> list[tuple[str, str, str]]:
    remove = ("remove", "Remove", "Forget this order and its captures. Its result stays")
    again = ("again", "Again with…", "Order from the same capture with the settings above")
    use = ("use", "Use settings", "Take the settings of this order")
    if entry.state == "done":
        show = ("show", "Show", "Open the result")
        compare = ("compare", "Compare", "Open the result with the capture left of a line")
        behind = ("wallpaper", "As wallpaper", "Show the result behind the model in the viewport in front")
        return [show, compare, again, use, behind, remove]
    if entry.state == "failed":
        return [("retry", "Retry", "Send it again"), use, remove]
    if entry.state == "cancelled":
        return [again, use, remove]
    return [] if entry.state == PREPARING else [("cancel", "Cancel", "Cancel it; its credits are returned")]
