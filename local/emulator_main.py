"""A script that runs ministack until its parent process ends. It runs in the emulator's virtual environment.

Standard input is a pipe from the parent, which writes nothing. When the parent ends, even by SIGKILL, the pipe closes
and the emulator stops as on SIGTERM: it saves its state and no orphan remains.
"""

import os
import runpy
import signal
import sys
import threading


def _stop_with_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


threading.Thread(target=_stop_with_parent, daemon=True).start()
runpy.run_module("ministack", run_name="__main__")
