"""``make user``, ``make revoke`` and ``make operator``.

They create a user, end everything that a user is signed in with, and say who may see the figures of everybody.
"""

import secrets
import string
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from botocore.exceptions import ClientError

from admin.targets import Target, TargetError
from renderiq.domain.keys import Scope
from renderiq.services.keys import KeyService
from renderiq.services.sessions import SessionService
from renderiq.stores.accounts import AccountStore
from renderiq.stores.keys import KeyStore
from renderiq.stores.principals import PrincipalStore
from renderiq.stores.sessions import SessionStore
from renderiq.tokens import SigningKeys

_OPERATORS: Final = "operators"
_TEMPORARY: Final = "FORCE_CHANGE_PASSWORD"
_ALPHABET: Final = string.ascii_letters + string.digits


def create_user(target: Target, email: str, say: Callable[[str], None] = print) -> int:
    """Create a user with a temporary password, which is printed. Returns the exit status.

    A user who still has a temporary password gets a new one. A user with a password is left as it is: exit status 1.
    """
    cognito, email = target.client("cognito-idp"), email.strip().lower()
    names = {"UserPoolId": target.names["UserPool"], "Username": email}
    password = _temporary_password()
    try:
        cognito.admin_create_user(
            **names,
            TemporaryPassword=password,
            MessageAction="SUPPRESS",
            UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
        )
    except cognito.exceptions.UsernameExistsException:
        if cognito.admin_get_user(**names)["UserStatus"] != _TEMPORARY:
            say(f"✗ {email} exists and has a password. A forgotten one is reset with POST /auth/password/forgot.")
            return 1
        cognito.admin_set_user_password(**names, Password=password, Permanent=False)
    say(f"{email} has the temporary password {password}")
    say("It is valid for seven days. The first POST /auth/signin must have it as password, and the user's own password")
    say("as newPassword: at least 12 characters with a lower-case letter, an upper-case letter and a digit.")
    return 0


def revoke_access(target: Target, email: str, *, disable: bool = False, say: Callable[[str], None] = print) -> int:
    """End all sessions of a user and revoke all API keys. Returns the exit status.

    Access tokens are refused from the next request on. The user can sign in again, unless ``disable`` is set: then
    Cognito refuses the password until an operator enables the user.
    """
    user_id = user_id_of(target, email)
    if disable:  # first, so that no session is opened meanwhile
        names = {"UserPoolId": target.names["UserPool"], "Username": email.strip().lower()}
        target.client("cognito-idp").admin_disable_user(**names)
    now = datetime.now(UTC)
    _session_service(target).end_all(user_id, now=now)
    keys = KeyService(KeyStore(target.client("dynamodb"), target.names["ApiKeysTable"]))
    active = [key for key in keys.of_user(user_id) if key.rejection(now) is None]
    for key in active:
        keys.revoke(user_id, key.key_id, now=now)
    say(f"all sessions of user {user_id} have ended; {len(active)} API keys were revoked")
    if disable:
        say("the user is disabled and cannot sign in")
    return 0


def set_operator(target: Target, email: str, *, remove: bool = False, say: Callable[[str], None] = print) -> int:
    """Make a user an operator, who sees the figures of everybody from the next sign-in on. Returns the exit status.

    ``remove`` takes that away: all sessions of the user end, and API keys that may read the metrics are revoked.
    """
    user_id = user_id_of(target, email)
    names = {"UserPoolId": target.names["UserPool"], "Username": email.strip().lower(), "GroupName": _OPERATORS}
    cognito = target.client("cognito-idp")
    if not remove:
        cognito.admin_add_user_to_group(**names)
        say(f"user {user_id} is an operator from the next sign-in on")
        return 0
    cognito.admin_remove_user_from_group(**names)
    now = datetime.now(UTC)
    _session_service(target).end_all(user_id, now=now)
    keys = KeyService(KeyStore(target.client("dynamodb"), target.names["ApiKeysTable"]))
    active = [key for key in keys.of_user(user_id) if key.rejection(now) is None and Scope.READ_METRICS in key.scopes]
    for key in active:
        keys.revoke(user_id, key.key_id, now=now)
    say(f"user {user_id} is no operator; all sessions have ended, and {len(active)} API keys were revoked")
    return 0


def _temporary_password() -> str:
    # The first three satisfy the policy of the user pool.
    needed = [secrets.choice(each) for each in (string.ascii_lowercase, string.ascii_uppercase, string.digits)]
    return "".join(needed + [secrets.choice(_ALPHABET) for _ in range(17)])


def user_id_of(target: Target, email: str) -> str:
    """The id of the user with this e-mail address. Raises ``TargetError`` if there is none."""
    try:
        user = target.client("cognito-idp").admin_get_user(
            UserPoolId=target.names["UserPool"], Username=email.strip().lower()
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "UserNotFoundException":
            raise
        raise TargetError(f"There is no user {email}.") from error
    return next(str(each["Value"]) for each in user["UserAttributes"] if each["Name"] == "sub")


def _session_service(target: Target) -> SessionService:
    dynamodb, names = target.client("dynamodb"), target.names
    return SessionService(
        SessionStore(dynamodb, names["SessionsTable"]),
        AccountStore(dynamodb, accounts=names["AccountsTable"], ledger=names["LedgerTable"]),
        PrincipalStore(dynamodb, names["PrincipalsTable"]),
        _no_signing_keys,
    )


def _no_signing_keys() -> SigningKeys:
    raise TargetError("An operator's command issues no tokens.")
