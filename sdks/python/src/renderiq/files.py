"""Files that are whole or not there, and the folders of this package."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from renderiq.errors import DiskError

_FULL: Final = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG})


def data_directory() -> Path:
    """Returns the folder of this user for sessions and queues. It need not exist."""
    if named := os.environ.get("RENDERIQ_HOME"):
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", "~")).expanduser() / "Renderiq"
    if sys.platform == "darwin":
        return Path("~/Library/Application Support/Renderiq").expanduser()
    return Path(os.environ.get("XDG_DATA_HOME", "~/.local/share")).expanduser() / "renderiq"


class FileError(Exception):
    """A file could not be written while something else was read. ``error`` says why."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


@contextmanager
def replacing(path: Path, *, mode: int = 0o644, part: str | None = None) -> Iterator[IO[bytes]]:
    """Gives a file that takes the place of ``path`` at the end of the ``with``, and is on disk then.

    If the ``with`` ends with an error, ``path`` is as before. ``part`` is the name of the file until then, for one that
    only one process writes at a time: what a killed process has left of it is overwritten. Raises ``DiskError`` if the
    disk is full.
    """
    from tempfile import NamedTemporaryFile  # not needed to import this package

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with (
            open(path.with_name(part), "wb")
            if part
            else NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False)
        ) as file:
            try:
                yield file
                file.flush()
                os.fsync(file.fileno())
                file.close()
                os.chmod(file.name, mode)
                os.replace(file.name, path)
            except BaseException:
                file.close()
                with suppress(OSError):
                    os.unlink(file.name)
                raise
    except FileError as error:
        raise disk_error(error.error) from error
    except OSError as error:
        raise disk_error(error) from error


def write_durably(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Writes a file whole or not at all. Raises ``DiskError``."""
    with replacing(path, mode=mode) as file:
        file.write(content)


def disk_error(error: OSError) -> DiskError:
    """Returns the error that the caller sees for a file that cannot be written."""
    if error.errno in _FULL:
        return DiskError("DISK_FULL", "The disk is full. Free some space and try again.", retryable=True)
    return DiskError("DISK_ERROR", f"A file cannot be read or written: {error}", retryable=True)
