"""What Blender drew becomes an order that waits, in the threads of the service that Blender starts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import double
import pytest
from renderiq_blender.shared.jobs import Job
from renderiq_blender.shared.order import Look
from test_develop import drawn

from renderiq_blender import runtime

URL = "http://api.test/api/plugins"


@pytest.fixture(autouse=True)
def _offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("RENDERIQ_HOME", str(tmp_path / "home"))
    double.use(double.Blender((4, 5, 0)))
    runtime.restart(URL)
    yield
    service = runtime.service()
    assert service
    service.stop()
    wait(lambda: all(each.name != "renderiq-loop" for each in threading.enumerate()))


def wait(condition: Callable[[], object]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until, runtime.snapshot()
        time.sleep(0.02)


def test_a_capture_becomes_an_order_with_its_guides() -> None:
    service = runtime.service()
    assert service
    job_id, folder = service.jobs.new_folder()
    look = Look(seed=7)
    job = Job(job_id, "Front", look, look.options(), session=service.session, raw=drawn(folder).stored())
    service.jobs.save(job)
    service.submit(job)

    wait(lambda: [each.state for each in runtime.snapshot().entries] == ["waiting"])
    (item,) = service.client.queue.list()
    made = service.job(job_id)
    assert made
    assert set(made.images) == {"image", "depth_image", "material_id_image", "normal_image"}
    assert item.options["materials"] == {"#ff0000": "brick"}


def test_blender_decides_whether_the_network_is_used() -> None:
    assert not runtime.snapshot().is_online
