"""Signature Version 4 of AWS, in headers and in links, and the credentials that sign."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import quote

from renderiq.settings import runtime_variable

EMPTY_HASH: Final = hashlib.sha256(b"").hexdigest()
_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_UNRESERVED: Final = "-_.~"
# Credentials of a restored snapshot are renewed this long before they end.
_RENEW_SECONDS: Final = 300.0


class Credentials(NamedTuple):
    """An access key. ``token`` is empty for one that does not expire."""

    key_id: str
    secret: str
    token: str


def credentials() -> Credentials:
    """Returns the credentials of the function.

    Lambda sets them in the environment. A function that was restored from a snapshot asks for them at an address that
    Lambda sets there. Raises ``NoCredentialsError`` if there are neither.
    """
    key_id, secret = runtime_variable("AWS_ACCESS_KEY_ID"), runtime_variable("AWS_SECRET_ACCESS_KEY")
    if key_id and secret:
        return Credentials(key_id, secret, runtime_variable("AWS_SESSION_TOKEN") or "")
    url, authorization = (
        runtime_variable("AWS_CONTAINER_CREDENTIALS_FULL_URI"),
        runtime_variable("AWS_CONTAINER_AUTHORIZATION_TOKEN"),
    )
    if not url:
        from botocore.exceptions import NoCredentialsError

        raise NoCredentialsError
    return _renewed(url, authorization or "", int(time.time() // _RENEW_SECONDS))


@lru_cache(maxsize=1)
def _renewed(url: str, authorization: str, _period: int) -> Credentials:
    # Not at the top: only functions with SnapStart need it.
    from urllib.request import Request, urlopen

    request = Request(url, headers={"Authorization": authorization})  # noqa: S310 (Lambda's own address)
    with urlopen(request, timeout=2) as answer:  # noqa: S310
        found = json.load(answer)
    return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found.get("Token", ""))


def sign(
    headers: Mapping[str, str],
    *,
    method: str,
    path: str,
    query: str = "",
    body_hash: str,
    region: str,
    service: str,
    now: float,
    by: Credentials,
) -> dict[str, str]:
    """Returns the headers with ``X-Amz-Date``, the token and ``Authorization``.

    ``headers`` have names in lower case and one named ``host``. ``path`` is encoded, and ``query`` is sorted.
    """
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    signed = {**headers, "x-amz-date": moment}
    if by.token:
        signed["x-amz-security-token"] = by.token
    names = sorted(signed)
    listed = ";".join(names)
    lines = "".join(f"{name}:{signed[name].strip()}\n" for name in names)
    canonical = f"{method}\n{path}\n{query}\n{lines}\n{listed}\n{body_hash}"
    scope = f"{moment[:8]}/{region}/{service}/aws4_request"
    signature = _signature(canonical, moment, scope, by.secret)
    signed["authorization"] = (
        f"{_ALGORITHM} Credential={by.key_id}/{scope}, SignedHeaders={listed}, Signature={signature}"
    )
    return signed


def presign(*, host: str, path: str, region: str, service: str, seconds: int, now: float, by: Credentials) -> str:
    """Returns the query string of a link that may be read with GET for some seconds."""
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    scope = f"{moment[:8]}/{region}/{service}/aws4_request"
    parameters = {
        "X-Amz-Algorithm": _ALGORITHM,
        "X-Amz-Credential": f"{by.key_id}/{scope}",
        "X-Amz-Date": moment,
        "X-Amz-Expires": str(seconds),
        "X-Amz-SignedHeaders": "host",
    }
    if by.token:
        parameters["X-Amz-Security-Token"] = by.token
    query = "&".join(f"{name}={quote(parameters[name], safe=_UNRESERVED)}" for name in sorted(parameters))
    canonical = f"GET\n{path}\n{query}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD"
    return f"{query}&X-Amz-Signature={_signature(canonical, moment, scope, by.secret)}"


def encoded_path(path: str) -> str:
    """Returns a path as it is sent and signed."""
    return quote(path, safe="/" + _UNRESERVED)


def _signature(canonical: str, moment: str, scope: str, secret: str) -> str:
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"{_ALGORITHM}\n{moment}\n{scope}\n{digest}"
    return hmac.digest(_key(secret, scope), text.encode(), "sha256").hex()


@lru_cache(maxsize=16)
def _key(secret: str, scope: str) -> bytes:
    key = b"AWS4" + secret.encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
