"""Sign-in, refresh and sign-out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from renderiq.domain.credits import Account, LedgerEntry, LedgerEntryType
from renderiq.domain.sessions import SESSION_TTL, RefreshTokenState, Session, is_valid_after
from renderiq.errors import ApiError, ErrorCode, not_found
from renderiq.ids import uuid7
from renderiq.stores.accounts import AccountStore
from renderiq.stores.principals import PrincipalStore
from renderiq.stores.sessions import SessionStore
from renderiq.stores.user_pool import Identity, UserPool
from renderiq.tokens import ACCESS_TOKEN_TTL, RefreshToken, SigningKeys, issue_access_token


@dataclass(frozen=True, slots=True)
class IssuedTokens:
    """A new pair of tokens, and the account that they belong to. ``expires_at`` is that of the access token."""

    access_token: str
    refresh_token: str
    expires_at: datetime
    account: Account


@dataclass(frozen=True, slots=True)
class SessionService:
    """Opens, refreshes and revokes sessions. ``signing_keys`` returns the keys that sign access tokens."""

    sessions: SessionStore
    accounts: AccountStore
    principals: PrincipalStore
    signing_keys: Callable[[], SigningKeys]

    def open(self, account: Account, *, platform: str, is_operator: bool = False, now: datetime) -> IssuedTokens:
        """Opens a session for an account, and returns its first tokens."""
        keys = self.signing_keys()
        session_id = uuid7()
        refresh = RefreshToken.new(session_id)
        session = Session(
            session_id, account.user_id, frozenset({refresh.hash}), now + SESSION_TTL, is_operator=is_operator
        )
        self.sessions.add(session, platform=platform)
        return _tokens(account, session, refresh, keys, now)

    def refresh(self, presented: str, *, now: datetime) -> IssuedTokens:
        """Returns the next pair of tokens.

        A refresh token that was rotated away earlier revokes the session, because somebody has a copy of it.
        Raises ``REFRESH_FAILED``.
        """
        keys = self.signing_keys()
        token = RefreshToken.parse(presented)
        session = self.sessions.find(token.session_id)
        if session is None or not session.is_live(now):
            raise ApiError(ErrorCode.REFRESH_FAILED)
        successor = RefreshToken.new(session.session_id)
        state = session.classify(token.hash, now)
        if state is RefreshTokenState.CURRENT and not self.sessions.rotate(
            session.session_id,
            presented=token.hash,
            successor=successor.hash,
            expires_at=now + SESSION_TTL,
            now=now,
        ):
            # Two requests presented the same token at the same time, and the other one was first.
            session = self.sessions.find(token.session_id)
            live = session is not None and session.is_live(now)
            state = session.classify(token.hash, now) if session and live else RefreshTokenState.REUSED
        if session is None or state is RefreshTokenState.REUSED:
            if session is not None and session.is_live(now):
                self.revoke(session.user_id, session.session_id, now=now)
            raise ApiError(ErrorCode.REFRESH_FAILED)
        if state is RefreshTokenState.GRACE and not self.sessions.add_successor(
            session.session_id, previous=token.hash, successor=successor.hash
        ):
            raise ApiError(ErrorCode.REFRESH_FAILED)
        account = self.accounts.find(session.user_id, now)
        if account is None or not is_valid_after(session.session_id, account.sessions_valid_after):
            raise ApiError(ErrorCode.REFRESH_FAILED)
        return _tokens(account, session, successor, keys, now)

    def of_user(self, user_id: str, *, now: datetime) -> list[Session]:
        """Returns the sessions of a user that can be refreshed, newest first, at most a hundred."""
        account = self.accounts.find(user_id, now)
        mark = account.sessions_valid_after if account else None
        found = self.sessions.of_user(user_id)
        return [each for each in found if each.is_live(now) and is_valid_after(each.session_id, mark)]

    def revoke_own(self, user_id: str, session_id: str, *, now: datetime) -> None:
        """Ends a session of the user. Raises ``NOT_FOUND`` if the user has no such session. Safe to repeat."""
        session = self.sessions.find(session_id)
        if session is None or session.user_id != user_id:
            raise not_found("session")
        self.revoke(user_id, session_id, now=now)

    def end_all(self, user_id: str, *, now: datetime) -> None:
        """Ends every session of a user: refresh and access tokens of sessions until now are refused. Safe to repeat."""
        if self.accounts.end_sessions(user_id, now):  # a user without an account has never had a session
            self.principals.end_sessions(user_id, now)

    def revoke(self, user_id: str, session_id: str, *, now: datetime) -> None:
        """Ends a session: its access tokens and its refresh token are refused from now on. Safe to repeat."""
        self.principals.revoke_session(user_id, session_id, until=now + ACCESS_TOKEN_TTL, now=now)
        self.sessions.revoke(session_id, now)


@dataclass(frozen=True, slots=True)
class SignInService:
    """Checks passwords and opens sessions."""

    pool: UserPool
    accounts: AccountStore
    sessions: SessionService
    welcome_credits: int

    def sign_in(
        self, email: str, password: str, new_password: str | None = None, *, platform: str, now: datetime
    ) -> IssuedTokens:
        """Opens a session. The first sign-in of a user creates the account with its welcome credits.

        ``new_password`` replaces a temporary password. Raises the errors of ``UserPool.sign_in``.
        """
        identity = self.pool.sign_in(email, password, new_password)
        account = self._account(identity, now)
        return self.sessions.open(account, platform=platform, is_operator=identity.is_operator, now=now)

    def authenticate(self, email: str, password: str, new_password: str | None = None, *, now: datetime) -> Account:
        """Returns the account of the user with this password, as ``sign_in`` does, and opens no session."""
        return self._account(self.pool.sign_in(email, password, new_password), now)

    def _account(self, identity: Identity, now: datetime) -> Account:
        account = self.accounts.find(identity.user_id, now) or self._create_account(identity, now)
        if account.closed_at:  # as soon as it is deleted, so is the user
            raise ApiError(ErrorCode.INVALID_CREDENTIALS)
        return account

    def _create_account(self, identity: Identity, now: datetime) -> Account:
        account = Account(identity.user_id, identity.email, identity.name, now)
        welcome = LedgerEntry(uuid7(), identity.user_id, LedgerEntryType.GRANT, self.welcome_credits, now)
        self.accounts.open(account, welcome)
        created = self.accounts.find(identity.user_id, now)
        if created is None:
            raise ApiError(ErrorCode.INTERNAL_ERROR)
        return created


def _tokens(
    account: Account, session: Session, refresh_token: RefreshToken, keys: SigningKeys, now: datetime
) -> IssuedTokens:
    return IssuedTokens(
        access_token=issue_access_token(
            account.user_id, session.session_id, keys=keys, now=now, is_operator=session.is_operator
        ),
        refresh_token=str(refresh_token),
        expires_at=now + ACCESS_TOKEN_TTL,
        account=account,
    )
