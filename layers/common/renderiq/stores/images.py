"""Pictures in S3: ``captures/`` expire, ``renders/`` and ``projects/`` stay. Every key then names its owner."""

from __future__ import annotations

import contextlib
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from botocore.exceptions import ClientError

from renderiq.domain.renders import Render
from renderiq.errors import ApiError, ErrorCode

_LINK_SECONDS: Final = 60


class ImageStore:
    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, data: bytes, content_type: str) -> None:
        self._client.put_object(Bucket=self._bucket, Key=key, Body=data, ContentType=content_type)

    def get(self, key: str, *, at_most: int) -> bytes:
        """Raises ``NOT_FOUND``, or ``PAYLOAD_TOO_LARGE`` over ``at_most`` bytes without reading them."""
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in {"NoSuchKey", "404"}:
                raise ApiError(ErrorCode.NOT_FOUND, "There is no such image.") from error
            raise
        with contextlib.closing(answer["Body"]) as body:  # as a context it is the bare stream below
            if answer["ContentLength"] > at_most:
                raise ApiError(ErrorCode.PAYLOAD_TOO_LARGE, f"The image is larger than {at_most:,} bytes.")
            data: bytes = body.read()
        return data

    def delete(self, key: str) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=key)

    def delete_all(self, keys: list[str]) -> None:
        """At most 1,000; a key that is not there is none to delete. Raises ``SERVICE_UNAVAILABLE`` if one stays."""
        answer = self._client.delete_objects(
            Bucket=self._bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
        )
        if answer.get("Errors"):
            raise ApiError(ErrorCode.SERVICE_UNAVAILABLE, "The storage did not delete every picture.")

    def link(self, key: str) -> str:
        """Returns a URL of S3 that can be read without credentials for a minute. No call to S3 is made."""
        url: str = self._client.generate_presigned_url(
            "get_object",
            Params={"Bucket": self._bucket, "Key": key},
            ExpiresIn=_LINK_SECONDS,
        )
        return url

    def key_of(self, url: str) -> str | None:
        """Returns the key that a presigned link to this bucket names, or None. Nothing is fetched from the URL."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        path = unquote(parts.path).removeprefix("/")
        if (parts.hostname or "").split(".")[0] != self._bucket:
            bucket, _, path = path.partition("/")
            if bucket != self._bucket:
                return None
        return path

    def ping(self) -> None:
        """Raises what boto3 raises when the bucket cannot be reached."""
        self._client.head_bucket(Bucket=self._bucket)


def is_image_of(key: str, owner: str) -> bool:
    """Returns whether the key names a capture or an output of this user."""
    kind, _, rest = key.partition("/")
    return kind in {"captures", "renders"} and rest.startswith(f"{owner}/") and ".." not in rest.split("/")


def capture_key(user_id: str, render_id: str) -> str:
    return f"captures/{user_id}/{render_id}"


def depth_key(user_id: str, render_id: str) -> str:
    return f"captures/{user_id}/{render_id}.depth"


def material_id_key(user_id: str, render_id: str) -> str:
    return f"captures/{user_id}/{render_id}.material-ids"


def output_key(user_id: str, render_id: str, extension: str) -> str:
    return f"renders/{user_id}/{render_id}/output.{extension}"


def thumbnail_key(user_id: str, render_id: str) -> str:
    return f"renders/{user_id}/{render_id}/thumbnail.webp"


def keys_of_render(render: Render) -> list[str]:
    """Every picture that a render can have left, whether it did or not."""
    extension = render.order.output_format.extension
    return [
        *render.input_keys,
        output_key(render.user_id, render.render_id, extension),
        thumbnail_key(render.user_id, render.render_id),
    ]


def cover_key(user_id: str, project_id: str) -> str:
    return f"projects/{user_id}/{project_id}"
