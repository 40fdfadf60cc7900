"""The client of the JSON API and of Tapir, against the strict double."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_archicad import FakeArchicad
from files import IFC, png

from renderiq_archicad.archicad import Archicad
from renderiq_archicad.json_api import ArchicadError, JsonApi, NotRunningError, find

SETS = {"Views": {"Front.png": png(), "Garden.png": png()}}


@pytest.fixture
def fake() -> Iterator[FakeArchicad]:
    running = FakeArchicad(SETS, ifc=IFC)
    yield running
    running.close()


def test_a_running_archicad_is_found_by_its_port(fake: FakeArchicad) -> None:
    found = find([fake.port])

    assert found is not None
    assert found.port == fake.port


def test_the_state_has_version_project_sets_and_commands(fake: FakeArchicad) -> None:
    state = Archicad(fake.port).read()

    assert (state.version, state.project, state.publisher_sets) == ("28.4000", "House", ("Views",))
    assert state.has("PublishPublisherSet")
    assert state.has("IFCFileOperation")


def test_without_tapir_nothing_of_it_is_called() -> None:
    fake = FakeArchicad(SETS, tapir=())
    try:
        state = Archicad(fake.port).read()
    finally:
        fake.close()

    assert state.commands == ()
    assert "API.ExecuteAddOnCommand" not in [name for name, _ in fake.calls]


def test_no_archicad_is_a_state_and_no_error(fake: FakeArchicad) -> None:
    fake.close()

    assert not Archicad(fake.port).read().is_running


def test_an_archicad_that_started_later_is_found(fake: FakeArchicad) -> None:
    found: list[JsonApi | None] = [None, JsonApi(fake.port)]
    archicad = Archicad(finder=lambda: found.pop(0))

    assert not archicad.read().is_running
    assert archicad.read().is_running


def test_a_publisher_set_is_published_into_a_folder(fake: FakeArchicad, tmp_path: Path) -> None:
    Archicad(fake.port).publish("Views", tmp_path)

    assert sorted(each.name for each in tmp_path.iterdir()) == ["Front.png", "Garden.png"]


def test_the_items_of_a_set_are_named_in_their_order(fake: FakeArchicad) -> None:
    assert Archicad(fake.port).items_of("Views") == ("Front", "Garden")


def test_a_refusal_of_tapir_is_an_error_with_its_sentence(fake: FakeArchicad, tmp_path: Path) -> None:
    with pytest.raises(ArchicadError, match="Not valid publisher set name"):
        Archicad(fake.port).publish("Other", tmp_path)


def test_a_tapir_that_cannot_say_why_is_an_error_too(tmp_path: Path) -> None:
    fake = FakeArchicad(SETS, old_tapir=True)
    try:
        with pytest.raises(ArchicadError, match="Invalid command response"):
            Archicad(fake.port).publish("Other", tmp_path)
    finally:
        fake.close()


def test_a_model_is_saved_as_ifc(fake: FakeArchicad, tmp_path: Path) -> None:
    Archicad(fake.port).export_ifc(tmp_path / "model.ifc")

    assert (tmp_path / "model.ifc").read_bytes() == IFC


def test_an_export_that_wrote_nothing_is_an_error(fake: FakeArchicad, tmp_path: Path) -> None:
    fake.ifc = b""

    with pytest.raises(ArchicadError, match="there is no file"):
        Archicad(fake.port).export_ifc(tmp_path / "model.ifc")


def test_an_unknown_command_is_refused(fake: FakeArchicad) -> None:
    with pytest.raises(ArchicadError, match="Command not found"):
        JsonApi(fake.port).call("API.CaptureView")


@pytest.mark.parametrize("parameters", [{"publisherSetName": "Views", "folder": "/x"}, {}, {"publisherSetName": 3}])
def test_wrong_parameters_are_refused(fake: FakeArchicad, parameters: dict[str, object]) -> None:
    with pytest.raises(ArchicadError) as raised:
        JsonApi(fake.port).add_on("TapirCommand", "PublishPublisherSet", parameters)

    assert raised.value.code == 4002


def test_an_archicad_that_shows_a_dialog_is_busy_and_not_gone(fake: FakeArchicad) -> None:
    fake.delay = 2.0

    with pytest.raises(ArchicadError, match="busy") as raised:
        JsonApi(fake.port).call("API.GetProductInfo", timeout=0.1)

    assert not isinstance(raised.value, NotRunningError)
