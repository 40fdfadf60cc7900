"""The companion as the panel sees it: offline, with ArchiCAD's double and a folder. Only the clock of files is real."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_archicad import TAPIR, FakeArchicad
from files import IFC, jpeg, png
from renderiq_archicad.sdk.queue.items import State
from renderiq_archicad.shared.snapshot import Consent
from test_protocol import SCHEMA

from renderiq_archicad import watcher
from renderiq_archicad.archicad import Archicad
from renderiq_archicad.companion import Companion
from renderiq_archicad.shown import DEFAULT_LOOK

PACKAGE = Path(watcher.__file__).parent
LOOK = {**DEFAULT_LOOK, "quality": "standard", "prompt": "at noon"}
CAPABILITIES = {
    "qualities": [{"name": "standard", "creditsCost": 5, "isDefault": True, "sizes": []}],
    "aspectRatios": ["16:9", "1:1"], "outputFormats": ["png"],
    "models": [
        {"name": "preview", "aliases": [], "engine": "preview", "isDefault": True, "inputs": ["materialIdImage"]},
        {"name": "cycles", "aliases": [], "engine": "cycles", "isDefault": False, "inputs": ["modelUploadId"]},
    ],
    "styleCategories": [], "consents": [], "materials": [], "events": [], "limits": {"maxMaterials": 256},
    "plugins": [],
}  # fmt: skip


class Desk:
    """A companion with its panel, offline. Each message in both directions has to fit the schema."""

    def __init__(self, root: Path, fake: FakeArchicad | None = None) -> None:
        self.views, self.opened = root / "views", list[Path]()
        self.views.mkdir(exist_ok=True)
        self._root = root
        self._number = self._after = 0
        self.shown: dict[str, Any] = {}
        self.notices: list[str] = []
        service = root / "data" / "api.test-api-plugins"
        service.mkdir(parents=True, exist_ok=True)
        (service / "capabilities.json").write_text(json.dumps(CAPABILITIES))
        self.archicad = Archicad(fake.port if fake else 1)
        self.companion = Companion(
            "http://api.test/api/plugins", root / "data", "0.1.0", self.archicad,
            lambda name: (PACKAGE / name).read_bytes(), logging.getLogger("test"), root / "log.txt",
            open_file=self.opened.append,
        )  # fmt: skip
        self.companion.change_settings({"folder": str(self.views), "is_offline": True})
        self.companion.archicad_state = self.archicad.read()
        self.companion.service.start()
        self.ask("hello", protocol=1, panel="test")
        self.until(lambda: self.shown.get("capabilities"))

    def stop(self) -> None:
        self.companion.service.stop()
        self.companion.server._http.server_close()

    def publish(self, name: str, content: bytes) -> None:
        (self.views / name).write_bytes(content)

    def arrive(self, count: int) -> None:
        self.until(lambda: len(self.companion.watcher.files()) == count)

    def look(self) -> None:
        self.companion.tick()
        events, self._after = self.companion.events.after(self._after, 0)
        for event in events:
            assert SCHEMA.problem(event, "#/$defs/toPanel") == ""
            if event["event"] == "notice":
                self.notices.append(event["data"]["message"])
                continue
            data = event["data"]
            self.shown |= data.get("set", {})
            for name in ("queue", "history"):
                known = {} if data.get("reset") else {each["id"]: each for each in self.shown.get(name, [])}
                known |= {each["id"]: each for each in data.get("put", {}).get(name, [])}
                gone = data.get("remove", {}).get(name, [])
                self.shown[name] = [each for each_id, each in known.items() if each_id not in gone]

    def until(self, is_true: Any) -> None:
        end = time.monotonic() + 60
        while not is_true():
            assert time.monotonic() < end, self.shown
            self.look()
            time.sleep(0.01)

    def try_(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        assert SCHEMA.problem(message, "#/$defs/toHost") == ""
        text = self.companion.messages.answer(json.dumps(message))
        assert text is not None
        answer = dict(json.loads(text))
        assert SCHEMA.problem(answer, "#/$defs/toPanel") == ""
        if "result" in answer:
            assert SCHEMA.problem(answer["result"], f"#/$defs/results/$defs/{method}") == ""
        return answer

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        answer = self.try_(method, **params)
        assert "result" in answer, answer
        return dict(answer["result"])

    def refused(self, method: str, **params: Any) -> str:
        return str(self.try_(method, **params)["error"]["code"])

    def freeze(self) -> None:
        """Ends the service, so that what a test shows is not replaced by what is so."""
        self.companion.service.stop()
        self.until(lambda: all(each.name != "renderiq-loop" for each in threading.enumerate()))

    def captured(self) -> str:
        self.publish("Front.png", png())
        self.arrive(1)
        self.ask("capture", aspectRatio="nearest")
        self.look()
        return str(self.shown["capture"]["id"])

    def queued(self, job_id: str) -> dict[str, Any]:
        self.until(lambda: any(each["id"] == job_id and each["state"] == "waiting" for each in self.shown["queue"]))
        return next(dict(each) for each in self.shown["queue"] if each["id"] == job_id)


@pytest.fixture(autouse=True)
def _settles_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher, "SETTLED", 0.0)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    running = Desk(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def fake() -> Iterator[FakeArchicad]:
    running = FakeArchicad({"Views": {"Front.png": png(), "Garden.jpg": jpeg()}}, ifc=IFC)
    yield running
    running.close()


@pytest.fixture
def beside(tmp_path: Path, fake: FakeArchicad) -> Iterator[Desk]:
    running = Desk(tmp_path, fake)
    yield running
    running.stop()


# ------------------------------------------------------------ captures


def test_without_a_published_view_there_is_nothing_to_capture(desk: Desk) -> None:
    assert desk.refused("capture", aspectRatio="nearest") == "NOTHING_TO_CAPTURE"


def test_a_view_that_is_published_is_shown_by_itself(desk: Desk) -> None:
    desk.publish("Front.png", png(160, 90))
    desk.until(lambda: desk.shown["capture"] is not None)

    capture = desk.shown["capture"]
    assert (capture["view"], capture["width"], capture["height"], capture["aspectRatio"]) == ("Front", 160, 90, "16:9")


def test_the_crop_that_is_drawn_is_that_of_the_server(desk: Desk) -> None:
    desk.publish("Front.png", png(160, 80))
    desk.arrive(1)
    desk.ask("capture", aspectRatio="1:1")
    desk.look()

    assert desk.shown["capture"]["crop"] == {"x": 0.25, "y": 0.0, "width": 0.5, "height": 1.0}


def test_another_ratio_is_taken_and_another_part_of_the_view_is_not(desk: Desk) -> None:
    capture = desk.captured()
    middle = {"x": 0.21875, "y": 0.0, "width": 0.5625, "height": 1.0}
    desk.ask("setCrop", captureId=capture, aspectRatio="1:1", crop=middle)
    desk.look()

    assert desk.shown["capture"]["aspectRatio"] == "1:1"
    assert desk.refused("setCrop", captureId=capture, aspectRatio="1:1", crop={**middle, "x": 0.0}) == "NOT_SUPPORTED"


def test_what_was_captured_is_ordered_also_if_the_file_is_published_again(desk: Desk) -> None:
    capture = desk.captured()
    desk.publish("Front.png", png(colour=(1, 2, 3)))
    (job,) = desk.ask("order", look=LOOK, captureId=capture)["ids"]

    assert (desk.companion.service.jobs.folder(job) / "capture.png").read_bytes() == png()


def test_a_damaged_view_is_told_in_a_sentence(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher, "STUCK", 0.0)
    desk.publish("Front.png", png()[:-9])
    desk.until(lambda: desk.notices)

    assert desk.notices == ["Front.png: The PNG file is not whole. Publish it again."]


def test_flat_colours_of_a_view_are_its_material_ids(desk: Desk) -> None:
    desk.publish("Front ids.png", png(colour=(255, 0, 0)))
    desk.publish("Front.png", png())
    desk.arrive(2)
    desk.ask("capture", aspectRatio="nearest")
    desk.look()

    assert [each["name"] for each in desk.shown["views"]] == ["Front"]
    assert desk.shown["capture"]["guides"] == ["materialIds"]
    (job,) = desk.ask("order", look=LOOK, captureId=desk.shown["capture"]["id"])["ids"]
    assert (desk.companion.service.jobs.folder(job) / "ids.png").exists()


def test_guides_are_left_out_if_the_user_does_not_want_them(desk: Desk) -> None:
    desk.publish("Front ids.png", png(colour=(255, 0, 0)))
    desk.publish("Front.png", png())
    desk.arrive(2)
    desk.ask("setSettings", settings={"sendGuides": False})
    desk.ask("capture", aspectRatio="nearest")
    desk.look()
    (job,) = desk.ask("order", look=LOOK, captureId=desk.shown["capture"]["id"])["ids"]

    assert not (desk.companion.service.jobs.folder(job) / "ids.png").exists()


def test_flat_colours_of_another_size_are_a_view_of_their_own(desk: Desk) -> None:
    desk.publish("Front ids.png", png(80, 45))
    desk.publish("Front.png", png())
    desk.until(lambda: len(desk.shown["views"]) == 2)


# ------------------------------------------------------------ orders


def test_an_order_waits_offline_with_its_price(desk: Desk) -> None:
    capture = desk.captured()
    (job,) = desk.ask("order", look=LOOK, captureId=capture)["ids"]
    entry = desk.queued(job)

    assert (entry["view"], entry["cost"], entry["look"]["prompt"]) == ("Front", 5, "at noon")
    assert entry["look"]["aspectRatio"] == "16:9"


def test_all_views_have_one_seed(desk: Desk) -> None:
    desk.publish("Front.png", png())
    desk.publish("Garden.jpg", jpeg())
    desk.arrive(2)
    desk.look()
    ids = desk.ask("order", look=LOOK, views=[each["id"] for each in desk.shown["views"]])["ids"]

    seeds = {desk.queued(each)["look"]["seed"] for each in ids}
    assert len(ids) == 2
    assert len(seeds) == 1
    assert None not in seeds


def test_a_view_that_was_deleted_is_not_ordered(desk: Desk) -> None:
    desk.captured()
    view = desk.shown["views"][0]["id"]
    (desk.views / "Front.png").unlink()

    assert desk.refused("order", look=LOOK, views=[view]) == "FILE_MISSING"
    desk.look()
    assert desk.refused("order", look=LOOK, views=[view]) == "NOT_FOUND"
    assert desk.shown["queue"] == []


def test_the_price_is_known_without_a_network(desk: Desk) -> None:
    assert desk.ask("estimate", look=LOOK, count=3)["cost"] == 15
    assert desk.ask("estimate", look=DEFAULT_LOOK, count=1)["cost"] == 5


def test_what_is_unaffordable_is_refused_before_it_is_stored(desk: Desk) -> None:
    capture = desk.captured()
    desk.companion.service.board.update(balance=7)
    desk.ask("order", look=LOOK, captureId=capture)
    desk.until(lambda: len(desk.shown["queue"]) == 1)  # what waits counts, although nothing is paid yet

    assert desk.ask("estimate", look=LOOK, count=1)["sufficient"] is False
    assert desk.refused("order", look=LOOK, captureId=capture) == "INSUFFICIENT_CREDITS"
    assert len(desk.companion.service.jobs.all()) == 1


def test_a_companion_that_is_too_old_orders_nothing(desk: Desk) -> None:
    capture = desk.captured()
    desk.companion.service.board.update(is_too_old=True, update="2.0.0", download_url="https://example.com")
    desk.look()

    assert desk.shown["release"] == {"version": "2.0.0", "tooOld": True}
    assert desk.refused("order", look=LOOK, captureId=capture) == "PLUGIN_TOO_OLD"


def test_a_companion_that_became_too_old_repeats_nothing(desk: Desk) -> None:
    (job,) = desk.ask("order", look=LOOK, captureId=desk.captured())["ids"]
    desk.queued(job)
    desk.companion.service.board.update(is_too_old=True, update="2.0.0", download_url="https://example.com")

    assert desk.refused("again", id=job, look=LOOK) == "PLUGIN_TOO_OLD"


def test_an_order_is_cancelled_tried_again_and_forgotten(desk: Desk) -> None:
    (job,) = desk.ask("order", look=LOOK, captureId=desk.captured())["ids"]
    desk.queued(job)
    assert desk.refused("remove", id=job) == "NOT_SETTLED"
    desk.ask("cancel", id=job)
    desk.until(lambda: desk.shown["queue"][0]["state"] == State.CANCELLED)
    assert desk.shown["queue"][0]["refunded"] is None  # it was never paid
    desk.ask("retry", id=job)
    desk.queued(job)
    desk.ask("cancel", id=job)
    desk.until(lambda: desk.shown["queue"][0]["state"] == State.CANCELLED)
    desk.ask("remove", id=job)
    desk.until(lambda: desk.shown["queue"] == [])


def test_an_order_that_waits_can_be_changed(desk: Desk) -> None:
    (job,) = desk.ask("order", look=LOOK, captureId=desk.captured())["ids"]
    desk.queued(job)
    desk.ask("edit", id=job, look={**LOOK, "prompt": "at night", "aspectRatio": "1:1"})
    desk.until(lambda: desk.shown["queue"][0]["look"]["prompt"] == "at night")

    (item,) = desk.companion.service.client.queue.list()
    assert (item.options["prompt"], item.options["aspectRatio"]) == ("at night", "1:1")


def test_again_orders_the_same_capture_with_another_look(desk: Desk) -> None:
    (job,) = desk.ask("order", look=LOOK, captureId=desk.captured())["ids"]
    desk.queued(job)
    (other,) = desk.ask("again", id=job, look={**LOOK, "style": "soft@1"})["ids"]

    assert desk.queued(other)["look"]["style"] == "soft@1"


def test_orders_survive_a_companion_that_was_killed(desk: Desk, tmp_path: Path) -> None:
    (job,) = desk.ask("order", look=LOOK, captureId=desk.captured())["ids"]
    desk.queued(job)
    other = Desk(tmp_path)
    try:
        assert other.queued(job)["view"] == "Front"
    finally:
        other.stop()


@pytest.mark.parametrize("method", ["cancel", "retry", "remove", "pictures", "openFile"])
def test_an_order_that_is_not_there_is_not_found(desk: Desk, method: str) -> None:
    assert desk.refused(method, id="other") == "NOT_FOUND"


# ------------------------------------------------------------ ArchiCAD


def test_capture_has_the_chosen_set_published(beside: Desk) -> None:
    beside.companion.change_settings({"publisher_set": "Views"})
    beside.ask("capture", aspectRatio="nearest")
    beside.look()

    assert sorted(each["name"] for each in beside.shown["views"]) == ["Front", "Garden"]


def test_a_publication_that_fails_is_a_sentence(beside: Desk, fake: FakeArchicad) -> None:
    fake.fault = (-2130313112, "Publishing failed. Check output path!")
    beside.companion.change_settings({"publisher_set": "Views"})
    answer = beside.try_("capture", aspectRatio="nearest")

    assert answer["error"] == {"code": "CAPTURE_FAILED", "message": "Publishing failed. Check output path!"}


def test_the_path_tracer_gets_the_model_that_archicad_saves(beside: Desk) -> None:
    (job,) = beside.ask("order", look={**LOOK, "model": "cycles"}, captureId=beside.captured())["ids"]
    beside.queued(job)
    stored = beside.companion.service.jobs.get(job)

    assert stored
    assert stored.images == {"image": "capture.png", "model_file": "model.ifc"}
    assert stored.options["camera"] == {"cameraName": "exterior"}
    assert (beside.companion.service.jobs.folder(job) / "model.ifc").read_bytes() == IFC


def test_an_export_that_fails_can_be_tried_again(beside: Desk, fake: FakeArchicad) -> None:
    fake.ifc = b""
    (job,) = beside.ask("order", look={**LOOK, "model": "cycles"}, captureId=beside.captured())["ids"]
    beside.until(lambda: beside.shown["queue"] and beside.shown["queue"][0]["state"] == State.FAILED)
    fake.ifc = IFC
    beside.ask("retry", id=job)

    beside.queued(job)


def test_without_tapir_the_newest_ifc_file_is_the_model(desk: Desk) -> None:
    desk.publish("House.ifc", IFC)
    desk.publish("Interior.png", png())
    desk.arrive(2)
    desk.ask("capture", aspectRatio="nearest")
    desk.look()
    (job,) = desk.ask("order", look={**LOOK, "model": "cycles"}, captureId=desk.shown["capture"]["id"])["ids"]
    desk.queued(job)

    stored = desk.companion.service.jobs.get(job)
    assert stored
    assert stored.options["camera"] == {"cameraName": "interior"}


def test_without_a_model_the_path_tracer_is_refused(desk: Desk) -> None:
    assert desk.refused("order", look={**LOOK, "model": "cycles"}, captureId=desk.captured()) == "NOT_SUPPORTED"


def test_several_views_of_one_model_are_refused_since_they_would_be_one_picture(beside: Desk) -> None:
    beside.publish("Front.png", png())
    beside.publish("Garden.png", png())
    beside.arrive(2)
    beside.look()
    ids = [each["id"] for each in beside.shown["views"]]

    assert beside.refused("order", look={**LOOK, "model": "cycles"}, views=ids) == "NOT_SUPPORTED"


def test_the_panel_is_told_what_archicad_can_give(beside: Desk) -> None:
    hello = beside.ask("hello", protocol=1, panel="test")

    assert hello["host"] == {"name": "archicad", "title": "ArchiCAD", "version": "28.4000"}
    assert (hello["features"]["depth"], hello["features"]["model"]) == (False, True)
    assert set(TAPIR) >= set(beside.companion.archicad_state.commands)


# ------------------------------------------------------------ the rest of the panel


def test_looks_are_kept(desk: Desk) -> None:
    desk.ask("saveLook", name="Noon", look=LOOK)
    desk.until(lambda: [each["name"] for each in desk.shown["looks"]] == ["Noon"])
    desk.ask("deleteLook", name="Noon")
    desk.until(lambda: desk.shown["looks"] == [])


def test_choices_survive_a_restart(desk: Desk, tmp_path: Path) -> None:
    desk.ask("setLook", look=LOOK)
    desk.ask("setSettings", settings={"theme": "dark"})
    other = Desk(tmp_path)
    try:
        assert (other.shown["look"], other.shown["settings"]["theme"]) == (LOOK, "dark")
    finally:
        other.stop()


def test_a_consent_is_shown_in_the_words_of_the_server(desk: Desk) -> None:
    asked = Consent("model_upload", "2", "Models", "The model is kept for 30 days.", ("Acme",))
    desk.companion.service.board.update(consents=(asked,))
    desk.look()

    assert desk.shown["consents"] == [
        {"name": "model_upload", "version": 2, "title": "Models", "text": "The model is kept for 30 days.",
         "recipients": ["Acme"]}
    ]  # fmt: skip
    assert (
        desk.refused("answerConsents", answers=[{"name": "model_upload", "version": 2, "granted": True}])
        == "HOST_OFFLINE"
    )


def test_a_server_that_is_away_is_told_once(desk: Desk) -> None:
    desk.freeze()
    desk.companion.service.board.update(
        is_online=True, is_unreachable=True, problem="The server cannot be reached.", problem_code="NETWORK_ERROR"
    )
    desk.look()

    assert (desk.shown["network"], desk.shown["problem"]) == ("unreachable", None)


def test_a_problem_has_its_code_and_a_sentence(desk: Desk) -> None:
    desk.companion.service.board.update(problem="Try again in a minute.", problem_code="SERVER_BUSY")
    desk.look()

    assert desk.shown["problem"] == {"code": "SERVER_BUSY", "message": "Try again in a minute."}


def test_offline_sign_in_says_so(desk: Desk) -> None:
    assert desk.shown["network"] == "hostOffline"
    assert desk.refused("signIn") == "HOST_OFFLINE"


def test_only_pages_that_the_server_named_are_opened(desk: Desk) -> None:
    desk.companion.service.board.update(download_url="file:///etc/passwd")

    assert desk.refused("openPage", page="download") == "NOT_FOUND"


def test_a_result_is_put_beside_its_view_once_and_opened(desk: Desk) -> None:
    (job,) = desk.ask("order", look=LOOK, captureId=desk.captured())["ids"]
    desk.queued(job)
    result = desk._root / "result-12345678.png"
    result.write_bytes(png())
    entry = next(each for each in desk.companion.service.snapshot.entries if each.job == job)
    done = type(entry)(**{**entry.__dict__, "state": State.DONE, "result": str(result)})
    desk.freeze()
    desk.companion.service.board.update(entries=(done,))
    desk.look()
    desk.companion.service.board.update(entries=(done,))
    desk.look()

    (placed,) = (desk.views / "Renderiq").iterdir()
    assert placed.read_bytes() == png()
    assert desk.opened == [placed]


def test_the_log_file_is_opened_in_the_system(desk: Desk) -> None:
    desk.ask("openLog")

    assert desk.opened == [desk.companion.log_path]


def test_settings_that_do_not_fit_change_nothing(desk: Desk) -> None:
    before = desk.companion.settings

    assert desk.companion.write_settings({"folder": "relative"}) == "relative is no full path."
    assert desk.companion.write_settings({"api_key": "x"}) == "There is no setting api_key."
    assert desk.companion.write_settings({"is_offline": "no"}).endswith("another type.")
    assert desk.companion.settings == before


def test_a_view_of_yesterday_is_listed_and_not_shown_by_itself(desk: Desk) -> None:
    desk.publish("Front.png", png())
    os.utime(desk.views / "Front.png", (1_700_000_000, 1_700_000_000))
    desk.until(lambda: desk.shown["views"])

    assert desk.shown["capture"] is None
