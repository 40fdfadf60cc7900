"""The interactive page: its large files are sent compressed, and browsers keep them for a year."""

from __future__ import annotations

import base64
import gzip
import re
from typing import Any

import pytest

from tests.support.functions import handler, lambda_context
from tests.support.http import call, event

BUNDLE = "swagger-ui-bundle.min.js"


def get(path: str, function: str) -> Any:
    return handler(function)(event("GET", path, headers={"accept-encoding": "gzip, br"}), lambda_context())


def test_the_bundle_is_compressed_and_kept_for_a_year() -> None:
    answer = get(f"/docs/{BUNDLE}", "docs_id")

    assert answer["headers"]["Content-Encoding"] == "gzip"
    assert answer["headers"]["Cache-Control"] == "public, max-age=31536000, immutable"
    sent = base64.b64decode(answer["body"])
    assert len(sent) < len(gzip.decompress(sent)) / 3


@pytest.mark.usefixtures("aws")
def test_the_page_names_the_version_of_what_is_kept() -> None:
    page = call("docs", "GET", "/docs")

    assert page.headers["Cache-Control"] == "public, max-age=300"
    assert re.search(rf'src="docs/{re.escape(BUNDLE)}\?v=[0-9a-f]{{12}}"', page.body)
    assert re.search(r'href="docs/swagger-ui\.min\.css\?v=[0-9a-f]{12}"', page.body)


def test_what_changes_with_a_release_is_kept_for_five_minutes() -> None:
    assert get("/docs/page.js", "docs_id")["headers"]["Cache-Control"] == "public, max-age=300"
