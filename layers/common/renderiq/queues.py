"""SQS, the doorbell: a message says where the work is written down, never what it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import Any, Final, TypeVar

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

logger = Logger()

MAX_DELAY: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class RenderJob:
    user_id: str
    render_id: str


@dataclass(frozen=True, slots=True)
class DeliveryJob:
    target: str
    delivery_id: str


@dataclass(frozen=True, slots=True)
class CleanupJob:
    user_id: str
    project_id: str


AnyJob = RenderJob | DeliveryJob | CleanupJob
Job = TypeVar("Job", RenderJob, DeliveryJob, CleanupJob)


def to_message(job: AnyJob) -> str:
    """A message's body: camelCase, as everything on a wire."""
    return json.dumps(job_fields(job))


def job_fields(job: AnyJob) -> dict[str, str]:
    """A job's ids under the names that they have on a wire, for logs too."""
    return {_camel(name): value for name, value in asdict(job).items()}


def from_message(job_type: type[Job], body: str) -> Job:
    """Raises KeyError or ValueError for a message that is no job of this type."""
    message = json.loads(body)
    return job_type(**{each.name: message[_camel(each.name)] for each in fields(job_type)})


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


class Queue:
    """Sends one kind of job."""

    def __init__(self, client: Callable[[], Any], url: str) -> None:
        # A factory: a request that enqueues nothing does not pay for an SQS client.
        self._client = client
        self._url = url

    def enqueue(self, job: AnyJob, *, delay: timedelta = timedelta()) -> bool:
        """Has a worker look at the job soon. ``delay`` is at most ``MAX_DELAY``; longer ones are the due index's.

        A ring that fails is logged, False and no error: what is owed is written down, and will be found there.
        """
        try:
            self._client().send_message(
                QueueUrl=self._url,
                MessageBody=to_message(job),
                DelaySeconds=int(min(delay, MAX_DELAY).total_seconds()),
            )
        except (BotoCoreError, ClientError):
            logger.warning("the queue did not take a message", exc_info=True, extra=job_fields(job))
            return False
        return True

    def ping(self) -> None:
        """Raises what boto3 raises when the queue cannot be reached."""
        self._client().get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
