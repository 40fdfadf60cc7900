"""SQS, the doorbell: a message says where the work is written down, never what it is."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final

MAX_DELAY: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class RenderJob:
    user_id: str
    render_id: str


@dataclass(frozen=True, slots=True)
class DeliveryJob:
    target: str
    delivery_id: str


class Queue:
    """Sends one kind of job."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, job: RenderJob | DeliveryJob, *, delay: timedelta = timedelta()) -> None:
        """``delay`` is at most ``MAX_DELAY``; longer ones are the due index's."""
        self._client.send_message(
            QueueUrl=self._url,
            MessageBody=json.dumps(asdict(job)),
            DelaySeconds=int(min(delay, MAX_DELAY).total_seconds()),
        )

    def answers(self) -> None:
        """Raises what boto3 raises when the queue cannot be reached."""
        self._client.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
