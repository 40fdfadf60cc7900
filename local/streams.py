"""Emulates Lambda's event source mappings of DynamoDB streams: reads a table's stream and invokes a function.

Records stay in order. If a batch fails, or a part of it by a partial batch response, it is repeated from the first
record that failed. The emulator's streams have one shard, and do not outlive the emulator.
"""

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from local.aws import client
from local.containers import DeployedFunction, Outcome, Pool, TooBusyError
from local.gateway import error_line
from local.provisioners import Resource
from local.template import REGION, StreamSource

_logger = logging.getLogger(__name__)

_POLL_SECONDS: Final = 0.3
_RETRY_SECONDS: Final = 1.0
_DRAIN_SECONDS: Final = 5.0
"""How long stopping waits until the function has got what the stream has."""

Record = Mapping[str, Any]


def to_event(records: Sequence[Record], stream_arn: str) -> dict[str, Any]:
    """The event that Lambda builds from the records of a stream."""
    return {"Records": [_with_plain_time(record) | {"eventSourceARN": stream_arn} for record in records]}


def _with_plain_time(record: Record) -> dict[str, Any]:
    change = dict(record["dynamodb"])
    created = change.get("ApproximateCreationDateTime")
    if created is not None:
        change["ApproximateCreationDateTime"] = int(created.timestamp())
    return {**record, "awsRegion": REGION, "dynamodb": change}


def remaining(records: Sequence[Record], outcome: Outcome, reports_item_failures: bool) -> list[Record]:
    """The records to repeat, by Lambda's rules: all after an error, or those from the first that is reported."""
    if outcome.error:
        return list(records)
    reported = outcome.result.get("batchItemFailures") if isinstance(outcome.result, dict) else None
    if not reports_item_failures or not reported:
        return []
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    try:
        first = min(numbers.index(each["itemIdentifier"]) for each in reported)
    except (KeyError, TypeError, ValueError):
        return list(records)
    return list(records[first:])


class StreamPoller:
    """Runs one event source mapping until ``stop``."""

    def __init__(self, source: StreamSource, table: Resource, deployed: DeployedFunction, pool: Pool, url: str) -> None:
        self._source = source
        self._arn = table.attributes["StreamArn"]
        self._deployed = deployed
        self._pool = pool
        self._streams = client("dynamodbstreams", url)
        self._stopping = threading.Event()
        self._drained_by = float("inf")
        self._thread = threading.Thread(target=self._poll, name=f"stream of {source.table}", daemon=True)

    def start(self) -> None:
        """Start a thread that reads the stream."""
        self._thread.start()

    def stop(self) -> None:
        """Stop when the function has got everything, and after some seconds in any case."""
        self._drained_by = time.monotonic() + _DRAIN_SECONDS
        self._stopping.set()

    def join(self) -> None:
        """Wait until the thread has ended, and kill a running invocation."""
        self._thread.join()
        self._pool.close()

    def _poll(self) -> None:
        iterator = None
        pending: list[Record] = []
        while True:
            try:
                iterator = iterator or self._first_iterator()
                page = self._streams.get_records(ShardIterator=iterator, Limit=self._source.batch_size)
            except (BotoCoreError, ClientError) as error:
                if self._stopping.is_set():
                    return
                _logger.error(f"the stream of {self._source.table} cannot be read: {error}")
                self._stopping.wait(_RETRY_SECONDS)
                continue
            iterator, pending = page["NextShardIterator"], page["Records"]
            while pending and time.monotonic() < self._drained_by:
                pending = self._process(pending)
            if not page["Records"] or time.monotonic() >= self._drained_by:
                if self._stopping.is_set():
                    return
                self._stopping.wait(_POLL_SECONDS)

    def _first_iterator(self) -> str:
        shard = self._streams.describe_stream(StreamArn=self._arn)["StreamDescription"]["Shards"][0]["ShardId"]
        return str(
            self._streams.get_shard_iterator(StreamArn=self._arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")[
                "ShardIterator"
            ]
        )

    def _process(self, records: list[Record]) -> list[Record]:
        """Invoke the function. Returns the records to repeat."""
        try:
            outcome = self._pool.invoke(self._deployed, to_event(records, self._arn))
        except TooBusyError:  # the pool is closed
            self._drained_by = 0
            return []
        rest = remaining(records, outcome, self._source.reports_item_failures)
        name = self._deployed.function.logical_id
        if outcome.error:
            _logger.error(f"{name} failed: {error_line(outcome)}")
        elif rest:
            _logger.error(f"{name} {len(records) - len(rest)} of {len(records)} done, the rest is repeated")
        else:
            _logger.debug(f"{name} {len(records)} records of {self._source.table} {outcome.seconds * 1000:.0f} ms")
        if rest:
            self._stopping.wait(_RETRY_SECONDS)
        return rest
