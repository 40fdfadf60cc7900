"""The entry point of an SQS worker."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from renderiq.queues import Job, from_message, job_fields

Batch = dict[str, Any]
"""An SQS event, or a partial batch response."""

logger = Logger()


def entrypoint(
    job_type: type[Job], work: Callable[[Job], object], *, held: tuple[type[Exception], ...] = ()
) -> Callable[[Batch, LambdaContext], Batch]:
    """Returns a Lambda handler that calls ``work`` for each message and reports those that failed to SQS.

    A message also fails if it is not a job of this type; it then ends in the dead-letter queue. ``held`` are exceptions
    that say that another worker holds the lease. Such a message stays in the queue too, but it is not logged as
    an error.
    """
    # Otherwise a batch of one failed message would fail the invocation instead of being reported.
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)

    def handle(record: SQSRecord) -> None:
        started = time.monotonic()
        # The keys of the record before may be those of another user.
        logger.clear_state()
        logger.set_correlation_id(record.message_id)
        logger.append_keys(messageId=record.message_id, receiveCount=record.attributes.approximate_receive_count)
        try:
            job = from_message(job_type, record.body)
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

    def lambda_handler(event: Batch, context: LambdaContext) -> Batch:
        return dict(process_partial_response(event=event, record_handler=handle, processor=processor, context=context))

    return lambda_handler
