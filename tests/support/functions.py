"""Calls Lambda functions in this process: their handlers, their context and the events of their queues."""

from __future__ import annotations

import importlib
from functools import lru_cache
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from renderiq.queues import AnyJob, to_message


@lru_cache
def handler(function: str) -> Any:
    """Returns the ``lambda_handler`` of ``functions/<function>/app.py``."""
    return importlib.import_module(f"functions.{function}.app").lambda_handler


def lambda_context() -> Any:
    """Returns a Lambda context with an id of its own and 10 seconds left."""
    return SimpleNamespace(
        function_name="test",
        memory_limit_in_mb=512,
        invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:test",
        aws_request_id=str(uuid4()),
        get_remaining_time_in_millis=lambda: 10_000,
    )


def sqs_event(*jobs: AnyJob | str) -> dict[str, Any]:
    """Returns the event that Lambda sends for a batch of messages. A string is a message's body as it is."""
    return {
        "Records": [
            {
                "messageId": str(uuid4()),
                "receiptHandle": "handle",
                "body": job if isinstance(job, str) else to_message(job),
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:queue",
                "awsRegion": "us-east-1",
            }
            for job in jobs
        ]
    }
