"""The script of a container: it reads invocations from a pipe and runs one at a time, like Lambda's runtime.

It imports the standard library only, so that it does not affect what functions import. A request is JSON:
``{"module", "handler", "event", "context", "deadline", "environment"}``; without "event" it only imports the module.
A response is ``{"result"}`` or ``{"error": {"errorType", "errorMessage", "stackTrace"}}``.
"""

import importlib
import json
import os
import sys
import time
import traceback
from multiprocessing.connection import Connection
from typing import Any


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
        result = (
            handler(message["event"], Context(message["deadline"], **message["context"]))
            if "event" in message
            else None
        )
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


def main() -> None:
    """Serve requests until the local stack closes the pipe."""
    with Connection(int(sys.argv[1])) as parent:
        while True:
            try:
                message = json.loads(parent.recv_bytes())
            except EOFError:  # the local stack has ended
                return
            reply = respond(message)
            sys.stdout.flush()
            parent.send_bytes(reply)


main()
