"""Pictures that storage does not give whole."""

from __future__ import annotations

import io
from typing import Any

import pytest
from botocore.exceptions import IncompleteReadError
from botocore.response import StreamingBody

from renderiq.stores.images import ImageStore


class CutOff:
    """Says ten bytes and sends three."""

    def get_object(self, **_: Any) -> Any:
        return {"Body": StreamingBody(io.BytesIO(b"abc"), 10), "ContentLength": 10}


def test_half_a_picture_is_none() -> None:
    with pytest.raises(IncompleteReadError):
        ImageStore(CutOff(), "pictures").get("captures/1", max_bytes=100)
