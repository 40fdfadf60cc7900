"""The entry point of the worker that counts the changes of the tables, which DynamoDB's streams report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from renderiq import metrics
from renderiq.logs import logger
from renderiq.services.figure_counter import FigureCounter, RecordChange
from renderiq.stores.figures import RebuildInProgressError
from renderiq.wiring.base import configuration, time_source
from renderiq.wiring.figures import figures
from renderiq.workers.batches import Batch

_TOGETHER: Final = 50
"""Records after which the progress is known. What failed is repeated from there."""


def lambda_handler(event: Batch, context: Any) -> Batch:
    """Counts the records of one shard of a stream, and reports the first one that is to be repeated."""
    logger.clear_keys()
    logger.set_correlation_id(context.aws_request_id)
    counter = FigureCounter(figures(), time_source())
    records, unreadable = event["Records"], 0
    for begin in range(0, len(records), _TOGETHER):
        part = records[begin : begin + _TOGETHER]
        try:
            unreadable += counter.count([_change(each["dynamodb"]) for each in part])
        except RebuildInProgressError:
            logger.info("the figures are being rebuilt")
            return _failed_at(part[0])
        except Exception:
            logger.exception("changes could not be counted")
            return _failed_at(part[0])
    for _ in range(unreadable):
        metrics.record_quarantined("stream", stage=configuration().stage)
    logger.info("counted", extra={"records": len(records), "unreadable": unreadable})
    return {"batchItemFailures": []}


def _change(record: Mapping[str, Any]) -> RecordChange:
    return RecordChange(tuple(record["Keys"]), record.get("OldImage") or {}, record.get("NewImage") or {})


def _failed_at(record: Mapping[str, Any]) -> Batch:
    return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
