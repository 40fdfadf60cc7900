"""Tags of objects in S3, by which the rules of the bucket delete them."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from renderiq.domain.retention import TAG, RetentionPeriod


def tag_object(client: Any, bucket: str, key: str, retention: RetentionPeriod) -> None:
    """Changes the retention of an object. It is no error if there is none."""
    try:
        client.put_object_tagging(Bucket=bucket, Key=key, Tagging={"TagSet": [{"Key": TAG, "Value": str(retention)}]})
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in {"NoSuchKey", "404"}:
            raise
