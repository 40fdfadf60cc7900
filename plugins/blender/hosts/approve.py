"""Approves a sign-in code as the user would in the browser, with the demo user of the local stack."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request

DEMO = ("demo@example.com", "Renderiq-demo-1")


def approve(complete_url: str) -> None:
    """Signs in on the page of a code and approves it. Raises ``RuntimeError`` if the page does not ask for approval."""
    address, _, code = complete_url.partition("?user_code=")
    page = _post(address, user_code=code, email=DEMO[0], password=DEMO[1])
    approval = re.search(r'name="approval" value="([^"]+)"', page)
    if not approval:
        raise RuntimeError("The page does not ask for an approval.")
    _post(address, approval=approval[1], decision="approve")


def _post(address: str, **fields: str) -> str:
    body = urllib.parse.urlencode(fields).encode()
    with urllib.request.urlopen(urllib.request.Request(address, body), timeout=30) as answer:
        return str(answer.read().decode())
