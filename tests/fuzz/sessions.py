"""Sessions made without asking the API, which would count them."""

from __future__ import annotations

import os

from local.aws import CREDENTIALS
from local.template import REGION
from local.users import User, ensure_user
from tests.support import wiring

POOL = "FUZZ_USER_POOL"


class Sessions:
    """``environment`` is what another process needs in its own to make more of them (``of_environment``)."""

    def __init__(self, function: dict[str, str], user_pool_id: str) -> None:
        self.environment = {**function, **CREDENTIALS, "AWS_DEFAULT_REGION": REGION, POOL: user_pool_id}
        os.environ |= self.environment
        self._user_pool_id = user_pool_id

    @classmethod
    def of_environment(cls) -> Sessions:
        return cls({}, os.environ[POOL])

    def sign_in(self, user: User) -> str:
        """An access token of a session of its own; the user is made if need be."""
        ensure_user(user, self._user_pool_id, os.environ["EMULATOR_URL"])
        tokens = wiring.sign_in_service().sign_in(
            user.email, user.password, platform="unknown", now=wiring.time_source()()
        )
        return tokens.access_token
