"""Each result comes to its place once, whichever host brings it there, and however often a host ends."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import renderiq
from renderiq_plugin.deliveries import Deliveries, copy_beside
from renderiq_plugin.jobs import Job, Jobs
from renderiq_plugin.order import Look
from renderiq_plugin.sessions import Session

PLACE = {"document": "House.3dm"}
SOURCES = os.pathsep.join(
    str(Path(each).parents[1]) for each in (renderiq.__file__, sys.modules["renderiq_plugin"].__file__ or "")
)


@pytest.fixture
def jobs(tmp_path: Path) -> Jobs:
    return Jobs(tmp_path / "server")


def ordered(jobs: Jobs, session: str, **values: object) -> Job:
    job_id, _ = jobs.new_folder()
    job = Job(job_id, "Front", Look(), {}, session, created=1.0, **values)  # type: ignore[arg-type]
    jobs.save(job)
    return job


def nobody(_session: str) -> bool:
    return False


def everybody(_session: str) -> bool:
    return True


def test_a_result_without_a_place_is_taken_by_the_host_that_saw_it_come(jobs: Jobs) -> None:
    job = ordered(jobs, "mine")

    assert Deliveries(jobs, "mine", everybody).taken(job, is_new=True) == job
    assert Deliveries(jobs, "mine", everybody).taken(job, is_new=False) is None
    assert Deliveries(jobs, "another", everybody).taken(job, is_new=True) is None


def test_a_result_with_a_place_is_left_to_the_host_that_ordered_it_as_long_as_that_runs(jobs: Jobs) -> None:
    job = ordered(jobs, "another", place=PLACE)

    assert Deliveries(jobs, "mine", nobody).taken(job, is_new=True) is None


def test_a_result_with_a_place_is_taken_over_from_a_host_that_has_ended(jobs: Jobs) -> None:
    job = ordered(jobs, "another", place=PLACE)

    found = Deliveries(jobs, "mine", everybody).taken(job, is_new=False)

    assert found
    assert (found.session, found.place) == ("mine", PLACE)
    assert jobs.get(job.id) == found


def test_of_two_hosts_only_one_takes_it_over(jobs: Jobs) -> None:
    job = ordered(jobs, "ended", place=PLACE)
    first = Deliveries(jobs, "first", lambda name: name == "ended").taken(job, is_new=False)

    second = Deliveries(jobs, "second", lambda name: name == "ended").taken(job, is_new=False)

    assert (first is not None, second) == (True, None)


def test_a_result_that_was_delivered_is_not_taken_again(jobs: Jobs) -> None:
    job = ordered(jobs, "mine", place=PLACE, is_delivered=True)

    assert Deliveries(jobs, "mine", everybody).taken(job, is_new=False) is None


def test_what_another_host_has_delivered_meanwhile_is_not_taken(jobs: Jobs) -> None:
    job = ordered(jobs, "ended", place=PLACE)
    jobs.save(Job(**{**job.__dict__, "is_delivered": True}))

    assert Deliveries(jobs, "mine", everybody).taken(job, is_new=False) is None


def test_an_order_made_again_belongs_where_the_first_one_does_and_is_not_delivered(jobs: Jobs) -> None:
    job = ordered(jobs, "another", place=PLACE, is_delivered=True)

    copy = jobs.copy_images(job, Look(style="ink@1"), {}, "mine")

    assert (copy.place, copy.is_delivered, copy.session) == (PLACE, False, "mine")
    assert jobs.get(copy.id) == copy


def test_an_order_made_again_gets_the_place_that_is_wanted_now(jobs: Jobs) -> None:
    job = ordered(jobs, "another", place=PLACE)

    assert jobs.copy_images(job, Look(), {}, "mine", {"document": "Barn.3dm"}).place == {"document": "Barn.3dm"}


# ---------------------------------------------------------------- beside a model


def test_a_copy_lies_beside_the_first_model_whose_folder_is_there(tmp_path: Path) -> None:
    (tmp_path / "result.webp").write_bytes(b"picture")

    found = copy_beside(
        tmp_path / "result.webp", [Path(), tmp_path / "gone" / "A.3dm", tmp_path / "House.3dm"], "Front: 2", 1.0, "1-abcdef01"
    )  # fmt: skip

    assert found
    assert (found.parent, found.suffix, found.read_bytes()) == (tmp_path, ".webp", b"picture")
    assert found.name.startswith("House-Front-2-")
    assert sorted(each.name for each in tmp_path.iterdir()) == [found.name, "result.webp"]


def test_two_results_of_the_same_view_and_second_are_two_files(tmp_path: Path) -> None:
    (tmp_path / "result.png").write_bytes(b"picture")

    names = {
        copy_beside(tmp_path / "result.png", [tmp_path / "House.3dm"], "Front", 1.0, each)
        for each in ("1-abcdef01", "1-abcdef02")
    }

    assert len(names) == 2


def test_a_copy_that_is_made_again_takes_the_place_of_the_first(tmp_path: Path) -> None:
    (tmp_path / "result.png").write_bytes(b"picture")

    for _ in range(2):
        copy_beside(tmp_path / "result.png", [tmp_path / "House.3dm"], "Front", 1.0, "1-abcdef01")

    assert len(list(tmp_path.glob("House-*"))) == 1


def test_without_a_folder_there_is_no_copy(tmp_path: Path) -> None:
    (tmp_path / "result.png").write_bytes(b"picture")

    assert copy_beside(tmp_path / "result.png", [Path(), tmp_path / "gone" / "A.3dm"], "Front", 1.0, "1-a") is None


# ---------------------------------------------------------------- which hosts run


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    found = Session()
    found.begin(tmp_path / "sessions")
    yield found
    found.end()


def test_another_host_that_runs_has_not_ended(session: Session, tmp_path: Path) -> None:
    other = Session()
    other.begin(tmp_path / "sessions")

    assert not session.has_ended(other.name)
    other.end()
    assert session.has_ended(other.name)


def test_the_own_session_and_an_unknown_one_have_not_ended(session: Session) -> None:
    assert not session.has_ended(session.name)
    assert not session.has_ended("")


def test_before_it_begins_it_knows_of_none(tmp_path: Path) -> None:
    assert not Session().has_ended("another")


def test_a_host_that_was_killed_has_ended(session: Session, tmp_path: Path) -> None:
    script = (
        "import pathlib, sys, time; from renderiq_plugin.sessions import Session; found = Session(); "
        "found.begin(pathlib.Path(sys.argv[1])); print(found.name, flush=True); time.sleep(600)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "sessions")], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": SOURCES},
    )  # fmt: skip
    assert process.stdout
    with process, process.stdout as said:
        name = said.readline().strip()
        assert not session.has_ended(name)
        process.kill()

    wait(lambda: session.has_ended(name))


def test_what_a_crash_has_left_is_removed_after_a_day(session: Session, tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    for name, age in (("old", 2 * 86_400), ("new", 60)):
        (folder / name).touch()
        os.utime(folder / name, (time.time() - age,) * 2)

    later = Session()
    later.begin(folder)
    later.end()

    assert sorted(each.name for each in folder.iterdir()) == sorted(["new", session.name])


def wait(condition: Callable[[], object]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)
