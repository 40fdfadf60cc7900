"""Finds published files in a folder once they are whole. Pure: it looks when it is asked, and never waits.

A file is whole when it has not changed for a moment and its last bytes are those of its format: ArchiCAD may pause in
the middle of writing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .pictures import MODEL, PICTURES, DamagedError, Kind, kind_of

OWN_FOLDER: Final = "Renderiq"
"""Where results are put beside the views. It is not watched."""
SETTLED: Final = 1.0
"""Seconds without a change after which a file may be whole."""
STUCK: Final = 60.0
"""Seconds after which a file that is still not whole is reported."""
MAX_FILES: Final = 1000
MAX_PICTURE: Final = 500_000_000
MAX_MODEL: Final = 2_000_000_000
_DEPTH: Final = 4
_CHUNK: Final = 1024 * 1024


class FileGoneError(OSError):
    """A file was deleted, or written again each time that it was read."""


@dataclass(frozen=True)
class Published:
    """A whole file. ``id`` stays the same if the file is published again; ``digest`` (SHA-256) does not."""

    id: str
    name: str
    path: Path
    kind: Kind
    digest: str
    modified: float
    """Seconds since the Unix epoch."""

    @property
    def is_model(self) -> bool:
        """Whether it is an IFC file."""
        return self.kind.suffix == MODEL


@dataclass(frozen=True)
class Problem:
    """A file that cannot be used, and why."""

    path: Path
    sentence: str


@dataclass(frozen=True)
class News:
    """What is new since the last look."""

    arrived: tuple[Published, ...] = ()
    gone: tuple[Published, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass
class _Seen:
    stamp: tuple[int, int]
    since: float
    is_told: bool = False


class Watcher:
    """Watches ``folder``, which need not exist. ``clock`` returns seconds."""

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        self.folder, self._clock = folder, clock
        self._seen: dict[Path, _Seen] = {}
        self._files: dict[Path, Published] = {}

    def files(self) -> list[Published]:
        """Returns all whole files, the newest first."""
        return sorted(self._files.values(), key=lambda each: (each.modified, each.name), reverse=True)

    def is_settled(self) -> bool:
        """Whether no file is still being written, as far as the last look could tell."""
        return all(seen.is_told for seen in self._seen.values())

    def look(self) -> News:
        """Looks at the folder and returns what is new."""
        now, stamps = self._clock(), dict(self._stamps())
        arrived, problems = [], []
        for path, stamp in stamps.items():
            seen = self._seen.get(path)
            if seen is None or seen.stamp != stamp:
                self._seen[path] = _Seen(stamp, now)
            elif not seen.is_told and now - seen.since >= SETTLED:
                outcome = self._read(path, stamp, now - seen.since)
                seen.is_told = outcome is not None
                if isinstance(outcome, Problem):
                    problems.append(outcome)
                elif outcome is not None:
                    before = self._files.get(path)
                    self._files[path] = outcome
                    if before is None or before.digest != outcome.digest:
                        arrived.append(outcome)
        gone = [self._files.pop(path) for path in list(self._files) if path not in stamps]
        self._seen = {path: seen for path, seen in self._seen.items() if path in stamps}
        return News(tuple(arrived), tuple(gone), tuple(problems))

    def _read(self, path: Path, stamp: tuple[int, int], age: float) -> Published | Problem | None:
        limit = MAX_MODEL if path.suffix.lower() == MODEL else MAX_PICTURE
        if stamp[0] > limit:
            return Problem(path, f"{path.name} is larger than {limit // 1_000_000} MB. Publish it smaller.")
        try:
            kind, digest = kind_of(path), digest_of(path)
            if _stamp(path) != stamp:
                return None
        except DamagedError as error:
            return Problem(path, f"{path.name}: {error} Publish it again.") if age >= STUCK else None
        except OSError:  # locked by the one who writes it, or deleted: the next look knows more
            return Problem(path, f"{path.name} cannot be read. Check who may read it.") if age >= STUCK else None
        relative = path.relative_to(self.folder)
        identity = hashlib.sha256(relative.as_posix().encode()).hexdigest()[:32]
        return Published(identity, relative.with_suffix("").as_posix(), path, kind, digest, stamp[1] / 1e9)

    def _stamps(self) -> Iterator[tuple[Path, tuple[int, int]]]:
        found = 0
        for folder, folders, names in os.walk(self.folder):
            depth = len(Path(folder).relative_to(self.folder).parts)
            folders[:] = sorted(each for each in folders if each != OWN_FOLDER and not each.startswith("."))
            if depth >= _DEPTH:
                folders.clear()
            for name in sorted(names):
                path = Path(folder) / name
                if name.startswith((".", "~")) or path.suffix.lower() not in (*PICTURES, MODEL):
                    continue
                stamp = _stamp(path)
                if stamp is not None:
                    yield path, stamp
                    found += 1
                    if found >= MAX_FILES:
                        return


def copy_whole(file: Published, target: Path) -> None:
    """Copies a published file. Raises ``FileGoneError`` if it is not there any more, or is another one by now."""
    part = target.with_name(target.name + ".part")
    try:
        shutil.copyfile(file.path, part)
        if digest_of(part) != file.digest:
            raise FileGoneError(f"{file.path.name} was published again meanwhile. Capture it again.")
        os.replace(part, target)
    except FileNotFoundError:
        raise FileGoneError(f"{file.path.name} is not there any more. Publish it again.") from None
    finally:
        part.unlink(missing_ok=True)


def digest_of(path: Path) -> str:
    """Returns the SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None
