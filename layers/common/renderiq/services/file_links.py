"""Links to images that need no credentials and last ``LINK_TTL``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from renderiq.clock import Clock
from renderiq.domain.file_tokens import FileGrant, read_file_token, sign_file_token
from renderiq.domain.renders import LINK_TTL
from renderiq.errors import ApiError, ErrorCode
from renderiq.tokens import SigningKeys

PATH: Final = "/api/plugins/files"


@dataclass(frozen=True, slots=True)
class FileLinks:
    """Makes links to images and reads them.

    A presigned link of S3 would end with the credentials of the function that signs it, which is after a few hours.
    ``public_url`` returns what stands before ``/api/plugins`` in a URL of the API, ``keys`` the secrets that sign.
    """

    keys: Callable[[], SigningKeys]
    public_url: Callable[[], str]
    clock: Clock

    def link(self, key: str) -> str:
        """Returns a URL of the image with this key. No call to AWS is made, if the secret is known."""
        keys = self.keys()
        grant = FileGrant(key, self.clock() + LINK_TTL)
        token = sign_file_token(grant, secret_id=keys.current, secret=keys.secrets[keys.current])
        return f"{self.public_url()}{PATH}/{token}/{_name(key)}"

    def open(self, token: str, name: str, *, now: datetime) -> str:
        """Returns the key of the image that a link names.

        Raises ``NOT_FOUND`` for a link that has expired or that is not ours, without telling which.
        """
        grant = read_file_token(token, secrets=self.keys().secrets)
        if grant is None or grant.expires_at <= now or name != _name(grant.key):
            raise ApiError(ErrorCode.NOT_FOUND)
        return grant.key

    def renew(self, url: str) -> str:
        """Returns a link to the same image that is valid from now on, or ``url`` if it is not a link of ours."""
        key = self.key_of(url)
        return self.link(key) if key else url

    def key_of(self, url: str) -> str | None:
        """Returns the key of the image that a link names, even after it has expired. Returns None for another URL.

        The key names the owner of the image, which the caller must check.
        """
        try:
            *_, folder, token, name = urlsplit(url).path.split("/")
        except ValueError:
            return None
        grant = read_file_token(token, secrets=self.keys().secrets) if folder == "files" else None
        return grant.key if grant and name == _name(grant.key) else None


def _name(key: str) -> str:
    """Returns the last segment of a key, which a saved file gets as its name."""
    return key.rpartition("/")[2]
