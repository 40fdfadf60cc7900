"""Emulated AWS: ministack as a subprocess out of its own environment."""

import fcntl
import os
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from local.errors import LocalStackError
from local.paths import emulator_python

LOOPBACK: Final = "127.0.0.1"
_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 10.0
_SERVICES: Final = "dynamodb,s3,sqs,secretsmanager,cognito-idp"


class Emulator:
    """ministack on ``host`` for the length of a ``with``: this machine alone, unless told otherwise.

    With ``state_dir`` it takes up what it left there and leaves it there again; without, it starts empty and forgets.
    ``port`` 0 is a free one. Raises ``LocalStackError`` when it does not come up.
    """

    def __init__(self, port: int = 0, state_dir: Path | None = None, *, host: str = LOOPBACK) -> None:
        self._host = host
        self._port = port or _free_port(host)
        self._state_dir = state_dir
        self._stack = ExitStack()

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self._port}"

    def __enter__(self) -> Self:
        with self._stack:
            scratch = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="renderiq-emulator-")))
            home = self._state_dir or scratch
            home.mkdir(parents=True, exist_ok=True)
            self._stack.enter_context(_sole_use_of(home))
            log = home / "emulator.log"
            process = self._stack.enter_context(
                _running(self._environment(home, scratch), log, forgetful=not self._state_dir)
            )
            self._wait_until_it_answers(process, log)
            self._stack.enter_context(_announced(home / "url", self.url))
            self._stack = self._stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _environment(self, home: Path, scratch: Path) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "BIND_HOST": self._host,
            "MINISTACK_HOST": self._host,
            "GATEWAY_PORT": str(self._port),
            "SERVICES": _SERVICES,
            "LOG_LEVEL": "WARNING",
            "TMPDIR": str(scratch),
            "PERSIST_STATE": "1" if self._state_dir else "0",
            "STATE_DIR": str(home / "aws"),
            "S3_PERSIST": "1" if self._state_dir else "0",
            "S3_DATA_DIR": str(home / "s3"),
            # Listeners and containers that nothing here uses.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "COGNITO_EMAIL_ENABLED": "false",
            "DOCKER_HOST": f"unix://{scratch}/no-docker",
        }

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes], log: Path) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            if _answers(f"{self.url}/_ministack/health"):
                return
            time.sleep(0.05)
        raise LocalStackError(f"Emulated AWS did not start. The end of {log}:\n{_last_lines(log)}")


def running_at(state_dir: Path) -> str | None:
    """Where an emulator with this state is answering now, None where none is."""
    try:
        url = (state_dir / "url").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return url if _answers(f"{url}/_ministack/health") else None


@contextmanager
def _announced(file: Path, url: str) -> Iterator[None]:
    file.write_text(url, encoding="utf-8")
    yield
    file.unlink(missing_ok=True)


@contextmanager
def _running(environment: dict[str, str], log: Path, *, forgetful: bool) -> Iterator[subprocess.Popen[bytes]]:
    """The subprocess; unless it is ``forgetful``, it is given the time to write its state down."""
    python = emulator_python()
    if not python.exists():
        raise LocalStackError(
            f"Emulated AWS is not installed: {python} does not exist. `make .venv-emulator` makes it."
        )
    with log.open("wb") as output:
        process = subprocess.Popen(
            [python, Path(__file__).with_name("emulator_main.py")],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is ours to pass on, in our order
        )
    with process:
        try:
            yield process
        finally:
            if forgetful:
                process.kill()
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def _sole_use_of(home: Path) -> Iterator[None]:
    """Two stacks on one state would overwrite each other's: the second one is refused."""
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LocalStackError(f"Another local stack is using {home}. Stop that one first.") from None
        yield


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2):  # this machine's own address
            return True
    except (OSError, urllib.error.URLError):
        return False


def _last_lines(log: Path, count: int = 15) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]) or "(empty)"


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
