"""Plays scenarios with an SDK's runner, and compares."""

from __future__ import annotations

import contextlib
import json
import queue
import shlex
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sdks.conformance.matching import Names, differences, request_differences
from sdks.conformance.scenarios import Scenario
from sdks.conformance.server import Script, ScriptedServer, pattern

STEP_SECONDS: Final = 60.0


class RunnerError(Exception):
    """The runner ended, or did not answer."""


class Runner:
    """An SDK's runner: a process that reads one JSON object a line and answers with one.

    ``patience`` are the seconds that a step may take.
    """

    def __init__(self, command: str, *, patience: float = STEP_SECONDS) -> None:
        self._patience = patience
        self._process = subprocess.Popen(  # noqa: S603 - the caller's own command
            shlex.split(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", bufsize=1
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._number = 0
        threading.Thread(target=self._read, daemon=True).start()

    def ask(self, do: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Sends a step and returns its answer. Raises ``RunnerError``."""
        self.send(do, arguments)
        return self.answer()

    def send(self, do: str, arguments: dict[str, Any]) -> None:
        """Sends a step without waiting for its answer."""
        self._number += 1
        assert self._process.stdin  # noqa: S101 - for mypy: it is a pipe
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps({"id": self._number, "do": do, "args": arguments}) + "\n")
            self._process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """Waits for the answer of the step that was sent last."""
        while True:
            line = self.line()
            try:
                answer = json.loads(line)
            except ValueError:
                print(line, end="", file=sys.stderr)  # something that the SDK printed
                continue
            if isinstance(answer, dict) and answer.get("id") == self._number:
                return answer

    def has_answer(self) -> bool:
        """Returns whether a line has arrived."""
        return not self._lines.empty()

    def line(self) -> str:
        """Waits for the next line, whatever it says. Raises ``RunnerError`` at the end."""
        try:
            line = self._lines.get(timeout=self._patience)
        except queue.Empty:
            raise RunnerError(f"no answer within {self._patience:.0f} s") from None
        if not line:
            raise RunnerError("the runner's process has ended")
        return line

    def kill(self) -> None:
        """Ends the process as ``kill -9`` does."""
        self._process.kill()

    def close(self) -> None:
        """Ends the process."""
        with contextlib.suppress(OSError):
            if self._process.stdin:
                self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout  # noqa: S101 - for mypy: it is a pipe
        with contextlib.suppress(ValueError):  # closed meanwhile
            for line in self._process.stdout:
                self._lines.put(line)
        self._lines.put("")


@dataclass(frozen=True)
class Result:
    """How a scenario ended. ``problems`` is empty if it passed."""

    scenario: Scenario
    problems: list[str]


class Driver:
    """Plays scenarios one after another. A runner is kept from one scenario to the next one."""

    def __init__(self, command: str, server: ScriptedServer) -> None:
        self._command = command
        self._server = server
        self._spare: Runner | None = None
        self._number = 0

    def play(self, scenario: Scenario) -> Result:
        """Plays one scenario."""
        self._number += 1
        with tempfile.TemporaryDirectory(prefix="conformance-", ignore_cleanup_errors=True) as folder:
            directory = Path(folder)
            for name, size in scenario.files.items():
                (directory / name).write_bytes(pattern(size))
            script = self._server.load(self._number, scenario.server, {"dir": str(directory)})
            game = _Game(scenario, script, self)
            try:
                game.play()
            except RunnerError as error:
                game.problems.append(str(error))
            finally:
                self._server.unload(script)
                if not self._server.is_listening:
                    self._server.start()
                game.put_away(keep=not game.problems)
        return Result(scenario, game.problems)

    def runner(self) -> Runner:
        """Returns a running runner."""
        spare, self._spare = self._spare, None
        return spare or Runner(self._command)

    def put_back(self, runner: Runner) -> None:
        """Takes a runner that can play another scenario."""
        if self._spare is None:
            self._spare = runner
        else:
            runner.close()

    def stop_server(self) -> None:
        """Refuses connections."""
        self._server.stop()

    def start_server(self) -> None:
        """Accepts connections again."""
        self._server.start()

    def close(self) -> None:
        """Ends the runner that was kept."""
        if self._spare:
            self._spare.close()
            self._spare = None


class _Game:
    """One scenario while it is played."""

    def __init__(self, scenario: Scenario, script: Script, driver: Driver) -> None:
        self.problems: list[str] = []
        self._scenario = scenario
        self._script = script
        self._driver = driver
        self._names: Names = {}
        self._runners: dict[str, Runner] = {}
        self._saved: dict[str, Any] = {}
        self._killed: set[str] = set()
        script.kill = lambda: self._kill("a")

    def play(self) -> None:
        for number, step in enumerate(self._scenario.steps, 1):
            where = f"step {number} ({step.get('do', 'together')})"
            self.problems += [f"{where}: {each}" for each in self._play_step(step)]
            if self.problems:
                break
        if self._script.unexpected:
            self.problems.append(f"unexpected requests: {', '.join(self._script.unexpected)}")
        if self._scenario.requests is not None:
            self.problems += self._compare_requests(self._scenario.requests)

    def put_away(self, *, keep: bool) -> None:
        for name, runner in self._runners.items():
            if keep and name not in self._killed:
                self._driver.put_back(runner)
            else:
                runner.kill()
                runner.close()

    def _play_step(self, step: dict[str, Any]) -> Iterator[str]:
        do = step.get("do")
        if "together" in step:
            yield from self._play_together(step["together"])
        elif do == "server.stop":
            self._driver.stop_server()
        elif do == "server.start":
            self._driver.start_server()
        elif do == "file.remove":
            (Path(self._script.places["dir"]) / step["args"]["name"]).unlink()
        elif do == "kill":
            self._kill(step.get("process", "a"))
        elif do == "restart":
            self._restart(step.get("process", "a"))
        elif step.get("killed"):
            runner = self._runner(step.get("process", "a"))
            runner.send(str(do), self._arguments(step))
            with contextlib.suppress(RunnerError):
                yield f"the process was not killed and answered {runner.answer()}"
        else:
            runner = self._runner(step.get("process", "a"))
            yield from self._compare(step, runner.ask(str(do), self._arguments(step)))

    def _play_together(self, steps: Sequence[dict[str, Any]]) -> Iterator[str]:
        runners = [self._runner(step["process"]) for step in steps]
        for step, runner in zip(steps, runners, strict=True):
            runner.send(step["do"], self._arguments(step))
        for step, runner in zip(steps, runners, strict=True):
            yield from self._compare(step, runner.answer())

    def _compare(self, step: dict[str, Any], answer: dict[str, Any]) -> Iterator[str]:
        error, expected = answer.get("error"), step.get("error")
        if error and not expected:
            yield f"failed with {json.dumps(error, ensure_ascii=False)[:400]}"
            return
        if expected:
            yield from differences(expected, error, self._names, "the error")
        if "value" in step:
            yield from differences(self._script.filled(step["value"]), answer.get("value"), self._names)
        if "sleeps" in step:
            yield from differences(step["sleeps"], answer.get("sleeps", []), self._names, "sleeps")
        if "save" in step and not error:
            self._saved[step["save"]] = (answer.get("value") or {}).get("id")

    def _arguments(self, step: dict[str, Any]) -> dict[str, Any]:
        self._script.places.update({name: str(value) for name, value in self._saved.items()})
        return dict(self._script.filled(step.get("args", {})))

    def _runner(self, name: str) -> Runner:
        if name not in self._runners:
            self._runners[name] = self._driver.runner()
            self._start(self._runners[name])
        return self._runners[name]

    def _start(self, runner: Runner) -> None:
        settings = {
            "baseUrl": self._script.places["base"],
            "directory": self._script.places["dir"],
            "now": self._scenario.now,
            "chance": self._scenario.chance,
            "client": self._scenario.client,
        }
        answer = runner.ask("start", settings)
        if answer.get("error"):
            raise RunnerError(f"start failed with {answer['error']}")

    def _kill(self, name: str) -> None:
        if name in self._runners:
            self._killed.add(name)
            self._runners[name].kill()

    def _restart(self, name: str) -> None:
        old = self._runners.pop(name, None)
        if old:
            old.kill()
            old.close()
        self._killed.discard(name)
        self._runner(name)

    def _compare_requests(self, expected: list[Any]) -> Iterator[str]:
        actual = list(self._script.requests)
        if self._scenario.anyOrder:
            for each in expected:
                names = dict(self._names)
                found = next((one for one in actual if not request_differences(each, one, names)), None)
                if found is None:
                    yield f"no request was {json.dumps(each, ensure_ascii=False)}"
                else:
                    self._names.update(names)
                    actual.remove(found)
            if actual:
                yield f"requests too many: {', '.join(each.name for each in actual)}"
            return
        if len(actual) != len(expected):
            wanted = [each if isinstance(each, str) else each["request"] for each in expected]
            yield f"the requests were {[each.name for each in actual]} instead of {wanted}"
            return
        for one, other in zip(expected, actual, strict=True):
            yield from request_differences(one, other, self._names)
