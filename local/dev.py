"""``make dev``: the API on a fixed port until stopped, with kept state, running changed code at once."""

import os
import signal
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import FrameType

from watchfiles import watch

from local import paths
from local.stack import Stack
from local.users import DEMO_USER


def serve(port: int, parameters: Mapping[str, str], folder: Path = paths.STATE, *, gemini_key: str = "") -> int:
    """Until SIGINT or SIGTERM, which is how it is meant to end: the exit status is then 0."""
    stop_on_signals()
    log = folder / "functions.log"
    try:
        with Stack(port, folder / "state", parameters=parameters, gemini_key=gemini_key, report=say, log=log) as stack:
            print(_welcome(stack), flush=True)
            _watch(stack)
    except KeyboardInterrupt:
        print(f"stopped; the state is kept in {os.path.relpath(folder)}", flush=True)
    return 0


def say(line: str, *, trouble: bool = False) -> None:
    """A line with the time, as the local stack reports calls."""
    print(f"{datetime.now().astimezone():%H:%M:%S} {'✗ ' if trouble else ''}{line}", flush=True)


def stop_on_signals() -> None:
    """The first SIGINT or SIGTERM raises ``KeyboardInterrupt`` here; those that follow change nothing."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)


def _welcome(stack: Stack) -> str:
    return f"""\
ready: {stack.url}
what functions print: {os.path.relpath(stack.log)}
try: curl -s {stack.url}/auth/signin -H 'Content-Type: application/json' \\
       -d '{{"email": "{DEMO_USER.email}", "password": "{DEMO_USER.password}"}}'
stop: Ctrl-C"""


def _watch(stack: Stack) -> None:
    """Changed code runs from the next call on; a changed template asks for a restart."""
    code = [path for path in (paths.ROOT / "functions", *stack.template.layers) if path.is_dir()]
    for changes in watch(*code, paths.TEMPLATE, raise_interrupt=True, stop_event=threading.Event()):
        changed = sorted({Path(path) for _, path in changes})
        if paths.TEMPLATE in changed:
            say("template.yaml has changed: stop and start again to have it")
        if names := [str(path.relative_to(paths.ROOT)) for path in changed if path.suffix == ".py"]:
            stack.recycle()
            say(f"reloaded: {', '.join(names[:3])}{' …' if len(names) > 3 else ''}")
