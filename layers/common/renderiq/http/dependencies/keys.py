"""Parameters of the API key endpoints."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.dependencies.base import PathId
from renderiq.http.dependencies.inputs import BodyOf, QueryOf
from renderiq.http.routing import Depends
from renderiq.models.keys import KeyIn, KeyPageQuery, RotateIn
from renderiq.services.keys import KeyService
from renderiq.wiring.keys import key_service
from renderiq.wiring.signing import signing_keys

Keys = Annotated[KeyService, Depends(key_service)]


def signing_secrets() -> list[str]:
    """Returns the secrets that sign access tokens, the current one first."""
    keys = signing_keys()
    return sorted(keys.secrets.values(), key=lambda secret: secret != keys.secrets[keys.current])


SigningSecrets = Annotated[list[str], Depends(signing_secrets)]
KeyId = Annotated[str, Depends(PathId("key_id").read)]
KeysQuery = Annotated[KeyPageQuery, Depends(QueryOf(KeyPageQuery).read)]
KeyBody = Annotated[KeyIn, Depends(BodyOf(KeyIn).read)]
RotateBody = Annotated[RotateIn, Depends(BodyOf(RotateIn).read)]
