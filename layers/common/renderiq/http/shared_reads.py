"""The guard of paths whose resources are partly the same for all users, and partly a user's own."""

from __future__ import annotations

from urllib.parse import unquote

from renderiq.domain.styles import OWN_PREFIX
from renderiq.http.authentication import require_authentication
from renderiq.http.guards import Provide, RequestContext, allow_anonymous
from renderiq.http.request import Request


def require_authentication_for_own(request: Request, provide: Provide) -> RequestContext:
    """Admits everybody who reads what is the same for all users, and others as ``require_authentication`` does.

    Such a read makes no call to AWS, is not counted, and ignores credentials.
    """
    if request.method == "GET" and OWN_PREFIX not in unquote(request.path):
        return allow_anonymous(request, provide)
    return require_authentication(request, provide)
