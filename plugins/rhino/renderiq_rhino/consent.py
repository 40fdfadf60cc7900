"""What the server wants to be agreed to, in its own words, with one box for each."""

from __future__ import annotations

from typing import Any

import Eto.Drawing
import Eto.Forms

from .shared.snapshot import Consent
from .widgets import button, check, label, stack


class ConsentDialog:
    """Shows the consents. ``agreed`` are the names of those that were checked, once it was agreed to."""

    def __init__(self, consents: tuple[Consent, ...]) -> None:
        self.agreed: list[str] = []
        self.boxes: dict[str, Any] = {}
        self.dialog = Eto.Forms.Dialog()
        self.dialog.Title = "Read and decide"
        self.dialog.ClientSize = Eto.Drawing.Size(520, 420)
        self.dialog.Padding = Eto.Drawing.Padding(10)
        shown: list[Any] = []
        for each in consents:
            box = check(f"I agree: {each.title}", False, self._changed)
            self.boxes[each.name] = box
            text = "\n\n".join(filter(None, (each.text, each.sentence_of_recipients())))
            shown += [label(f"{each.title} (version {each.version})", is_bold=True), label(text), box]
        scroll = Eto.Forms.Scrollable()
        scroll.ExpandContentHeight = False
        scroll.Content = stack(shown)
        self.agree = button("Agree to what is checked", self._agree)
        self.later = button("Not now", self.dialog.Close)
        layout = Eto.Forms.TableLayout()
        layout.Rows.Add(Eto.Forms.TableRow(Eto.Forms.TableCell(scroll, True)))
        layout.Rows[0].ScaleHeight = True
        layout.Rows.Add(Eto.Forms.TableRow(Eto.Forms.TableCell(stack([self.agree, self.later], is_row=True))))
        self.dialog.Content = layout
        self._changed()

    def show(self, owner: Any) -> None:
        """Shows it until it is closed."""
        self.dialog.ShowModal(owner)

    def _chosen(self) -> list[str]:
        return [name for name, box in self.boxes.items() if box.Checked]

    def _changed(self) -> None:
        if hasattr(self, "agree"):
            self.agree.Enabled = bool(self._chosen())

    def _agree(self) -> None:
        self.agreed = self._chosen()
        self.dialog.Close()
