"""Runs in the emulator's own environment, as a script: ministack, for as long as whoever started it lives.

Standard input is a pipe that nobody writes to. When its other end goes away, however that happened, the emulator
stops as on SIGTERM: it keeps its state and leaves no orphan.
"""

import os
import runpy
import signal
import sys
import threading


def _stop_with_the_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


threading.Thread(target=_stop_with_the_parent, daemon=True).start()
runpy.run_module("ministack", run_name="__main__")
