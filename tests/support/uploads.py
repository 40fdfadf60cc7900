"""Uploads over the API's handlers. Their parts go to S3 by boto3, as unit tests open no socket."""

from __future__ import annotations

import json
import struct
from typing import Any

from renderiq.settings import settings
from tests.support import wiring
from tests.support.accounts import User
from tests.support.aws import AwsEnvironment
from tests.support.http import Response, call


def glb(document: dict[str, Any] | None = None, *, padding: int = 0) -> bytes:
    """Returns a GLB file whose JSON is ``document``, with ``padding`` bytes in its binary chunk."""
    text = json.dumps(document or {"asset": {"version": "2.0"}}).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text
    if padding:
        chunks += struct.pack("<I4s", padding, b"BIN\0") + bytes(padding)
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def announce(user: User, data: bytes, **fields: Any) -> Response:
    """Announces a file for a capture in PNG; ``fields`` replace what is announced."""
    given = {"fileName": "view.png", "contentType": "image/png", "size": len(data), "purpose": "capture", **fields}
    return call("uploads", "POST", "/uploads", json=given, headers=user.headers)


def send(aws: AwsEnvironment, user: User, upload_id: str, parts: dict[int, bytes]) -> None:
    """Sends parts to S3, as a plugin does with their URLs, but without S3's check of their sizes."""
    upload = wiring.uploads().get(user.user_id, upload_id)
    for number, data in parts.items():
        aws.client("s3").upload_part(
            Bucket=settings().images_bucket,
            Key=upload.key,
            UploadId=upload.storage_id,
            PartNumber=number,
            Body=data,
        )


def complete(user: User, upload_id: str) -> Response:
    """Completes an upload."""
    return call("uploads_id_complete", "POST", f"/uploads/{upload_id}/complete", headers=user.headers)


def upload_file(aws: AwsEnvironment, user: User, data: bytes, **fields: Any) -> str:
    """Announces a file, sends it and completes it. Returns the id of the ready upload."""
    made = announce(user, data, **fields).data
    size = made["partSize"]
    send(aws, user, made["uploadId"], {n: data[(n - 1) * size : n * size] for n in range(1, made["partCount"] + 1)})
    assert complete(user, made["uploadId"]).data["status"] == "ready"
    return str(made["uploadId"])


def left_of(aws: AwsEnvironment, user: User) -> list[str]:
    """Returns the keys of all files and of all unfinished multipart uploads of a user."""
    prefix = f"uploads/{user.user_id}/"
    unfinished = aws.client("s3").list_multipart_uploads(Bucket=settings().images_bucket, Prefix=prefix)
    return aws.objects(prefix) + [each["Key"] for each in unfinished.get("Uploads", [])]
