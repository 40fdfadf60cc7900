"""``make redrive``: moves the messages of a dead-letter queue back to the queue that they came from."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from admin.targets import Target, TargetError

QUEUES: Final[Mapping[str, str]] = {
    "render": "RenderQueue",
    "cycles": "CyclesQueue",
    "delivery": "DeliveryQueue",
    "cleanup": "ProjectCleanupQueue",
    "account": "AccountTaskQueue",
}
"""The queues' logical ids, by the names that operators use."""

_UNSUPPORTED: Final = frozenset(
    {"InvalidAction", "UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation"}
)
_VISIBILITY_TIMEOUT: Final = 60


def redrive(target: Target, queue: str, say: Callable[[str], None] = print) -> int:
    """Move all messages that are in the dead-letter queue now. Returns the exit status, which is 0.

    ``queue`` is a key of ``QUEUES``. SQS moves the messages in the background. An emulator that has no message move
    tasks is sent them one by one. Raises ``TargetError`` if the stack has no such queue, and botocore's ``ClientError``
    for any other refusal.
    """
    if QUEUES[queue] not in target.names:
        raise TargetError(f"The stack has no {queue} queue.")
    sqs, source = target.client("sqs"), target.names[QUEUES[queue]]
    dead = target.names[QUEUES[queue].replace("Queue", "DeadLetterQueue")]
    waiting = _attribute(sqs, dead, "ApproximateNumberOfMessages")
    try:
        sqs.start_message_move_task(SourceArn=_attribute(sqs, dead, "QueueArn"))
    except ClientError as error:
        if error.response["Error"]["Code"] not in _UNSUPPORTED:
            raise
        moved = 0
        for message in _receive_all(sqs, dead, int(waiting)):
            # An interruption between the two calls leaves the message in both queues; every worker is idempotent.
            sqs.send_message(QueueUrl=source, MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
            moved += 1
        say(f"moved {moved} messages back to the {queue} queue")
    else:
        say(f"about {waiting} messages are being moved back to the {queue} queue by SQS")
    return 0


def _attribute(sqs: Any, url: str, name: str) -> str:
    return str(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])


def _receive_all(sqs: Any, url: str, at_most: int) -> Iterator[Mapping[str, Any]]:
    """Each message once. A message that fails again meanwhile and returns is left for the next redrive."""
    seen: set[str] = set()
    while len(seen) < at_most:
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=_VISIBILITY_TIMEOUT)
        fresh = [message for message in found.get("Messages", []) if message["MessageId"] not in seen]
        if not fresh:
            return
        seen |= {message["MessageId"] for message in fresh}
        yield from fresh
