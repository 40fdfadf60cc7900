"""The life of one Lambda container in one process: imports a function, gives it events, and prints nothing of its own.

``container.py TASK FOLDERS EVENT COUNT EXPECTED [FAKES]``

TASK is the folder with ``app.py``; FOLDERS, separated by colons, come behind it in ``sys.path``. EVENT is a file with
one event in JSON, which is given COUNT times; 0 only imports. The last response must have the status EXPECTED, if that
is not empty. FAKES is a Python file that is run after the import; it replaces stores. The imports below are those of
Lambda's own bootstrap.
"""

import importlib
import json
import logging  # noqa: F401 (see above)
import os
import sys
import time  # noqa: F401
import traceback  # noqa: F401
from typing import Any


class Context:
    """What Lambda says about an invocation."""

    function_name = "f"
    function_version = "$LATEST"
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:f"
    memory_limit_in_mb = 512
    aws_request_id = "7f7b1c9e-0000-4000-8000-000000000000"
    log_group_name = log_stream_name = "l"
    identity = client_context = None

    def get_remaining_time_in_millis(self) -> int:
        """Returns 15 s."""
        return 15_000


def main() -> None:
    """Runs the function as the arguments say."""
    task, folders, event_file, count, expected, *fakes = sys.argv[1:]
    sys.path[0] = task
    sys.path[1:1] = [each for each in folders.split(":") if each]
    sys.dont_write_bytecode = True  # a layer is read-only
    with open(event_file, encoding="utf-8") as file:
        event = file.read()
    app = importlib.import_module("app")
    for name in fakes:
        with open(name, encoding="utf-8") as file:
            exec(compile(file.read(), name, "exec"), {"app": app})  # noqa: S102 (a file of this folder)
    answer: Any = None
    for _ in range(int(count)):
        answer = app.lambda_handler(json.loads(event), Context())
        json.dumps(answer)
    sys.stdout.flush()
    if expected and answer["statusCode"] != int(expected):
        sys.stderr.write(f"UNEXPECTED: {json.dumps(answer)[:600]}\n")
        sys.stderr.flush()
        os._exit(3)
    os._exit(0)


main()
