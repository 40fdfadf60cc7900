"""Where results go: beside the model that they were ordered from, and into no other one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import eto_double
import models
import pytest
import rhino_double
from renderiq_rhino.shared.jobs import CAPTURE, Job
from renderiq_rhino.shared.snapshot import Entry
from session import offline_session, wait

from renderiq_rhino import orders, panel, places, preferences, runtime
from renderiq_rhino.places import Place

NAME = "Perspective"


class Rhino:
    """A Rhino with one saved model, and orders of it that are done."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "work" / "House.3dm"
        self.file.parent.mkdir()
        self.model = self.open(str(self.file))
        self.window = panel.show()
        preferences.keep("longer_side", 640)
        self.service: Any = runtime.service()

    def open(self, path: str) -> Any:
        """Opens a model in front, and closes the one that was there."""
        rhino_double.RhinoDoc.ActiveDoc = models.model(path)
        return rhino_double.RhinoDoc.ActiveDoc

    def order(self, *, wallpaper: bool = True, created: float = 1.0, **values: Any) -> Entry:
        """Returns an order of the viewport in front whose result has come."""
        model = rhino_double.RhinoDoc.ActiveDoc
        place = places.place_of(model, model.Views.ActiveView.ActiveViewport, self.service.session, wallpaper=wallpaper)
        job_id, folder = self.service.jobs.new_folder()
        (folder / CAPTURE).write_bytes(b"capture")
        result = self.folder / f"{job_id}.png"
        result.write_bytes(b"picture")
        job = Job(
            job_id, NAME, self.window.form.settings.look(), {}, self.service.session, images={"image": CAPTURE},
            item="none", created=created, **{"place": place.stored(), **values},
        )  # fmt: skip
        self.service.jobs.save(job)
        self.service.submit(job)
        return Entry(job_id, NAME, job.look, "done", result=str(result), capture=str(folder / CAPTURE), created=created)

    def comes(self, entry: Entry) -> None:
        """Has a result come, and waits until it was shown."""
        shown = len(eto_double.Form.shown)
        self.window._done(entry)
        wait(lambda: len(eto_double.Form.shown) > shown)

    def beside(self) -> list[Path]:
        return sorted(self.file.parent.glob("House-*"))

    def wallpaper(self, name: str = NAME) -> str:
        views = [each for each in rhino_double.RhinoDoc.ActiveDoc.Views._views if each.ActiveViewport.Name == name]
        return views[0].ActiveViewport._wallpaper

    def problem(self) -> str:
        return self.window.form.settings.problem


@pytest.fixture
def rhino(document: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rhino]:
    with offline_session(tmp_path / "home", monkeypatch):
        yield Rhino(tmp_path)


# ---------------------------------------------------------------- beside the model


def test_a_result_lies_beside_its_model(rhino: Rhino) -> None:
    rhino.comes(rhino.order())

    assert [each.read_bytes() for each in rhino.beside()] == [b"picture"]
    assert rhino.beside()[0].name.startswith(f"House-{NAME}-")


def test_two_results_of_the_same_view_lie_side_by_side(rhino: Rhino) -> None:
    rhino.comes(rhino.order())
    rhino.comes(rhino.order())

    assert len(rhino.beside()) == 2


def test_a_result_lies_beside_its_model_after_that_was_closed(rhino: Rhino) -> None:
    entry = rhino.order()
    other = rhino.folder / "other" / "Barn.3dm"
    other.parent.mkdir()
    rhino.open(str(other))

    rhino.comes(entry)

    assert (len(rhino.beside()), list(other.parent.iterdir())) == (1, [])


def test_a_result_of_a_model_that_was_saved_since_lies_beside_it(rhino: Rhino) -> None:
    rhino.open("")
    entry = rhino.order()
    rhino_double.RhinoDoc.ActiveDoc._init(Path=str(rhino.file))

    rhino.comes(entry)

    assert len(rhino.beside()) == 1


def test_a_result_of_a_model_that_was_never_saved_stays_where_it_is(rhino: Rhino) -> None:
    rhino.open("")
    entry = rhino.order()
    rhino.open(str(rhino.file))

    rhino.comes(entry)

    assert not rhino.beside()
    assert Path(entry.result).read_bytes() == b"picture"


