"""``make redrive``: what is in a dead-letter queue goes back to the queue that it came from."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from local.places import Place

QUEUES: Final[Mapping[str, str]] = {
    "render": "RenderQueue",
    "delivery": "DeliveryQueue",
    "cleanup": "ProjectCleanupQueue",
}
_UNSUPPORTED: Final = frozenset(
    {"InvalidAction", "UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation"}
)
_HIDDEN_SECONDS: Final = 60


def redrive(place: Place, queue: str, say: Callable[[str], None] = print) -> int:
    """Moves everything that is there now, one of ``QUEUES``' names; the exit status.

    SQS does it, or where it cannot (an emulator), we do.
    """
    sqs, source = place.client("sqs"), place.names[QUEUES[queue]]
    dead = place.names[QUEUES[queue].replace("Queue", "DeadLetterQueue")]
    waiting = _attributes(sqs, dead, "ApproximateNumberOfMessages")
    try:
        sqs.start_message_move_task(SourceArn=_attributes(sqs, dead, "QueueArn"))
    except ClientError as error:
        if error.response["Error"]["Code"] not in _UNSUPPORTED:
            raise
        moved = 0
        for message in _all(sqs, dead, int(waiting)):
            _move(sqs, message, dead, source)
            moved += 1
        say(f"moved {moved} messages back to the {queue} queue")
    else:
        say(f"about {waiting} messages are being moved back to the {queue} queue by SQS")
    return 0


def _attributes(sqs: Any, url: str, name: str) -> str:
    return str(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])


def _all(sqs: Any, url: str, at_most: int) -> Iterator[Mapping[str, Any]]:
    """Each message once: those that come back meanwhile are for another time."""
    seen: set[str] = set()
    while len(seen) < at_most:
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=_HIDDEN_SECONDS)
        fresh = [message for message in found.get("Messages", []) if message["MessageId"] not in seen]
        if not fresh:
            return
        seen |= {message["MessageId"] for message in fresh}
        yield from fresh


def _move(sqs: Any, message: Mapping[str, Any], dead: str, source: str) -> None:
    # In this order: cut off between the two, the message is there twice, which every worker bears.
    sqs.send_message(QueueUrl=source, MessageBody=message["Body"])
    sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
