"""The floating window: account, choices, the button with its price, queue, history, looks, preferences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import Eto.Drawing
import Eto.Forms

from . import orders, preferences, runtime, viewer
from .account import Account
from .consent import ConsentDialog
from .form import Form
from .history import Rows
from .overlay import Frames
from .places import show_as_asked
from .shared.choices import CaptureError
from .shared.ordering import offer_for
from .shared.sentences import sentence_of
from .shared.service import Service
from .shared.snapshot import Entry
from .widgets import Choice, button, in_main_thread, label, main_window, open_page, stack, titled

_panel: Panel | None = None
_SIZE = (380, 780)


class Panel:
    """What the user sees of Renderiq. The window may be closed and opened again."""

    def __init__(self) -> None:
        self.window: Any = None
        self.frames = Frames(self._wanted_frame)
        self.form = Form(self.refresh)
        runtime.watch(self.refresh, self._done)

    def _make(self) -> None:
        """Makes the controls anew: those of a closed window cannot be shown in another one."""
        self.account = Account(self.decide)
        self.render = button("Render", lambda: self.order(all_views=False))
        self.render_all = button("All named views", lambda: self.order(all_views=True))
        self.price, self.price_all = label(), label()
        self.look_name = Eto.Forms.TextBox()
        self.look_name.PlaceholderText = "Name of a new look"
        self.looks = Choice(lambda: None)
        self.queue = Rows(self.act, "Nothing is queued", is_history=False)
        self.history = Rows(self.act, "Nothing is done yet", is_history=True)
        self.form = Form(self.refresh, self.form.settings)

    # ------------------------------------------------------------ what it shows

    def show(self) -> None:
        """Opens the window, or brings it to the front."""
        if self.window is not None:
            self.window.BringToFront()
            return
        self._make()
        self.window = Eto.Forms.Form()
        self.window.Title = "Renderiq"
        self.window.Owner = main_window()
        self.window.ClientSize = Eto.Drawing.Size(*_SIZE)
        self.window.Closed += self._closed
        scroll = Eto.Forms.Scrollable()
        scroll.ExpandContentHeight = False
        scroll.Content = self._content()
        self.window.Content = scroll
        self.refresh()
        self.window.Show()
        self.frames.show()

    def _content(self) -> Any:
        buttons = [self.render, self.price, self.render_all, self.price_all]
        looks = stack(
            [
                button("Use", self.use_look), button("Save", self.save_look), button("Remove", self.remove_look),
            ],
            is_row=True,
        )  # fmt: skip
        shown = [self.account.control, *buttons, label("Choices", is_bold=True), self.form.control]
        shown += [label("Saved looks", is_bold=True), self.looks.control, self.look_name, looks]
        shown += [label("Queue", is_bold=True), self.queue.control, label("History", is_bold=True)]
        return stack([*shown, self.history.control, label("Preferences", is_bold=True), self._preferences()])

    def _preferences(self) -> Any:
        self.server, self.results = Eto.Forms.TextBox(), Eto.Forms.TextBox()
        self.server.Text, self.results.Text = preferences.server(), str(preferences.value("results"))
        self.results.PlaceholderText = "The plugin's own folder"
        self.side = Eto.Forms.NumericStepper()
        self.side.DecimalPlaces = 0
        self.side.MinValue, self.side.MaxValue = 640.0, 4096.0
        self.side.Value = float(preferences.longer_side())
        self.side.ValueChanged += lambda _sender, _event: preferences.keep("longer_side", int(self.side.Value))
        return stack(
            [
                titled("Server", self.server), titled("Results", self.results),
                button("Use this server and folder", self.use_preferences),
                titled("Longer side of captures, in pixels", self.side),
                button("Open the log file", lambda: open_page(str(runtime.log_path()))),
            ]
        )  # fmt: skip

    def refresh(self) -> None:
        """Shows what is new."""
        if self.window is None:
            return
        with runtime.turn("the window"):
            found, settings = runtime.snapshot(), self.form.settings
            self.account.show_snapshot(found, settings.problem)
            self.form.show_offer(found)
            model = orders.document()
            count = len(orders.named_views(model))
            waits = not found.is_online or not found.is_signed_in
            one, all_of_them = offer_for(found, settings.look()), offer_for(found, settings.look(), max(count, 1))
            can = not found.is_too_old and not runtime.is_working() and model is not None
            self.render.Text = "Capturing…" if runtime.is_working() else "Queue" if waits else "Render"
            self.render.Enabled = can and one.is_affordable
            self.render_all.Text = f"All {count} named views" if count else "All named views"
            self.render_all.Enabled = can and count > 0 and all_of_them.is_affordable
            self.price.Text = one.sentence()
            self.price_all.Text = all_of_them.sentence() if count else "The model has no named views."
            self.queue.show_entries([e for e in found.entries if not e.is_settled or e.state == "failed"])
            self.history.show_entries([each for each in found.entries if each.state in ("done", "cancelled")])
            self.looks.show([(name, name) for name in found.looks], self.looks.value)

    def _wanted_frame(self) -> tuple[str, tuple[str, ...]] | None:
        if self.window is None or not self.form.frame.Checked:
            return None
        return self.form.settings.ratio, runtime.snapshot().ratios

    # ------------------------------------------------------------ what it does

    def order(self, *, all_views: bool) -> None:
        """Orders the view in front, or all named views."""
        service, settings = runtime.service(), self.form.settings
        if service is None or runtime.is_working():
            return
        count = len(orders.named_views(orders.document())) if all_views else 1
        settings.problem = orders.refused(settings, count)
        if not settings.problem:

            def work() -> Iterator[None]:
                yield from orders.order(service, settings, all_views=all_views)
                in_main_thread(self.refresh)  # the button is free after this turn

            runtime.run(work())
        self.refresh()

    def act(self, name: str, entry: Entry) -> None:
        """Does what was pressed in a row."""
        service, settings = runtime.service(), self.form.settings
        if service is None:
            return
        if name in ("cancel", "retry", "remove"):
            getattr(service, name)(entry.job)
        elif name in ("show", "compare"):
            viewer.show(entry.capture, entry.result, f"Render of {entry.view}", compare=name == "compare")
        elif name == "use":
            self.form.take(entry.look)
        elif name == "wallpaper":
            self._guarded(lambda: orders.as_wallpaper(entry.result))
        else:
            settings.problem = orders.refused(settings, 1)
            if not settings.problem and not orders.again(service, entry, settings):
                settings.problem = "The capture of this order does not fit this model. Press Render for a new one."
        self.refresh()

    def decide(self) -> None:
        """Shows what the server wants to be agreed to."""
        dialog = ConsentDialog(runtime.snapshot().consents)
        dialog.show(self.window)
        if (service := runtime.service()) and dialog.agreed:
            service.agree(dialog.agreed)

    def use_look(self) -> None:
        """Takes the chosen look."""
        service = runtime.service()
        look = service.jobs.looks().get(self.looks.value) if service else None
        if look:
            self.form.take(look)

    def save_look(self) -> None:
        """Saves the look under the name that was written, or else over the chosen one."""
        name = str(self.look_name.Text).strip() or self.looks.value
        if (service := runtime.service()) and name:
            service.save_look(name, self.form.settings.look())
            self.look_name.Text = ""

    def remove_look(self) -> None:
        """Removes the chosen look."""
        if (service := runtime.service()) and self.looks.value:
            service.save_look(self.looks.value, None)

    def use_preferences(self) -> None:
        """Begins to work with the server and the folder that were written."""
        preferences.keep("server", str(self.server.Text).strip())
        preferences.keep("results", str(self.results.Text).strip())
        runtime.restart()
        self.refresh()

    def _done(self, entry: Entry) -> None:
        service = runtime.service()
        if service is None:
            return

        def copied(path: str, problem: str) -> None:
            in_main_thread(lambda: self._guarded(lambda: self._show_copy(service, path, problem, entry)))

        orders.copy_to_place(service, entry, copied)

    def _show_copy(self, service: Service, path: str, problem: str, entry: Entry) -> None:
        viewer.show(entry.capture, path, f"Render of {entry.view}")
        problems = [problem] if problem else []
        try:
            show_as_asked(service, entry, path)
        except CaptureError as error:
            problems.append(str(error))
        if problems:
            raise CaptureError(" ".join(problems))

    def _guarded(self, work: Callable[[], object]) -> None:
        try:
            work()
        except CaptureError as error:
            self.form.settings.problem = str(error)
        except Exception as error:
            runtime.log().exception("the result could not be shown")
            self.form.settings.problem = sentence_of(error)
        self.refresh()

    def _closed(self, _sender: Any, _event: Any) -> None:
        self.window = None
        self.frames.remove()


def show() -> Panel:
    """Opens the window, and starts to work at the first time."""
    global _panel
    runtime.start()
    if _panel is None:
        _panel = Panel()
    _panel.show()
    return _panel


def order(*, all_views: bool) -> Panel:
    """Opens the window and orders, with the choices that it shows."""
    found = show()
    found.order(all_views=all_views)
    return found
