"""Users of the running stack, with what the server knows about them."""

from __future__ import annotations

from typing import Any

import httpx

from local.stack import Stack
from local.users import User, ensure_user


class Account:
    """A user of its own, with what the server knows about it."""

    def __init__(self, stack: Stack, email: str) -> None:
        self.user = User(email, "Renderiq-test-1", "Test")
        [pool] = [
            each.ref
            for name, each in stack.resources.items()
            if stack.template.resources[name]["Type"] == "AWS::Cognito::UserPool"
        ]
        ensure_user(self.user, pool, stack.emulator.url)
        self._http = httpx.Client(base_url=stack.url, headers={"x-renderiq-platform": "blender"}, timeout=60)
        signed_in = self._http.post("/auth/signin", json={"email": email, "password": self.user.password}).json()
        self._http.headers["authorization"] = f"Bearer {signed_in['access_token']}"

    def close(self) -> None:
        self._http.close()

    def key(self) -> str:
        body = {"name": "Queue", "scopes": ["renders:create", "renders:read"]}
        answer = self._http.post("/keys", json=body).json()
        assert answer["success"], answer
        return str(answer["data"]["key"])

    def renders(self) -> list[dict[str, Any]]:
        """Returns all renders, from old to new."""
        found = self._http.get("/renders", params={"limit": 100}).json()["data"]["renders"]
        return sorted(found, key=lambda render: str(render["renderId"]))

    def debits(self) -> int:
        found = self._http.get("/credits/transactions", params={"limit": 100}).json()["data"]["transactions"]
        types = [str(each["type"]) for each in found]
        return types.count("debit") - types.count("refund")
