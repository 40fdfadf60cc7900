"""What runs as long as a host runs. Offline, so that nothing is sent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from renderiq_plugin.order import Look
from renderiq_plugin.running import Running
from renderiq_plugin.snapshot import Snapshot

URL = "http://api.test/api/plugins"


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    monkeypatch.setenv("RENDERIQ_HOME", str(tmp_path))
    found = Running("blender", "0.1.0")
    yield found
    found.stop()
    wait(lambda: all(each.name != "renderiq-loop" for each in threading.enumerate()))


def wait(condition: Callable[[], object]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_nothing_is_written_before_the_host_begins(running: Running, tmp_path: Path) -> None:
    assert (running.service(), running.snapshot()) == (None, Snapshot())
    assert list(tmp_path.iterdir()) == []


def test_everything_is_in_the_folder_of_the_host(running: Running, tmp_path: Path) -> None:
    running.open_log("Blender 4.5")
    running.restart(URL, is_online=False)
    service = running.service()

    assert service
    assert service.results.is_relative_to(tmp_path / "blender")
    assert "Renderiq 0.1.0 in Blender 4.5" in (tmp_path / "blender" / "renderiq.log").read_text()


def test_results_go_where_the_user_wants(running: Running, tmp_path: Path) -> None:
    running.restart(URL, is_online=False, results=str(tmp_path / "mine"))
    service = running.service()

    assert service
    assert service.results == tmp_path / "mine"


def test_another_server_takes_the_place_of_the_one_before(running: Running) -> None:
    running.restart(URL, is_online=False)
    before = running.service()
    running.restart("http://other.test/api/plugins", is_online=False)
    after = running.service()

    assert before
    assert after
    assert (before.session, before.directory.parent) == (after.session, after.directory.parent)
    assert before.directory != after.directory
    wait(lambda: sum(each.name == "renderiq-loop" for each in threading.enumerate()) == 1)


def test_news_are_told_once(running: Running) -> None:
    running.restart(URL, is_online=False)
    service = running.service()
    assert service
    wait(lambda: running.has_news() is False)
    service.save_look("Noon", Look(prompt="at noon"))

    assert (running.has_news(), running.has_news()) == (True, False)


def test_what_is_new_at_the_start_is_news(running: Running) -> None:
    assert running.has_news()


def test_an_error_in_the_main_thread_is_in_the_log_and_goes_no_further(running: Running) -> None:
    def broken() -> None:
        raise RuntimeError("broken on purpose")

    running.open_log("Blender 4.5")
    running.guarded(broken)

    assert "RuntimeError: broken on purpose" in running.log_path().read_text()


def test_the_end_leaves_no_service_and_no_open_file(running: Running) -> None:
    running.open_log("Blender 4.5")
    running.restart(URL, is_online=False)
    running.stop()

    assert (running.service(), running.log().handlers) == (None, [])
