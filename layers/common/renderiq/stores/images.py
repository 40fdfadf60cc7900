"""Images in S3. Keys are ``<kind>/<user id>/…``. A tag of captures and renders says for how long they are kept."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from botocore.exceptions import ClientError

from renderiq.domain.render_layers import LayerKind
from renderiq.domain.renders import Render
from renderiq.domain.retention import TAG, RetentionPeriod
from renderiq.domain.uploads import is_upload_key
from renderiq.errors import ApiError, ErrorCode, not_found
from renderiq.stores.tags import tag_object


class ImageTooLargeError(Exception):
    """The stored image has more than ``limit`` bytes, or unpacks to more."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes")
        self.limit = limit


class ImageUnreadableError(Exception):
    """The stored image is said to be compressed, and cannot be unpacked."""


_LINK_SECONDS: Final = 60
_PIECE: Final = 8 << 20
_GZIP: Final = 31
"""What zlib calls the gzip format, with the largest window."""


class ImageStore:
    """Reads and writes images."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, data: bytes, content_type: str, *, retention: RetentionPeriod | None = None) -> None:
        """Stores an image, with the tag of its retention if there is one."""
        tagging = {"Tagging": f"{TAG}={retention}"} if retention else {}
        self._client.put_object(Bucket=self._bucket, Key=key, Body=data, ContentType=content_type, **tagging)

    def tag(self, key: str, retention: RetentionPeriod) -> None:
        """Changes the retention of an image. It is no error if there is none."""
        tag_object(self._client, self._bucket, key, retention)

    def get(self, key: str, *, max_bytes: int) -> bytes:
        """Returns the bytes of an image. One that a plugin stored in gzip is unpacked.

        Raises ``NOT_FOUND``, or ``ImageTooLargeError`` if the image has more than ``max_bytes``; it is not read then.
        Raises ``ImageTooLargeError`` or ``ImageUnreadableError`` for gzip that unpacks to more, or that is damaged.
        """
        try:
            response = self._client.get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in {"NoSuchKey", "404"}:
                raise not_found("image") from error
            raise
        with contextlib.closing(response["Body"]) as body:  # its own __enter__ returns the raw stream
            if response["ContentLength"] > max_bytes:
                raise ImageTooLargeError(max_bytes)
            data: bytes = body.read()
        return _unpacked(data, max_bytes) if response.get("ContentEncoding") == "gzip" else data

    def download(self, key: str, file: Path, *, max_bytes: int) -> None:
        """Writes an uploaded file to ``file``, in pieces. One that a plugin stored in gzip is unpacked.

        Raises the errors of ``get``.
        """
        try:
            response = self._client.get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in {"NoSuchKey", "404"}:
                raise not_found("model") from error
            raise
        unpack = zlib.decompressobj(_GZIP) if response.get("ContentEncoding") == "gzip" else None
        written = 0
        with contextlib.closing(response["Body"]) as body, file.open("wb") as target:
            while piece := body.read(_PIECE):
                for part in _unpacked_parts(unpack, piece) if unpack else (piece,):
                    written += len(part)
                    if written > max_bytes:
                        raise ImageTooLargeError(max_bytes)
                    target.write(part)
        if unpack and not unpack.eof:
            raise ImageUnreadableError

    def delete(self, key: str) -> None:
        """Deletes an image. It is no error if there is none."""
        self._client.delete_object(Bucket=self._bucket, Key=key)

    def delete_all(self, keys: list[str]) -> None:
        """Deletes at most 1,000 images. It is no error if one does not exist.

        Raises ``SERVICE_UNAVAILABLE`` if S3 did not delete all of them.
        """
        response = self._client.delete_objects(
            Bucket=self._bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
        )
        if response.get("Errors"):
            raise ApiError(ErrorCode.SERVICE_UNAVAILABLE)

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
        """Raises the errors of boto3 if the bucket cannot be reached."""
        self._client.head_bucket(Bucket=self._bucket)


def _unpacked_parts(unpack: Any, piece: bytes) -> Iterator[bytes]:
    """Yields what a piece of gzip unpacks to, in pieces, so that a bomb is found before it fills the memory."""
    try:
        while piece:
            yield unpack.decompress(piece, _PIECE)
            piece = unpack.unconsumed_tail
    except zlib.error as error:
        raise ImageUnreadableError from error


def _unpacked(data: bytes, max_bytes: int) -> bytes:
    unpack = zlib.decompressobj(_GZIP)
    try:
        unpacked = unpack.decompress(data, max_bytes + 1)
    except zlib.error as error:
        raise ImageUnreadableError from error
    if len(unpacked) > max_bytes:
        raise ImageTooLargeError(max_bytes)
    if not unpack.eof:
        raise ImageUnreadableError
    return unpacked


def is_image_of(key: str, owner: str) -> bool:
    """Returns whether the key names a capture or an output of this user."""
    kind, _, rest = key.partition("/")
    return kind in {"captures", "renders"} and rest.startswith(f"{owner}/") and ".." not in rest.split("/")


def capture_key(user_id: str, render_id: str) -> str:
    """Returns the key of the viewport capture of a render."""
    return f"captures/{user_id}/{render_id}"


def depth_key(user_id: str, render_id: str) -> str:
    """Returns the key of the depth image of a render."""
    return f"captures/{user_id}/{render_id}.depth"


def material_id_key(user_id: str, render_id: str) -> str:
    """Returns the key of the material id image of a render."""
    return f"captures/{user_id}/{render_id}.material-ids"


def normal_key(user_id: str, render_id: str) -> str:
    """Returns the key of the normal image of a render."""
    return f"captures/{user_id}/{render_id}.normals"


def output_key(user_id: str, render_id: str, extension: str) -> str:
    """Returns the key of the output of a render."""
    return f"renders/{user_id}/{render_id}/output.{extension}"


def thumbnail_key(user_id: str, render_id: str) -> str:
    """Returns the key of the thumbnail of a render."""
    return f"renders/{user_id}/{render_id}/thumbnail.webp"


def structure_key(user_id: str, render_id: str) -> str:
    """Returns the key of the path-traced picture that the engine of a render works from."""
    return f"captures/{user_id}/{render_id}.structure"


def structure_depth_key(user_id: str, render_id: str) -> str:
    """Returns the key of the depth of that picture."""
    return f"captures/{user_id}/{render_id}.structure-depth"


def layer_key(user_id: str, render_id: str, kind: LayerKind) -> str:
    """Returns the key of a layer of a render."""
    return f"renders/{user_id}/{render_id}/{kind}.png"


def keys_of_render(render: Render) -> list[str]:
    """Returns the keys of all images that a render may have. Not all of them need to exist.

    An upload is none of them: it may serve other renders.
    """
    extension = render.order.output_format.extension
    return [
        *(key for key in render.input_keys if not is_upload_key(key)),
        output_key(render.user_id, render.render_id, extension),
        thumbnail_key(render.user_id, render.render_id),
        *((structure_key(render.user_id, render.render_id),) if render.structure else ()),
        *((structure_depth_key(render.user_id, render.render_id),) if render.structure else ()),
        *(layer_key(render.user_id, render.render_id, kind) for kind in render.order.layers),
    ]


def cover_key(user_id: str, project_id: str) -> str:
    """Returns the key of the cover image of a project."""
    return f"projects/{user_id}/{project_id}"
