"""The entry point of an SQS worker."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from renderiq.logs import logger
from renderiq.queues import Job, from_message, job_fields

Batch = dict[str, Any]
"""An SQS event, or a partial batch response."""


def entrypoint(
    job_type: type[Job], work: Callable[[Job], object], *, held: tuple[type[Exception], ...] = ()
) -> Callable[[Batch, object], Batch]:
    """Returns a Lambda handler that calls ``work`` for each message and reports those that failed to SQS.

    A message also fails if it is not a job of this type; it then ends in the dead-letter queue. ``held`` are exceptions
    that say that another worker holds the lease. Such a message stays in the queue too, but it is not logged as
    an error.
    """

    def handle(record: Mapping[str, Any]) -> None:
        started = time.monotonic()
        # The keys of the record before may be those of another user.
        logger.clear_keys()
        logger.set_correlation_id(record["messageId"])
        logger.append_keys(messageId=record["messageId"], receiveCount=record["attributes"]["ApproximateReceiveCount"])
        try:
            job = from_message(job_type, record["body"])
            facts = job_fields(job)
            # The correlation id is the id of the render, the delivery or the project.
            logger.set_correlation_id(list(facts.values())[-1])
            logger.append_keys(**facts)
            work(job)
        except held:
            logger.info("another worker holds it")
            raise
        except Exception:
            logger.exception("job failed")
            raise
        logger.info("job", extra={"milliseconds": round((time.monotonic() - started) * 1000, 1)})

    def lambda_handler(event: Batch, _context: object) -> Batch:
        failed = []
        for record in event["Records"]:
            try:
                handle(record)
            except Exception:  # handle() has logged it
                failed.append({"itemIdentifier": record["messageId"]})
        return {"batchItemFailures": failed}

    return lambda_handler
