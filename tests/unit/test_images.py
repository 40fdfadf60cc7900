"""Objects whose body ends early."""

from __future__ import annotations

import io
from typing import Any

import pytest
from botocore.exceptions import IncompleteReadError
from botocore.response import StreamingBody

from renderiq.stores.images import ImageStore


class CutOff:
    """An S3 client whose objects announce ten bytes and have three."""

    def get_object(self, **_: Any) -> Any:
        return {"Body": StreamingBody(io.BytesIO(b"abc"), 10), "ContentLength": 10}


def test_an_object_that_ends_early_is_an_error() -> None:
    with pytest.raises(IncompleteReadError):
        ImageStore(CutOff(), "pictures").get("captures/1", max_bytes=100)
