"""Runs the AWS emulator, ministack, as a subprocess with its own virtual environment."""

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
_SERVICES: Final = "dynamodb,dynamodbstreams,s3,sqs,secretsmanager,cognito-idp"


class Emulator:
    """Runs ministack for the length of a ``with``. It listens on ``host``, by default for this machine only.

    ``port`` 0 means any free port. With ``state_dir`` it loads its state from there and saves it at the end; without,
    it starts empty and saves nothing. Raises ``LocalStackError`` if it does not start.
    """

    def __init__(self, port: int = 0, state_dir: Path | None = None, *, host: str = LOOPBACK) -> None:
        self._host = host
        self._port = port or _free_port(host)
        self._state_dir = state_dir
        self._exit_stack = ExitStack()

    @property
    def url(self) -> str:
        """The endpoint URL for AWS clients."""
        return f"http://{self._host}:{self._port}"

    def __enter__(self) -> Self:
        with self._exit_stack:
            scratch = Path(self._exit_stack.enter_context(tempfile.TemporaryDirectory(prefix="renderiq-emulator-")))
            home = self._state_dir or scratch
            home.mkdir(parents=True, exist_ok=True)
            self._exit_stack.enter_context(_exclusive_lock(home))
            log = home / "emulator.log"
            process = self._exit_stack.enter_context(
                _subprocess(self._environment(home, scratch), log, saves_state=bool(self._state_dir))
            )
            self._wait_until_ready(process, log)
            self._exit_stack.enter_context(_url_file(home / "url", self.url))
            self._exit_stack = self._exit_stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit_stack.close()

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
            # Listeners and containers that the local stack does not use.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "COGNITO_EMAIL_ENABLED": "false",
            "DOCKER_HOST": f"unix://{scratch}/no-docker",
        }

    def _wait_until_ready(self, process: subprocess.Popen[bytes], log: Path) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            if _is_ready(f"{self.url}/_ministack/health"):
                return
            time.sleep(0.05)
        raise LocalStackError(f"Emulated AWS did not start. The end of {log}:\n{_last_lines(log)}")


def running_at(state_dir: Path) -> str | None:
    """The URL of the running emulator that uses ``state_dir``, or None."""
    try:
        url = (state_dir / "url").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return url if _is_ready(f"{url}/_ministack/health") else None


@contextmanager
def _url_file(file: Path, url: str) -> Iterator[None]:
    file.write_text(url, encoding="utf-8")
    yield
    file.unlink(missing_ok=True)


@contextmanager
def _subprocess(environment: dict[str, str], log: Path, *, saves_state: bool) -> Iterator[subprocess.Popen[bytes]]:
    """The emulator's process. At the end it gets time to save its state, unless it saves none."""
    python = emulator_python()
    if not python.exists():
        raise LocalStackError(
            f"Emulated AWS is not installed: {python} does not exist. `make .venv-emulator` installs it."
        )
    with log.open("wb") as output:
        process = subprocess.Popen(
            [python, Path(__file__).with_name("emulator_main.py")],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C stops the API first, then the emulator
        )
    with process:
        try:
            yield process
        finally:
            if not saves_state:
                process.kill()
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def _exclusive_lock(home: Path) -> Iterator[None]:
    """Raises ``LocalStackError`` if another process uses this state: both would overwrite each other's changes."""
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LocalStackError(f"Another local stack is using {home}. Stop that one first.") from None
        yield


def _is_ready(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2):
            return True
    except (OSError, urllib.error.URLError):
        return False


def _last_lines(log: Path, count: int = 15) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]) or "(empty)"


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
