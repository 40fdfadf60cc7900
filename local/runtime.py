"""Runs inside a container, as a script: takes one invocation after the other from a pipe, as Lambda's runtime does.

Standard library only, so that it adds nothing to what functions import. A message in is JSON:
``{"module", "handler", "event", "context", "deadline", "environment"}``, without "event" to load the module only.
A message out is ``{"result"}`` or ``{"error": {"errorType", "errorMessage", "stackTrace"}}``.
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
    """What a handler gets as its second argument."""

    def __init__(self, deadline: float, **attributes: Any) -> None:
        self._deadline = deadline
        self.__dict__.update(attributes)
        self.function_version = "$LATEST"
        self.identity = None
        self.client_context = None

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._deadline - time.time()) * 1000))


def answer(message: dict[str, Any]) -> bytes:
    """The handler's answer or its exception, as JSON."""
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
    with Connection(int(sys.argv[1])) as parent:
        while True:
            try:
                message = json.loads(parent.recv_bytes())
            except EOFError:  # the local stack is gone, and so are we
                return
            reply = answer(message)
            sys.stdout.flush()
            parent.send_bytes(reply)


main()
