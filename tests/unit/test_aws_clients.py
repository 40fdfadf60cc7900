"""Clients of AWS use the credentials of the function, and find others where botocore finds them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from renderiq.settings import settings
from renderiq.stores import aws

FUNCTION = {
    "AWS_LAMBDA_FUNCTION_NAME": "renders",
    "AWS_ACCESS_KEY_ID": "ASIAOFTHEFUNCTION",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "token",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Starts without credentials, and forgets clients before and after."""
    for name in (*FUNCTION, "AWS_PROFILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("EMULATOR_URL", "")
    forget()
    yield monkeypatch
    forget()


def forget() -> None:
    for each in (aws.client, aws._session, settings):
        each.cache_clear()


def signed_by() -> tuple[str, list[str]]:
    """Returns the access key and the session token of a presigned URL."""
    url = aws.client("s3").generate_presigned_url("get_object", Params={"Bucket": "images", "Key": "a.png"})
    query = parse_qs(urlsplit(url).query)
    return query["X-Amz-Credential"][0].partition("/")[0], query.get("X-Amz-Security-Token", [])


def test_a_function_signs_with_the_credentials_that_lambda_gave_it(environment: pytest.MonkeyPatch) -> None:
    for name, value in FUNCTION.items():
        environment.setenv(name, value)

    assert signed_by() == ("ASIAOFTHEFUNCTION", ["token"])


def test_without_variables_the_credentials_are_searched_for(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    file.write_text("[default]\naws_access_key_id = AKIAOFTHEFILE\naws_secret_access_key = secret\n")
    environment.setenv("AWS_LAMBDA_FUNCTION_NAME", "renders")
    environment.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))

    assert signed_by() == ("AKIAOFTHEFILE", [])
