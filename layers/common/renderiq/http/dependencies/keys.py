"""Parameters of the API key endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from renderiq.http.dependencies.base import PathId, principal
from renderiq.http.dependencies.inputs import BodyOf, QueryOf
from renderiq.http.request import Request
from renderiq.http.routing import Depends
from renderiq.models.keys import KeyIn, KeyPageQuery, RotateIn
from renderiq.services.keys import KeyService
from renderiq.wiring.keys import key_service
from renderiq.wiring.signing import signing_keys

if TYPE_CHECKING:
    from renderiq.services.key_rules import KeyRules

Keys = Annotated[KeyService, Depends(key_service)]


def signing_secrets() -> list[str]:
    """Returns the secrets that sign access tokens, the current one first."""
    keys = signing_keys()
    return sorted(keys.secrets.values(), key=lambda secret: secret != keys.secrets[keys.current])


SigningSecrets = Annotated[list[str], Depends(signing_secrets)]


def key_rules(request: Request) -> KeyRules | None:
    """Returns the rules of the organisation for which the request acts, or None if a user acts for themselves."""
    caller = principal(request)
    if caller.membership is None:
        return None
    # Not at the top: most requests are of users who act for themselves.
    from renderiq.http.dependencies.actors import acting
    from renderiq.services.key_rules import KeyRules
    from renderiq.wiring.audit import audit

    return KeyRules(caller.membership.organization, acting(request), audit())


Rules = Annotated[Any, Depends(key_rules)]
"""``KeyRules | None``. Naming the class would import it for users who act for themselves."""
KeyId = Annotated[str, Depends(PathId("key_id").read)]
KeysQuery = Annotated[KeyPageQuery, Depends(QueryOf(KeyPageQuery).read)]
KeyBody = Annotated[KeyIn, Depends(BodyOf(KeyIn).read)]
RotateBody = Annotated[RotateIn, Depends(BodyOf(RotateIn).read)]
