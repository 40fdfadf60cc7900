"""The script of a container: it reads invocations from a pipe and runs one at a time, like Lambda's runtime.

It imports the standard library only, so that it does not affect what functions import. A request is JSON:
``{"module", "handler", "event", "context", "deadline", "environment"}``. Without "event" it only imports the module, or
calls the function "handler" with "arguments".
A response is ``{"result"}`` or ``{"error": {"errorType", "errorMessage", "stackTrace"}}``.

``{"fork": true}``, followed by a file descriptor of another pipe, makes a copy of the process, which reads from that
pipe. Its result is the copy's process id. A process that is copied must not have run a handler: the copies would share
the network connections of its clients. Copies give way to other processes.
"""

import importlib
import json
import os
import signal
import sys
import time
import traceback
from multiprocessing import reduction
from multiprocessing.connection import Connection
from typing import Any

_NICENESS = 5


class Context:
    """The context object that a handler receives."""

    def __init__(self, deadline: float, **attributes: Any) -> None:
        self._deadline = deadline
        self.__dict__.update(attributes)
        self.function_version = "$LATEST"
        self.identity = None
        self.client_context = None

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function's time limit; 0 after it."""
        return max(0, int((self._deadline - time.time()) * 1000))


def respond(message: dict[str, Any]) -> bytes:
    """Run the handler. Returns its result or its exception as JSON."""
    try:
        os.environ.update(message["environment"])
        handler = getattr(importlib.import_module(message["module"]), message["handler"])
        result = None
        if "event" in message:
            result = handler(message["event"], Context(message["deadline"], **message["context"]))
        elif "arguments" in message:
            handler(*message["arguments"])
        return json.dumps({"result": result}).encode()
    except Exception as error:
        traceback.print_exc()
        return json.dumps(
            {
                "error": {
                    "errorType": type(error).__name__,
                    "errorMessage": str(error),
                    "stackTrace": traceback.format_tb(error.__traceback__),
                }
            }
        ).encode()


def fork(parent: Connection) -> Connection:
    """Make a copy of this process. Returns the connection that the process, or in the copy its copy, reads from."""
    descriptor = reduction.recv_handle(parent)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # copies that have ended leave no zombies
    copy = os.fork()
    if copy == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.nice(_NICENESS)
        parent.close()
        return Connection(descriptor)
    os.close(descriptor)
    parent.send_bytes(json.dumps({"result": copy}).encode())
    return parent


def main() -> None:
    """Serve requests until the local stack closes the pipe."""
    parent = Connection(int(sys.argv[1]))
    while True:
        try:
            message = json.loads(parent.recv_bytes())
        except EOFError:  # the local stack has ended
            return
        if message.get("fork"):
            parent = fork(parent)
            continue
        reply = respond(message)
        sys.stdout.flush()
        parent.send_bytes(reply)


main()
