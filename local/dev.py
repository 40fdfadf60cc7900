"""``make dev``: the API on a fixed port. It keeps its state between runs and reloads changed code."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from watchfiles import watch

from local import paths
from local.stack import Stack
from local.users import DEMO_USER, OPERATOR

_logger = logging.getLogger("local")


def serve(port: int, parameters: Mapping[str, str], folder: Path = paths.STATE, *, gemini_key: str = "") -> int:
    """Run the local stack until SIGINT or SIGTERM. Returns the exit status 0."""
    stop_on_signals()
    logging.basicConfig(stream=sys.stdout, format="%(asctime)s %(levelname)-5s %(message)s", datefmt="%H:%M:%S")
    _logger.setLevel(logging.INFO)
    log = folder / "functions.log"
    try:
        with Stack(port, folder / "state", parameters=parameters, gemini_key=gemini_key, log=log) as stack:
            print(_welcome(stack), flush=True)
            _watch(stack)
    except KeyboardInterrupt:
        print(f"stopped; the state is kept in {os.path.relpath(folder)}", flush=True)
    return 0


def stop_on_signals() -> None:
    """Make the first SIGINT or SIGTERM raise ``KeyboardInterrupt``. Later ones are ignored."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)


def _welcome(stack: Stack) -> str:
    return f"""\
ready: {stack.url}
page: {stack.url}/docs
dashboard: {stack.url}/dashboard (operator: {OPERATOR.email}, {OPERATOR.password})
functions' output: {os.path.relpath(stack.log)}
try: curl -s {stack.url}/auth/signin -H 'Content-Type: application/json' \\
       -d '{{"email": "{DEMO_USER.email}", "password": "{DEMO_USER.password}"}}'
stop: Ctrl-C"""


def _watch(stack: Stack) -> None:
    """Reload changed code. A changed template needs a restart, which is printed."""
    code = [path for path in (paths.ROOT / "functions", *stack.template.layers) if path.is_dir()]
    for changes in watch(*code, paths.TEMPLATE, raise_interrupt=True, stop_event=threading.Event()):
        changed = sorted({Path(path) for _, path in changes})
        if paths.TEMPLATE in changed:
            _logger.info("template.yaml has changed: restart to apply it")
        if names := [str(path.relative_to(paths.ROOT)) for path in changed if path.suffix == ".py"]:
            stack.recycle()
            _logger.info(f"reloaded: {', '.join(names[:3])}{' …' if len(names) > 3 else ''}")