def test_a_result_that_cannot_be_put_there_is_a_sentence(rhino: Rhino, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(orders, "copy_beside", full)
    entry = rhino.order()

    rhino.comes(entry)

    assert "could not be put beside the model (No space left on device)" in rhino.problem()
    assert str(rhino.folder) in rhino.problem()


def test_a_result_that_was_brought_to_its_place_is_not_brought_again(rhino: Rhino) -> None:
    entry = rhino.order()

    rhino.comes(entry)

    wait(lambda: rhino.service.jobs.get(entry.job).is_delivered)


# ---------------------------------------------------------------- after a restart, and again


def test_the_place_of_an_order_is_in_its_folder(rhino: Rhino) -> None:
    eto_double.button(rhino.window.window, "Queue").press()
    job = wait(lambda: next(iter(rhino.service.jobs.all()), None))

    found = Place.read(rhino.service.jobs.get(job.id).place)
    assert found == Place(str(rhino.file), rhino.model.RuntimeSerialNumber, rhino.service.session, f"{NAME}-id", False)


def test_again_goes_to_the_same_place(rhino: Rhino) -> None:
    entry = rhino.order(wallpaper=False)
    rhino.window.form.wallpaper.Checked = True

    rhino.window.act("again", entry)

    copy = wait(lambda: next((each for each in rhino.service.jobs.all() if each.id != entry.job), None))
    assert copy.place == {**rhino.service.jobs.get(entry.job).place, "wallpaper": True}


def test_a_result_of_a_rhino_that_has_ended_comes_to_its_place(rhino: Rhino) -> None:
    entry = rhino.order()
    job = rhino.service.jobs.get(entry.job)
    earlier = replace(job, session="ended", place={**job.place, "session": "ended", "serial": 1})
    rhino.service.jobs.save(earlier)
    rhino.service.submit(earlier)

    rhino.comes(entry)

    assert len(rhino.beside()) == 1
    assert rhino.wallpaper() == str(rhino.beside()[0])


# ---------------------------------------------------------------- the wallpaper


def test_a_result_is_the_wallpaper_of_the_viewport_that_was_captured(rhino: Rhino) -> None:
    entry = rhino.order()
    views = rhino.model.Views
    views._init(ActiveView=views._views[1])

    rhino.comes(entry)

    assert (rhino.wallpaper(), rhino.wallpaper("Top")) == (str(rhino.beside()[0]), "")


def test_a_result_is_no_wallpaper_if_it_was_not_asked_for(rhino: Rhino) -> None:
    rhino.comes(rhino.order(wallpaper=False))

    assert (rhino.wallpaper(), rhino.problem()) == ("", "")


def test_a_result_is_no_wallpaper_of_another_model(rhino: Rhino) -> None:
    entry = rhino.order()
    rhino.open(str(rhino.folder / "Barn.3dm"))

    rhino.comes(entry)

    assert rhino.wallpaper() == ""
    assert (
        rhino.problem() == "The model of the result is closed, so it got no wallpaper. Open it, and press As wallpaper."
    )


def test_the_number_of_a_model_counts_in_its_own_rhino_alone(rhino: Rhino) -> None:
    entry = rhino.order()
    other = rhino.open(str(rhino.folder / "Barn.3dm"))
    job = rhino.service.jobs.get(entry.job)
    rhino.service.submit(replace(job, place={**job.place, "session": "ended", "serial": other.RuntimeSerialNumber}))

    rhino.comes(entry)

    assert rhino.wallpaper() == ""


def test_a_model_that_is_open_beside_the_one_in_front_gets_its_wallpaper(rhino: Rhino) -> None:
    entry = rhino.order()
    rhino_double.RhinoDoc.others.append(rhino.model)
    rhino.open(str(rhino.folder / "Barn.3dm"))

    rhino.comes(entry)

    assert rhino.wallpaper() == ""
    assert rhino.model.Views._views[0].ActiveViewport._wallpaper == str(rhino.beside()[0])


def test_a_model_that_was_opened_again_gets_its_wallpaper_by_the_viewports_name(rhino: Rhino) -> None:
    entry = rhino.order()
    again = rhino.open(str(rhino.file))
    again.Views._views[0].ActiveViewport._init(Id=models.Guid("another-id"))

    rhino.comes(entry)

    assert rhino.wallpaper() == str(rhino.beside()[0])


def test_a_viewport_that_was_closed_is_a_sentence(rhino: Rhino) -> None:
    entry = rhino.order()
    views = rhino.model.Views
    views._views.pop(0)
    views._init(ActiveView=views._views[0])

    rhino.comes(entry)

    assert rhino.problem() == f"The viewport {NAME} is closed, so it got no wallpaper. Open it, and press As wallpaper."
    assert len(rhino.beside()) == 1
    assert rhino.wallpaper("Top") == ""


def test_a_layout_gets_no_wallpaper(rhino: Rhino) -> None:
    entry = rhino.order()
    page = rhino_double.RhinoPageView(NAME)
    rhino.model.Views._views[:] = [page]
    rhino.model.Views._init(ActiveView=page)

    rhino.comes(entry)

    assert page.ActiveViewport._wallpaper == ""


def test_an_older_result_does_not_take_the_place_of_a_newer_one(rhino: Rhino, monkeypatch: pytest.MonkeyPatch) -> None:
    older, newer = rhino.order(created=1.0), rhino.order(created=2.0)
    snapshot = replace(rhino.service.snapshot, entries=(newer, older))
    monkeypatch.setattr(type(rhino.service), "snapshot", property(lambda _self: snapshot))

    rhino.comes(newer)
    rhino.comes(older)

    assert Path(rhino.wallpaper()).name.endswith(f"{newer.job[-8:]}.png")


def test_a_place_that_was_damaged_is_no_place() -> None:
    assert Place.read({"document": 7, "serial": "many", "wallpaper": 1}) == Place()
