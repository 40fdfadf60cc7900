"""Creates sessions without the API, which limits sign-ins."""

from __future__ import annotations

import os

from local.aws import CREDENTIALS
from local.template import REGION
from local.users import User, ensure_user
from tests.support import wiring

POOL = "FUZZ_USER_POOL"


class Sessions:
    """``environment`` has the variables that another process needs for ``of_environment``."""

    def __init__(self, function: dict[str, str], user_pool_id: str) -> None:
        self.environment = {**function, **CREDENTIALS, "AWS_DEFAULT_REGION": REGION, POOL: user_pool_id}
        os.environ |= self.environment
        self._user_pool_id = user_pool_id

    @classmethod
    def of_environment(cls) -> Sessions:
        return cls({}, os.environ[POOL])

    def sign_in(self, user: User) -> str:
        """Returns the access token of a new session. Creates the user if it does not exist."""
        ensure_user(user, self._user_pool_id, os.environ["EMULATOR_URL"])
        tokens = wiring.sign_in_service().sign_in(
            user.email, user.password, platform="unknown", now=wiring.time_source()()
        )
        return tokens.access_token
