"""Emulates Lambda's SQS event source mappings: polls a queue, invokes a function, deletes processed messages.

Failed messages return after their visibility timeout. The emulator moves them to the dead-letter queue after
maxReceiveCount receives.
"""

import contextlib
import logging
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from local.aws import client
from local.containers import DeployedFunction, Outcome, Pool, TooBusyError
from local.gateway import error_line
from local.provisioners import Resource
from local.template import REGION, QueueSource

_logger = logging.getLogger(__name__)

_POLL_SECONDS: Final = 1
"""How long a poll waits for messages, and the time that stopping can take."""

Message = Mapping[str, Any]


def to_event(messages: Sequence[Message], queue_arn: str) -> dict[str, Any]:
    """The event that Lambda builds from SQS messages."""
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message.get("Attributes", {}),
                "messageAttributes": {
                    name: _message_attribute(value) for name, value in message.get("MessageAttributes", {}).items()
                },
                "md5OfBody": message["MD5OfBody"],
                "eventSource": "aws:sqs",
                "eventSourceARN": queue_arn,
                "awsRegion": REGION,
            }
            for message in messages
        ]
    }


def _message_attribute(value: Mapping[str, Any]) -> dict[str, Any]:
    names = {"StringValue": "stringValue", "BinaryValue": "binaryValue", "DataType": "dataType"}
    return {names[name]: each for name, each in value.items() if name in names}


def succeeded(messages: Sequence[Message], outcome: Outcome, reports_item_failures: bool) -> list[Message]:
    """The messages to delete, by Lambda's rules for partial batch responses.

    If the invocation failed, or the response is malformed or names a message that is not in the batch, none is.
    """
    if outcome.error:
        return []
    reported = outcome.result.get("batchItemFailures") if isinstance(outcome.result, dict) else None
    if not reports_item_failures or not reported:
        return list(messages)
    try:
        failed = {item["itemIdentifier"] for item in reported}
    except (TypeError, KeyError):
        return []
    if not failed <= {message["MessageId"] for message in messages}:
        return []
    return [message for message in messages if message["MessageId"] not in failed]


class Poller:
    """Runs one event source mapping until ``stop``."""

    def __init__(self, source: QueueSource, queue: Resource, deployed: DeployedFunction, pool: Pool, url: str) -> None:
        self._source = source
        self._queue = queue
        self._deployed = deployed
        self._pool = pool
        self._sqs = client("sqs", url)
        self._stopping = threading.Event()
        self._slots = threading.Semaphore(min(pool.size, source.maximum_concurrency))
        self._thread = threading.Thread(target=self._poll, name=f"poll {source.queue}", daemon=True)

    @property
    def queue(self) -> str:
        """The logical id of the queue."""
        return self._source.queue

    def start(self) -> None:
        """Start a thread that polls the queue."""
        self._thread.start()

    def stop(self) -> None:
        """Stop polling and kill running invocations. Their messages return after the visibility timeout."""
        self._stopping.set()
        self._pool.close()

    def join(self) -> None:
        """Wait until the thread and all invocations have ended."""
        self._thread.join()

    def _poll(self) -> None:
        with ThreadPoolExecutor(self._pool.size) as workers:
            while not self._stopping.is_set():
                if not self._slots.acquire(timeout=_POLL_SECONDS):
                    continue
                if messages := self._receive():
                    workers.submit(self._process, messages)
                else:
                    self._slots.release()

    def _receive(self) -> list[Message]:
        try:
            response = self._sqs.receive_message(
                QueueUrl=self._queue.ref,
                MaxNumberOfMessages=min(self._source.batch_size, 10),
                WaitTimeSeconds=_POLL_SECONDS,
                MessageSystemAttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
        except (BotoCoreError, ClientError) as error:
            _logger.error(f"{self._source.queue} cannot be read: {error}")
            self._stopping.wait(1)
            return []
        return list(response.get("Messages", ()))

    def _process(self, messages: list[Message]) -> None:
        try:
            outcome = self._invoke(messages)
            done = succeeded(messages, outcome, self._source.reports_item_failures)
            self._delete(done)
            if not self._stopping.is_set():
                level = logging.INFO if len(done) == len(messages) else logging.ERROR
                _logger.log(level, self._line(messages, done, outcome))
        finally:
            self._slots.release()

    def _invoke(self, messages: Sequence[Message]) -> Outcome:
        try:
            return self._pool.invoke(self._deployed, to_event(messages, self._queue.attributes["Arn"]))
        except TooBusyError:  # the pool is closed
            return Outcome(None, {"errorType": "Stopped", "errorMessage": "the local stack is stopping"}, 0)

    def _delete(self, messages: Sequence[Message]) -> None:
        for message in messages:
            with contextlib.suppress(
                BotoCoreError, ClientError
            ):  # the message will be received again; workers are idempotent
                self._sqs.delete_message(QueueUrl=self._queue.ref, ReceiptHandle=message["ReceiptHandle"])

    def _line(self, messages: Sequence[Message], done: Sequence[Message], outcome: Outcome) -> str:
        name = self._deployed.function.logical_id
        if outcome.error:
            return f"{name} failed: {error_line(outcome)}"
        failed = f", {len(messages) - len(done)} failed" if len(done) < len(messages) else ""
        return f"{name} {len(done)} of {len(messages)} done{failed} {outcome.seconds * 1000:.0f} ms"
