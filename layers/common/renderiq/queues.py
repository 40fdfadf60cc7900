"""SQS queues. A message only names a record in DynamoDB, which says what is to be done."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import Any, Final, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from renderiq.logs import logger
from renderiq.names import camel_case

MAX_DELAY: Final = timedelta(minutes=15)
"""The longest delay of SQS."""


@dataclass(frozen=True, slots=True)
class RenderJob:
    """Make an attempt at a render."""

    user_id: str
    render_id: str


@dataclass(frozen=True, slots=True)
class DeliveryJob:
    """Make an attempt at a delivery."""

    target: str
    delivery_id: str


@dataclass(frozen=True, slots=True)
class CleanupJob:
    """Delete renders of a deleted project."""

    user_id: str
    project_id: str


AnyJob = RenderJob | DeliveryJob | CleanupJob
Job = TypeVar("Job", RenderJob, DeliveryJob, CleanupJob)


def to_message(job: AnyJob) -> str:
    """Returns the message body of a job: JSON with camelCase names."""
    return json.dumps(job_fields(job))


def job_fields(job: AnyJob) -> dict[str, str]:
    """Returns the ids of a job by their names in messages and logs."""
    return {camel_case(name): value for name, value in asdict(job).items()}


def from_message(job_type: type[Job], body: str) -> Job:
    """Reads a message body. Raises KeyError or ValueError if it is not a job of this type."""
    message = json.loads(body)
    return job_type(**{each.name: message[camel_case(each.name)] for each in fields(job_type)})


class Queue:
    """Sends jobs to one queue."""

    def __init__(self, client: Callable[[], Any], url: str) -> None:
        # A factory, because creating an SQS client is slow and many requests enqueue nothing.
        self._client = client
        self._url = url

    def enqueue(self, job: AnyJob, *, delay: timedelta = timedelta()) -> bool:
        """Sends a job, to be received after ``delay``, which is limited to ``MAX_DELAY``.

        Returns False if SQS rejected the message, and logs why. Callers need not react: the record of the job is in a
        due index, from which the sweeper enqueues it again.
        """
        try:
            self._client().send_message(
                QueueUrl=self._url,
                MessageBody=to_message(job),
                DelaySeconds=int(min(delay, MAX_DELAY).total_seconds()),
            )
        except (BotoCoreError, ClientError):
            logger.warning("the queue did not accept a message", exc_info=True, extra=job_fields(job))
            return False
        return True

    def ping(self) -> None:
        """Raises the errors of boto3 if the queue cannot be reached."""
        self._client().get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
