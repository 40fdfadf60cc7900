"""Uploads in DynamoDB.

PK userId   SK uploadId (UUIDv7: newest last), or
               ``usage``: how many uploads of the user are open, and the bytes of all of them
               ``request#<key>``: an idempotency key, with what it created
GSI due     dueShard, dueAt     an upload is due when its time is over, and when its bytes are to be deleted

A status changes in the transaction that changes ``usage``. The bytes in S3 are deleted after that.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from renderiq.clock import from_iso, to_iso
from renderiq.domain.idempotency import IdempotencyClaim
from renderiq.domain.recovery import DueItem
from renderiq.domain.renders import REDELIVERY_DELAY
from renderiq.domain.retention import RetentionPeriod
from renderiq.domain.uploads import (
    FAILURE_KEPT_FOR,
    MAX_OPEN,
    MAX_STORED_BYTES,
    ContentEncoding,
    FileSpec,
    Purpose,
    Upload,
    UploadStatus,
)
from renderiq.errors import not_found
from renderiq.ids import uuid7
from renderiq.stores.due_index import DueIndex, DueKey, due_attributes
from renderiq.stores.idempotency import AlreadyAcceptedError, claim_action
from renderiq.stores.items import (
    AFTER_IDS,
    Action,
    ConditionFailedError,
    Item,
    TransactionRejectedError,
    conditional,
    delete_item,
    from_attributes,
    to_attributes,
    transact,
    try_transact,
    update_item,
)

_USAGE: Final = "usage"
_READ_PER_SHOWN: Final = 10
"""How many uploads a page with a filter reads at most for each one that it may show."""


class UploadQuotaError(Exception):
    """The user has ``open_uploads`` open uploads and ``stored_bytes`` bytes; one more would exceed the quota."""

    def __init__(self, open_uploads: int, stored_bytes: int) -> None:
        super().__init__(f"{open_uploads} open, {stored_bytes} bytes")
        self.open_uploads = open_uploads
        self.stored_bytes = stored_bytes


class UploadStore:
    """Reads and writes uploads. ``due_index`` has those whose time is over or whose bytes are to be deleted."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table
        self.due_index: DueIndex[DueItem] = DueIndex(
            client,
            table,
            kind="upload",
            key=DueKey("userId", "uploadId"),
            decode=_due_item_from_item,
            consistent=True,
        )

    def add(self, upload: Upload, claim: IdempotencyClaim | None = None) -> None:
        """Stores the upload, counts it and its bytes, and claims the idempotency key, all or nothing.

        Raises ``AlreadyAcceptedError`` and ``UploadQuotaError``.
        """
        put = {
            "TableName": self._table,
            "Item": to_attributes(_to_item(upload) | _end(upload, upload.expires_at)),
            "ConditionExpression": "attribute_not_exists(uploadId)",
        }
        actions: list[Action] = [self._count_new(upload), {"Put": put}]
        if claim:
            actions.append(
                claim_action(
                    self._table,
                    {"userId": upload.user_id, "uploadId": f"request#{claim.key}"},
                    claim,
                    claimed_by=upload.upload_id,
                    key_attribute="uploadId",
                    now=upload.created_at,
                )
            )
        try:
            transact(self._client, actions, token=upload.upload_id)
        except TransactionRejectedError as rejection:
            if 2 in rejection.rejected:
                raise AlreadyAcceptedError.of(rejection.rejected[2]) from rejection
            usage = rejection.rejected.get(0, {})
            raise UploadQuotaError(usage.get("openUploads", 0), usage.get("storedBytes", 0)) from rejection

    def find(self, user_id: str, upload_id: str) -> Upload | None:
        """Returns the upload, also one that is being removed, or None."""
        response = self._client.get_item(TableName=self._table, Key=_key(user_id, upload_id), ConsistentRead=True)
        return _from_item(from_attributes(response["Item"])) if "Item" in response else None

    def get(self, user_id: str, upload_id: str) -> Upload:
        """Raises ``NOT_FOUND``, also for an upload of another user, and for one that is being removed."""
        upload = self.find(user_id, upload_id)
        if upload is None or upload.status is UploadStatus.REMOVED:
            raise not_found("upload")
        return upload

    def page(
        self, user_id: str, *, limit: int, before: str | None, status: UploadStatus | None, purpose: Purpose | None
    ) -> tuple[list[Upload], str | None]:
        """Returns uploads, newest first, and the upload id at which the next page continues (None if last).

        A page is one query, which reads a bounded part of the table. So a page may be short, even empty, and have a
        cursor nevertheless.
        """
        values = {":user": user_id, ":before": before or AFTER_IDS, ":removed": UploadStatus.REMOVED}
        conditions, names = ["#status <> :removed"], {"#status": "status"}
        if status:
            conditions.append("#status = :status")
            values[":status"] = status
        if purpose:
            conditions.append("purpose = :purpose")
            values[":purpose"] = purpose
        response = self._client.query(
            TableName=self._table,
            KeyConditionExpression="userId = :user AND uploadId < :before",
            FilterExpression=" AND ".join(conditions),
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=to_attributes(values),
            ScanIndexForward=False,
            Limit=(limit + 1) * (_READ_PER_SHOWN if status or purpose else 1),
        )
        found = [_from_item(from_attributes(item)) for item in response["Items"]]
        if len(found) > limit:
            return found[:limit], found[limit - 1].upload_id
        last = response.get("LastEvaluatedKey")
        return found, from_attributes(last)["uploadId"] if last else None

    def mark_ready(
        self,
        upload: Upload,
        *,
        size: tuple[int, int] | None,
        triangles: int | None = None,
        retention: RetentionPeriod,
        now: datetime,
    ) -> bool:
        """Makes an open upload ready, to be kept for ``retention``.

        ``size`` is ``(width, height)`` of a picture, ``triangles`` those of a model. Returns False if it is not open.
        """
        values: Item = {"endedAt": to_iso(now), "retention": retention, **_end(upload, retention.end(now))}
        if size:
            values |= {"width": size[0], "height": size[1]}
        if triangles is not None:
            values["triangles"] = triangles
        return self._change_status(upload, UploadStatus.READY, values, opened=-1, stored=0)

    def set_retention(self, upload: Upload, retention: RetentionPeriod, *, now: datetime) -> None:
        """Changes how long a ready upload is kept since it was completed. Does nothing to one that is not ready.

        One whose time is over then is due at ``now``.
        """
        end = retention.end(upload.ready_at or upload.created_at)
        values: Item = {"retention": retention, **_end(upload, max(end, now) if end else None)}
        update, bound = _assignments(values)
        try:
            with conditional():
                update_item(
                    self._client,
                    TableName=self._table,
                    Key=_key(upload.user_id, upload.upload_id),
                    UpdateExpression=update,
                    ConditionExpression="#status = :ready",
                    ExpressionAttributeNames={"#status": "status"},
                    ExpressionAttributeValues=to_attributes({":ready": UploadStatus.READY, **bound}),
                )
        except ConditionFailedError:
            return

    def mark_failed(self, upload: Upload, *, problem: str, now: datetime) -> bool:
        """Makes an open upload failed; its bytes are to be deleted. Returns False if it is not open."""
        values = {"problem": problem, "dueAt": to_iso(now + REDELIVERY_DELAY), "endedAt": to_iso(now)}
        return self._change_status(upload, UploadStatus.FAILED, values, opened=-1, stored=-upload.spec.size)

    def mark_removed(self, upload: Upload, *, now: datetime) -> bool:
        """Hides an upload; its bytes are to be deleted.

        Returns False if its status has changed since it was read, or if a render was created with it.
        """
        opened = -1 if upload.status is UploadStatus.OPEN else 0
        stored = -upload.spec.size if upload.status in {UploadStatus.OPEN, UploadStatus.READY} else 0
        values = due_attributes(upload.upload_id, now + REDELIVERY_DELAY)
        return self._change_status(upload, UploadStatus.REMOVED, values, opened=opened, stored=stored)

    def settle(self, upload: Upload, *, status: UploadStatus, now: datetime) -> None:
        """Ends the work for an upload whose bytes are deleted: the record goes, but that of a failure stays a while.

        ``status`` is what the upload is by now.
        """
        if status is not UploadStatus.FAILED:
            delete_item(self._client, TableName=self._table, Key=_key(upload.user_id, upload.upload_id))
            return
        try:
            with conditional():
                update_item(
                    self._client,
                    TableName=self._table,
                    Key=_key(upload.user_id, upload.upload_id),
                    UpdateExpression="SET expiresAt = :end REMOVE dueAt, dueShard",
                    ConditionExpression="#status = :failed",
                    ExpressionAttributeNames={"#status": "status"},
                    ExpressionAttributeValues=to_attributes(
                        {":failed": UploadStatus.FAILED, ":end": int((now + FAILURE_KEPT_FOR).timestamp())}
                    ),
                )
        except ConditionFailedError:
            return

    def count_use(self, upload: Upload) -> Action:
        """Returns the action of a transaction that uses the upload for a render. It is rejected if it is not ready."""
        return {
            "Update": {
                "TableName": self._table,
                "Key": _key(upload.user_id, upload.upload_id),
                "UpdateExpression": "ADD uses :one",
                "ConditionExpression": "#status = :ready",
                "ExpressionAttributeNames": {"#status": "status"},
                "ExpressionAttributeValues": to_attributes({":one": 1, ":ready": UploadStatus.READY}),
            }
        }

    def _change_status(self, upload: Upload, target: UploadStatus, values: Item, *, opened: int, stored: int) -> bool:
        """Changes the status and the usage in one transaction. Returns False if the upload has changed."""
        assignments, bound = _assignments(values)
        update = {
            "TableName": self._table,
            "Key": _key(upload.user_id, upload.upload_id),
            "UpdateExpression": assignments.replace("SET ", "SET #status = :target, ", 1),
            "ConditionExpression": "#status = :seen AND uses = :uses",
            "ExpressionAttributeNames": {"#status": "status"},
            "ExpressionAttributeValues": to_attributes(
                {
                    ":target": target,
                    ":seen": upload.status,
                    ":uses": upload.uses,
                    **bound,
                }
            ),
        }
        count = {
            "TableName": self._table,
            "Key": _key(upload.user_id, _USAGE),
            "UpdateExpression": "ADD openUploads :opened, storedBytes :stored",
            "ExpressionAttributeValues": to_attributes({":opened": opened, ":stored": stored}),
        }
        actions = [{"Update": update}, *([{"Update": count}] if opened or stored else [])]
        return try_transact(self._client, actions, token=uuid7())

    def _count_new(self, upload: Upload) -> Action:
        room = MAX_STORED_BYTES - upload.spec.size
        return {
            "Update": {
                "TableName": self._table,
                "Key": _key(upload.user_id, _USAGE),
                "UpdateExpression": "ADD openUploads :one, storedBytes :size",
                "ConditionExpression": "attribute_not_exists(openUploads)"
                " OR (openUploads < :most AND storedBytes <= :room)",
                "ExpressionAttributeValues": to_attributes(
                    {":one": 1, ":size": upload.spec.size, ":most": MAX_OPEN, ":room": room}
                ),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }


def _key(user_id: str, upload_id: str) -> dict[str, Any]:
    return to_attributes({"userId": user_id, "uploadId": upload_id})


def _to_item(upload: Upload) -> Item:
    spec = upload.spec
    return {
        "userId": upload.user_id,
        "uploadId": upload.upload_id,
        "status": upload.status,
        "fileName": spec.file_name,
        "contentType": spec.content_type,
        "size": spec.size,
        "purpose": spec.purpose,
        "sha256": spec.sha256,
        "contentEncoding": spec.content_encoding,
        "partSize": upload.part_size,
        "storageId": upload.storage_id,
        "createdAt": to_iso(upload.created_at),
        "retention": upload.retention,
        "uses": upload.uses,
        "createdBy": upload.created_by,
    }


def _from_item(item: Item) -> Upload:
    encoding = item.get("contentEncoding")
    return Upload(
        upload_id=item["uploadId"],
        user_id=item["userId"],
        spec=FileSpec(
            file_name=item["fileName"],
            content_type=item["contentType"],
            size=item["size"],
            purpose=Purpose(item["purpose"]),
            sha256=item.get("sha256"),
            content_encoding=ContentEncoding(encoding) if encoding else None,
        ),
        part_size=item["partSize"],
        storage_id=item["storageId"],
        created_at=from_iso(item["createdAt"]),
        expires_at=_time(item, "expiresOn"),
        status=UploadStatus(item["status"]),
        width=item.get("width"),
        height=item.get("height"),
        triangles=item.get("triangles"),
        uses=item["uses"],
        problem=item.get("problem"),
        retention=RetentionPeriod(item.get("retention", RetentionPeriod.MONTH)),
        ready_at=_time(item, "endedAt"),
        created_by=item.get("createdBy"),
    )


def _time(item: Item, name: str) -> datetime | None:
    return from_iso(item[name]) if name in item else None


def _end(upload: Upload, at: datetime | None) -> Item:
    """Returns the attributes that say when an upload ends, each None if it does not end by itself.

    ``expiresOn`` is not ``expiresAt``, by which DynamoDB would delete the record before the bytes.
    """
    if at is None:
        return {"expiresOn": None, "dueAt": None, "dueShard": None}
    return {"expiresOn": to_iso(at), **due_attributes(upload.upload_id, at)}


def _assignments(values: Item) -> tuple[str, Item]:
    """Returns an update expression, in which None removes an attribute, and its values."""
    kept = {name: value for name, value in values.items() if value is not None}
    removed = [name for name in values if name not in kept]
    update = "SET " + ", ".join(f"{name} = :{name}" for name in kept)
    return update + (f" REMOVE {', '.join(removed)}" if removed else ""), {f":{name}": kept[name] for name in kept}


def _due_item_from_item(item: Item) -> DueItem:
    due_at = from_iso(item["dueAt"])
    return DueItem(item["userId"], item["uploadId"], due_at, due_at)
