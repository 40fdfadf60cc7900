"""Signing in, staying signed in, signing out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from renderiq.domain.credits import Account, Entry, Movement
from renderiq.domain.sessions import SESSION_LIFE, Presented, Session
from renderiq.errors import ApiError, ErrorCode
from renderiq.ids import uuid7
from renderiq.stores.accounts import AccountStore
from renderiq.stores.principals import PrincipalStore
from renderiq.stores.sessions import SessionStore
from renderiq.stores.user_pool import Identity, UserPool
from renderiq.tokens import ACCESS_TOKEN_LIFE, RefreshToken, SigningKeys, issue_access_token


@dataclass(frozen=True, slots=True)
class SignedIn:
    access_token: str
    refresh_token: str
    expires_at: datetime
    account: Account


def sign_in(
    email: str,
    password: str,
    *,
    platform: str,
    welcome_credits: int,
    pool: UserPool,
    accounts: AccountStore,
    sessions: SessionStore,
    keys: SigningKeys,
    now: datetime,
) -> SignedIn:
    """A new session. The first one of a user opens the account with its welcome credits.

    Raises ``INVALID_CREDENTIALS`` or ``AUTH_FAILED``.
    """
    identity = pool.sign_in(email, password)
    account = accounts.find(identity.user_id, now) or _open_account(identity, welcome_credits, accounts, now)
    session_id = uuid7()
    refresh = RefreshToken.new(session_id)
    session = Session(session_id, identity.user_id, frozenset({refresh.hash}), now + SESSION_LIFE)
    sessions.add(session, platform=platform)
    return _signed_in(account, session_id, refresh, keys, now)


def _open_account(identity: Identity, welcome_credits: int, accounts: AccountStore, now: datetime) -> Account:
    account = Account(identity.user_id, identity.email, identity.name, now)
    accounts.open(account, Entry(uuid7(), identity.user_id, Movement.GRANT, welcome_credits, now))
    opened = accounts.find(identity.user_id, now)
    if opened is None:
        raise ApiError(ErrorCode.INTERNAL_ERROR)
    return opened


def refresh(
    presented: str,
    *,
    sessions: SessionStore,
    accounts: AccountStore,
    principals: PrincipalStore,
    keys: SigningKeys,
    now: datetime,
) -> SignedIn:
    """The next pair of tokens. A token that was rotated away earlier revokes the session: somebody has a copy.

    Raises ``REFRESH_FAILED``.
    """
    token = RefreshToken.parse(presented)
    session = sessions.find(token.session_id)
    if session is None or not session.is_live(now):
        raise ApiError(ErrorCode.REFRESH_FAILED)
    successor = RefreshToken.new(session.session_id)
    judged = session.judge(token.hash, now)
    if judged is Presented.CURRENT and not sessions.rotate(
        session.session_id,
        presented=token.hash,
        successor=successor.hash,
        expires_at=now + SESSION_LIFE,
        now=now,
    ):
        # The same token was presented twice at once, and the other request was first.
        session = sessions.find(token.session_id)
        judged = session.judge(token.hash, now) if session and session.is_live(now) else Presented.REUSED
    if session is None or judged is Presented.REUSED:
        if session is not None and session.is_live(now):
            revoke(session.user_id, session.session_id, sessions=sessions, principals=principals, now=now)
        raise ApiError(ErrorCode.REFRESH_FAILED)
    if judged is Presented.FORGIVEN and not sessions.add_successor(
        session.session_id, forgiven=token.hash, successor=successor.hash
    ):
        raise ApiError(ErrorCode.REFRESH_FAILED)
    account = accounts.find(session.user_id, now)
    if account is None:
        raise ApiError(ErrorCode.REFRESH_FAILED)
    return _signed_in(account, session.session_id, successor, keys, now)


def revoke(user_id: str, session_id: str, *, sessions: SessionStore, principals: PrincipalStore, now: datetime) -> None:
    """Ends a session: its access tokens are refused from now on, its refresh token too. Safe to repeat."""
    principals.revoke_session(user_id, session_id, until=now + ACCESS_TOKEN_LIFE, now=now)
    sessions.revoke(session_id, now)


def _signed_in(
    account: Account, session_id: str, refresh_token: RefreshToken, keys: SigningKeys, now: datetime
) -> SignedIn:
    return SignedIn(
        access_token=issue_access_token(account.user_id, session_id, keys=keys, now=now),
        refresh_token=str(refresh_token),
        expires_at=now + ACCESS_TOKEN_LIFE,
        account=account,
    )
