"""The window, without a network: what it shows and does while Rhino's internet access is off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import eto_double
import pytest
import rhino_double
from renderiq_rhino.shared.frame import NEAREST
from renderiq_rhino.shared.snapshot import Consent
from session import offline_session, wait

from renderiq_rhino import overlay, panel, preferences, runtime, viewer, widgets
from renderiq_rhino.consent import ConsentDialog


@pytest.fixture
def window(document: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[panel.Panel]:
    with offline_session(tmp_path, monkeypatch):
        found = panel.show()
        preferences.keep("longer_side", 640)
        yield found
        if found.window is not None:
            found.window.Close()


def press(window: panel.Panel, text: str) -> None:
    eto_double.button(window.window, text).press()


def says(window: panel.Panel, text: str) -> bool:
    return any(text in each for each in eto_double.texts(window.window))


def test_it_says_that_rhino_allows_no_internet_access(window: panel.Panel) -> None:
    runtime.look()

    assert says(window, "Rhino does not allow internet access.")


def test_an_order_waits_offline(window: panel.Panel) -> None:
    press(window, "Queue")

    entry = wait(lambda: next((each for each in runtime.snapshot().entries if each.state == "waiting"), None))
    assert entry.view == "Perspective"


def test_a_waiting_order_is_cancelled_and_forgotten(window: panel.Panel) -> None:
    press(window, "Queue")
    wait(lambda: [each for each in runtime.snapshot().entries if each.state == "waiting"])

    wait(lambda: says(window, "Cancel"))
    press(window, "Cancel")
    wait(lambda: [each for each in runtime.snapshot().entries if each.state == "cancelled"])
    # The first button with this text removes a look.
    wait(lambda: len(eto_double.buttons(window.window, "Remove")) == 2)
    eto_double.buttons(window.window, "Remove")[1].press()

    wait(lambda: not runtime.snapshot().entries)


def test_all_named_views_are_ordered_with_one_seed_and_belong_behind_no_viewport(window: panel.Panel) -> None:
    window.form.wallpaper.Checked = True
    press(window, "All 3 named views")

    wait(lambda: len(runtime.snapshot().entries) == 3)
    entries = runtime.snapshot().entries
    assert {each.view for each in entries} == {"Street", "Garden", "Plan"}
    assert len({each.look.seed for each in entries}) == 1
    assert {runtime.service().job(each.job).place["viewport"] for each in entries} == {""}


def test_a_layout_in_front_is_a_sentence(window: panel.Panel) -> None:
    rhino_double.RhinoDoc.ActiveDoc.Views._init(ActiveView=rhino_double.RhinoPageView())

    press(window, "Queue")

    wait(lambda: says(window, "A layout is in front. Click into a viewport of the model."))
    assert not runtime.snapshot().entries


def test_a_capture_that_fails_leaves_no_order(window: panel.Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rhino_double.ViewCapture, "CaptureToBitmap", lambda self, view: None)

    press(window, "Queue")

    wait(lambda: says(window, "Rhino could not draw the view."))
    assert not list((runtime.service().jobs.directory / "jobs").glob("*"))


def test_without_a_model_nothing_can_be_ordered(window: panel.Panel) -> None:
    rhino_double.RhinoDoc.ActiveDoc = None

    window.refresh()

    assert not window.render.Enabled
    assert not window.render_all.Enabled


def test_a_closed_window_opens_again_with_its_choices(window: panel.Panel) -> None:
    window.form.prompt.Text = "in the evening"
    window.window.Close()

    panel.show()

    assert window.form.prompt.Text == "in the evening"
    assert window.form.settings.prompt == "in the evening"


def test_a_look_is_saved_used_and_removed(window: panel.Panel) -> None:
    window.form.prompt.Text = "in the evening"
    window.look_name.Text = "Evening"
    press(window, "Save")
    wait(lambda: window.looks.value == "Evening")
    window.form.prompt.Text = "something else"

    press(window, "Use")
    assert window.form.settings.prompt == "in the evening"

    press(window, "Remove")
    wait(lambda: not runtime.snapshot().looks)


def test_dice_chooses_another_seed(window: panel.Panel) -> None:
    before = window.form.settings.seed

    wait(lambda: press(window, "Dice") or window.form.settings.seed != before)


def test_choices_of_the_window_are_kept(window: panel.Panel) -> None:
    window.form.guides.Checked = False

    assert preferences.value("guides") is False


def test_a_damaged_file_of_preferences_is_not_believed(window: panel.Panel, tmp_path: Path) -> None:
    (tmp_path / "rhino" / "preferences.json").write_text('{"longer_side": "many", "online": false}', "utf-8")

    assert preferences.longer_side() == preferences.LONGER_SIDE
    assert preferences.value("online") is False


def test_the_frame_dims_what_is_cropped_away(window: panel.Panel) -> None:
    window.form.settings.ratio = "1:1"
    viewport = rhino_double.RhinoDoc.ActiveDoc.Views.ActiveView.ActiveViewport
    display = rhino_double.Display(None)

    rhino_double.PIPELINE.DrawForeground.fire(None, SimpleNamespace(Viewport=viewport, Display=display))

    sides = sorted((each.X, each.Y, each.Width, each.Height) for each in display._rectangles)
    assert sides == [(0, 0, 150, 500), (650, 0, 150, 500)]


def test_no_frame_is_drawn_if_it_is_not_wanted(window: panel.Panel) -> None:
    window.form.frame.Checked = False
    viewport = rhino_double.RhinoDoc.ActiveDoc.Views.ActiveView.ActiveViewport
    display = rhino_double.Display(None)

    rhino_double.PIPELINE.DrawForeground.fire(None, SimpleNamespace(Viewport=viewport, Display=display))

    assert not display._rectangles


def test_consents_are_shown_in_the_servers_words_with_a_box_each(window: panel.Panel) -> None:
    asked = (
        Consent("privacy", "2", "Privacy", "What we keep of you."),
        Consent("training", "1", "Training", "We may learn from it."),
    )
    dialog = ConsentDialog(asked)

    def answer(shown: Any) -> None:
        assert {"What we keep of you.", "We may learn from it."} <= set(eto_double.texts(shown))
        assert not dialog.agree.Enabled
        dialog.boxes["privacy"].Checked = True
        dialog.agree.press()

    eto_double.Dialog.answer = staticmethod(answer)
    dialog.show(window.window)

    assert dialog.agreed == ["privacy"]


def test_not_now_agrees_to_nothing(window: panel.Panel) -> None:
    dialog = ConsentDialog((Consent("privacy", "2", "Privacy", "What we keep of you."),))

    def answer(_shown: Any) -> None:
        dialog.boxes["privacy"].Checked = True
        dialog.later.press()

    eto_double.Dialog.answer = staticmethod(answer)
    dialog.show(window.window)

    assert not dialog.agreed


def test_a_compared_result_has_the_capture_left_of_the_line(window: panel.Panel, tmp_path: Path) -> None:
    for name in ("before.png", "after.png"):
        (tmp_path / name).write_bytes(b"picture")
    shown = viewer.show(str(tmp_path / "before.png"), str(tmp_path / "after.png"), "Render of Front", compare=True)
    shown.canvas.Width, shown.canvas.Height = 960, 540
    drawn: list[Any] = []
    graphics = SimpleNamespace(DrawImage=lambda *arguments: drawn.append(arguments))

    shown.canvas.Paint.fire(None, SimpleNamespace(Graphics=graphics))

    assert drawn[0][1:] == (0.0, 0.0, 960.0, 540.0)
    assert drawn[1][1:] == ((0.0, 0.0, 960.0, 1080.0), (0.0, 0.0, 480.0, 540.0))


def test_a_picture_that_eto_cannot_read_is_left_out(tmp_path: Path) -> None:
    assert widgets.picture(str(tmp_path / "missing.png")) is None


def test_the_log_is_opened_by_the_system(window: panel.Panel) -> None:
    press(window, "Open the log file")

    assert eto_double.APPLICATION.opened[-1] == str(runtime.log_path())


def test_the_ratio_is_the_nearest_one_at_first(window: panel.Panel) -> None:
    assert window.form.settings.ratio == NEAREST
    assert overlay.frame_in(800, 500, NEAREST, ()).width == 750  # 3:2 is the nearest
