"""The entrypoint of a queue worker."""

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

logger = Logger()


def entrypoint(
    job_type: type[Job], work: Callable[[Job], object], *, held: tuple[type[Exception], ...] = ()
) -> Callable[[Batch, LambdaContext], Batch]:
    """Works every record of a batch; those that fail stay in the queue, the others leave it.

    ``held`` is raised where another worker is at the same thing: its message stays too, but nothing has failed.

    A message that is no job of this kind fails too, so that it ends in the dead-letter queue and not in silence.
    """
    # A worker that fails alone is no reason to fail the invocation: its message is reported instead.
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)

    def handle(record: SQSRecord) -> None:
        began = time.monotonic()
        # What the record before has left behind is of another user.
        logger.clear_state()
        logger.set_correlation_id(record.message_id)
        logger.append_keys(messageId=record.message_id, receiveCount=record.attributes.approximate_receive_count)
        try:
            job = from_message(job_type, record.body)
            facts = job_fields(job)
            # All that is done for one render, delivery or project is found under its id.
            logger.set_correlation_id(list(facts.values())[-1])
            logger.append_keys(**facts)
            work(job)
        except held:
            logger.info("another worker holds it")
            raise
        except Exception:
            logger.exception("job failed")
            raise
        logger.info("job", extra={"milliseconds": round((time.monotonic() - began) * 1000, 1)})

    def lambda_handler(event: Batch, context: LambdaContext) -> Batch:
        return dict(process_partial_response(event=event, record_handler=handle, processor=processor, context=context))

    return lambda_handler
