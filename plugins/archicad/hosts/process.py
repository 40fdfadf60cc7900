"""The companion as a user starts it: the built file, by Python, in a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path


class Companion:
    """Starts the built file. The system's browser and viewer are programs that write down what they were asked."""

    def __init__(self, archive: Path, folder: Path, url: str, port: int) -> None:
        self._archive, self.folder, self._url, self._port = archive, folder, url, port
        # Its paths are on the pictures, so they are short.
        user = Path(tempfile.mkdtemp(prefix="ada-"))
        self.views, self.home = user / "Renderiq" / "ArchiCAD", user
        programs = folder / "programs"
        for each in (self.views, self.home, programs):
            each.mkdir(parents=True, exist_ok=True)
        for name in ("browser", "xdg-open"):
            program = programs / name
            program.write_text(f'#!/bin/sh\necho "$1" >> "{folder}/{name}.txt"\n', "utf-8")
            program.chmod(0o755)
        self._environment = {
            **os.environ,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "BROWSER": f"{programs}/browser",
            "HOME": str(self.home),
            "RENDERIQ_HOME": str(self.home / "renderiq"),
            "PYTHONUNBUFFERED": "1",
        }
        self.address = self.settings = ""
        self.process: subprocess.Popen[str]

    def start(self, *more: str) -> None:
        command = [sys.executable, "-W", "error::ResourceWarning", str(self._archive), "--no-browser"]
        command += ["--server", self._url, "--port", str(self._port), "--folder", str(self.views), *more]
        self.process = subprocess.Popen(
            command, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self.process.stdout
        for line in self.process.stdout:
            kind, _, value = line.strip().partition(" ")
            if kind == "Panel:":
                self.address = value.strip()
            if kind == "Settings:":
                self.settings = value.strip()
            if line.startswith("Ctrl-C"):
                break
        else:
            raise RuntimeError(f"the companion ended with {self.process.wait()}")
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)

    def told(self, program: str) -> list[str]:
        path = self.folder / f"{program}.txt"
        return path.read_text("utf-8").splitlines() if path.exists() else []

    def wait_for(self, program: str, count: int) -> list[str]:
        until = time.monotonic() + 120
        while len(self.told(program)) < count:
            if time.monotonic() > until:
                raise TimeoutError(f"{program} was not started {count} times")
            time.sleep(0.1)
        return self.told(program)

    def remove(self) -> None:
        """Ends it if it runs, and keeps nothing but the log file."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(30)
        log = self.home / "renderiq" / "archicad" / "renderiq.log"
        if log.exists():
            shutil.copy2(log, self.folder)
        shutil.rmtree(self.home, ignore_errors=True)
