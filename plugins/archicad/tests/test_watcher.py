"""Files that arrive in a folder, whole and in parts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from files import IFC, jpeg, png

from renderiq_archicad import watcher as module
from renderiq_archicad.watcher import FileGoneError, News, Published, Watcher, copy_whole


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Folder:
    """A folder that is watched, with a clock of its own."""

    def __init__(self, path: Path) -> None:
        self.path, self.time = path, Time()
        self.watcher = Watcher(path, self.time)

    def write(self, name: str, content: bytes) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.stat().st_mtime_ns if path.exists() else 1_700_000_000_000_000_000
        path.write_bytes(content)
        os.utime(path, ns=(before + 1_000_000_000, before + 1_000_000_000))  # as if a second had passed
        return path

    def look(self, seconds: float = 2.0) -> News:
        self.time.now += seconds
        return self.watcher.look()

    def arrive(self) -> list[str]:
        return [each.name for _ in range(3) for each in self.look().arrived]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.mark.parametrize(("name", "content"), [("a.png", png()), ("a.JPG", jpeg()), ("a.ifc", IFC)])
def test_a_whole_file_arrives_once(folder: Folder, name: str, content: bytes) -> None:
    folder.write(name, content)

    assert folder.arrive() == ["a"]


def test_a_picture_has_its_size(folder: Folder) -> None:
    folder.write("a.png", png(32, 24))
    folder.write("b.jpg", jpeg(64, 48))
    folder.arrive()

    sizes = {each.name: (each.kind.width, each.kind.height) for each in folder.watcher.files()}
    assert sizes == {"a": (32, 24), "b": (64, 48)}


def test_a_file_that_grows_does_not_arrive(folder: Folder) -> None:
    content = png()
    for part in range(1, 5):
        folder.write("a.png", content[: part * 40])
        assert folder.look() == News()


def test_half_a_file_does_not_arrive_however_long_its_writer_pauses(folder: Folder) -> None:
    folder.write("a.png", png()[:-6])
    folder.look()

    assert folder.look(30).arrived == ()
    folder.write("a.png", png())
    assert folder.arrive() == ["a"]


@pytest.mark.parametrize("content", [png()[:-6], jpeg()[:-2], IFC[:-30], b"no picture", b""])
def test_a_file_that_stays_damaged_is_told_once(folder: Folder, content: bytes) -> None:
    folder.write("a.png", content)
    folder.look()

    told = [problem.sentence for _ in range(3) for problem in folder.look(61).problems]
    assert len(told) == 1
    assert told[0].endswith("Publish it again.")


def test_the_same_name_with_another_picture_arrives_again(folder: Folder) -> None:
    folder.write("a.png", png())
    folder.arrive()
    before = folder.watcher.files()[0]
    folder.write("a.png", png(colour=(1, 2, 3)))

    assert folder.arrive() == ["a"]
    after = folder.watcher.files()[0]
    assert (before.id, before.digest != after.digest) == (after.id, True)


def test_the_same_picture_written_again_does_not_arrive_again(folder: Folder) -> None:
    folder.write("a.png", png())
    folder.arrive()
    folder.write("a.png", png())

    assert folder.arrive() == []


def test_a_file_that_is_deleted_is_gone(folder: Folder) -> None:
    path = folder.write("a.png", png())
    folder.arrive()
    path.unlink()

    assert [each.name for each in folder.look().gone] == ["a"]
    assert folder.watcher.files() == []


def test_a_file_that_is_deleted_while_it_is_read_is_no_error(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder.write("a.png", png())
    folder.look()

    def deleted(path: Path) -> str:
        path.unlink()
        raise FileNotFoundError(path)

    monkeypatch.setattr(module, "digest_of", deleted)
    assert folder.look() == News()
    assert not path.exists()


def test_a_file_that_changes_while_it_is_read_waits_for_the_next_look(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write("a.png", png())
    folder.look()
    real = module.digest_of

    def changed(path: Path) -> str:
        folder.write("a.png", png(colour=(9, 9, 9)))
        return real(path)

    monkeypatch.setattr(module, "digest_of", changed)
    assert folder.look() == News()
    monkeypatch.undo()
    assert folder.arrive() == ["a"]


def test_a_huge_file_is_told_and_not_read(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PICTURE", 50)
    folder.write("a.png", png())
    folder.look()

    assert "is larger than" in folder.look().problems[0].sentence


def test_results_temporary_and_other_files_are_not_views(folder: Folder) -> None:
    for name in ("Renderiq/a.png", ".a.png", "~a.png", "a.pdf", ".cache/a.png"):
        folder.write(name, png())

    assert folder.arrive() == []


def test_views_in_the_folders_of_a_set_have_these_in_their_names(folder: Folder) -> None:
    folder.write("North/1 Front.png", png())

    assert folder.arrive() == ["North/1 Front"]


def test_a_folder_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    assert Folder(tmp_path / "later").look() == News()


def _published(folder: Folder) -> Published:
    folder.write("a.png", png())
    folder.arrive()
    return folder.watcher.files()[0]


def test_a_copy_has_the_bytes_of_the_file(folder: Folder, tmp_path: Path) -> None:
    copy_whole(_published(folder), tmp_path / "copy.bin")

    assert (tmp_path / "copy.bin").read_bytes() == png()


def test_a_copy_of_what_was_published_again_meanwhile_is_refused(folder: Folder, tmp_path: Path) -> None:
    file = _published(folder)
    folder.write("a.png", png(colour=(1, 1, 1)))

    with pytest.raises(FileGoneError, match="published again"):
        copy_whole(file, tmp_path / "copy.bin")
    assert not (tmp_path / "copy.bin").exists()
    assert not (tmp_path / "copy.bin.part").exists()


def test_a_copy_of_what_was_deleted_is_refused(folder: Folder, tmp_path: Path) -> None:
    file = _published(folder)
    file.path.unlink()

    with pytest.raises(FileGoneError, match="not there any more"):
        copy_whole(file, tmp_path / "copy.bin")
