"""Takes from this process what a hostile model could misuse: the network, and all files but a few.

Both hold for the process itself and everything that it loads later, in any language. The limits of memory, time and
file size are set before, by the process that starts this one.
"""

from __future__ import annotations

import ctypes
import os
import signal
import struct
import sys
from pathlib import Path
from typing import Final

_CREATE_RULESET: Final = 444
_ADD_RULE: Final = 445
_RESTRICT_SELF: Final = 446
_PATH_BENEATH: Final = 1
_NO_NEW_PRIVILEGES: Final = 38
_PARENT_DEATH_SIGNAL: Final = 1
_NEW_USER: Final = 0x10000000
_NEW_NETWORK: Final = 0x40000000
# Rights of Landlock (linux/landlock.h), those of its first version: all of them are denied unless a rule allows them.
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_ALL: Final = (1 << 13) - 1
_READ: Final = _EXECUTE | _READ_FILE | _READ_DIR
_SYSTEM: Final = (
    "/usr",
    "/lib",
    "/lib64",
    "/var/lang",
    "/opt",
    "/etc/ld.so.cache",
    "/sys/devices/system",
    "/proc/self",
)
_SOCKETS: Final = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork")


def end_with_parent() -> None:
    """Lets the kernel end this process as soon as the one that started it has ended, however it ended."""
    ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


def contain(folder: Path) -> list[str]:
    """Leaves this process without network and with the files of ``folder``, Python and the system's libraries only.

    Returns the names of the means that worked: ``network`` (a namespace without one) and ``files`` (Landlock) need a
    kernel that has them. ``python`` always works: no Python code of this process can connect or start a program.
    """
    return [
        name for name, apply in (("network", _leave_network), ("files", lambda: _lock_files(folder))) if apply()
    ] + [_forbid_in_python()]


def _leave_network() -> bool:
    kernel = ctypes.CDLL(None, use_errno=True)
    # Without privileges, a network namespace needs a user namespace.
    return any(kernel.unshare(flags) == 0 for flags in (_NEW_NETWORK, _NEW_USER | _NEW_NETWORK))


def _lock_files(folder: Path) -> bool:
    kernel = ctypes.CDLL(None, use_errno=True)
    rights = ctypes.create_string_buffer(struct.pack("Q", _ALL))
    ruleset = kernel.syscall(_CREATE_RULESET, rights, 8, 0)
    if ruleset < 0:
        return False
    rules = dict.fromkeys((*_SYSTEM, sys.prefix, sys.base_prefix, *_module_folders()), _READ)
    rules |= {"/dev/null": _READ_FILE | _WRITE_FILE, "/dev/urandom": _READ_FILE, str(folder): _ALL & ~_EXECUTE}
    for path, allowed in rules.items():
        try:
            opened = os.open(path, os.O_PATH)
        except OSError:
            continue
        if not os.path.isdir(path):
            allowed &= _EXECUTE | _READ_FILE | _WRITE_FILE
        rule = ctypes.create_string_buffer(struct.pack("=Qi", allowed, opened))
        kernel.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
        os.close(opened)
    kernel.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    locked = kernel.syscall(_RESTRICT_SELF, ruleset, 0) == 0
    os.close(ruleset)
    return bool(locked)


def _module_folders() -> set[str]:
    return {str(Path(each).resolve()) for each in sys.path if each and os.path.isdir(each)}


def _forbid_in_python() -> str:
    def refuse(event: str, _arguments: object) -> None:
        if event.startswith(_SOCKETS):
            raise PermissionError(f"{event} is not allowed here")

    sys.addaudithook(refuse)
    return "python"
