"""What is on disk is whole, and a session is its owner's only."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from renderiq.errors import DiskError
from renderiq.files import FileError, data_directory, replacing, write_durably
from renderiq.locks import file_lock, try_file_lock
from renderiq.tokens import FileTokenStore, KeyringTokenStore, Tokens, default_token_store, read_time

TOKENS = Tokens("access", "refresh", 1_773_480_000.0, "ada@example.com")


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "file"
    write_durably(path, b"old")

    write_durably(path, b"new")

    assert path.read_bytes() == b"new"
    assert [each.name for each in path.parent.iterdir()] == ["file"]


def test_a_file_is_as_before_if_writing_it_fails(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_durably(path, b"old")

    def fail() -> None:
        with replacing(path) as file:
            file.write(b"new")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, "DISK_FULL"), (errno.EACCES, "DISK_ERROR")])
def test_a_disk_that_fails_is_an_error_of_its_own(tmp_path: Path, number: int, code: str) -> None:
    with pytest.raises(DiskError) as caught, replacing(tmp_path / "file"):
        raise FileError(OSError(number, "no"))

    assert (caught.value.code, caught.value.retryable, list(tmp_path.iterdir())) == (code, True, [])


def test_a_lock_excludes_other_threads(tmp_path: Path) -> None:
    path, seen = tmp_path / "lock", []

    def take() -> None:
        with try_file_lock(path) as is_held:
            seen.append(is_held)

    with file_lock(path):
        thread = threading.Thread(target=take)
        thread.start()
        thread.join()
    take()

    assert seen == [False, True]


def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    program = (
        "import sys, pathlib, os\nfrom renderiq.locks import file_lock\n"
        "with file_lock(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "src")}
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout
        process.stdout.readline()
        with try_file_lock(path) as is_held:
            assert not is_held
        process.kill()
        process.wait()

    with try_file_lock(path) as is_held:
        assert is_held


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_session_is_its_owners_only(tmp_path: Path) -> None:
    store = FileTokenStore(tmp_path / "session.json")

    store.save(TOKENS)

    assert stat.S_IMODE((tmp_path / "session.json").stat().st_mode) == 0o600
    assert store.load() == TOKENS


@pytest.mark.parametrize("content", ["", "{", "[]", '{"access_token": 1}'])
def test_a_damaged_session_is_no_session(tmp_path: Path, content: str) -> None:
    (tmp_path / "session.json").write_text(content)

    assert FileTokenStore(tmp_path / "session.json").load() is None


class FakeKeyring:
    """The system's keyring."""

    def __init__(self) -> None:
        self.passwords: dict[tuple[str, str], str] = {}

    class errors:  # noqa: N801 - the package's name
        class PasswordDeleteError(Exception):
            pass

    def get_password(self, service: str, name: str) -> str | None:
        return self.passwords.get((service, name))

    def set_password(self, service: str, name: str, password: str) -> None:
        self.passwords[service, name] = password

    def delete_password(self, service: str, name: str) -> None:
        if self.passwords.pop((service, name), None) is None:
            raise self.errors.PasswordDeleteError

    def get_keyring(self) -> Any:
        return type("Backend", (), {"priority": 5})()


def test_a_session_is_kept_in_a_keyring(tmp_path: Path) -> None:
    store = KeyringTokenStore(FakeKeyring(), "https://api.example.com", tmp_path / "lock")

    store.save(TOKENS)
    kept = store.load()
    store.clear()
    store.clear()

    assert (kept, store.load()) == (TOKENS, None)


def test_a_usable_keyring_is_preferred_to_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", FakeKeyring())  # type: ignore[misc] # it plays the module

    assert isinstance(default_token_store(tmp_path, "https://api.example.com"), KeyringTokenStore)


def test_without_a_keyring_a_file_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)

    assert isinstance(default_token_store(tmp_path, "https://api.example.com"), FileTokenStore)


def test_the_folder_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENDERIQ_HOME", str(tmp_path))

    assert data_directory() == tmp_path


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2026-03-14T09:26:53Z", 1773480413.0), ("2026-03-14T09:26:53.500Z", 1773480413.5), ("soon", 0.0), ("", 0.0)],
)
def test_times_of_the_wire_are_read(text: str, seconds: float) -> None:
    assert read_time(text) == seconds
