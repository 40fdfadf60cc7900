"""SQS queues. A message only names a record in DynamoDB, which says what is to be done."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import Any, Final, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from renderiq.logs import logger
from renderiq.names import camel_case

MAX_DELAY: Final = timedelta(minutes=15)
"""The longest delay of SQS."""
RENDER_JOB: Final = "RENDER_JOB"
"""The environment variable that names the job of a container in AWS Batch."""


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


@dataclass(frozen=True, slots=True)
class AccountTaskJob:
    """Go on with a task of an account."""

    task_id: str
    user_id: str


AnyJob = RenderJob | DeliveryJob | CleanupJob | AccountTaskJob
Job = TypeVar("Job", RenderJob, DeliveryJob, CleanupJob, AccountTaskJob)


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
    """Sends jobs to one queue. ``others`` has the queues of further workers by their names."""

    def __init__(self, client: Callable[[], Any], url: str, others: Mapping[str, Queue] | None = None) -> None:
        # A factory, because creating an SQS client is slow and many requests enqueue nothing.
        self._client = client
        self._url = url
        self._others = dict(others or {})

    def of(self, worker: str) -> Queue:
        """Returns the queue of the worker with this name, which is this one unless it has one of its own.

        ``cycles-batch`` without one has that of ``cycles``.
        """
        return self._others.get(worker) or self._others.get(worker.partition("-")[0], self)

    def has(self, worker: str) -> bool:
        """Returns whether the worker with this name has a queue of its own."""
        return worker in self._others

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

    def depth(self) -> int:
        """Returns about how many messages wait. Raises the errors of boto3 if the queue cannot be reached."""
        name = "ApproximateNumberOfMessages"
        response = self._client().get_queue_attributes(QueueUrl=self._url, AttributeNames=[name])
        return int(response["Attributes"][name])

    def ping(self) -> None:
        """Raises the errors of boto3 if the queue cannot be reached."""
        self._client().get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])


class JobQueue(Queue):
    """Starts a container in AWS Batch for each job. The container finds the job in the variable ``RENDER_JOB``.

    ``queue`` and ``definition`` are ARNs.
    """

    def __init__(self, client: Callable[[], Any], queue: str, definition: str) -> None:
        super().__init__(client, queue)
        self._definition = definition

    def enqueue(self, job: AnyJob, *, delay: timedelta = timedelta()) -> bool:
        """Submits a job. A ``delay`` is not kept: a container starts later than that anyway.

        Returns False if Batch rejected the job, and logs why. The sweeper submits it again.
        """
        del delay
        try:
            self._client().submit_job(
                jobName="render",
                jobQueue=self._url,
                jobDefinition=self._definition,
                containerOverrides={"environment": [{"name": RENDER_JOB, "value": to_message(job)}]},
            )
        except (BotoCoreError, ClientError):
            logger.warning("Batch did not accept a job", exc_info=True, extra=job_fields(job))
            return False
        return True
